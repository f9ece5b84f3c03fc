using System.ComponentModel;
using CrmPortal.Api;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Reports;
using CrmPortal.Features.Exports;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CrmPortal.Features.Reports;

/// <summary>Reports for programs: which there are, and each with the figures of this moment.</summary>
internal static class ReportEndpoints
{
    private const string NotFound = "Report not found";

    public static void MapReports(this RouteGroupBuilder api)
    {
        var reports = api.MapGroup("/reports").WithTags("Reports");
        reports.MapGet("/", ListAsync)
            .Documented("ListReports", "List the reports that you may see", Permissions.ReportsView, null, 200,
                """[ { "name": "orders", "title": "Orders", "purpose": "Revenue, orders and refunds over time" } ]""");
        reports.MapGet("/{name}", ExportAsync)
            .Documented("GetReport", "Get a report as JSON, CSV, Excel or PDF", Permissions.ReportsExport, null, 200,
                """[ { "part": "2026-01", "orders": 40, "revenue": 1200.50 } ]""")
            .WithDescription($"The answer is streamed. {Permissions.ReportsView} is needed as well; the export is in the audit log.")
            .AnswersTable(withPdf: true);
    }

    private static async Task<Ok<IReadOnlyList<ReportLine>>> ListAsync(ReportService reports, CancellationToken cancellationToken) =>
        TypedResults.Ok<IReadOnlyList<ReportLine>>(
            [.. (await reports.ListAsync(cancellationToken)).Select(r => new ReportLine(r.Name, r.Title, r.Purpose))]);

    private static async Task<IResult> ExportAsync([Description("The name of the report.")] string name,
        [Description("json, csv, xlsx or pdf; defaults to json.")] string? format,
        [Description("last_30_days, last_90_days, this_week, last_week, this_month, last_month, this_quarter, last_quarter, this_year, last_year, last_12_months or chosen.")]
        string? period,
        [Description("The first day, where the period is chosen.")] DateOnly? from,
        [Description("The last day, where the period is chosen.")] DateOnly? until,
        [Description("day, week, month, quarter or year: the parts of the period.")] string? by,
        ReportService reports, CancellationToken cancellationToken)
    {
        var wanted = TableAnswer.Read(format, "json", "csv", "xlsx", "pdf");
        var choice = new ReportChoice(QueryWord.Read<ReportPeriod>(nameof(period), period, ReportChoice.Written), from, until,
            QueryWord.Read<ReportGrouping>(nameof(by), by));
        // Days alone are a choice of days.
        if (choice.Period is null && (from is not null || until is not null)) choice = choice with { Period = ReportPeriod.Chosen };
        var table = await reports.ExportAsync(name, choice, null, wanted, ExportAudience.Usual, cancellationToken)
            ?? throw ApiException.NotFound(NotFound);
        return new TableAnswer(name, table, ExportFormats.Demand(wanted));
    }
}

/// <summary>A kind of report.</summary>
internal sealed record ReportLine(string Name, string Title, string Purpose);
