using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Verification;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Consents;

/// <summary>
/// What customers decide themselves: by a link that was sent to them, without an account, or signed in. Of a link the token is the right:
/// it names one customer, dies in time and with the address that it was sent to; about any other token nothing is told.
/// </summary>
public sealed partial class ConsentSelfService(IDbContextFactory<CrmDbContext> dbFactory, ICurrentUser currentUser, AccessControl access,
    CustomerService customers, TimeProvider clock)
{
    private const string ChangeKind = "customer.consent";

    /// <summary>What the customer of a link has agreed to; null where the link is not good.</summary>
    public async Task<OwnConsents?> FindAsync(string? token, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await FindAsync(db, token, VerificationPurpose.Preferences, cancellationToken) is ({ } _, { } customer)
            ? await OfAsync(db, customer, cancellationToken) : null;
    }

    /// <summary>
    /// Gives or withdraws one consent; false where the link is not good, or what is to be given has no wording to agree to.
    /// </summary>
    public async Task<bool> SetAsync(
        string? token, ConsentPurpose purpose, Channel channel, bool isGiven, ConsentEvidence evidence, CancellationToken cancellationToken)
    {
        var isPossible = false;
        var isGood = await ChangeAsync(token, async (db, customer) =>
            isPossible = await SetAsync(db, customer, new(purpose, channel, isGiven), evidence, Visitor(customer), cancellationToken),
            cancellationToken);
        return isGood && isPossible;
    }

    /// <summary>Takes back whatever is given or asked for; false where the link is not good.</summary>
    public Task<bool> WithdrawAllAsync(string? token, ConsentEvidence evidence, CancellationToken cancellationToken) =>
        ChangeAsync(token, (db, customer) => WithdrawAllAsync(db, customer, evidence, Visitor(customer), cancellationToken),
            cancellationToken);

    /// <summary>The consent that a link asks to confirm; null where the link is not good, or something was said since.</summary>
    public async Task<(CurrentConsent Request, string? Wording, string Language)?> FindRequestAsync(string? token,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, token, VerificationPurpose.Consent, cancellationToken) is not ({ } code, { } customer)) return null;
        if (await RequestAsync(db, code, customer, cancellationToken) is not { } request) return null;
        var wording = await db.Consents.Where(c => c.Id == request.Id).Select(c => c.Wording == null ? null : c.Wording.Text)
            .FirstOrDefaultAsync(cancellationToken);
        return (request, wording, customer.Language);
    }

    /// <summary>Confirms the consent that a link asks for; false where the link is not good, or something was said since.</summary>
    public async Task<bool> ConfirmAsync(string? token, ConsentEvidence evidence, CancellationToken cancellationToken)
    {
        long id;
        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
        {
            if (await FindAsync(db, token, VerificationPurpose.Consent, cancellationToken) is not ({ } code, { } customer)) return false;
            id = customer.Id;
        }

        var isDone = false;
        await customers.ChangeAsync(Mine(), id, ChangeKind, null, async (db, customer) =>
        {
            isDone = false;
            // Read again behind the customer's lock, so that of two clicks only the first counts.
            if (await FindAsync(db, token, VerificationPurpose.Consent, cancellationToken) is not ({ } code, _)) return;
            if (await RequestAsync(db, code, customer, cancellationToken) is not { } request) return;
            var wording = await db.Consents.Where(c => c.Id == request.Id).Select(c => c.WordingId).FirstAsync(cancellationToken);
            await AddAsync(db, customer, new(request.Purpose, request.Channel, ConsentState.Granted, ConsentSource.ConfirmedLink, evidence,
                wording), cancellationToken);
            await db.VerificationCodes.Where(c => c.Id == code.Id)
                .ExecuteUpdateAsync(c => c.SetProperty(x => x.UsedAt, clock.GetUtcNow()), cancellationToken);
            isDone = true;
        }, cancellationToken);
        return isDone;
    }

    private async Task<bool> ChangeAsync(string? token, Func<CrmDbContext, Customer, Task> change, CancellationToken cancellationToken)
    {
        long id;
        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
        {
            if (await FindAsync(db, token, VerificationPurpose.Preferences, cancellationToken) is not ({ } _, { } customer)) return false;
            id = customer.Id;
        }

        return await customers.ChangeAsync(Mine(), id, ChangeKind, null, change, cancellationToken) is not null;
    }

    private Task<Consent> AddAsync(CrmDbContext db, Customer customer, ConsentEntry entry, CancellationToken cancellationToken) =>
        ConsentLedger.AddAsync(db, customer, entry, Visitor(customer), clock.GetUtcNow(), cancellationToken);

    /// <summary>Whoever has a link is the customer whom it names, signed in or not.</summary>
    private Actor Visitor(Customer customer) => currentUser.Actor with { UserId = null, Name = customer.DisplayName };

    private Grant Mine() => new(currentUser.Actor, new HashSet<string>());

    /// <summary>
    /// The code of a token and its customer, both null where the token is unknown, used, old, or was sent to an address that is no longer
    /// theirs.
    /// </summary>
    private async Task<(VerificationCode? Code, Customer? Customer)> FindAsync(CrmDbContext db, string? token, VerificationPurpose purpose,
        CancellationToken cancellationToken)
    {
        if (!VerificationCodes.IsToken(token)) return default;
        var (hash, now) = (VerificationCodes.HashToken(token!), clock.GetUtcNow());
        var code = await db.VerificationCodes.AsNoTracking().FirstOrDefaultAsync(c => c.TokenHash == hash && c.Purpose == purpose
            && c.UsedAt == null && c.ExpiresAt > now, cancellationToken);
        if (code is null) return default;
        // After a merge the link is for the customer who is there now, as long as they have the e-mail: taking back stays as easy as
        // giving.
        var survivor = await MergedCustomers.SurvivorAsync(db, code.CustomerId, cancellationToken);
        var id = survivor ?? code.CustomerId;
        var customer = await db.Customers.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id && c.DeletedAt == null, cancellationToken);
        if (customer is null) return default;
        if (code.Target == customer.EmailKey || code.Target == customer.Number) return (code, customer);
        var isHis = survivor is not null
            && (await db.ContactPoints.AnyAsync(p => p.CustomerId == id && p.Kind == ContactKind.Email && p.ValueKey == code.Target,
            cancellationToken)
            || await db.Customers.AnyAsync(c => c.Id == code.CustomerId && c.Number == code.Target, cancellationToken));
        return isHis ? (code, customer) : default;
    }

    private static async Task<CurrentConsent?> RequestAsync(CrmDbContext db, VerificationCode code, Customer customer,
        CancellationToken cancellationToken) =>
        (await ConsentLedger.CurrentAsync(db, customer.Id, cancellationToken))
            .FirstOrDefault(c => c.Id == code.ConsentId && c.State == ConsentState.Requested);
}
