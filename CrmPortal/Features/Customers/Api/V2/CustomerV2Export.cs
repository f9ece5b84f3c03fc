using System.ComponentModel;
using System.Text.Json.Serialization;
using CrmPortal.Account;
using CrmPortal.Api;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Features.Exports;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CrmPortal.Features.Customers;

/// <summary>The export of document 4, and the tokens with which a browser opens it.</summary>
internal static class CustomerV2Export
{
    private const string Csv = "csv";
    private const string Json = "json";
    private const string Purpose = "customers export";

    private static readonly QuotedCsvExport CsvFile = new();

    public static void MapExportV2(this RouteGroupBuilder customers)
    {
        customers.MapGet("/export", ExportAsync).Documented("V2ExportCustomers", "Export customers as JSON or CSV",
                Permissions.CustomersExport, null, 200, CustomerV2Examples.Export)
            .WithDescription("The answer is streamed. In CSV, cells that a spreadsheet takes for formulas begin with an apostrophe; for "
                + $"raw=true, which leaves them as they are, the permission {Permissions.ExportsRaw} is needed as well.")
            .Produces<ExportV2Answer>(StatusCodes.Status200OK, "application/json", "text/csv")
            .WithMetadata(new TakesOneTimeToken(Purpose));
        customers.MapPost("/export/token", MakeToken).Documented("V2CreateExportToken",
                "Make a token for the address of an export, good for one use within a minute", Permissions.CustomersExport, null, 200,
                """{"token":"CfDJ8…","expiresIn":60}""")
            .WithMetadata(new NotRemembered());
    }

    private static async Task<IResult> ExportAsync([Description("json or csv; defaults to json.")] string? format,
        [Description("active, inactive, blocked or vip.")] string? status, [Description("vip, regular, new or inactive.")] string? segment,
        [Description("Separated by commas; customers with any of them.")] string? tags,
        [Description("Words or parts of words of the name, an e-mail, a phone in any format, or a number.")] string? search,
        [Description("A token of /export/token instead of the header, for a browser."), FromQuery(Name = OneTimeTokens.Parameter)]
        string? token, HttpContext http, CustomerExportService exports, IdempotencyRecords used, CancellationToken cancellationToken,
        [Description("Leaves cells as they are that a spreadsheet may take for formulas.")] bool raw = false)
    {
        if (token is not null) await OneTimeTokens.SpendAsync(http, used);
        var wanted = string.IsNullOrWhiteSpace(format) ? Json : format.Trim().ToLowerInvariant();
        if (wanted is not (Csv or Json)) throw ApiException.BadField(nameof(format), "It is one of: json, csv.");
        return new TableAnswer(await exports.PrepareAsync(
            new(CustomerV2Query.Of(search, status, segment, tags), [], wanted) { IsOfDocument = true, IsRaw = raw },
            ExportAudience.Usual, cancellationToken), wanted == Csv ? CsvFile : ExportFormats.Demand(Json));
    }

    private static Ok<ExportTokenAnswer> MakeToken(HttpContext http, OneTimeTokens tokens) => TypedResults.Ok(new ExportTokenAnswer(
        tokens.Make(Purpose, http.User.SessionId() ?? throw new SignedOutException()), (int)OneTimeTokens.Lifetime.TotalSeconds));

    /// <summary>A table that is written while it is read; in JSON as the list in the envelope.</summary>
    private sealed class TableAnswer(ExportTable table, IExportFormat format) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => ExportAnswer.WriteAsync(httpContext, "customers", table, format,
            format is JsonExport ? async (output, cancellationToken) =>
            {
                await output.WriteAsync("{\"success\":true,\"customers\":"u8.ToArray(), cancellationToken);
                await format.WriteAsync(table, output, cancellationToken);
                await output.WriteAsync("}"u8.ToArray(), cancellationToken);
            }
            : (output, cancellationToken) => format.WriteAsync(table, output, cancellationToken));
    }
}

/// <summary>What the JSON of an export holds, for its description: it is written while it is read.</summary>
internal sealed record ExportV2Answer(IReadOnlyList<ExportedV2> Customers);

/// <param name="Notes">The newest note that is for everybody.</param>
internal sealed record ExportedV2([property: JsonPropertyName("_id")] OpaqueId Id, string? PhoneNumber, string? FirstName,
    string? LastName, string? Email, CustomerStatus Status, string Segment, IReadOnlyList<string> Tags, string? Notes,
    DateTimeOffset CreatedAt, DateTimeOffset LastInteraction);

/// <param name="ExpiresIn">In seconds.</param>
internal sealed record ExportTokenAnswer(string Token, int ExpiresIn);
