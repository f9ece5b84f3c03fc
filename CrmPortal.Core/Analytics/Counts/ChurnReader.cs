using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

/// <summary>
/// Counts customers who have churned: nothing bought for three times their own median gap between days with an order, or for a year where
/// there are fewer than three such days.
/// </summary>
internal static class ChurnReader
{
    private const int CustomersAtOnce = 5_000;
    private const int GapsOfSilence = 3;
    private const int FewestDays = 3;
    private const int DaysOfSilence = 365;

    /// <summary>Read in stretches of customers, along the index of their orders.</summary>
    public static async Task<(long Customers, long Spent)> CountAsync(CrmDbContext db, ShopClock clock,
        CancellationToken cancellationToken)
    {
        var (today, after, customers, spent) = (clock.Today, 0L, 0L, 0L);
        while (true)
        {
            var batch = await db.Customers.Where(c => c.Id > after).OrderBy(c => c.Id)
                .Select(c => new { c.Id, c.TotalSpent, IsCounted = c.DeletedAt == null && c.OrderCount > 0 }).Take(CustomersAtOnce)
                .ToListAsync(cancellationToken);
            if (batch.Count == 0) return (customers, spent);
            var upTo = batch[^1].Id;
            var days = new Dictionary<long, HashSet<int>>();
            var orders = db.Orders.Where(o => o.CustomerId > after && o.CustomerId <= upTo && Order.CountedStatuses.Contains(o.Status))
                .Select(o => new { o.CustomerId, o.PlacedAt });
            await foreach (var order in orders.AsAsyncEnumerable().WithCancellation(cancellationToken))
            {
                if (!days.TryGetValue(order.CustomerId!.Value, out var of)) days[order.CustomerId.Value] = of = [];
                of.Add(clock.DayOf(order.PlacedAt).DayNumber);
            }

            foreach (var customer in batch.Where(c => c.IsCounted))
            {
                if (days.GetValueOrDefault(customer.Id) is { } of && HasChurned(of, today.DayNumber))
                    (customers, spent) = (customers + 1, spent + customer.TotalSpent);
            }

            after = upTo;
        }
    }

    /// <param name="days">The days with an order, at least one.</param>
    internal static bool HasChurned(IEnumerable<int> days, int today)
    {
        var sorted = days.Order().ToList();
        var silence = today - sorted[^1];
        if (sorted.Count < FewestDays) return silence > DaysOfSilence;
        var gaps = sorted.Zip(sorted.Skip(1), (one, next) => next - one).Order().ToList();
        var median = (gaps[(gaps.Count - 1) / 2] + gaps[gaps.Count / 2]) / 2.0;
        return silence > GapsOfSilence * median;
    }
}
