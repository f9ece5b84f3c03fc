using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Overview;

/// <summary>The figures of one day from orders, refunds and the ledger, each read along an index from the day's start to its end.</summary>
internal static class DayFigures
{
    /// <summary>Every kind: the index begins with it.</summary>
    private static readonly IReadOnlyList<EntryKind> AnyKind = Enum.GetValues<EntryKind>();

    /// <summary>The sales of a day, a row for each currency in which there were any.</summary>
    public static async Task<List<SalesDay>> SalesAsync(CrmDbContext db, DateOnly day, DateTimeOffset start, DateTimeOffset end,
        CancellationToken cancellationToken)
    {
        var orders = await db.Orders.TagWith(DayKeeper.KeepingTag)
            .Where(o => Order.CountedStatuses.Contains(o.Status) && o.PlacedAt >= start && o.PlacedAt < end)
            .Select(o => new
            {
                o.Currency, o.Total, o.BaseTotal, IsOfNobody = o.CustomerId == null ? 1 : 0,
                IsFirst = o.CustomerId != null && !db.Set<Order>().Any(p => p.CustomerId == o.CustomerId
                    && Order.CountedStatuses.Contains(p.Status)
                    && (p.PlacedAt < o.PlacedAt || (p.PlacedAt == o.PlacedAt && p.Id < o.Id))) ? 1 : 0,
            })
            .GroupBy(o => o.Currency)
            .Select(g => new
            {
                Currency = g.Key, Orders = g.Count(), First = g.Sum(o => o.IsFirst), OfNobody = g.Sum(o => o.IsOfNobody),
                Amount = g.Sum(o => o.Total), BaseAmount = g.Sum(o => o.BaseTotal),
            })
            .ToDictionaryAsync(s => s.Currency, cancellationToken);
        var refunds = await db.Refunds.TagWith(DayKeeper.KeepingTag).Where(r => r.RefundedAt >= start && r.RefundedAt < end)
            .GroupBy(r => r.Currency)
            .Select(g => new { Currency = g.Key, Amount = g.Sum(r => r.Amount), BaseAmount = g.Sum(r => r.BaseAmount) })
            .ToDictionaryAsync(s => s.Currency, cancellationToken);
        return
        [
            .. orders.Keys.Union(refunds.Keys).Order(StringComparer.Ordinal).Select(currency =>
            {
                var (sold, back) = (orders.GetValueOrDefault(currency), refunds.GetValueOrDefault(currency));
                return new SalesDay
                {
                    Day = day, Currency = currency, Orders = sold?.Orders ?? 0, FirstOrders = sold?.First ?? 0,
                    AnonymousOrders = sold?.OfNobody ?? 0, Amount = (sold?.Amount ?? 0) - (back?.Amount ?? 0),
                    BaseAmount = (sold?.BaseAmount ?? 0) - (back?.BaseAmount ?? 0),
                };
            }),
        ];
    }

    /// <summary>The points of a day, by the words of the programme's overview; null where there were none.</summary>
    public static async Task<PointsDay?> PointsAsync(CrmDbContext db, DateOnly day, DateTimeOffset start, DateTimeOffset end,
        CancellationToken cancellationToken)
    {
        var sums = await db.LoyaltyEntries.TagWith(DayKeeper.KeepingTag)
            .Where(e => AnyKind.Contains(e.Kind) && e.At >= start && e.At < end)
            .Select(e => new
            {
                Kind = e.Kind == EntryKind.Reversed ? e.Reverses!.Kind : e.Kind,
                IsPositive = e.Kind == EntryKind.Reversed ? e.Reverses!.Points > 0 : e.Points > 0, e.Points,
            })
            .GroupBy(e => new { e.Kind, e.IsPositive }).Select(g => new { g.Key.Kind, g.Key.IsPositive, Points = g.Sum(e => e.Points) })
            .ToListAsync(cancellationToken);
        return sums.Count == 0 ? null : new PointsDay
        {
            Day = day, Issued = sums.Where(s => s.Kind == EntryKind.Earned || (s.Kind == EntryKind.Adjusted && s.IsPositive))
                .Sum(s => s.Points),
            Redeemed = -sums.Where(s => s.Kind == EntryKind.Redeemed).Sum(s => s.Points),
            Expired = -sums.Where(s => s.Kind == EntryKind.Expired).Sum(s => s.Points), Change = sums.Sum(s => s.Points),
        };
    }
}
