using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Loyalty;

/// <summary>Where customers are on the ladder, and tiers that are given by hand.</summary>
public sealed class TierService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    TimeProvider clock, IOptions<ShopOptions> shop, MergedCustomers merged)
{
    private const int MostYears = 20;
    private const int MostChanges = 200;

    private LocalZone Zone => shop.Value.Zone;

    /// <summary>
    /// Where a customer stands, or null where there is no such customer. A customer who is signed in asks for themselves alone.
    /// </summary>
    public async Task<TierStanding?> StandingAsync(long customerId, CancellationToken cancellationToken)
    {
        if (await access.FindForAsync(customerId, Permissions.CustomersView, cancellationToken) is null) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await StandingAsync(db, customerId, cancellationToken);
    }

    /// <summary>The steps of the ladder, from the lowest to the highest.</summary>
    public async Task<IReadOnlyList<TierRule>> LadderAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return (await ProgrammeStore.CurrentAsync(db, clock.GetUtcNow(), cancellationToken)).Rules.Tiers;
    }

    /// <summary>A customer's steps, newest first.</summary>
    public async Task<IReadOnlyList<TierChangeDetails>> ChangesAsync(long customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.TierChanges.Where(t => t.CustomerId == customerId).OrderByDescending(t => t.Id).Take(MostChanges)
            .Select(t => new TierChangeDetails(t.Id, t.From, t.To, t.Cause, t.Reason, t.At, t.Until, t.ActorName))
                .ToListAsync(cancellationToken);
    }

    /// <summary>Gives a tier by hand; it holds until its end, or until it is taken.</summary>
    /// <returns>Null where there is no such customer.</returns>
    /// <exception cref="RuleViolationException">There is no such tier, no reason, or the day is past.</exception>
    public async Task<TierStanding?> GiveAsync(long customerId, TierInput input, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.LoyaltyAdjust, cancellationToken);
        var errors = new List<FieldError>();
        var reason = TextRules.Required(nameof(input.Reason), input.Reason, TierChange.ReasonLength, "Enter a reason.", errors);
        var today = Zone.DayOf(clock.GetUtcNow());
        if (input.Until is { } day && (day < today || day > today.AddYears(MostYears)))
            errors.Add(new(nameof(input.Until), "The date must be between today and {0} years from now.", MostYears));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        customerId = await merged.LeadAsync(customerId, cancellationToken);
        return await ChangeAsync(grant, customerId, async (db, book, programme, place) =>
        {
            var tier = programme.Rules.Tier(input.Tier?.Trim().ToLowerInvariant())
                ?? throw new RuleViolationException(nameof(input.Tier), "This tier does not exist.");
            await book.GiveAsync(customerId, place.Tier, tier.Code, reason, input.Until is { } last ? Zone.StartOf(last.AddDays(1)) : null,
                programme.Id, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Takes a tier that was given; the one that was reached holds from now on.</summary>
    /// <returns>Null where there is no such customer.</returns>
    /// <exception cref="RuleViolationException">Their tier was not given by hand, or there is no reason.</exception>
    public async Task<TierStanding?> TakeAsync(long customerId, string? why, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.LoyaltyAdjust, cancellationToken);
        var errors = new List<FieldError>();
        var reason = TextRules.Required("Reason", why, TierChange.ReasonLength, "Enter a reason.", errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        return await ChangeAsync(grant, customerId, async (db, book, programme, place) =>
        {
            if (!place.IsGiven) throw new RuleViolationException("", "This tier was not set manually.");
            var reached = programme.Rules.TierAt(await new TierAmounts(db, programme.Rules, shop.Value)
                .OfAsync(customerId, book.Today, cancellationToken));
            await book.WriteAsync([new(customerId, place.Tier, reached.Code, TierCause.ManualEnded)], programme.Id, cancellationToken,
                reason);
        }, cancellationToken);
    }

    /// <summary>
    /// Works the tier of one customer out again: up at once, down as the policy says. One that was given holds until its end.
    /// </summary>
    /// <returns>Null where there is no such customer.</returns>
    public async Task<TierStanding?> AutoAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.LoyaltyAdjust, cancellationToken);
        return await ChangeAsync(grant, customerId, async (db, book, programme, place) =>
        {
            var amount = await new TierAmounts(db, programme.Rules, shop.Value).OfAsync(customerId, book.Today, cancellationToken);
            var past = (await book.PastAsync([customerId], cancellationToken)).GetValueOrDefault(customerId, TierHistory.None);
            if (TierSteps.Due(programme.Rules, place, amount, past, book.Today, clock.GetUtcNow()) is { } step)
                await book.WriteAsync([new(customerId, place.Tier, step.To, step.Cause)], programme.Id, cancellationToken);
        }, cancellationToken);
    }

    private async Task<TierStanding?> ChangeAsync(Grant grant, long customerId,
        Func<CrmDbContext, TierBook, LoyaltyProgramme, TierStatus, Task> work, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // A tier is taken back by another step, so that the steps stay what happened.
        db.BeginChangeSet("loyalty.tier");
        var now = clock.GetUtcNow();
        await provider.LockCustomersAsync(db, [customerId], cancellationToken);
        if (!await db.Customers.AnyAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken)) return null;
        // Anyone who has a tier is a member, and has an account.
        await (await LedgerBook.OpenAsync(db, provider, customerId, grant.Actor, now, cancellationToken)).SaveAsync(cancellationToken);
        var place = await db.Customers.Where(c => c.Id == customerId).Select(c => new TierStatus(c.Tier, c.IsTierGiven, c.TierUntil))
            .FirstAsync(cancellationToken);
        await work(db, new TierBook(db, grant.Actor, shop.Value, now), await ProgrammeStore.CurrentAsync(db, now, cancellationToken),
            place);
        var standing = await StandingAsync(db, customerId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return standing;
    }

    /// <summary>The same for services that have asked already and read more in the same context; nothing is written.</summary>
    internal async Task<TierStanding?> StandingAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken)
    {
        var place = await db.Customers.Where(c => c.Id == customerId && c.DeletedAt == null)
            .Select(c => new TierStatus(c.Tier, c.IsTierGiven, c.TierUntil)).FirstOrDefaultAsync(cancellationToken);
        if (place is null) return null;
        var now = clock.GetUtcNow();
        var rules = await ProgrammeStore.RulesAsync(db, cancellationToken);
        var amount = await new TierAmounts(db, rules, shop.Value).OfAsync(customerId, Zone.DayOf(now), cancellationToken);
        var present = TierSteps.IndexOf(rules, place.Tier);
        var next = present + 1 < rules.Tiers.Count ? rules.Tiers[present + 1] : null;
        var named = place.Tier is null ? null : rules.Tier(place.Tier) ?? new TierRule(place.Tier, place.Tier, 0);
        return new(customerId, named, place.IsGiven, place.Until, rules.TierBasis, rules.TierWindow, amount, rules.TierAt(amount), next,
            next is null ? 0 : Math.Max(0, next.Threshold - amount));
    }
}
