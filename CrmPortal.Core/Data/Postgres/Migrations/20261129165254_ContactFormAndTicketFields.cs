using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace CrmPortal.Core.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class ContactFormAndTicketFields : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_CustomFields_Key",
                table: "CustomFields");

            migrationBuilder.AddColumn<string>(
                name: "FieldsJson",
                table: "Tickets",
                type: "text",
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

            migrationBuilder.CreateIndex(
                name: "IX_CustomFields_Subject_Key",
                table: "CustomFields",
                columns: new[] { "Subject", "Key" },
                unique: true);

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
                name: "TicketFieldValues");

            migrationBuilder.DropIndex(
                name: "IX_CustomFields_Subject_Key",
                table: "CustomFields");

            migrationBuilder.DropColumn(
                name: "FieldsJson",
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
                name: "IX_CustomFields_Key",
                table: "CustomFields",
                column: "Key",
                unique: true);
        }
    }
}
