using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Exports;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Reports;

/// <summary>How many customers there are, and when they came.</summary>
internal sealed class CustomersReport : IReport
{
    public string Name => "customers";

    public string Title => "Customers";

    public string Purpose => "How many customers came when, and how many there are by status.";

    public string? Permission => Permissions.CustomersView;

    public ReportChoices Choices => ReportChoices.Period | ReportChoices.Grouping;

    public async Task<ReportContent> MakeAsync(ReportScope scope, CancellationToken cancellationToken)
    {
        var (dates, clock) = (scope.Dates!, scope.Clock);
        var known = scope.Db.Customers.Where(c => c.DeletedAt == null);
        var byStatus = await known.GroupBy(c => c.Status).Select(g => new { g.Key, Count = g.LongCount() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var vips = await known.LongCountAsync(c => c.IsVip, cancellationToken);
        var start = clock.StartOf(dates.From);
        var (startBefore, endBefore) = (clock.StartOf(dates.Before.From), clock.EndOf(dates.Before.Until));
        var addedBefore = await known.LongCountAsync(c => c.CreatedAt >= startBefore && c.CreatedAt < endBefore, cancellationToken);
        var total = await known.LongCountAsync(c => c.CreatedAt < start, cancellationToken);
        var added = await PartCounts.OfAsync(known, c => c.CreatedAt, c => c.OrderCount > 0, dates.Parts, clock, cancellationToken);
        List<ReportRow> rows = [];
        foreach (var (part, count) in dates.Parts.Zip(added))
        {
            total += count.Rows;
            rows.Add(new([part.Name, count.Rows, count.Marked, total], "customers", ReportPartColumn.Filter("created", part)));
        }

        var all = byStatus.Values.Sum();
        return new(
            [
                new("customers", "Customers", ExportKind.Number, all, "All who are not in the trash, at this moment."),
                new("added", "Customers added", ExportKind.Number, rows.Sum(r => (long)r.Values[1]!),
                    "Customers who were added in the period.",
                    addedBefore),
                Of(CustomerStatus.Active, "active", "Active"), Of(CustomerStatus.Inactive, "inactive", "Inactive"),
                Of(CustomerStatus.Blocked, "blocked", "Blocked"),
                new("vip", "VIP", ExportKind.Number, vips, "Customers who are marked as VIP, at this moment."),
            ],
            [
                new(ReportPartColumn.Name, "Period", ExportKind.Choice, 14) { Field = ReportDates.Field },
                new("added", "Customers added", ExportKind.Number) { IsSummed = true },
                new("buyers", "With an order", ExportKind.Number)
                    { IsSummed = true, Definition = "Of those added, the ones who have a paid order by now." },
                new("total", "Customers at the end", ExportKind.Number)
                    { Definition = "Everybody who had been added by the end of the part and is not in the trash." },
            ],
            rows,
            [
                new("Customers added", ReportPartColumn.Name, ["added"]),
                new("Customers at the end", ReportPartColumn.Name, ["total"], IsLine: true),
            ],
            ["A customer counts on the day on which their record was made, imported records included."]);

        ReportFigure Of(CustomerStatus status, string name, string title) => new(name, title, ExportKind.Number,
            byStatus.GetValueOrDefault(status), "Customers of this status, at this moment.");
    }
}
