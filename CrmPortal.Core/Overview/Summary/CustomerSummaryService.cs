using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Overview;

/// <summary>Orders, points, scores and value of one customer together.</summary>
public sealed class CustomerSummaryService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, CustomerService customers,
    ShopClock clock)
{
    /// <summary>So many products of one customer are compared, those on which they spent the most.</summary>
    private const int MostProducts = 1_000;

    /// <returns>Null where there is no such customer.</returns>
    public async Task<CustomerSummary?> GetAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        if (await customers.GetAsync(customerId, cancellationToken) is not { } customer) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var kept = await db.Customers.AsNoTracking().Where(c => c.Id == customerId).Select(c => new
        {
            c.Tier, c.Points, Value = c.Forecast == null ? (long?)null : c.Forecast.Value, c.Score,
        }).FirstOrDefaultAsync(cancellationToken);
        if (kept is null) return null;
        var orders = customer.Orders;
        int? gap = orders is { Count: > 1, FirstAt: { } first, LastAt: { } last }
            ? (int)Math.Round((clock.DayOf(last).DayNumber - clock.DayOf(first).DayNumber) / (double)(orders.Count - 1),
                MidpointRounding.AwayFromZero) : null;
        return new(customer, grant.Has(Permissions.OrdersView) ? await FavouritesAsync(db, customerId, cancellationToken) : null, gap,
            kept.Tier, kept.Points, RfmScores.Of(kept.Score), kept.Value);
    }

    /// <summary>Lines are in the currency of their order, and count by their share of what it came to in the base currency.</summary>
    private static async Task<CustomerFavourites> FavouritesAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken)
    {
        var bought = await db.Orders.Where(o => o.CustomerId == customerId && Order.CountedStatuses.Contains(o.Status) && o.Total > 0)
            .SelectMany(o => o.Lines, (o, l) => new
            {
                l.ProductId, l.Quantity, Amount = o.Total == o.BaseTotal ? l.Amount : l.Amount * o.BaseTotal / o.Total,
            })
            .GroupBy(l => l.ProductId).Select(g => new { Id = g.Key, Pieces = g.Sum(l => (long)l.Quantity), Amount = g.Sum(l => l.Amount) })
            .OrderByDescending(p => p.Amount).ThenBy(p => p.Id).Take(MostProducts).ToListAsync(cancellationToken);
        var returned = await db.Refunds.Where(r => r.CustomerId == customerId && r.Amount > 0)
            .SelectMany(r => r.Lines, (r, l) => new
            {
                l.ProductId, l.Quantity, Amount = r.Amount == r.BaseAmount ? l.Amount : l.Amount * r.BaseAmount / r.Amount,
            })
            .GroupBy(l => l.ProductId)
            .Select(g => new { Id = g.Key, Pieces = g.Sum(l => (long)l.Quantity), Amount = g.Sum(l => l.Amount) })
            .Take(MostProducts).ToDictionaryAsync(p => p.Id, cancellationToken);
        var ids = bought.ConvertAll(b => b.Id);
        var products = await db.Products.AsNoTracking().Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, cancellationToken);
        var net = bought.ConvertAll(b => (Product: products[b.Id], Amount: b.Amount - (returned.GetValueOrDefault(b.Id)?.Amount ?? 0),
            Pieces: b.Pieces - (returned.GetValueOrDefault(b.Id)?.Pieces ?? 0)));
        return new(Best(p => p.Category), Best(p => p.Brand), Best(p => p.Name));

        string? Best(Func<Product, string?> name) => net.Where(n => name(n.Product) is { Length: > 0 }).GroupBy(n => name(n.Product)!)
            .OrderByDescending(g => g.Sum(n => n.Amount)).ThenByDescending(g => g.Sum(n => n.Pieces))
            .ThenBy(g => g.Key, StringComparer.Ordinal).FirstOrDefault()?.Key;
    }
}
