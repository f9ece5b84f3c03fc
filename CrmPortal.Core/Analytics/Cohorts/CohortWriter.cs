using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

/// <summary>
/// Writes the months of customers and moves the sums of their cohorts by the difference, both in the running transaction. Whoever writes
/// takes turns with the others, so that nobody moves a sum by a difference that another one has moved it by already.
/// </summary>
internal static class CohortWriter
{
    private const string Turn = "cohorts";

    /// <summary>Waits until no other transaction writes months, and keeps others waiting until the running one ends.</summary>
    public static Task TakeTurnAsync(CrmDbContext db, CancellationToken cancellationToken) =>
        db.Provider!.RaiseCounterAsync(db, Turn, 1, cancellationToken);

    /// <param name="fresh">All months of the customers of the scope as they are now.</param>
    /// <returns>How many customers had other months before.</returns>
    public static async Task<int> WriteAsync(CrmDbContext db, BuyerScope scope, IReadOnlyList<CustomerMonth> fresh,
        CancellationToken cancellationToken)
    {
        await TakeTurnAsync(db, cancellationToken);
        var kept = await scope.Kept(db).AsNoTracking().TagWith(CohortKeeper.KeepingTag).ToListAsync(cancellationToken);
        var same = kept.Select(Values).ToHashSet();
        same.IntersectWith(fresh.Select(Values));
        List<CustomerMonth> gone = [.. kept.Where(m => !same.Contains(Values(m)))], come = [.. fresh.Where(m => !same.Contains(Values(m)))];
        foreach (var months in gone.GroupBy(m => m.Month))
        {
            var (month, ids) = (months.Key, months.Select(m => m.CustomerId).ToList());
            await db.CustomerMonths.TagWith(CohortKeeper.KeepingTag).Where(m => m.Month == month && ids.Contains(m.CustomerId))
                .ExecuteDeleteAsync(cancellationToken);
        }

        if (come.Count > 0) await db.Provider!.BulkWriteAsync(db, come, cancellationToken);
        await MoveSumsAsync(db, gone, come, cancellationToken);
        return gone.Concat(come).Select(m => m.CustomerId).Distinct().Count();
    }

    private static async Task MoveSumsAsync(CrmDbContext db, List<CustomerMonth> gone, List<CustomerMonth> come,
        CancellationToken cancellationToken)
    {
        var moves = gone.Select(m => (m.Cohort, m.Month, Customers: m.Orders > 0 ? -1 : 0, Orders: -m.Orders, Amount: -m.Amount))
            .Concat(come.Select(m => (m.Cohort, m.Month, Customers: m.Orders > 0 ? 1 : 0, m.Orders, m.Amount)))
            .GroupBy(m => (m.Cohort, m.Month)).ToDictionary(g => g.Key,
                g => (Customers: g.Sum(m => m.Customers), Orders: g.Sum(m => m.Orders), Amount: g.Sum(m => m.Amount)));
        if (moves.Count == 0) return;
        var cohorts = moves.Keys.Select(k => k.Cohort).Distinct().ToList();
        var sums = await db.CohortMonths.AsNoTracking().TagWith(CohortKeeper.KeepingTag).Where(m => cohorts.Contains(m.Cohort))
            .ToDictionaryAsync(m => (m.Cohort, m.Month), cancellationToken);
        foreach (var ((cohort, month), move) in moves)
        {
            var sum = sums.GetValueOrDefault((cohort, month));
            sums[(cohort, month)] = new()
            {
                Cohort = cohort, Month = month, Customers = (sum?.Customers ?? 0) + move.Customers,
                Orders = (sum?.Orders ?? 0) + move.Orders, Amount = (sum?.Amount ?? 0) + move.Amount,
            };
        }

        // Past the change tracker, in which a caller may have work of their own.
        await db.CohortMonths.TagWith(CohortKeeper.KeepingTag).Where(m => cohorts.Contains(m.Cohort)).ExecuteDeleteAsync(cancellationToken);
        await db.Provider!.BulkWriteAsync(db, [.. sums.Values.Where(m => m is not { Customers: 0, Orders: 0, Amount: 0 })],
            cancellationToken);
    }

    private static (long, int, int, int, long) Values(CustomerMonth m) => (m.CustomerId, m.Month, m.Cohort, m.Orders, m.Amount);
}
