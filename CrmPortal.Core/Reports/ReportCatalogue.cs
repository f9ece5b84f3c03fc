using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Reports;

/// <summary>The kinds of reports that there are, and how one is made; it asks nobody for permission.</summary>
public sealed class ReportCatalogue(IEnumerable<IReport> reports, ShopClock clock, IOptions<ShopOptions> shop)
{
    /// <summary>What somebody may see, in the order in which they are registered.</summary>
    internal IEnumerable<IReport> Of(Grant grant) => reports.Where(r => r.Permission is null || grant.Has(r.Permission));

    internal IReport? Find(string name, Grant grant) => Of(grant).FirstOrDefault(r => r.Name == name);

    internal IReport? Find(string name) => reports.FirstOrDefault(r => r.Name == name);

    /// <summary>What a person needs to see a report, and to get it as a file.</summary>
    internal static IEnumerable<string> Needed(IReport report)
    {
        yield return Permissions.ReportsView;
        yield return Permissions.ReportsExport;
        if (report.Permission is { } own) yield return own;
    }

    internal static ReportInfo Info(IReport report) => new(report.Name, report.Title, report.Purpose, report.Choices);

    /// <summary>Makes a report.</summary>
    /// <param name="day">The day from which periods such as the last month are reckoned; null for today.</param>
    internal async Task<ReportView> MakeAsync(CrmDbContext db, IReport report, ReportChoice choice, string? heading, DateOnly? day,
        CancellationToken cancellationToken)
    {
        var dates = report.Choices.HasFlag(ReportChoices.Period) ? ReportDates.Of(choice, day ?? clock.Today) : null;
        var madeAt = clock.Now;
        var content = await report.MakeAsync(new(db, dates, clock, shop.Value.Currency), cancellationToken);
        return new(Info(report), heading, choice, dates, madeAt, clock.Zone.Id, shop.Value.Currency, content);
    }

    internal static ReportRun Run(ReportView view, long? savedId, string madeBy) => new()
    {
        SavedReportId = savedId, Report = view.Report.Name, Heading = view.Heading, Choice = view.Choice.ToString(),
        From = view.Dates?.From, Until = view.Dates?.Until, By = view.Dates?.By, MadeAt = view.MadeAt, MadeByName = madeBy,
        Zone = view.Zone, Currency = view.Currency, Content = ReportText.Write(view.Content),
    };

    internal static ReportView View(ReportRun run, IReport report) => new(Info(report), run.Heading, ReportChoice.Parse(run.Choice),
        Dates(run.From, run.Until, run.By), run.MadeAt, run.Zone, run.Currency, ReportText.Read(run.Content));

    internal static ReportDates? Dates(DateOnly? from, DateOnly? until, ReportGrouping? by) =>
        from is { } first && until is { } last ? new(first, last, by ?? ReportGrouping.Month) : null;
}
