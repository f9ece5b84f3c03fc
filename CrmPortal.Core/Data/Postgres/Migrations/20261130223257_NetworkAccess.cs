using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace CrmPortal.Core.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class NetworkAccess : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Whoever sets programs up lets access servers ask, and whoever edits the programme of points edits tariffs; a role is a text of
            // words with blanks between.
            migrationBuilder.Sql("""
                UPDATE "Roles" SET "Permissions" = "Permissions" || ' network.access'
                WHERE ' ' || "Permissions" || ' ' LIKE '% api-keys.manage %' AND ' ' || "Permissions" || ' ' NOT LIKE '% network.access %';
                """);
            migrationBuilder.Sql("""
                UPDATE "Roles" SET "Permissions" = "Permissions" || ' tariffs.edit'
                WHERE ' ' || "Permissions" || ' ' LIKE '% programme.edit %' AND ' ' || "Permissions" || ' ' NOT LIKE '% tariffs.edit %';
                """);

            migrationBuilder.CreateTable(
                name: "TariffPlans",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Code = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    Name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    DownKbps = table.Column<int>(type: "integer", nullable: true),
                    UpKbps = table.Column<int>(type: "integer", nullable: true),
                    MonthlyPrice = table.Column<long>(type: "bigint", nullable: false),
                    Currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                    SessionSeconds = table.Column<int>(type: "integer", nullable: true),
                    IdleSeconds = table.Column<int>(type: "integer", nullable: true),
                    Attributes = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    IsRetired = table.Column<bool>(type: "boolean", nullable: false),
                    Version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_TariffPlans", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "NetworkConnections",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    CustomerId = table.Column<long>(type: "bigint", nullable: false),
                    TariffId = table.Column<long>(type: "bigint", nullable: false),
                    AccessName = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false),
                    ProtectedPassword = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false),
                    PasswordSetAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    SuspendedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    SuspendReason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    CreatedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_NetworkConnections", x => x.Id);
                    table.ForeignKey(
                        name: "FK_NetworkConnections_Customers_CustomerId",
                        column: x => x.CustomerId,
                        principalTable: "Customers",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_NetworkConnections_TariffPlans_TariffId",
                        column: x => x.TariffId,
                        principalTable: "TariffPlans",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "NetworkSessions",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ConnectionId = table.Column<long>(type: "bigint", nullable: false),
                    Key = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    AccessServer = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false),
                    Address = table.Column<string>(type: "character varying(45)", maxLength: 45, nullable: true),
                    StartedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    LastSeenAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    EndedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    EndCause = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    Seconds = table.Column<long>(type: "bigint", nullable: false),
                    Down = table.Column<long>(type: "bigint", nullable: false),
                    Up = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_NetworkSessions", x => x.Id);
                    table.ForeignKey(
                        name: "FK_NetworkSessions_NetworkConnections_ConnectionId",
                        column: x => x.ConnectionId,
                        principalTable: "NetworkConnections",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "NetworkUsage",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ConnectionId = table.Column<long>(type: "bigint", nullable: false),
                    Day = table.Column<DateOnly>(type: "date", nullable: false),
                    Down = table.Column<long>(type: "bigint", nullable: false),
                    Up = table.Column<long>(type: "bigint", nullable: false),
                    Seconds = table.Column<long>(type: "bigint", nullable: false),
                    Sessions = table.Column<int>(type: "integer", nullable: false),
                    LastAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_NetworkUsage", x => x.Id);
                    table.ForeignKey(
                        name: "FK_NetworkUsage_NetworkConnections_ConnectionId",
                        column: x => x.ConnectionId,
                        principalTable: "NetworkConnections",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_NetworkConnections_AccessName",
                table: "NetworkConnections",
                column: "AccessName",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_NetworkConnections_CustomerId",
                table: "NetworkConnections",
                column: "CustomerId");

            migrationBuilder.CreateIndex(
                name: "IX_NetworkConnections_TariffId",
                table: "NetworkConnections",
                column: "TariffId");

            migrationBuilder.CreateIndex(
                name: "IX_NetworkSessions_AccessServer_LastSeenAt",
                table: "NetworkSessions",
                columns: new[] { "AccessServer", "LastSeenAt" },
                filter: "\"EndedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_NetworkSessions_ConnectionId_StartedAt",
                table: "NetworkSessions",
                columns: new[] { "ConnectionId", "StartedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_NetworkSessions_Key",
                table: "NetworkSessions",
                column: "Key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_NetworkSessions_LastSeenAt",
                table: "NetworkSessions",
                column: "LastSeenAt");

            migrationBuilder.CreateIndex(
                name: "IX_NetworkUsage_ConnectionId_Day",
                table: "NetworkUsage",
                columns: new[] { "ConnectionId", "Day" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_NetworkUsage_Day",
                table: "NetworkUsage",
                column: "Day");

            migrationBuilder.CreateIndex(
                name: "IX_TariffPlans_Code",
                table: "TariffPlans",
                column: "Code",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            foreach (var word in new[] { "network.access", "tariffs.edit" })
            {
                migrationBuilder.Sql($"""
                    UPDATE "Roles" SET "Permissions" = trim(replace(' ' || "Permissions" || ' ', ' {word} ', ' '));
                    """);
            }

            migrationBuilder.DropTable(
                name: "NetworkSessions");

            migrationBuilder.DropTable(
                name: "NetworkUsage");

            migrationBuilder.DropTable(
                name: "NetworkConnections");

            migrationBuilder.DropTable(
                name: "TariffPlans");
        }
    }
}
