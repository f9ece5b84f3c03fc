using CrmPortal.Core.Analytics;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Core.Reports;

/// <summary>The eleven segments of the last calculation of scores.</summary>
internal sealed class RfmReport(RfmService scores) : IReport
{
    public string Name => "rfm";

    public string Title => "RFM segments";

    public string Purpose => "How customers are distributed by recency, frequency and monetary value, and what they spent.";

    public string? Permission => Permissions.SegmentsView;

    public ReportChoices Choices => ReportChoices.None;

    public async Task<ReportContent> MakeAsync(ReportScope scope, CancellationToken cancellationToken)
    {
        var shown = await scores.DistributionAsync(null, cancellationToken);
        var segments = shown?.Segments ?? [];
        var (customers, spent, orders) = (segments.Sum(s => (long)s.Customers), segments.Sum(s => s.Spent), segments.Sum(s => s.Orders));
        return new(
            [
                new("as_of", "As of", ExportKind.Date, shown?.Run.AsOf, "The day of the last calculation of all customers."),
                new("customers", "Customers with orders", ExportKind.Number, customers, "Customers who were compared with each other."),
                new("spent", "Spent", ExportKind.Money, spent, "Paid orders less refunds."),
                new("average_order", "Average order", ExportKind.Money, ReportPartColumn.Ratio(spent, orders), "Spent divided by orders."),
            ],
            [
                new("segment", "Segment", ExportKind.Choice, 20) { Field = "rfm_segment" },
                new("customers", "Customers", ExportKind.Number) { IsSummed = true },
                new("share", "Share in percent", ExportKind.Number),
                new("orders", "Orders", ExportKind.Number) { IsSummed = true },
                new("spent", "Spent", ExportKind.Money, 14) { IsSummed = true },
                new("spent_share", "Share of spent in percent", ExportKind.Number),
                new("average_order", "Average order", ExportKind.Money, 14),
            ],
            [.. segments.Select(s => new ReportRow(
                [RfmSegments.CodeOf(s.Segment), (long)s.Customers, ReportPartColumn.Percent(s.Customers, customers), s.Orders, s.Spent,
                    ReportPartColumn.Percent(s.Spent, spent), s.Average], "customers",
                $"rfm_segment:any:{RfmSegments.CodeOf(s.Segment)}"))],
            [new("Customers by segment", "segment", ["customers"]), new("Spent by segment", "segment", ["spent"])],
            [
                "Each customer has a score from 1 to 5 for recency, frequency and monetary value by their rank among all who have bought; "
                    + "the three make the segment.",
                "The figures are those of the last calculation; it runs every night.",
            ]);
    }
}
