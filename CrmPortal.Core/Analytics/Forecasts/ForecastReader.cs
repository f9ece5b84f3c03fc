using System.Runtime.InteropServices;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

/// <summary>A customer who has bought, by the figures that are kept beside them.</summary>
/// <param name="Spent">Less refunds, in minor units of the base currency.</param>
internal readonly record struct ForecastCustomer(long Id, int Orders, long Spent, DateTimeOffset FirstOrder);

/// <summary>What forecasts are made from.</summary>
/// <param name="Customers">By key.</param>
/// <param name="Days">
/// By customer and day, in major units. Orders as they were placed: a refund belongs to no purchase day for certain, so the model leaves
/// refunds out.
/// </param>
internal sealed record ForecastInput(ForecastCustomer[] Customers, PurchaseDay[] Days);

/// <summary>Reads the purchase days of everybody, in two walks through the tables.</summary>
internal static class ForecastReader
{
    /// <summary>More orders of one customer than these say nothing new about them.</summary>
    private const int MostOrders = 100_000;

    /// <param name="asOf">The last day whose orders count.</param>
    public static async Task<ForecastInput> ReadAsync(CrmDbContext db, ShopClock clock, string currency, DateOnly asOf,
        CancellationToken cancellationToken)
    {
        var end = clock.EndOf(asOf);
        var customers = new List<ForecastCustomer>();
        var kept = db.Customers.AsNoTracking().Where(c => c.DeletedAt == null && c.OrderCount > 0 && c.FirstOrderAt < end)
            .Select(c => new { c.Id, c.OrderCount, c.TotalSpent, c.FirstOrderAt });
        await foreach (var c in kept.AsAsyncEnumerable().WithCancellation(cancellationToken))
            customers.Add(new(c.Id, c.OrderCount, c.TotalSpent, c.FirstOrderAt!.Value));
        var known = customers.Select(c => c.Id).ToHashSet();

        var unit = Unit(currency);
        var days = new List<PurchaseDay>();
        var orders = db.Orders.Where(o => o.CustomerId != null && o.PlacedAt < end && Order.CountedStatuses.Contains(o.Status))
            .Select(o => new { Id = o.CustomerId!.Value, o.PlacedAt, o.BaseTotal });
        await foreach (var o in orders.AsAsyncEnumerable().WithCancellation(cancellationToken))
            if (known.Contains(o.Id)) days.Add(new(o.Id, clock.DayOf(o.PlacedAt), o.BaseTotal / unit));
        return new([.. customers.OrderBy(c => c.Id)], PurchaseHistories.Sorted(CollectionsMarshal.AsSpan(days)).ToArray());
    }

    /// <summary>The history of one customer; null where they had not bought by that day.</summary>
    public static async Task<PurchaseHistory?> HistoryAsync(CrmDbContext db, ShopClock clock, string currency, long customerId,
        DateOnly asOf, CancellationToken cancellationToken)
    {
        var (end, unit) = (clock.EndOf(asOf), Unit(currency));
        var orders = await db.Orders.Where(o => o.CustomerId == customerId && o.PlacedAt < end && Order.CountedStatuses.Contains(o.Status))
            .OrderBy(o => o.PlacedAt).Take(MostOrders).Select(o => new { o.PlacedAt, o.BaseTotal }).ToListAsync(cancellationToken);
        return PurchaseHistory.Of([.. orders.Select(o => new PurchaseDay(customerId, clock.DayOf(o.PlacedAt), o.BaseTotal / unit))], asOf);
    }

    private static double Unit(string currency) => Money.ToMinor(1, currency);
}
