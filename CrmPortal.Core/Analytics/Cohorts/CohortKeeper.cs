using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

/// <summary>
/// Keeps what customers buy by month, and the sums of their cohorts: takes the marks of those whose orders or refunds changed and computes
/// their months again, some customers in each short transaction. Run by the background of every node; they take turns.
/// </summary>
public sealed class CohortKeeper(IDatabaseProvider provider, ShopClock clock)
{
    /// <summary>Marks the statements by which months are looked for and computed.</summary>
    public const string KeepingTag = "Keeps the months of customers";

    private const int MarksAtOnce = 1_000;
    private const int CustomersAtOnce = 5_000;

    /// <summary>Computes the months of everybody who was marked; of all customers the first time, and when the shop has moved to another
    /// zone.</summary>
    /// <returns>How many customers had other months before.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var changed = await FollowZoneAsync(cancellationToken);
        while (true)
        {
            await using var db = provider.CreateContext(null);
            var ids = await db.StaleBuyers.TagWith(KeepingTag).Select(b => b.CustomerId).Distinct().OrderBy(id => id).Take(MarksAtOnce)
                .ToListAsync(cancellationToken);
            if (ids.Count == 0) return changed;
            changed += await KeepAsync(db, ids, cancellationToken);
        }
    }

    /// <summary>Computes all months again; there must be nothing to correct once <see cref="RunAsync"/> has run.</summary>
    /// <returns>How many customers, and months of cohorts, had other figures before.</returns>
    public async Task<int> RecalculateAsync(CancellationToken cancellationToken)
    {
        await RunAsync(cancellationToken);
        return await KeepAllAsync(cancellationToken) + await AddUpAsync(cancellationToken);
    }

    private async Task<int> FollowZoneAsync(CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        var kept = await db.Settings.TagWith(KeepingTag).FirstOrDefaultAsync(s => s.Name == CohortZone.Setting, cancellationToken);
        if (kept?.Value == clock.Zone.Id) return 0;
        // Whoever is marked from here on is marked for good reason; all others are computed now anyway.
        await db.StaleBuyers.TagWith(KeepingTag).ExecuteDeleteAsync(cancellationToken);
        var changed = await KeepAllAsync(cancellationToken);
        if (kept is null) db.Settings.Add(new Setting { Name = CohortZone.Setting, Value = clock.Zone.Id });
        else kept.Value = clock.Zone.Id;
        try
        {
            await db.SaveWithoutRecordAsync(cancellationToken);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            // Another node computed them at the same time and noted it first.
        }

        return changed;
    }

    private async Task<int> KeepAsync(CrmDbContext db, List<long> ids, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await CohortWriter.TakeTurnAsync(db, cancellationToken);
        // The marks go first: what is committed after that is marked anew, and what was committed before is seen by what is read next.
        await db.StaleBuyers.TagWith(KeepingTag).Where(b => ids.Contains(b.CustomerId)).ExecuteDeleteAsync(cancellationToken);
        return await KeepAsync(db, new BuyerScope(ids), cancellationToken);
    }

    private async Task<int> KeepAllAsync(CancellationToken cancellationToken)
    {
        var (changed, after) = (0, 0L);
        while (after < long.MaxValue)
        {
            await using var db = provider.CreateContext(null);
            var ids = await db.Customers.TagWith(KeepingTag).Where(c => c.Id > after).OrderBy(c => c.Id).Select(c => c.Id)
                .Take(CustomersAtOnce).ToListAsync(cancellationToken);
            // The last stretch has no end: months of whom there are none any more would be found in it.
            var upTo = ids.Count < CustomersAtOnce ? long.MaxValue : ids[^1];
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await CohortWriter.TakeTurnAsync(db, cancellationToken);
            changed += await KeepAsync(db, new BuyerScope(after, upTo), cancellationToken);
            after = upTo;
        }

        return changed;
    }

    private async Task<int> KeepAsync(CrmDbContext db, BuyerScope scope, CancellationToken cancellationToken)
    {
        var fresh = await CohortReader.ReadAsync(db, clock, scope, cancellationToken);
        var changed = await CohortWriter.WriteAsync(db, scope, fresh, cancellationToken);
        await db.Database.CurrentTransaction!.CommitAsync(cancellationToken);
        return changed;
    }

    /// <summary>Adds the months of all customers up and corrects sums that are other than that.</summary>
    private async Task<int> AddUpAsync(CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await CohortWriter.TakeTurnAsync(db, cancellationToken);
        var right = await db.CustomerMonths.TagWith(KeepingTag).GroupBy(m => new { m.Cohort, m.Month })
            .Select(g => new CohortMonth
            {
                Cohort = g.Key.Cohort, Month = g.Key.Month, Customers = g.Sum(m => m.Orders > 0 ? 1 : 0), Orders = g.Sum(m => m.Orders),
                Amount = g.Sum(m => m.Amount),
            })
            .ToListAsync(cancellationToken);
        var expected = right.Where(m => m is not { Customers: 0, Orders: 0, Amount: 0 }).Select(Values).ToHashSet();
        var kept = await db.CohortMonths.TagWith(KeepingTag).ToListAsync(cancellationToken);
        var wrong = kept.Where(m => !expected.Remove(Values(m))).ToList();
        db.CohortMonths.RemoveRange(wrong);
        await db.SaveWithoutRecordAsync(cancellationToken);
        db.CohortMonths.AddRange(right.Where(m => expected.Contains(Values(m))));
        await db.SaveWithoutRecordAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return wrong.Select(m => (m.Cohort, m.Month)).Union(expected.Select(v => (v.Item1, v.Item2))).Count();
    }

    private static (int, int, int, int, long) Values(CohortMonth m) => (m.Cohort, m.Month, m.Customers, m.Orders, m.Amount);
}
