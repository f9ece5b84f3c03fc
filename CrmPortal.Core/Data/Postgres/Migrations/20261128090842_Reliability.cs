using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace CrmPortal.Core.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Reliability : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Only what still waits is handed over; what was handed over needs no place in the new order.
            migrationBuilder.Sql("""delete from "OutboxEvents" where "ProcessedAt" is not null;""");

            migrationBuilder.DropTable(
                name: "Leases");

            migrationBuilder.DropIndex(
                name: "IX_OutboxEvents_ProcessedAt",
                table: "OutboxEvents");

            migrationBuilder.DropIndex(
                name: "IX_OutboxEvents_Waiting",
                table: "OutboxEvents");

            migrationBuilder.DropColumn(
                name: "Attempts",
                table: "OutboxEvents");

            migrationBuilder.DropColumn(
                name: "DueAt",
                table: "OutboxEvents");

            migrationBuilder.DropColumn(
                name: "ProcessedAt",
                table: "OutboxEvents");

            migrationBuilder.AddColumn<long>(
                name: "Position",
                table: "OutboxEvents",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Claimant",
                table: "IdempotencyRecords",
                type: "character varying(32)",
                maxLength: 32,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ClaimedUntil",
                table: "IdempotencyRecords",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(1, 1, 1, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<long>(
                name: "SubjectId",
                table: "IdempotencyRecords",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "SubjectType",
                table: "IdempotencyRecords",
                type: "character varying(60)",
                maxLength: 60,
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "WorkedAt",
                table: "IdempotencyRecords",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "OutboxFailures",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Subscriber = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    EventId = table.Column<long>(type: "bigint", nullable: false),
                    Attempts = table.Column<int>(type: "integer", nullable: false),
                    FailedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Fault = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    DueAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_OutboxFailures", x => x.Id);
                    table.ForeignKey(
                        name: "FK_OutboxFailures_OutboxEvents_EventId",
                        column: x => x.EventId,
                        principalTable: "OutboxEvents",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "OutboxSubscriptions",
                columns: table => new
                {
                    Name = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    Position = table.Column<long>(type: "bigint", nullable: false),
                    Owner = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: true),
                    LeasedUntil = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_OutboxSubscriptions", x => x.Name);
                });

            migrationBuilder.CreateIndex(
                name: "IX_OutboxEvents_Position",
                table: "OutboxEvents",
                column: "Position");

            migrationBuilder.CreateIndex(
                name: "IX_OutboxEvents_Waiting",
                table: "OutboxEvents",
                column: "Id",
                filter: "\"Position\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_OutboxFailures_DueAt",
                table: "OutboxFailures",
                column: "DueAt");

            migrationBuilder.CreateIndex(
                name: "IX_OutboxFailures_EventId",
                table: "OutboxFailures",
                column: "EventId");

            migrationBuilder.CreateIndex(
                name: "IX_OutboxFailures_Subscriber_EventId",
                table: "OutboxFailures",
                columns: new[] { "Subscriber", "EventId" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "OutboxFailures");

            migrationBuilder.DropTable(
                name: "OutboxSubscriptions");

            migrationBuilder.DropIndex(
                name: "IX_OutboxEvents_Position",
                table: "OutboxEvents");

            migrationBuilder.DropIndex(
                name: "IX_OutboxEvents_Waiting",
                table: "OutboxEvents");

            migrationBuilder.DropColumn(
                name: "Position",
                table: "OutboxEvents");

            migrationBuilder.DropColumn(
                name: "Claimant",
                table: "IdempotencyRecords");

            migrationBuilder.DropColumn(
                name: "ClaimedUntil",
                table: "IdempotencyRecords");

            migrationBuilder.DropColumn(
                name: "SubjectId",
                table: "IdempotencyRecords");

            migrationBuilder.DropColumn(
                name: "SubjectType",
                table: "IdempotencyRecords");

            migrationBuilder.DropColumn(
                name: "WorkedAt",
                table: "IdempotencyRecords");

            migrationBuilder.AddColumn<int>(
                name: "Attempts",
                table: "OutboxEvents",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "DueAt",
                table: "OutboxEvents",
                type: "timestamp with time zone",
                nullable: false,
                defaultValue: new DateTimeOffset(new DateTime(1, 1, 1, 0, 0, 0, 0, DateTimeKind.Unspecified), new TimeSpan(0, 0, 0, 0, 0)));

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ProcessedAt",
                table: "OutboxEvents",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "Leases",
                columns: table => new
                {
                    Name = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    ExpiresAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Owner = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Leases", x => x.Name);
                });

            migrationBuilder.CreateIndex(
                name: "IX_OutboxEvents_ProcessedAt",
                table: "OutboxEvents",
                column: "ProcessedAt");

            migrationBuilder.CreateIndex(
                name: "IX_OutboxEvents_Waiting",
                table: "OutboxEvents",
                column: "Id",
                filter: "\"ProcessedAt\" IS NULL");
        }
    }
}
