using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Exports;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Reports;

/// <summary>What was sold, from the figures that are kept by day.</summary>
internal sealed class OrdersReport : IReport
{
    public string Name => "orders";

    public string Title => "Orders and revenue";

    public string Purpose => "What was sold over time, by whom, and how it compares with the period before.";

    public string? Permission => Permissions.OrdersView;

    public ReportChoices Choices => ReportChoices.Period | ReportChoices.Grouping;

    public async Task<ReportContent> MakeAsync(ReportScope scope, CancellationToken cancellationToken)
    {
        var dates = scope.Dates!;
        var days = await DaysAsync(scope, dates, cancellationToken);
        var (now, before) = (Sum(days), Sum(await DaysAsync(scope, dates.Before, cancellationToken)));
        return new(
            [
                new("revenue", "Revenue", ExportKind.Money, now.Revenue, "Paid orders less refunds.", before.Revenue),
                new("orders", "Orders", ExportKind.Number, now.Orders, "Orders that were paid, by the day on which they were placed.",
                    before.Orders),
                new("average_order", "Average order", ExportKind.Money, now.Average, "Revenue divided by orders.", before.Average),
                new("new_customers", "New customers", ExportKind.Number, now.First, "Customers who placed their first paid order.",
                    before.First),
            ],
            [
                new(ReportPartColumn.Name, "Period", ExportKind.Choice, 14) { Field = ReportDates.Field },
                new("revenue", "Revenue", ExportKind.Money, 14) { IsSummed = true },
                new("orders", "Orders", ExportKind.Number, 10) { IsSummed = true },
                new("average_order", "Average order", ExportKind.Money, 14),
                new("new_customers", "New customers", ExportKind.Number, 12) { IsSummed = true },
                new("returning_customers", "Returning customers", ExportKind.Number, 12)
                    { IsSummed = true, Definition = "Orders of customers who had bought before." },
                new("without_customer", "Without a customer", ExportKind.Number, 12) { IsSummed = true },
            ],
            [.. dates.Parts.Select(part =>
            {
                var sales = Sum(days.Where(d => d.Day >= part.First && d.Day <= part.Last));
                return new ReportRow([part.Name, sales.Revenue, sales.Orders, sales.Average, sales.First, sales.Returning, sales.OfNobody],
                    "orders", ReportPartColumn.Filter("placed", part));
            })],
            [
                new("Revenue", ReportPartColumn.Name, ["revenue"], IsLine: true),
                new("Orders", ReportPartColumn.Name, ["returning_customers", "new_customers", "without_customer"], IsStacked: true),
            ],
            ["Refunds count on the day on which they were made.", "Other currencies are converted at the rate of each order."]);
    }

    private static Task<List<Sales>> DaysAsync(ReportScope scope, ReportDates dates, CancellationToken cancellationToken) =>
        scope.Db.SalesDays.Where(d => d.Day >= dates.From && d.Day <= dates.Until).GroupBy(d => d.Day)
            .Select(g => new Sales(g.Key, g.Sum(d => d.BaseAmount), g.Sum(d => (long)d.Orders), g.Sum(d => (long)d.FirstOrders),
                g.Sum(d => (long)d.AnonymousOrders))).ToListAsync(cancellationToken);

    private static Sales Sum(IEnumerable<Sales> days) => days.Aggregate(new Sales(default, 0, 0, 0, 0), (sum, d) => sum with
    {
        Revenue = sum.Revenue + d.Revenue, Orders = sum.Orders + d.Orders, First = sum.First + d.First,
        OfNobody = sum.OfNobody + d.OfNobody,
    });

    private sealed record Sales(DateOnly Day, long Revenue, long Orders, long First, long OfNobody)
    {
        public long Returning => Orders - First - OfNobody;

        public long? Average => ReportPartColumn.Ratio(Revenue, Orders);
    }
}
