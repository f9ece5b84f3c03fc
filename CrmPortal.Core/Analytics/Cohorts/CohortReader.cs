using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

/// <summary>The months of customers from their orders and refunds, each read along the index of their customer.</summary>
internal static class CohortReader
{
    public static async Task<List<CustomerMonth>> ReadAsync(CrmDbContext db, ShopClock clock, BuyerScope scope,
        CancellationToken cancellationToken)
    {
        var months = new Dictionary<(long Customer, int Month), (int Orders, long Amount)>();
        var cohorts = new Dictionary<long, int>();
        var orders = scope.Orders(db).TagWith(CohortKeeper.KeepingTag).Where(o => Order.CountedStatuses.Contains(o.Status))
            .Select(o => new { o.CustomerId, At = o.PlacedAt, Amount = o.BaseTotal });
        await foreach (var order in orders.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            var (customer, month) = (order.CustomerId!.Value, CalendarMonth.Of(clock.DayOf(order.At)));
            cohorts[customer] = Math.Min(month, cohorts.GetValueOrDefault(customer, int.MaxValue));
            Add(customer, month, 1, order.Amount);
        }

        // Money that came back to somebody who has bought nothing yet belongs to no cohort.
        var refunds = scope.Refunds(db).TagWith(CohortKeeper.KeepingTag)
            .Select(r => new { r.CustomerId, At = r.RefundedAt, Amount = r.BaseAmount });
        await foreach (var refund in refunds.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (cohorts.ContainsKey(refund.CustomerId!.Value))
                Add(refund.CustomerId.Value, CalendarMonth.Of(clock.DayOf(refund.At)), 0, -refund.Amount);
        }

        return [.. months.Select(m => new CustomerMonth
        {
            CustomerId = m.Key.Customer, Month = m.Key.Month, Cohort = cohorts[m.Key.Customer], Orders = m.Value.Orders,
            Amount = m.Value.Amount,
        })];

        void Add(long customer, int month, int count, long amount)
        {
            var (before, sum) = months.GetValueOrDefault((customer, month));
            months[(customer, month)] = (before + count, sum + amount);
        }
    }
}
