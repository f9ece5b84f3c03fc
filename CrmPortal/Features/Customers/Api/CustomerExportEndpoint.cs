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
    private static readonly string[] UsualColumns = ["email", "phone", "language"];

    public static void MapExport(this RouteGroupBuilder api) => api.MapGet("/customers/export", ExportAsync).WithTags("Customers")
        .Documented("ExportCustomers", "Export customers, such as the members of a segment, as JSON, CSV or Excel", Permissions.CustomersExport,
            null, 200, """[ { "number": "CUST-20260131-0001", "name": "Ada Lovelace", "vip": false, "email": "ada@example.com", "phone": "+442079460958", "language": "en" } ]""")
        .WithDescription("The answer is streamed. Columns whose values the key may not see stay blank. In CSV, cells that a spreadsheet "
            + $"takes for formulas begin with an apostrophe; for raw=true, which leaves them as they are, {Permissions.ExportsRaw} is needed.")
        .AnswersTable(withPdf: false);

    private static async Task<IResult> ExportAsync([Description("json, csv or xlsx; defaults to json.")] string? format,
        [Description("Conditions as in the list, such as segment:any:4;email_marketing:yes.")] string? filter,
        [Description("Words or parts of words, as in the list.")] string? search,
        [Description("Separated by commas, behind number, name and vip; defaults to email,phone,language.")] string? columns,
        CustomerExportService exports, CancellationToken cancellationToken,
        [Description("Leaves cells as they are that a spreadsheet may take for formulas.")] bool raw = false)
    {
        var wanted = TableAnswer.Read(format, "json", "csv", "xlsx");
        var query = new CustomerQuery(search, filter, CustomerSort.Newest, true);
        return new TableAnswer("customers", await exports.PrepareAsync(
            new(query, TableAnswer.Columns(columns, UsualColumns), wanted) { IsRaw = raw }, ExportAudience.Usual, cancellationToken),
            ExportFormats.Demand(wanted));
    }
}
