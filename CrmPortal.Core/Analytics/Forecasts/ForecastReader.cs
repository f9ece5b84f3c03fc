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

    /// <summary>So many stretches of orders are read side by side at most.</summary>
    private const int MostParts = 4;

    private const int RowsBetweenLooks = 10_000;

    /// <param name="asOf">The last day whose orders count.</param>
    public static async Task<ForecastInput> ReadAsync(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider,
        ShopClock clock, string currency, DateOnly asOf, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var end = clock.EndOf(asOf);
        var customers = new List<ForecastCustomer>();
        var kept = db.Customers.AsNoTracking().Where(c => c.DeletedAt == null && c.OrderCount > 0 && c.FirstOrderAt < end)
            .OrderBy(c => c.Id).Select(c => new { c.Id, c.OrderCount, c.TotalSpent, c.FirstOrderAt });
        await foreach (var c in kept.AsAsyncEnumerable().WithCancellation(cancellationToken))
            customers.Add(new(c.Id, c.OrderCount, c.TotalSpent, c.FirstOrderAt!.Value));
        if (customers.Count == 0) return new([], []);
        var last = await db.Orders.MaxAsync(o => (long?)o.Id, cancellationToken) ?? 0;
        return new([.. customers], await DaysAsync(dbFactory, provider, clock, Unit(currency), customers, last, end, cancellationToken));
    }

    /// <summary>
    /// The purchase days of these customers. There may be ten million: stretches of orders are read side by side and past the entities,
    /// put beside those of their customer by counting, and only sorted within each customer.
    /// </summary>
    /// <param name="last">The key of the newest order.</param>
    private static async Task<PurchaseDay[]> DaysAsync(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider,
        ShopClock clock, double unit, List<ForecastCustomer> customers, long last, DateTimeOffset end, CancellationToken cancellationToken)
    {
        var places = new Dictionary<long, int>(customers.Count);
        foreach (var (place, customer) in customers.Index()) places.Add(customer.Id, place);
        var parts = Math.Min(Environment.ProcessorCount, MostParts);
        var read = await Task.WhenAll(Enumerable.Range(0, parts).Select(part => Task.Run(() => PartAsync(last * part / parts,
            last * (part + 1) / parts), cancellationToken)));

        var first = new int[customers.Count + 1];
        foreach (var day in read.SelectMany(r => r)) first[day.CustomerId + 1]++;
        for (var i = 1; i < first.Length; i++) first[i] += first[i - 1];
        var days = new PurchaseDay[first[^1]];
        var next = first[..^1];
        foreach (var day in read.SelectMany(r => r))
            days[next[day.CustomerId]++] = day with { CustomerId = customers[(int)day.CustomerId].Id };
        ParallelSum.Each(customers.Count, (start, stop) =>
        {
            for (var i = start; i < stop; i++) PurchaseHistories.Sort(days.AsSpan(first[i]..first[i + 1]));
        }, cancellationToken);
        return days;

        // By place in place of the key.
        async Task<List<PurchaseDay>> PartAsync(long after, long upTo)
        {
            await using var own = await dbFactory.CreateDbContextAsync(cancellationToken);
            var orders = own.Orders.Where(o => o.Id > after && o.Id <= upTo && o.CustomerId != null
                && Order.CountedStatuses.Contains(o.Status)).Select(o => new { Id = o.CustomerId!.Value, o.PlacedAt, o.BaseTotal });
            var (dayOf, found) = (clock.Zone.DaysUntil(end), new List<PurchaseDay>());
            await own.Database.OpenConnectionAsync(cancellationToken);
            await using var command = orders.CreateDbCommand();
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            var (id, placedAt, total) = (row.GetOrdinal("Id"), row.GetOrdinal("PlacedAt"), row.GetOrdinal("BaseTotal"));
            while (row.Read())
            {
                if (found.Count % RowsBetweenLooks == 0) cancellationToken.ThrowIfCancellationRequested();
                var at = provider.ReadInstant(row, placedAt);
                if (at < end && places.TryGetValue(row.GetInt64(id), out var place))
                    found.Add(new(place, dayOf(at), row.GetInt64(total) / unit));
            }

            return found;
        }
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
