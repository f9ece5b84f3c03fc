using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CrmPortal.Core.Data.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class AuditLogAndJobs : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_AuditEntries_ChangeSetId",
                table: "AuditEntries");

            migrationBuilder.AddColumn<long>(
                name: "RetriedById",
                table: "Jobs",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Jobs_State_Id",
                table: "Jobs",
                columns: new[] { "State", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_ChangeSets_At",
                table: "ChangeSets",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_AuditEntries_ChangeSetId_Id",
                table: "AuditEntries",
                columns: new[] { "ChangeSetId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_AuditEntries_Rare",
                table: "AuditEntries",
                columns: new[] { "Action", "Id" },
                filter: "\"Action\" NOT IN ('Viewed', 'Created', 'Updated')");

            migrationBuilder.CreateIndex(
                name: "IX_AuditEntries_Shop",
                table: "AuditEntries",
                columns: new[] { "EntityType", "Id" },
                filter: "\"CustomerId\" IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Jobs_State_Id",
                table: "Jobs");

            migrationBuilder.DropIndex(
                name: "IX_ChangeSets_At",
                table: "ChangeSets");

            migrationBuilder.DropIndex(
                name: "IX_AuditEntries_ChangeSetId_Id",
                table: "AuditEntries");

            migrationBuilder.DropIndex(
                name: "IX_AuditEntries_Rare",
                table: "AuditEntries");

            migrationBuilder.DropIndex(
                name: "IX_AuditEntries_Shop",
                table: "AuditEntries");

            migrationBuilder.DropColumn(
                name: "RetriedById",
                table: "Jobs");

            migrationBuilder.CreateIndex(
                name: "IX_AuditEntries_ChangeSetId",
                table: "AuditEntries",
                column: "ChangeSetId");
        }
    }
}
