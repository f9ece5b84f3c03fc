using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Core.Overview;

/// <content>The months as files.</content>
public sealed partial class ShopOverviewService
{
    /// <summary>The months that home shows, the newest first, with the same charts in documents; the export is logged.</summary>
    /// <exception cref="AccessDeniedException">The acting user may not export figures of the shop.</exception>
    /// <exception cref="RuleViolationException">There is no such format.</exception>
    public async Task<ExportTable> ExportAsync(string format, string title, ExportAudience audience, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ReportsExport, cancellationToken);
        ExportFormats.Demand(format);
        var overview = await GetAsync(cancellationToken);
        await audit.WriteAsync(AuditAction.Exported, nameof(Order), 0, null, format, cancellationToken);
        var points = overview.Points.Months.ToDictionary(m => m.Month);
        var months = overview.Sales?.Months.Select(m => m.Month) ?? points.Keys;
        var sales = overview.Sales?.Months.ToDictionary(m => m.Month, m => m.Sales);
        List<object?[]> rows = [.. months.OrderDescending().Select(month => Row(month, sales?[month], points.GetValueOrDefault(month)))];
        return InMemory.Table(title, shop.Value.Name, clock.Now, audience, Columns(overview.Sales is not null), rows)
            with { Charts = [.. Charts(overview, audience)] };
    }

    private static object?[] Row(DateOnly month, PeriodSales? sales, MonthPoints? points)
    {
        object?[] ofPoints = [points?.Issued, points?.Redeemed, points?.Expired];
        return sales is null ? [month, .. ofPoints]
            : [month, sales.Revenue, sales.Orders, sales.NewCustomers, sales.Returning, sales.Anonymous, .. ofPoints];
    }

    private IEnumerable<ExportColumn> Columns(bool hasSales)
    {
        yield return new("month", "Month", ExportKind.Date, 10);
        if (hasSales)
        {
            yield return new("revenue", "Revenue", ExportKind.Money, 14) { Currency = shop.Value.Currency, IsSummed = true };
            yield return Count("orders", "Orders");
            yield return Count("new_customers", "New customers");
            yield return Count("returning_customers", "Returning customers");
            yield return Count("without_customer", "Without a customer");
        }

        yield return Count("points_issued", "Points issued");
        yield return Count("points_redeemed", "Points redeemed");
        yield return Count("points_expired", "Points expired");

        static ExportColumn Count(string name, string title) => new(name, title, ExportKind.Number, 11) { IsSummed = true };
    }

    private IEnumerable<ExportChart> Charts(ShopOverview overview, ExportAudience audience)
    {
        if (overview.Sales is { IsEmpty: false } sales)
        {
            var (last, before) = (sales.Months.TakeLast(PointsMonths).ToList(), sales.Months.Take(PointsMonths).ToList());
            var (currency, unit) = (shop.Value.Currency, (long)Math.Pow(10, Money.MinorDigits(shop.Value.Currency)));
            yield return new($"{audience.Title("Revenue by month")} ({currency})", Places(last.Select(m => m.Month)),
                [new(audience.Title("Last 12 months"), [.. last.Select(m => m.Sales.Revenue)]),
                new(audience.Title("The 12 months before"), [.. before.Select(m => m.Sales.Revenue)])], false, v => Say(v / unit), unit);
            List<ExportSeries> orders = [Of("Returning customers", s => s.Returning), Of("New customers", s => s.NewCustomers)];
            if (last.Any(m => m.Sales.Anonymous > 0)) orders.Add(Of("Without a customer", s => s.Anonymous));
            yield return new(audience.Title("Orders by month"), Places(last.Select(m => m.Month)), orders, true, Say);

            ExportSeries Of(string name, Func<PeriodSales, long> value) => new(audience.Title(name), [.. last.Select(m => value(m.Sales))]);
        }

        if (overview.Points is { IsEmpty: false, Months: var months })
        {
            yield return new(audience.Title("Points by month"), Places(months.Select(m => m.Month)),
                [new(audience.Title("Points issued"), [.. months.Select(m => m.Issued)]),
                new(audience.Title("Points redeemed"), [.. months.Select(m => -m.Redeemed)]),
                new(audience.Title("Points expired"), [.. months.Select(m => -m.Expired)])], true, Say);
        }

        List<string> Places(IEnumerable<DateOnly> those) => [.. those.Select(m => m.ToString("MMM", audience.Culture).TrimEnd('.'))];

        // A minus as on the screens, not a hyphen.
        string Say(long value) => (value < 0 ? "−" : "") + Math.Abs(value).ToString("N0", audience.Culture);
    }
}
