using CrmPortal.Core.Access;
using CrmPortal.Core.Common;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <content>Reading: balance and entries.</content>
public sealed partial class LedgerService
{
    /// <summary>What a customer has, or null where there is no such customer.</summary>
    public async Task<LoyaltyBalance?> BalanceAsync(long customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await LedgerQueries.BalanceAsync(db, customerId, clock.GetUtcNow(), cancellationToken);
    }

    /// <summary>A customer's entries, newest first, each with the balance after it and the lots that it opened or took from.</summary>
    /// <exception cref="RuleViolation">The page is wrong.</exception>
    public async Task<Page<LedgerLine>> EntriesAsync(long customerId, LedgerQuery query, PageRequest page, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var ids = await db.LoyaltyEntries.OfCustomer(customerId, query, Zone).OrderByDescending(e => e.Id).Select(e => e.Id).Skip(skip).Take(take + 1).ToListAsync(cancellationToken);
        return new(await LedgerQueries.LinesAsync(db, customerId, [.. ids.Take(take)], cancellationToken), page.Number, take, ids.Count > take);
    }

    /// <summary>How many entries a customer has.</summary>
    public async Task<int> CountAsync(long customerId, LedgerQuery query, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.LoyaltyEntries.OfCustomer(customerId, query, Zone).CountAsync(cancellationToken);
    }
}
