using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Overview;

public sealed partial class TrendsService
{
    /// <summary>Orders of a time with more are not read one by one.</summary>
    public const int MostRankedOrders = 50_000;

    private const int MostRanked = 10;

    /// <summary>
    /// Who and what brought the revenue of some days: from the orders of those days alone, read along the index of their dates, and only
    /// where there are few enough of them. Customers only for those who may see them.
    /// </summary>
    /// <exception cref="AccessDeniedException">The acting user may not see the figures of the shop, or orders.</exception>
    public async Task<TrendRankings> RankAsync(DayRange days, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var count = await db.SalesDays.Where(d => d.Day >= days.From && d.Day <= days.To).SumAsync(d => d.Orders, cancellationToken);
        if (count is 0 or > MostRankedOrders) return new(count, [], [], [], [], []);
        var (start, end) = (clock.StartOf(days.From), clock.EndOf(days.To));
        var orders = db.Orders.AsNoTracking()
            .Where(o => Order.CountedStatuses.Contains(o.Status) && o.PlacedAt >= start && o.PlacedAt < end);
        return new(count, grant.Has(Permissions.CustomersView) ? await CustomersAsync(db, orders, grant, cancellationToken) : [],
            await ProductsAsync(db, orders, cancellationToken), await CategoriesAsync(orders, cancellationToken),
            await TiersAsync(orders, cancellationToken), await SegmentsAsync(db, orders, cancellationToken));
    }

    private static async Task<IReadOnlyList<RankedRow>> CustomersAsync(CrmDbContext db, IQueryable<Order> orders, Grant grant,
        CancellationToken cancellationToken)
    {
        var top = await orders.Where(o => o.CustomerId != null && o.Customer!.DeletedAt == null).GroupBy(o => o.CustomerId!.Value)
            .Select(g => new { g.Key, Orders = g.LongCount(), Revenue = g.Sum(o => o.BaseTotal) })
            .OrderByDescending(g => g.Revenue).ThenBy(g => g.Key).Take(MostRanked).ToListAsync(cancellationToken);
        var ids = top.ConvertAll(t => t.Key);
        var names = await db.Customers.AsNoTracking().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id,
            c => CustomerQueries.Shown(c, grant.Has(Permissions.CustomersSensitive)), cancellationToken);
        return [.. top.Select(t => new RankedRow(t.Key.ToString(CultureInfo.InvariantCulture), names[t.Key], t.Orders, t.Revenue))];
    }

    /// <summary>Lines are in the currency of their order: each is its share of what the order came to in the base currency.</summary>
    private static IQueryable<SoldLine> Lines(IQueryable<Order> orders) => orders.Where(o => o.Total > 0).SelectMany(o => o.Lines,
        (o, l) => new SoldLine
        {
            ProductId = l.ProductId, Category = l.Product!.Category, Quantity = l.Quantity,
            Revenue = o.Total == o.BaseTotal ? l.Amount : l.Amount * o.BaseTotal / o.Total,
        });

    private static async Task<IReadOnlyList<RankedRow>> ProductsAsync(CrmDbContext db, IQueryable<Order> orders,
        CancellationToken cancellationToken)
    {
        var top = await Lines(orders).GroupBy(l => l.ProductId)
            .Select(g => new { g.Key, Pieces = g.Sum(l => (long)l.Quantity), Revenue = g.Sum(l => l.Revenue) })
            .OrderByDescending(g => g.Revenue).ThenBy(g => g.Key).Take(MostRanked).ToListAsync(cancellationToken);
        var ids = top.ConvertAll(t => t.Key);
        var products = await db.Products.AsNoTracking().Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, cancellationToken);
        return [.. top.Select(t => new RankedRow(products[t.Key].Code, products[t.Key].Name, t.Pieces, t.Revenue))];
    }

    private static async Task<IReadOnlyList<RankedRow>> CategoriesAsync(IQueryable<Order> orders, CancellationToken cancellationToken) =>
        [.. (await Lines(orders).GroupBy(l => l.Category)
            .Select(g => new { g.Key, Pieces = g.Sum(l => (long)l.Quantity), Revenue = g.Sum(l => l.Revenue) })
            .OrderByDescending(g => g.Revenue).ThenBy(g => g.Key).Take(MostRanked).ToListAsync(cancellationToken))
            .Select(g => new RankedRow(g.Key ?? "", g.Key ?? "", g.Pieces, g.Revenue))];

    private static async Task<IReadOnlyList<RankedRow>> TiersAsync(IQueryable<Order> orders, CancellationToken cancellationToken) =>
        [.. (await orders.Where(o => o.CustomerId != null).GroupBy(o => o.Customer!.Tier)
            .Select(g => new { g.Key, Orders = g.LongCount(), Revenue = g.Sum(o => o.BaseTotal) })
            .OrderByDescending(g => g.Revenue).ToListAsync(cancellationToken))
            .Select(g => new RankedRow(g.Key ?? "", g.Key ?? "", g.Orders, g.Revenue))];

    private static async Task<IReadOnlyList<RankedRow>> SegmentsAsync(CrmDbContext db, IQueryable<Order> orders,
        CancellationToken cancellationToken) =>
        [.. (await orders.Where(o => o.CustomerId != null)
            .Join(db.Set<CustomerScore>(), o => o.CustomerId, s => s.CustomerId, (o, s) => new { s.Segment, o.BaseTotal })
            .GroupBy(o => o.Segment).Select(g => new { g.Key, Orders = g.LongCount(), Revenue = g.Sum(o => o.BaseTotal) })
            .OrderByDescending(g => g.Revenue).ToListAsync(cancellationToken))
            .Select(g => new RankedRow(RfmSegments.CodeOf(g.Key), RfmSegments.NameOf(g.Key), g.Orders, g.Revenue))];

    private sealed class SoldLine
    {
        public long ProductId { get; init; }
        public string? Category { get; init; }
        public int Quantity { get; init; }
        public long Revenue { get; init; }
    }
}
