using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CrmPortal.Core.Data.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class LeanerIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_OutboxEvents_Position",
                table: "OutboxEvents");

            migrationBuilder.DropIndex(
                name: "IX_LoyaltyEntries_AccountId_Id",
                table: "LoyaltyEntries");

            migrationBuilder.DropIndex(
                name: "IX_Customers_EmailOrder",
                table: "Customers");

            migrationBuilder.CreateIndex(
                name: "IX_OutboxEvents_Position",
                table: "OutboxEvents",
                column: "Position",
                filter: "\"Position\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_NoEmail",
                table: "Customers",
                column: "Id",
                filter: "\"DeletedAt\" IS NULL AND \"EmailKey\" IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_OutboxEvents_Position",
                table: "OutboxEvents");

            migrationBuilder.DropIndex(
                name: "IX_Customers_NoEmail",
                table: "Customers");

            migrationBuilder.CreateIndex(
                name: "IX_OutboxEvents_Position",
                table: "OutboxEvents",
                column: "Position");

            migrationBuilder.CreateIndex(
                name: "IX_LoyaltyEntries_AccountId_Id",
                table: "LoyaltyEntries",
                columns: new[] { "AccountId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Customers_EmailOrder",
                table: "Customers",
                columns: new[] { "EmailKey", "Id", "DeletedAt" },
                filter: "\"DeletedAt\" IS NULL");
        }
    }
}
