using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Segments;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Reports;

/// <summary>The segments and groups with what their customers bought.</summary>
internal sealed class SegmentsReport : IReport
{
    public string Name => "segments";

    public string Title => "Segments";

    public string Purpose => "How many customers are in each segment, and what they spent.";

    public string? Permission => Permissions.SegmentsView;

    public ReportChoices Choices => ReportChoices.None;

    public async Task<ReportContent> MakeAsync(ReportScope scope, CancellationToken cancellationToken)
    {
        var db = scope.Db;
        var customers = await db.Customers.LongCountAsync(c => c.DeletedAt == null, cancellationToken);
        var segments = await db.Segments.AsNoTracking().OrderBy(s => s.NameKey).Take(ReportDates.MostRows).ToListAsync(cancellationToken);
        var sums = await db.Set<SegmentMember>().Where(m => m.Until == null)
            .Join(db.Customers.Where(c => c.DeletedAt == null), m => m.CustomerId, c => c.Id,
                (m, c) => new { m.SegmentId, c.OrderCount, c.TotalSpent })
            .GroupBy(m => m.SegmentId).Select(g => new Sum(g.Key, g.LongCount(), g.Sum(m => (long)m.OrderCount), g.Sum(m => m.TotalSpent)))
            .ToDictionaryAsync(s => s.SegmentId, cancellationToken);
        var found = segments.Select(s => (Segment: s, Sum: sums.GetValueOrDefault(s.Id) ?? new(s.Id, 0, 0, 0)))
            .OrderByDescending(s => s.Sum.Customers).ThenBy(s => s.Segment.NameKey, StringComparer.Ordinal).ToList();
        return new(
            [
                new("segments", "Segments", ExportKind.Number, (long)segments.Count, "Segments by rules, and groups."),
                new("customers", "Customers", ExportKind.Number, customers, "All who are not in the trash, at this moment."),
            ],
            [
                new("segment", "Segment", ExportKind.Text, 24), new("customers", "Customers", ExportKind.Number, 12),
                new("share", "Share in percent", ExportKind.Number, 12)
                    { Definition = "Of all customers; one may be in several segments." },
                new("orders", "Orders", ExportKind.Number, 12), new("spent", "Spent", ExportKind.Money, 14),
                new("average_order", "Average order", ExportKind.Money, 14),
            ],
            [.. found.Select(f => new ReportRow(
                [f.Segment.Name, f.Sum.Customers, ReportPartColumn.Percent(f.Sum.Customers, customers), f.Sum.Orders, f.Sum.Spent,
                    ReportPartColumn.Ratio(f.Sum.Spent, f.Sum.Orders)], "customers",
                (f.Segment.Kind == SegmentKind.Group ? "group" : "segment") + FormattableString.Invariant($":any:{f.Segment.Id}")))],
            [new("Customers by segment", "segment", ["customers"]), new("Spent by segment", "segment", ["spent"])],
            ["A customer may be in several segments.", "Spent is paid orders less refunds, of all time."]);
    }

    private sealed record Sum(long SegmentId, long Customers, long Orders, long Spent);
}
