using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CrmPortal.Core.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class PartVersions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "Version",
                table: "ContactPersons",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "UndoingAt",
                table: "ChangeSets",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Key",
                table: "AdjustmentRequests",
                type: "character varying(160)",
                maxLength: 160,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "Version",
                table: "Addresses",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateIndex(
                name: "IX_AdjustmentRequests_Key",
                table: "AdjustmentRequests",
                column: "Key",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_AdjustmentRequests_Key",
                table: "AdjustmentRequests");

            migrationBuilder.DropColumn(
                name: "Version",
                table: "ContactPersons");

            migrationBuilder.DropColumn(
                name: "UndoingAt",
                table: "ChangeSets");

            migrationBuilder.DropColumn(
                name: "Key",
                table: "AdjustmentRequests");

            migrationBuilder.DropColumn(
                name: "Version",
                table: "Addresses");
        }
    }
}
