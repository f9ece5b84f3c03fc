using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CrmPortal.Core.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class TagsPermission : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Tags were opened by the permission of segments. Whoever held that may go on; a role is a text of words with blanks between.
            migrationBuilder.Sql("""
                UPDATE "Roles" SET "Permissions" = trim(replace(' ' || "Permissions" || ' ', ' segments.edit ', ' tags.edit segments.edit '))
                WHERE ' ' || "Permissions" || ' ' LIKE '% segments.edit %' AND ' ' || "Permissions" || ' ' NOT LIKE '% tags.edit %';
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                UPDATE "Roles" SET "Permissions" = trim(replace(' ' || "Permissions" || ' ', ' tags.edit ', ' '));
                """);
        }
    }
}
