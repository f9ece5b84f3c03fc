using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CrmPortal.Core.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class TicketWords : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // The words are taken apart once, as a message is written, and not for each message that a search looks at.
            migrationBuilder.Sql("""
                ALTER TABLE "TicketMessages" ADD COLUMN "SearchWords" tsvector
                    GENERATED ALWAYS AS (to_tsvector('simple', "SearchText")) STORED;
                DROP INDEX "IX_TicketMessages_Search";
                CREATE INDEX "IX_TicketMessages_Search" ON "TicketMessages" USING gin ("SearchWords");
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("""
                DROP INDEX "IX_TicketMessages_Search";
                ALTER TABLE "TicketMessages" DROP COLUMN "SearchWords";
                CREATE INDEX "IX_TicketMessages_Search" ON "TicketMessages" USING gin (to_tsvector('simple', "SearchText"));
                """);
        }
    }
}
