using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace CrmPortal.Core.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class ChatsAndContact : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_TicketRatings_AgentId",
                table: "TicketRatings");

            migrationBuilder.DropIndex(
                name: "IX_CustomFields_Key",
                table: "CustomFields");

            migrationBuilder.AddColumn<int>(
                name: "ArrivedHour",
                table: "Tickets",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "FieldsJson",
                table: "Tickets",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "FirstResponseSeconds",
                table: "Tickets",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "FirstTargetAt",
                table: "Tickets",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "NextKept",
                table: "Tickets",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "NextMissed",
                table: "Tickets",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<long>(
                name: "ResolutionSeconds",
                table: "Tickets",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "ResolutionTargetAt",
                table: "Tickets",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "SendsReceipt",
                table: "TicketQueues",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "Subject",
                table: "CustomFields",
                type: "character varying(10)",
                maxLength: 10,
                nullable: false,
                defaultValue: "Customer");

            migrationBuilder.AddColumn<int>(
                name: "AskedAfterProposal",
                table: "ArticleVotes",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "AskedAfterReading",
                table: "ArticleVotes",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "ChatAgents",
                columns: table => new
                {
                    UserId = table.Column<long>(type: "bigint", nullable: false),
                    IsAvailable = table.Column<bool>(type: "boolean", nullable: false),
                    MostChats = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ChatAgents", x => x.UserId);
                    table.ForeignKey(
                        name: "FK_ChatAgents_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Chats",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    CustomerId = table.Column<long>(type: "bigint", nullable: true),
                    IsIdentified = table.Column<bool>(type: "boolean", nullable: false),
                    VisitorName = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    VisitorEmail = table.Column<string>(type: "character varying(254)", maxLength: 254, nullable: true),
                    KeyHash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    State = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    AgentId = table.Column<long>(type: "bigint", nullable: true),
                    Page = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    Language = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    StartedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    AcceptedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    EndedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    LastMessageAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    WaitingSince = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    MessageCount = table.Column<int>(type: "integer", nullable: false),
                    AnswerCount = table.Column<int>(type: "integer", nullable: false),
                    AnswerSeconds = table.Column<long>(type: "bigint", nullable: false),
                    VisitorReadId = table.Column<long>(type: "bigint", nullable: false),
                    AgentReadId = table.Column<long>(type: "bigint", nullable: false),
                    Score = table.Column<int>(type: "integer", nullable: true),
                    Comment = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: true),
                    TicketId = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Chats", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Chats_Customers_CustomerId",
                        column: x => x.CustomerId,
                        principalTable: "Customers",
                        principalColumn: "Id");
                    table.ForeignKey(
                        name: "FK_Chats_Tickets_TicketId",
                        column: x => x.TicketId,
                        principalTable: "Tickets",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "FK_Chats_Users_AgentId",
                        column: x => x.AgentId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "ChatSettings",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    IsOn = table.Column<bool>(type: "boolean", nullable: false),
                    Sites = table.Column<string>(type: "character varying(4000)", maxLength: 4000, nullable: false),
                    Asks = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    Greeting = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    QueueId = table.Column<long>(type: "bigint", nullable: true),
                    MissAfterMinutes = table.Column<int>(type: "integer", nullable: false),
                    IdleAfterMinutes = table.Column<int>(type: "integer", nullable: false),
                    ProtectedKey = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    Version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ChatSettings", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "TicketFieldValues",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    TicketId = table.Column<long>(type: "bigint", nullable: false),
                    FieldId = table.Column<long>(type: "bigint", nullable: false),
                    Text = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true),
                    TextKey = table.Column<string>(type: "character varying(201)", maxLength: 201, nullable: true),
                    Number = table.Column<long>(type: "bigint", nullable: true),
                    Day = table.Column<DateOnly>(type: "date", nullable: true),
                    IsYes = table.Column<bool>(type: "boolean", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_TicketFieldValues", x => x.Id);
                    table.ForeignKey(
                        name: "FK_TicketFieldValues_CustomFields_FieldId",
                        column: x => x.FieldId,
                        principalTable: "CustomFields",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_TicketFieldValues_Tickets_TicketId",
                        column: x => x.TicketId,
                        principalTable: "Tickets",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ChatMessages",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ChatId = table.Column<long>(type: "bigint", nullable: false),
                    Kind = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    At = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    AuthorId = table.Column<long>(type: "bigint", nullable: true),
                    AuthorName = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Text = table.Column<string>(type: "character varying(4000)", maxLength: 4000, nullable: false),
                    Event = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: true),
                    ClientKey = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ChatMessages", x => x.Id);
                    table.ForeignKey(
                        name: "FK_ChatMessages_Chats_ChatId",
                        column: x => x.ChatId,
                        principalTable: "Chats",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ChatFiles",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ChatId = table.Column<long>(type: "bigint", nullable: false),
                    MessageId = table.Column<long>(type: "bigint", nullable: false),
                    Name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    ContentType = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    Size = table.Column<long>(type: "bigint", nullable: false),
                    StoredName = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    WrappedKey = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ChatFiles", x => x.Id);
                    table.ForeignKey(
                        name: "FK_ChatFiles_ChatMessages_MessageId",
                        column: x => x.MessageId,
                        principalTable: "ChatMessages",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_ChatFiles_Chats_ChatId",
                        column: x => x.ChatId,
                        principalTable: "Chats",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Tickets_FirstResponseAt",
                table: "Tickets",
                column: "FirstResponseAt",
                filter: "\"FirstResponseAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Tickets_FirstTargetAt",
                table: "Tickets",
                column: "FirstTargetAt",
                filter: "\"FirstTargetAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Tickets_ResolutionTargetAt",
                table: "Tickets",
                column: "ResolutionTargetAt",
                filter: "\"ResolutionTargetAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Tickets_Solved",
                table: "Tickets",
                column: "SolvedAt",
                filter: "\"SolvedAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_TicketRatings_AgentId_SentAt",
                table: "TicketRatings",
                columns: new[] { "AgentId", "SentAt" });

            migrationBuilder.CreateIndex(
                name: "IX_TicketMessages_Kind_At",
                table: "TicketMessages",
                columns: new[] { "Kind", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_CustomFields_Subject_Key",
                table: "CustomFields",
                columns: new[] { "Subject", "Key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ChatFiles_ChatId",
                table: "ChatFiles",
                column: "ChatId");

            migrationBuilder.CreateIndex(
                name: "IX_ChatFiles_MessageId",
                table: "ChatFiles",
                column: "MessageId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ChatMessages_ChatId_ClientKey",
                table: "ChatMessages",
                columns: new[] { "ChatId", "ClientKey" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ChatMessages_ChatId_Id",
                table: "ChatMessages",
                columns: new[] { "ChatId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Chats_AgentId_Id",
                table: "Chats",
                columns: new[] { "AgentId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Chats_CustomerId_Id",
                table: "Chats",
                columns: new[] { "CustomerId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Chats_KeyHash",
                table: "Chats",
                column: "KeyHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Chats_Open",
                table: "Chats",
                column: "LastMessageAt",
                filter: "\"State\" IN ('Waiting', 'Active')");

            migrationBuilder.CreateIndex(
                name: "IX_Chats_TicketId",
                table: "Chats",
                column: "TicketId");

            migrationBuilder.CreateIndex(
                name: "IX_Chats_VisitorEmail",
                table: "Chats",
                column: "VisitorEmail",
                filter: "\"CustomerId\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_TicketFieldValues_FieldId_Day_TicketId",
                table: "TicketFieldValues",
                columns: new[] { "FieldId", "Day", "TicketId" },
                filter: "\"Day\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_TicketFieldValues_FieldId_IsYes_TicketId",
                table: "TicketFieldValues",
                columns: new[] { "FieldId", "IsYes", "TicketId" },
                filter: "\"IsYes\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_TicketFieldValues_FieldId_Number_TicketId",
                table: "TicketFieldValues",
                columns: new[] { "FieldId", "Number", "TicketId" },
                filter: "\"Number\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_TicketFieldValues_FieldId_TextKey_TicketId",
                table: "TicketFieldValues",
                columns: new[] { "FieldId", "TextKey", "TicketId" },
                filter: "\"TextKey\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_TicketFieldValues_TicketId_FieldId",
                table: "TicketFieldValues",
                columns: new[] { "TicketId", "FieldId" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ChatAgents");

            migrationBuilder.DropTable(
                name: "ChatFiles");

            migrationBuilder.DropTable(
                name: "ChatSettings");

            migrationBuilder.DropTable(
                name: "TicketFieldValues");

            migrationBuilder.DropTable(
                name: "ChatMessages");

            migrationBuilder.DropTable(
                name: "Chats");

            migrationBuilder.DropIndex(
                name: "IX_Tickets_FirstResponseAt",
                table: "Tickets");

            migrationBuilder.DropIndex(
                name: "IX_Tickets_FirstTargetAt",
                table: "Tickets");

            migrationBuilder.DropIndex(
                name: "IX_Tickets_ResolutionTargetAt",
                table: "Tickets");

            migrationBuilder.DropIndex(
                name: "IX_Tickets_Solved",
                table: "Tickets");

            migrationBuilder.DropIndex(
                name: "IX_TicketRatings_AgentId_SentAt",
                table: "TicketRatings");

            migrationBuilder.DropIndex(
                name: "IX_TicketMessages_Kind_At",
                table: "TicketMessages");

            migrationBuilder.DropIndex(
                name: "IX_CustomFields_Subject_Key",
                table: "CustomFields");

            migrationBuilder.DropColumn(
                name: "ArrivedHour",
                table: "Tickets");

            migrationBuilder.DropColumn(
                name: "FieldsJson",
                table: "Tickets");

            migrationBuilder.DropColumn(
                name: "FirstResponseSeconds",
                table: "Tickets");

            migrationBuilder.DropColumn(
                name: "FirstTargetAt",
                table: "Tickets");

            migrationBuilder.DropColumn(
                name: "NextKept",
                table: "Tickets");

            migrationBuilder.DropColumn(
                name: "NextMissed",
                table: "Tickets");

            migrationBuilder.DropColumn(
                name: "ResolutionSeconds",
                table: "Tickets");

            migrationBuilder.DropColumn(
                name: "ResolutionTargetAt",
                table: "Tickets");

            migrationBuilder.DropColumn(
                name: "SendsReceipt",
                table: "TicketQueues");

            migrationBuilder.DropColumn(
                name: "Subject",
                table: "CustomFields");

            migrationBuilder.DropColumn(
                name: "AskedAfterProposal",
                table: "ArticleVotes");

            migrationBuilder.DropColumn(
                name: "AskedAfterReading",
                table: "ArticleVotes");

            migrationBuilder.CreateIndex(
                name: "IX_TicketRatings_AgentId",
                table: "TicketRatings",
                column: "AgentId");

            migrationBuilder.CreateIndex(
                name: "IX_CustomFields_Key",
                table: "CustomFields",
                column: "Key",
                unique: true);
        }
    }
}
