using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Overview;

/// <summary>
/// How the shop does: this month beside the last, two years by months, points, the best customers. The same few statements however many
/// orders there are.
/// </summary>
public sealed partial class ShopOverviewService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, AuditLog audit,
    ShopClock clock, IOptions<ShopOptions> shop)
{
    private const int SalesMonths = 24;
    private const int PointsMonths = 12;
    private const int MostCustomers = 5;

    /// <exception cref="AccessDeniedException">The acting user may not see the figures of the shop.</exception>
    public async Task<ShopOverview> GetAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        var today = clock.Today;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        // Before the figures: what is marked while they are read is not in them.
        var isBehind = await db.StaleHours.AnyAsync(cancellationToken);
        return new(today, grant.Has(Permissions.OrdersView) ? await SalesAsync(db, grant, today, cancellationToken) : null,
            await PointsAsync(db, today, cancellationToken), isBehind);
    }

    /// <summary>The day until which the month before this one is compared.</summary>
    private static DateOnly SameDayBefore(DateOnly today) =>
        today.AddDays(1).Day == 1 ? new DateOnly(today.Year, today.Month, 1).AddDays(-1) : today.AddMonths(-1);

    private async Task<SalesOverview> SalesAsync(CrmDbContext db, Grant grant, DateOnly today, CancellationToken cancellationToken)
    {
        var (thisMonth, until) = (clock.ThisMonth, SameDayBefore(today));
        var (first, lastMonth) = (thisMonth.AddMonths(1 - SalesMonths), thisMonth.AddMonths(-1));
        var sums = await db.SalesDays.Where(d => d.Day >= first && d.Day <= today)
            .GroupBy(d => new { d.Day.Year, d.Day.Month, d.Currency })
            .Select(g => new
            {
                g.Key.Year, g.Key.Month, g.Key.Currency, Revenue = g.Sum(d => d.BaseAmount), Amount = g.Sum(d => d.Amount),
                Orders = g.Sum(d => d.Orders), First = g.Sum(d => d.FirstOrders), OfNobody = g.Sum(d => d.AnonymousOrders),
            })
            .ToListAsync(cancellationToken);
        var before = await db.SalesDays.Where(d => d.Day >= lastMonth && d.Day <= until).GroupBy(_ => 1)
            .Select(g => new PeriodSales(g.Sum(d => d.BaseAmount), g.Sum(d => d.Orders), g.Sum(d => d.FirstOrders),
                g.Sum(d => d.AnonymousOrders)))
            .SingleOrDefaultAsync(cancellationToken);
        var byMonth = sums.ToLookup(s => new DateOnly(s.Year, s.Month, 1));
        List<MonthSales> months =
        [
            .. Enumerable.Range(0, SalesMonths).Select(first.AddMonths).Select(month => new MonthSales(month, new(
                byMonth[month].Sum(s => s.Revenue), byMonth[month].Sum(s => s.Orders), byMonth[month].Sum(s => s.First),
                byMonth[month].Sum(s => s.OfNobody)))),
        ];
        return new(months[^1].Sales, before ?? new(0, 0, 0, 0), months,
            [.. byMonth[thisMonth].Where(s => s.Currency != shop.Value.Currency && s.Amount != 0)
                .OrderBy(s => s.Currency, StringComparer.Ordinal).Select(s => new CurrencyAmount(s.Currency, s.Amount))],
            grant.Has(Permissions.CustomersView) ? await TopAsync(db, grant, cancellationToken) : null);
    }

    /// <summary>The spent amount of a customer is kept on their row and indexed, so that the first few are read and no others.</summary>
    private static async Task<IReadOnlyList<TopCustomer>> TopAsync(CrmDbContext db, Grant grant, CancellationToken cancellationToken)
    {
        var top = await db.Customers.AsNoTracking().Where(c => c.DeletedAt == null && c.TotalSpent > 0)
            .OrderByDescending(c => c.TotalSpent).ThenByDescending(c => c.Id).Take(MostCustomers).ToListAsync(cancellationToken);
        return [.. top.Select(c => new TopCustomer(c.Id, CustomerQueries.Shown(c, grant.Has(Permissions.CustomersSensitive)), c.TotalSpent,
            c.OrderCount))];
    }

    private async Task<PointsOverview> PointsAsync(CrmDbContext db, DateOnly today, CancellationToken cancellationToken)
    {
        var (first, until) = (clock.ThisMonth.AddMonths(1 - PointsMonths), SameDayBefore(today));
        // What was ever issued and not spent: a row for each day on which there were points.
        var owed = await db.PointsDays.GroupBy(_ => 1)
            .Select(g => new { Now = g.Sum(d => d.Change), Before = g.Sum(d => d.Day <= until ? d.Change : 0) })
            .SingleOrDefaultAsync(cancellationToken);
        var sums = (await db.PointsDays.Where(d => d.Day >= first && d.Day <= today).GroupBy(d => new { d.Day.Year, d.Day.Month })
            .Select(g => new
            {
                g.Key.Year, g.Key.Month, Issued = g.Sum(d => d.Issued), Redeemed = g.Sum(d => d.Redeemed), Expired = g.Sum(d => d.Expired),
            })
            .ToListAsync(cancellationToken)).ToDictionary(s => new DateOnly(s.Year, s.Month, 1));
        return new(owed?.Now ?? 0, owed?.Before ?? 0,
        [
            .. Enumerable.Range(0, PointsMonths).Select(first.AddMonths).Select(month => sums.TryGetValue(month, out var sum)
                ? new MonthPoints(month, sum.Issued, sum.Redeemed, sum.Expired) : new MonthPoints(month, 0, 0, 0)),
        ]);
    }
}
