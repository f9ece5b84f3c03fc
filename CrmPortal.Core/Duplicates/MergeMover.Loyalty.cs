using CrmPortal.Core.Loyalty;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Duplicates;

/// <content>Points and tier: accounts get another customer, their entries stay where they are.</content>
internal sealed partial class MergeMover
{
    private async Task MoveLoyaltyAsync(CancellationToken cancellationToken)
    {
        await AllAsync(db.AdjustmentRequests.Where(r => _others.Contains(r.CustomerId)), r => r.CustomerId = survivor.Id, cancellationToken);
        await AllAsync(db.RewardRedemptions.Where(r => _others.Contains(r.CustomerId!.Value)), r => r.CustomerId = survivor.Id, cancellationToken);
        var accounts = await db.LoyaltyAccounts.Where(a => _others.Contains(a.CustomerId!.Value)).OrderBy(a => a.Id).ToListAsync(cancellationToken);
        foreach (var account in accounts)
        {
            await RecordAsync(nameof(LoyaltyAccount), account.Id, account.CustomerId!.Value, cancellationToken);
            account.CustomerId = survivor.Id;
        }

        _moves.Add(new(nameof(LoyaltyAccount), accounts.Count, 0));
        await TakeTierAsync(cancellationToken);
    }

    /// <summary>The highest of the tiers holds; a dated step says so, and goes again where the merge is taken back.</summary>
    private async Task TakeTierAsync(CancellationToken cancellationToken)
    {
        if (others.All(c => c.Tier is null)) return;
        var programme = await ProgrammeStore.CurrentAsync(db, now, cancellationToken);
        var highest = others.Append(survivor).MaxBy(c => programme.Rules.Tier(c.Tier)?.Threshold ?? -1)!;
        if (highest == survivor || highest.Tier is not { } tier || programme.Rules.Tier(survivor.Tier)?.Threshold >= programme.Rules.Tier(tier)?.Threshold) return;
        db.TierChanges.Add(new TierChange
        {
            // One that was given without an end is given here too; a step of a merge without an end is one that was reached.
            CustomerId = survivor.Id, From = survivor.Tier, To = tier, Cause = highest is { IsTierGiven: true, TierUntil: null } ? TierCause.Manual : TierCause.Merge, At = now, Until = highest.IsTierGiven ? highest.TierUntil : null, ProgrammeId = programme.Id, ActorName = actor.Name,
        });
    }
}
