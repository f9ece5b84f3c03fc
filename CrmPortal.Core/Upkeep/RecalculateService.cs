using CrmPortal.Core.Analytics;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Upkeep;

/// <summary>Rebuilds every figure that is kept beside its source; there must be nothing to correct.</summary>
public sealed class RecalculateService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, DayKeeper days,
    CohortKeeper cohorts)
{
    private const int BatchSize = 10_000;

    /// <summary>
    /// Brings refunds to the customers of their orders, and computes the figures of orders and points of all customers and of all days
    /// again, in batches short enough to let others save in between.
    /// </summary>
    /// <param name="progress">Told the number of customers gone through.</param>
    /// <returns>How many refunds lay with another customer, and how many customers and days had wrong figures.</returns>
    public async Task<int> RunAsync(IProgress<long>? progress, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        await using var names = await dbFactory.CreateDbContextAsync(cancellationToken);
        var corrected = await StoredNames.ComposeTagsAsync(names, cancellationToken);
        corrected += await RefundsAsync(cancellationToken);
        long seen = 0, last = 0;
        while (true)
        {
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            var batch = await db.Customers.Where(c => c.Id > last).OrderBy(c => c.Id).Select(c => c.Id).Take(BatchSize)
                .ToListAsync(cancellationToken);
            if (batch.Count == 0)
            {
                return corrected + await days.RecalculateAsync(cancellationToken) + await cohorts.RecalculateAsync(cancellationToken);
            }

            corrected += await StoredNames.ComposeAsync(db, batch[0], batch[^1], cancellationToken);
            corrected += await OrderStatistics.RefreshRangeAsync(db, batch[0], batch[^1], cancellationToken);
            corrected += await LoyaltyFigures.RefreshRangeAsync(db, batch[0], batch[^1], cancellationToken);
            corrected += await TicketFigures.RefreshRangeAsync(db, batch[0], batch[^1], cancellationToken);
            corrected += await PlacesAsync(db, batch[0], batch[^1], cancellationToken);
            last = batch[^1];
            progress?.Report(seen += batch.Count);
        }
    }

    private async Task<int> RefundsAsync(CancellationToken cancellationToken)
    {
        var (corrected, last) = (0, 0L);
        while (true)
        {
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            var batch = await db.Refunds.Where(r => r.Id > last).OrderBy(r => r.Id).Select(r => r.Id).Take(BatchSize)
                .ToListAsync(cancellationToken);
            if (batch.Count == 0) return corrected;
            corrected += await RefundOwners.RepairRangeAsync(db, batch[0], batch[^1], cancellationToken);
            last = batch[^1];
        }
    }

    /// <summary>
    /// Addresses from before households were known get the key by which those at one place are found; those without a street lose it.
    /// </summary>
    private static async Task<int> PlacesAsync(CrmDbContext db, long first, long last, CancellationToken cancellationToken)
    {
        var addresses = await db.Addresses.Where(a => a.CustomerId >= first && a.CustomerId <= last
            && ((a.PlaceKey == "" && a.Line1 != "") || EF.Functions.Like(a.PlaceKey, "%|"))).ToListAsync(cancellationToken);
        var before = addresses.ToDictionary(a => a.Id, a => a.PlaceKey);
        foreach (var address in addresses) address.Derive();
        var changed = addresses.Where(a => a.PlaceKey != before[a.Id]).Select(a => a.CustomerId).Distinct().Count();
        try
        {
            await db.SaveWithoutRecordAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Somebody saved one of them meanwhile, which gave it its key; the others are read again.
            db.ChangeTracker.Clear();
            return await PlacesAsync(db, first, last, cancellationToken);
        }

        return changed;
    }
}
