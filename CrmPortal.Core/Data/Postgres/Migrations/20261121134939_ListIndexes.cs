using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CrmPortal.Core.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class ListIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Customers_AverageOrder_Id",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_CreatedAt_Id",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_EmailOrder",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_FirstOrderAt_Id",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_LastInteractionAt_Id",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_LastOrderAt_Id",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_OrderCount_Id",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_SortName_Id",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_Status_Id",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_TotalSpent_Id",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_UpdatedAt_Id",
                table: "Customers");

            migrationBuilder.AlterColumn<string>(
                name: "ExternalId",
                table: "Orders",
                type: "character varying(100)",
                maxLength: 100,
                nullable: true,
                collation: "C",
                oldClrType: typeof(string),
                oldType: "character varying(100)",
                oldMaxLength: 100,
                oldNullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Customers_AverageOrder_Id_DeletedAt",
                table: "Customers",
                columns: new[] { "AverageOrder", "Id", "DeletedAt" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_CreatedAt_Id_DeletedAt",
                table: "Customers",
                columns: new[] { "CreatedAt", "Id", "DeletedAt" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_EmailOrder",
                table: "Customers",
                columns: new[] { "EmailKey", "Id", "DeletedAt" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_FirstOrderAt_Id_DeletedAt",
                table: "Customers",
                columns: new[] { "FirstOrderAt", "Id", "DeletedAt" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_Id_DeletedAt",
                table: "Customers",
                columns: new[] { "Id", "DeletedAt" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_LastInteractionAt_Id_DeletedAt",
                table: "Customers",
                columns: new[] { "LastInteractionAt", "Id", "DeletedAt" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_LastOrderAt_Id_DeletedAt",
                table: "Customers",
                columns: new[] { "LastOrderAt", "Id", "DeletedAt" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_OrderCount_Id_DeletedAt",
                table: "Customers",
                columns: new[] { "OrderCount", "Id", "DeletedAt" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_SortName_Id_DeletedAt",
                table: "Customers",
                columns: new[] { "SortName", "Id", "DeletedAt" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_Status_Id_DeletedAt",
                table: "Customers",
                columns: new[] { "Status", "Id", "DeletedAt" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_TotalSpent_Id_DeletedAt",
                table: "Customers",
                columns: new[] { "TotalSpent", "Id", "DeletedAt" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_UpdatedAt_Id_DeletedAt",
                table: "Customers",
                columns: new[] { "UpdatedAt", "Id", "DeletedAt" },
                filter: "\"DeletedAt\" IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Customers_AverageOrder_Id_DeletedAt",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_CreatedAt_Id_DeletedAt",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_EmailOrder",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_FirstOrderAt_Id_DeletedAt",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_Id_DeletedAt",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_LastInteractionAt_Id_DeletedAt",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_LastOrderAt_Id_DeletedAt",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_OrderCount_Id_DeletedAt",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_SortName_Id_DeletedAt",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_Status_Id_DeletedAt",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_TotalSpent_Id_DeletedAt",
                table: "Customers");

            migrationBuilder.DropIndex(
                name: "IX_Customers_UpdatedAt_Id_DeletedAt",
                table: "Customers");

            migrationBuilder.AlterColumn<string>(
                name: "ExternalId",
                table: "Orders",
                type: "character varying(100)",
                maxLength: 100,
                nullable: true,
                oldClrType: typeof(string),
                oldType: "character varying(100)",
                oldMaxLength: 100,
                oldNullable: true,
                oldCollation: "C");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_AverageOrder_Id",
                table: "Customers",
                columns: new[] { "AverageOrder", "Id" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_CreatedAt_Id",
                table: "Customers",
                columns: new[] { "CreatedAt", "Id" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_EmailOrder",
                table: "Customers",
                columns: new[] { "EmailKey", "Id" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_FirstOrderAt_Id",
                table: "Customers",
                columns: new[] { "FirstOrderAt", "Id" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_LastInteractionAt_Id",
                table: "Customers",
                columns: new[] { "LastInteractionAt", "Id" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_LastOrderAt_Id",
                table: "Customers",
                columns: new[] { "LastOrderAt", "Id" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_OrderCount_Id",
                table: "Customers",
                columns: new[] { "OrderCount", "Id" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_SortName_Id",
                table: "Customers",
                columns: new[] { "SortName", "Id" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_Status_Id",
                table: "Customers",
                columns: new[] { "Status", "Id" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_TotalSpent_Id",
                table: "Customers",
                columns: new[] { "TotalSpent", "Id" },
                filter: "\"DeletedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Customers_UpdatedAt_Id",
                table: "Customers",
                columns: new[] { "UpdatedAt", "Id" },
                filter: "\"DeletedAt\" IS NULL");
        }
    }
}
