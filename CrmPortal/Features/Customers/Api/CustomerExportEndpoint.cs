using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Features.Exports;

namespace CrmPortal.Features.Customers;

/// <summary>A list of customers as one file for programs, such as the audience of a campaign: streamed, however long it is.</summary>
internal static class CustomerExportEndpoint
{
    private const string Csv = "csv";
    private const string Json = "json";
    private static readonly string[] UsualColumns = ["email", "phone", "language"];

    public static void MapExport(this RouteGroupBuilder api) => api.MapGet("/customers/export", ExportAsync).WithTags("Customers")
        .Documented("ExportCustomers", "Export customers, such as the members of a segment, as JSON or CSV", Permissions.CustomersExport,
            null, 200, """[ { "number": "CUST-20260131-0001", "name": "Ada Lovelace", "vip": false, "email": "ada@example.com", "phone": "+442079460958", "language": "en" } ]""")
        .WithDescription("The answer is streamed. Columns whose values the key may not see stay blank. In CSV, cells that a spreadsheet "
            + $"takes for formulas begin with an apostrophe; for raw=true, which leaves them as they are, {Permissions.ExportsRaw} is needed.")
        .Produces<IReadOnlyList<Dictionary<string, object?>>>(StatusCodes.Status200OK, "application/json", "text/csv");

    private static async Task<IResult> ExportAsync([Description("json or csv; defaults to json.")] string? format,
        [Description("Conditions as in the list, such as segment:any:4;email_marketing:yes.")] string? filter,
        [Description("Words or parts of words, as in the list.")] string? search,
        [Description("Separated by commas, behind number, name and vip; defaults to email,phone,language.")] string? columns,
        CustomerExportService exports, CancellationToken cancellationToken,
        [Description("Leaves cells as they are that a spreadsheet may take for formulas.")] bool raw = false)
    {
        var wanted = string.IsNullOrWhiteSpace(format) ? Json : format.Trim().ToLowerInvariant();
        if (wanted is not (Csv or Json)) throw ApiException.BadField(nameof(format), "It is one of: json, csv.");
        string[] chosen = string.IsNullOrWhiteSpace(columns) ? UsualColumns
            : columns.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var query = new CustomerQuery(search, filter, CustomerSort.Newest, true);
        return new FileAnswer(await exports.PrepareAsync(new(query, chosen, wanted) { IsRaw = raw }, ExportAudience.Usual,
            cancellationToken), ExportFormats.Demand(wanted));
    }

    /// <summary>A table that is written while it is read.</summary>
    private sealed class FileAnswer(ExportTable table, IExportFormat format) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => ExportAnswer.WriteAsync(httpContext, "customers", table, format,
            (output, cancellationToken) => format.WriteAsync(table, output, cancellationToken));
    }
}
