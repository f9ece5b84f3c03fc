using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CrmPortal.Core.Data.Sqlite.Migrations
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
                name: "IX_OutboxEvents_Waiting",
                table: "OutboxEvents");

            migrationBuilder.DropColumn(
                name: "Attempts",
                table: "OutboxEvents");

            migrationBuilder.DropColumn(
                name: "DueAt",
                table: "OutboxEvents");

            migrationBuilder.RenameColumn(
                name: "ProcessedAt",
                table: "OutboxEvents",
                newName: "Position");

            migrationBuilder.RenameIndex(
                name: "IX_OutboxEvents_ProcessedAt",
                table: "OutboxEvents",
                newName: "IX_OutboxEvents_Position");

            migrationBuilder.AddColumn<string>(
                name: "Claimant",
                table: "IdempotencyRecords",
                type: "TEXT",
                maxLength: 32,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<long>(
                name: "ClaimedUntil",
                table: "IdempotencyRecords",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "SubjectId",
                table: "IdempotencyRecords",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "SubjectType",
                table: "IdempotencyRecords",
                type: "TEXT",
                maxLength: 60,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "WorkedAt",
                table: "IdempotencyRecords",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "OutboxFailures",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Subscriber = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    EventId = table.Column<long>(type: "INTEGER", nullable: false),
                    Attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    FailedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Fault = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    DueAt = table.Column<long>(type: "INTEGER", nullable: true)
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
                    Name = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    Position = table.Column<long>(type: "INTEGER", nullable: false),
                    Owner = table.Column<string>(type: "TEXT", maxLength: 60, nullable: true),
                    LeasedUntil = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_OutboxSubscriptions", x => x.Name);
                });

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
                name: "IX_OutboxEvents_Waiting",
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

            migrationBuilder.RenameColumn(
                name: "Position",
                table: "OutboxEvents",
                newName: "ProcessedAt");

            migrationBuilder.RenameIndex(
                name: "IX_OutboxEvents_Position",
                table: "OutboxEvents",
                newName: "IX_OutboxEvents_ProcessedAt");

            migrationBuilder.AddColumn<int>(
                name: "Attempts",
                table: "OutboxEvents",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "DueAt",
                table: "OutboxEvents",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "Leases",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Owner = table.Column<string>(type: "TEXT", maxLength: 60, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Leases", x => x.Name);
                });

            migrationBuilder.CreateIndex(
                name: "IX_OutboxEvents_Waiting",
                table: "OutboxEvents",
                column: "Id",
                filter: "\"ProcessedAt\" IS NULL");
        }
    }
}
