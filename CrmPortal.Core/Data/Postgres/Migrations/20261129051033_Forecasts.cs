using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace CrmPortal.Core.Data.Postgres.Migrations
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
                    CustomerId = table.Column<long>(type: "bigint", nullable: false),
                    Value = table.Column<long>(type: "bigint", nullable: false),
                    ExpectedOrders = table.Column<double>(type: "double precision", nullable: false),
                    Alive = table.Column<double>(type: "double precision", nullable: true),
                    SimpleValue = table.Column<long>(type: "bigint", nullable: false),
                    AtRisk = table.Column<long>(type: "bigint", nullable: true),
                    RunId = table.Column<long>(type: "bigint", nullable: false)
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
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    StartedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    EndedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    AsOf = table.Column<DateOnly>(type: "date", nullable: false),
                    ById = table.Column<long>(type: "bigint", nullable: true),
                    ByName = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    IsOfAll = table.Column<bool>(type: "boolean", nullable: false),
                    Months = table.Column<int>(type: "integer", nullable: false),
                    MonthlyDiscount = table.Column<double>(type: "double precision", nullable: false),
                    Kind = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    Obstacle = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    R = table.Column<double>(type: "double precision", nullable: true),
                    Alpha = table.Column<double>(type: "double precision", nullable: true),
                    A = table.Column<double>(type: "double precision", nullable: true),
                    B = table.Column<double>(type: "double precision", nullable: true),
                    P = table.Column<double>(type: "double precision", nullable: true),
                    Q = table.Column<double>(type: "double precision", nullable: true),
                    Gamma = table.Column<double>(type: "double precision", nullable: true),
                    Customers = table.Column<int>(type: "integer", nullable: false),
                    Changed = table.Column<int>(type: "integer", nullable: false),
                    TotalValue = table.Column<long>(type: "bigint", nullable: false),
                    MedianValue = table.Column<long>(type: "bigint", nullable: false),
                    FiguresJson = table.Column<string>(type: "text", nullable: true)
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
