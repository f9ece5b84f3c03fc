using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

/// <summary>Reads what everybody is scored by.</summary>
internal static class RfmReader
{
    /// <param name="windowMonths">Only orders and refunds of so many months count; null for all.</param>
    /// <param name="asOf">The last day whose orders count.</param>
    public static async Task<List<RfmFigures>> ReadAsync(CrmDbContext db, ShopClock clock, int? windowMonths, DateOnly asOf,
        CancellationToken cancellationToken)
    {
        var found = new List<RfmFigures>();
        if (windowMonths is null && asOf == clock.Today)
        {
            // What all orders come to is kept beside each customer.
            var kept = db.Customers.AsNoTracking().Where(c => c.DeletedAt == null && c.LastOrderAt != null)
                .Select(c => new { c.Id, c.OrderCount, c.TotalSpent, c.LastOrderAt });
            await foreach (var c in kept.AsAsyncEnumerable().WithCancellation(cancellationToken))
                found.Add(new(c.Id, clock.DayOf(c.LastOrderAt!.Value).DayNumber, c.OrderCount, c.TotalSpent));
            return found;
        }

        var end = clock.EndOf(asOf);
        var (orders, refunds) = (db.Orders.Where(o => o.CustomerId != null && o.PlacedAt < end && Order.CountedStatuses.Contains(o.Status)),
            db.Refunds.Where(r => r.CustomerId != null && r.RefundedAt < end));
        if (windowMonths is { } months)
        {
            var start = clock.StartOf(asOf.AddMonths(-months).AddDays(1));
            (orders, refunds) = (orders.Where(o => o.PlacedAt >= start), refunds.Where(r => r.RefundedAt >= start));
        }

        var refunded = await refunds.GroupBy(r => r.CustomerId!.Value).Select(g => new { Id = g.Key, Amount = g.Sum(r => r.BaseAmount) })
            .ToDictionaryAsync(r => r.Id, r => r.Amount, cancellationToken);
        var bought = orders.GroupBy(o => o.CustomerId!.Value)
            .Select(g => new { Id = g.Key, Orders = g.Count(), Amount = g.Sum(o => o.BaseTotal), Last = g.Max(o => o.PlacedAt) })
            .Join(db.Set<Customer>().Where(c => c.DeletedAt == null), o => o.Id, c => c.Id, (o, _) => o);
        await foreach (var o in bought.AsAsyncEnumerable().WithCancellation(cancellationToken))
            found.Add(new(o.Id, clock.DayOf(o.Last).DayNumber, o.Orders, o.Amount - refunded.GetValueOrDefault(o.Id)));
        return found;
    }
}
