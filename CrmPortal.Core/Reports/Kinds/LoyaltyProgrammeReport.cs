using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Exports;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Reports;

/// <summary>Points that came and went, from the figures that are kept by day.</summary>
internal sealed class LoyaltyProgrammeReport(LiabilityService programme) : IReport
{
    public string Name => "loyalty";

    public string Title => "Loyalty programme";

    public string Purpose => "Points issued, redeemed and expired over time, and the members.";

    public string? Permission => null;

    public ReportChoices Choices => ReportChoices.Period | ReportChoices.Grouping;

    public async Task<ReportContent> MakeAsync(ReportScope scope, CancellationToken cancellationToken)
    {
        var dates = scope.Dates!;
        var days = await DaysAsync(scope, dates, cancellationToken);
        var before = await DaysAsync(scope, dates.Before, cancellationToken);
        var owed = await scope.Db.PointsDays.Where(d => d.Day < dates.From).SumAsync(d => d.Change, cancellationToken);
        var metrics = await programme.MetricsAsync(cancellationToken);
        List<ReportRow> rows = [];
        foreach (var part in dates.Parts)
        {
            var those = days.Where(d => d.Day >= part.First && d.Day <= part.Last).ToList();
            owed += those.Sum(d => d.Change);
            rows.Add(new([part.Name, those.Sum(d => d.Issued), those.Sum(d => d.Redeemed), those.Sum(d => d.Expired), owed]));
        }

        return new(
            [
                new("issued", "Points issued", ExportKind.Number, days.Sum(d => d.Issued),
                    "Points earned and added, less what was reversed of them.", before.Sum(d => d.Issued)),
                new("redeemed", "Points redeemed", ExportKind.Number, days.Sum(d => d.Redeemed),
                    "Points spent, less what was given back of them.", before.Sum(d => d.Redeemed)),
                new("expired", "Points expired", ExportKind.Number, days.Sum(d => d.Expired), "Points whose time was over.",
                    before.Sum(d => d.Expired)),
                new("members", "Members", ExportKind.Number, (long)metrics.TotalMembers,
                    "Customers with a loyalty account, at this moment."),
                new("active_members", "Active members", ExportKind.Number, (long)metrics.ActiveMembers,
                    "Members with an entry or a paid order in the last twelve months."),
                new("redemption_rate", "Redemption rate in percent", ExportKind.Number, metrics.RedemptionRate,
                    "Redeemed of issued points, of all time."),
            ],
            [
                new(ReportPartColumn.Name, "Period", ExportKind.Choice, 14) { Field = ReportDates.Field },
                new("issued", "Points issued", ExportKind.Number) { IsSummed = true },
                new("redeemed", "Points redeemed", ExportKind.Number) { IsSummed = true },
                new("expired", "Points expired", ExportKind.Number) { IsSummed = true },
                new("owed", "Points owed at the end", ExportKind.Number) { Definition = "What members held at the end of the part." },
            ],
            rows,
            [
                new("Points issued", ReportPartColumn.Name, ["issued"]),
                new("Points redeemed and expired", ReportPartColumn.Name, ["redeemed", "expired"], IsStacked: true),
                new("Points owed at the end", ReportPartColumn.Name, ["owed"], IsLine: true),
            ],
            []);
    }

    private static Task<List<PointsDay>> DaysAsync(ReportScope scope, ReportDates dates, CancellationToken cancellationToken) =>
        scope.Db.PointsDays.AsNoTracking().Where(d => d.Day >= dates.From && d.Day <= dates.Until).OrderBy(d => d.Day)
            .Take(ReportDates.MostYears * 366).ToListAsync(cancellationToken);
}
