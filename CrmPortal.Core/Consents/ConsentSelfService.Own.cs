using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Consents;

/// <summary>A choice of a customer: whether they agree to a purpose by a channel.</summary>
public sealed record OwnConsentChoice(ConsentPurpose Purpose, Channel Channel, bool IsGiven);

/// <content>The same for customers who are signed in.</content>
public sealed partial class ConsentSelfService
{
    /// <summary>What the customer who is signed in has agreed to.</summary>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    public async Task<OwnConsents> OwnAsync(CancellationToken cancellationToken)
    {
        var (own, _) = await access.DemandOwnAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await OfAsync(db, await db.Customers.AsNoTracking().FirstAsync(c => c.Id == own, cancellationToken), cancellationToken);
    }

    /// <summary>Gives or withdraws consents of the customer who is signed in, all in one change; what holds already is no news.</summary>
    /// <returns>False where one that is to be given has no wording to agree to; nothing was changed then.</returns>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    public async Task<bool> SetOwnAsync(IReadOnlyList<OwnConsentChoice> choices, ConsentEvidence evidence,
        CancellationToken cancellationToken)
    {
        var (own, grant) = await access.DemandOwnAsync(cancellationToken);
        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
        {
            var worded = await ConsentLedger.NewestWordings(db).Select(w => w.Purpose).Distinct().ToListAsync(cancellationToken);
            if (choices.Any(c => c.IsGiven && !worded.Contains(c.Purpose))) return false;
        }

        await customers.ChangeAsync(grant, own, ChangeKind, null, async (db, customer) =>
        {
            var current = await ConsentLedger.CurrentAsync(db, own, cancellationToken);
            foreach (var choice in choices)
            {
                var state = current.Find(c => c.Purpose == choice.Purpose && c.Channel == choice.Channel)?.State;
                if (choice.IsGiven ? state == ConsentState.Granted : state is null or ConsentState.Withdrawn) continue;
                await SetAsync(db, customer, choice, evidence, grant.Actor, cancellationToken);
            }
        }, cancellationToken);
        return true;
    }

    /// <summary>Takes back whatever the customer who is signed in has given, or was asked for.</summary>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    public async Task WithdrawAllOwnAsync(ConsentEvidence evidence, CancellationToken cancellationToken)
    {
        var (own, grant) = await access.DemandOwnAsync(cancellationToken);
        await customers.ChangeAsync(grant, own, ChangeKind, null,
            (db, customer) => WithdrawAllAsync(db, customer, evidence, grant.Actor, cancellationToken), cancellationToken);
    }

    private static async Task<OwnConsents> OfAsync(CrmDbContext db, Customer customer, CancellationToken cancellationToken)
    {
        var wordings = (await ConsentLedger.NewestWordings(db).ToListAsync(cancellationToken)).GroupBy(w => w.Purpose);
        return new(
            customer.DisplayName, customer.Language, await ConsentLedger.CurrentAsync(db, customer.Id, cancellationToken),
            wordings.ToDictionary(g => g.Key, g => ConsentLedger.Best([.. g], customer.Language)!.Text));
    }

    /// <summary>Adds one entry; false where there is nothing to agree to.</summary>
    private async Task<bool> SetAsync(CrmDbContext db, Customer customer, OwnConsentChoice choice, ConsentEvidence evidence, Actor actor,
        CancellationToken cancellationToken)
    {
        var wording = await ConsentLedger.WordingAsync(db, choice.Purpose, customer.Language, cancellationToken);
        if (wording is null && choice.IsGiven) return false;
        var state = choice.IsGiven ? ConsentState.Granted : ConsentState.Withdrawn;
        var source = actor.Origin == ActorOrigin.Api ? ConsentSource.Api : ConsentSource.PreferencePage;
        await ConsentLedger.AddAsync(db, customer, new(choice.Purpose, choice.Channel, state, source, evidence, wording?.Id), actor,
            clock.GetUtcNow(), cancellationToken);
        return true;
    }

    private async Task WithdrawAllAsync(CrmDbContext db, Customer customer, ConsentEvidence evidence, Actor actor,
        CancellationToken cancellationToken)
    {
        foreach (var current in await ConsentLedger.CurrentAsync(db, customer.Id, cancellationToken))
        {
            if (current.State == ConsentState.Withdrawn) continue;
            await ConsentLedger.AddAsync(db, customer, new(current.Purpose, current.Channel, ConsentState.Withdrawn,
                ConsentSource.PreferencePage, evidence), actor, clock.GetUtcNow(), cancellationToken);
        }
    }
}
