using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CrmPortal.Core.Data.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Forecasts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "CustomerForecasts",
                columns: table => new
                {
                    CustomerId = table.Column<long>(type: "INTEGER", nullable: false),
                    Value = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpectedOrders = table.Column<double>(type: "REAL", nullable: false),
                    Alive = table.Column<double>(type: "REAL", nullable: true),
                    SimpleValue = table.Column<long>(type: "INTEGER", nullable: false),
                    AtRisk = table.Column<long>(type: "INTEGER", nullable: true),
                    RunId = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_CustomerForecasts", x => x.CustomerId);
                    table.ForeignKey(
                        name: "FK_CustomerForecasts_Customers_CustomerId",
                        column: x => x.CustomerId,
                        principalTable: "Customers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ForecastRuns",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    AsOf = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    ById = table.Column<long>(type: "INTEGER", nullable: true),
                    ByName = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    IsOfAll = table.Column<bool>(type: "INTEGER", nullable: false),
                    Months = table.Column<int>(type: "INTEGER", nullable: false),
                    MonthlyDiscount = table.Column<double>(type: "REAL", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    Obstacle = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    R = table.Column<double>(type: "REAL", nullable: true),
                    Alpha = table.Column<double>(type: "REAL", nullable: true),
                    A = table.Column<double>(type: "REAL", nullable: true),
                    B = table.Column<double>(type: "REAL", nullable: true),
                    P = table.Column<double>(type: "REAL", nullable: true),
                    Q = table.Column<double>(type: "REAL", nullable: true),
                    Gamma = table.Column<double>(type: "REAL", nullable: true),
                    Customers = table.Column<int>(type: "INTEGER", nullable: false),
                    Changed = table.Column<int>(type: "INTEGER", nullable: false),
                    TotalValue = table.Column<long>(type: "INTEGER", nullable: false),
                    MedianValue = table.Column<long>(type: "INTEGER", nullable: false),
                    FiguresJson = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ForecastRuns", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_CustomerForecasts_AtRisk_CustomerId",
                table: "CustomerForecasts",
                columns: new[] { "AtRisk", "CustomerId" },
                descending: new[] { true, false },
                filter: "\"AtRisk\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_CustomerForecasts_SimpleValue_CustomerId",
                table: "CustomerForecasts",
                columns: new[] { "SimpleValue", "CustomerId" },
                descending: new[] { true, false });

            migrationBuilder.CreateIndex(
                name: "IX_CustomerForecasts_Value_CustomerId",
                table: "CustomerForecasts",
                columns: new[] { "Value", "CustomerId" },
                descending: new[] { true, false });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "CustomerForecasts");

            migrationBuilder.DropTable(
                name: "ForecastRuns");
        }
    }
}
