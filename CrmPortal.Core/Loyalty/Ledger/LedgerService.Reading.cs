using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <content>Reading: balance and entries.</content>
public sealed partial class LedgerService
{
    private const int LargestSlice = 1_000;

    /// <summary>
    /// What a customer has, or null where there is no such customer. A customer who is signed in asks for themselves alone.
    /// </summary>
    public async Task<LoyaltyBalance?> BalanceAsync(long customerId, CancellationToken cancellationToken)
    {
        if (await access.FindForAsync(customerId, Permissions.CustomersView, cancellationToken) is null) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await LedgerQueries.BalanceAsync(db, customerId, clock.GetUtcNow(), cancellationToken);
    }

    /// <summary>
    /// The points that each of some customers can spend now; nobody without an account is among them. A customer who is signed in asks for
    /// themselves alone.
    /// </summary>
    public async Task<IReadOnlyDictionary<long, long>> SpendableAsync(IReadOnlyList<long> customerIds, CancellationToken cancellationToken)
    {
        const int Most = 1_000;
        if (await access.FindForAsync(customerIds, Permissions.CustomersView, cancellationToken) is null)
            return new Dictionary<long, long>();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(customerIds.Count, Most);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await LedgerQueries.SpendableAsync(db, customerIds, clock.GetUtcNow(), cancellationToken);
    }

    /// <summary>A customer's entries, newest first, each with the balance after it and the lots that it opened or took from.</summary>
    /// <exception cref="RuleViolationException">The page is wrong.</exception>
    public async Task<Page<LedgerLine>> EntriesAsync(long customerId, LedgerQuery query, PageRequest page,
        CancellationToken cancellationToken)
    {
        if (await access.FindForAsync(customerId, Permissions.CustomersView, cancellationToken) is null)
            return new([], page.Number, page.Size, false);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var ids = await db.LoyaltyEntries.OfCustomer(customerId, query, Zone).OrderByDescending(e => e.Id).Select(e => e.Id).Skip(skip)
            .Take(take + 1).ToListAsync(cancellationToken);
        return new(await LedgerQueries.LinesAsync(db, customerId, [.. ids.Take(take)], cancellationToken), page.Number, take,
            ids.Count > take);
    }

    /// <summary>Some of a customer's entries, newest first, for contracts that count rows instead of pages.</summary>
    /// <exception cref="RuleViolationException">There is no such part of a list.</exception>
    public async Task<IReadOnlyList<LedgerLine>> SliceAsync(long customerId, LedgerQuery query, int skip, int limit,
        CancellationToken cancellationToken)
    {
        if (await access.FindForAsync(customerId, Permissions.CustomersView, cancellationToken) is null) return [];
        var errors = new List<FieldError>();
        if (skip < 0) errors.Add(new("Skip", "Skip must be 0 or more."));
        if (limit is < 1 or > LargestSlice) errors.Add(new("Limit", "The limit must be between 1 and {0}.", LargestSlice));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var ids = await db.LoyaltyEntries.OfCustomer(customerId, query, Zone).OrderByDescending(e => e.Id).Select(e => e.Id).Skip(skip)
            .Take(limit).ToListAsync(cancellationToken);
        return await LedgerQueries.LinesAsync(db, customerId, ids, cancellationToken);
    }

    /// <summary>How many entries a customer has.</summary>
    public async Task<int> CountAsync(long customerId, LedgerQuery query, CancellationToken cancellationToken)
    {
        if (await access.FindForAsync(customerId, Permissions.CustomersView, cancellationToken) is null) return 0;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.LoyaltyEntries.OfCustomer(customerId, query, Zone).CountAsync(cancellationToken);
    }
}
