using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <summary>
/// Writes steps on the ladder within a transaction that holds the customers' locks: a dated row for each, and the customer's row.
/// </summary>
internal sealed class TierBook(CrmDbContext db, Actor actor, ShopOptions shop, DateTimeOffset now)
{
    private readonly LocalZone _zone = shop.Zone;

    public DateOnly Today => _zone.DayOf(now);

    /// <summary>Raises a customer to the tier that they have reached by now; never lowers them.</summary>
    public async Task UpgradeAsync(long customerId, TierStatus place, LoyaltyProgramme programme, CancellationToken cancellationToken)
    {
        var rules = programme.Rules;
        if (TierSteps.IndexOf(rules, place.Tier) == rules.Tiers.Count - 1) return;
        var reached = rules.TierAt(await new TierAmounts(db, rules, shop).OfAsync(customerId, Today, cancellationToken));
        if (TierSteps.IndexOf(rules, reached.Code) <= TierSteps.IndexOf(rules, place.Tier)) return;
        await WriteAsync([new(customerId, place.Tier, reached.Code, TierCause.Automatic)], programme.Id, cancellationToken);
    }

    /// <summary>Gives a tier by hand.</summary>
    public async Task GiveAsync(long customerId, string? from, string to, string reason, DateTimeOffset? until, long programmeId,
        CancellationToken cancellationToken)
    {
        Add(new(customerId, from, to, TierCause.Manual), programmeId, reason, until);
        await db.SaveChangesAsync(cancellationToken);
        await db.Customers.Where(c => c.Id == customerId)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.Tier, to).SetProperty(x => x.TierUntil, until)
                .SetProperty(x => x.IsTierGiven, true), cancellationToken);
    }

    /// <summary>Writes steps that were reached, not given.</summary>
    public async Task WriteAsync(IReadOnlyList<TierStep> steps, long programmeId, CancellationToken cancellationToken,
        string? reason = null)
    {
        if (steps.Count == 0) return;
        foreach (var step in steps) Add(step, programmeId, reason, null);
        await db.SaveChangesAsync(cancellationToken);
        foreach (var target in steps.GroupBy(s => s.To))
        {
            var ids = target.Select(s => s.CustomerId).ToList();
            await db.Customers.Where(c => ids.Contains(c.Id))
                .ExecuteUpdateAsync(c => c.SetProperty(x => x.Tier, target.Key).SetProperty(x => x.TierUntil, (DateTimeOffset?)null)
                    .SetProperty(x => x.IsTierGiven, false), cancellationToken);
        }
    }

    /// <summary>What was given or taken before, for each of some customers.</summary>
    public async Task<Dictionary<long, TierHistory>> PastAsync(IReadOnlyList<long> customerIds, CancellationToken cancellationToken)
    {
        var changes = await db.TierChanges.AsNoTracking()
            .Where(t => customerIds.Contains(t.CustomerId)
                && (t.Cause == TierCause.Manual || t.Cause == TierCause.ManualEnded || t.Cause == TierCause.Downgrade))
            .OrderBy(t => t.Id).Select(t => new { t.CustomerId, t.To, t.Cause, t.At, t.Until }).ToListAsync(cancellationToken);
        return changes.GroupBy(t => t.CustomerId).ToDictionary(g => g.Key, g =>
        {
            var given = g.LastOrDefault(t => t.Cause != TierCause.Downgrade);
            var lowered = g.LastOrDefault(t => t.Cause == TierCause.Downgrade);
            return new TierHistory(given is { Cause: TierCause.Manual } && (given.Until is not { } end || end > now) ? given.To : null,
                lowered is null ? null : _zone.DayOf(lowered.At));
        });
    }

    private void Add(TierStep step, long programmeId, string? reason, DateTimeOffset? until) => db.TierChanges.Add(new TierChange
    {
        CustomerId = step.CustomerId, From = step.From, To = step.To, Cause = step.Cause, Reason = reason, At = now, Until = until,
            ProgrammeId = programmeId, ActorName = actor.Name,
    });
}

/// <summary>A customer's step from one tier to another.</summary>
internal sealed record TierStep(long CustomerId, string? From, string To, TierCause Cause);
