using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

internal sealed class AdjustmentRequestPart : CustomerPart<AdjustmentRequest>
{
    public override int Position => 220;

    public override Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) =>
        merge.AllAsync(merge.Db.AdjustmentRequests.Where(r => merge.OtherIds.Contains(r.CustomerId)), r =>
            r.CustomerId = merge.Survivor.Id, cancellationToken);
}

internal sealed class RewardRedemptionPart : CustomerPart<RewardRedemption>
{
    public override int Position => 230;

    public override string KeptBecause => "Stock and points of the rewards must add up; the code says nothing of whoever had it.";

    public override Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken) =>
        purge.Db.RewardRedemptions.Where(r => purge.Ids.Contains(r.CustomerId!.Value))
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.CustomerId, (long?)null).SetProperty(x => x.Version, x => x.Version + 1),
                cancellationToken);

    public override Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) =>
        merge.AllAsync(merge.Db.RewardRedemptions.Where(r => merge.OtherIds.Contains(r.CustomerId!.Value)), r =>
            r.CustomerId = merge.Survivor.Id, cancellationToken);

    public override Task<IReadOnlyList<IAudited>> RowsAsync(CrmDbContext db, long customerId,
        CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IAudited>>([]);
}

/// <summary>Accounts get another customer; their entries stay where they are.</summary>
internal sealed class LoyaltyAccountPart : CustomerPart<LoyaltyAccount>
{
    /// <summary>Stands in a booking whose reason may have named the customer; a key of the texts on screens.</summary>
    internal const string Erased = "Removed with the customer";

    public override int Position => 240;

    public override string KeptBecause =>
        "Entries of points are kept for ever and the ledger must add up; account and entries say nothing of whose they were.";

    public override async Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken)
    {
        // Reasons are free texts, into which people write names.
        await purge.Db.LoyaltyBookings.Where(b => b.Entries.Any(e => purge.Ids.Contains(e.Account!.CustomerId!.Value)))
            .ExecuteUpdateAsync(b => b.SetProperty(x => x.Reason, Erased), cancellationToken);
        await purge.Db.LoyaltyAccounts.Where(a => purge.Ids.Contains(a.CustomerId!.Value))
            .ExecuteUpdateAsync(a => a.SetProperty(x => x.CustomerId, (long?)null), cancellationToken);
    }

    public override async Task MergeAsync(MergeMover merge, CancellationToken cancellationToken)
    {
        var accounts = await merge.Db.LoyaltyAccounts.Where(a => merge.OtherIds.Contains(a.CustomerId!.Value)).OrderBy(a => a.Id)
            .ToListAsync(cancellationToken);
        foreach (var account in accounts)
        {
            await merge.RecordAsync(nameof(LoyaltyAccount), account.Id, account.CustomerId!.Value, cancellationToken);
            account.CustomerId = merge.Survivor.Id;
        }

        merge.Count(nameof(LoyaltyAccount), accounts.Count, 0);
    }
}

internal sealed class TierChangePart : CustomerPart<TierChange>
{
    public override int Position => 250;

    /// <summary>Anyone who has more by the merge may have reached a tier by it.</summary>
    public override async Task SettleAsync(MergeSettlement merge, CancellationToken cancellationToken)
    {
        await LoyaltyFigures.RefreshAsync(merge.Db, merge.Ids, cancellationToken);
        await new LoyaltySettlement(merge.Db, merge.Provider, merge.Actor, merge.Shop, merge.Now)
            .RaiseAsync([merge.SurvivorId], cancellationToken);
    }

    /// <summary>The highest of the tiers holds; a dated step says so, and goes again where the merge is undone.</summary>
    public override async Task MergeAsync(MergeMover merge, CancellationToken cancellationToken)
    {
        var survivor = merge.Survivor;
        if (merge.Others.All(c => c.Tier is null)) return;
        var programme = await ProgrammeStore.CurrentAsync(merge.Db, merge.Now, cancellationToken);
        var highest = merge.Others.Append(survivor).MaxBy(c => programme.Rules.Tier(c.Tier)?.Threshold ?? -1)!;
        if (highest == survivor || highest.Tier is not { } tier
            || programme.Rules.Tier(survivor.Tier)?.Threshold >= programme.Rules.Tier(tier)?.Threshold) return;
        merge.Db.TierChanges.Add(new TierChange
        {
            CustomerId = survivor.Id, From = survivor.Tier, To = tier, At = merge.Now, ProgrammeId = programme.Id,
                ActorName = merge.Actor.Name,
            // One that was given without an end is given here too; a step of a merge without an end is one that was reached.
            Cause = highest is { IsTierGiven: true, TierUntil: null } ? TierCause.Manual : TierCause.Merge, Until = highest.IsTierGiven
                ? highest.TierUntil : null,
        });
    }
}
