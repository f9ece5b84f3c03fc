using CrmPortal.Core.Access;
using CrmPortal.Core.Common;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Data;
using CrmPortal.Core.Mail;
using CrmPortal.Core.Verification;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Consents;

/// <summary>What customers agree to, as staff note it and ask for it.</summary>
public sealed class ConsentService(
    IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, CustomerService customers, MailQueue mails, ICustomerLetters letters, TimeProvider clock)
{
    private const string ChangeKind = "customer.consent";

    /// <summary>What holds at present; what nobody ever asked for is no entry.</summary>
    public async Task<IReadOnlyList<CurrentConsent>> CurrentAsync(long customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Customers.AnyAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken) ? await ConsentLedger.CurrentAsync(db, customerId, cancellationToken) : [];
    }

    /// <summary>The ledger, newest first.</summary>
    public async Task<Page<ConsentDetails>> ListAsync(long customerId, PageRequest page, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var entries = await db.Consents.AsNoTracking().Include(c => c.Wording).Where(c => c.CustomerId == customerId && db.Customers.Any(x => x.Id == customerId && x.DeletedAt == null))
            .OrderByDescending(c => c.At).ThenByDescending(c => c.Id).Skip(skip).Take(take + 1).ToListAsync(cancellationToken);
        return new([.. entries.Take(take).Select(Details)], page.Number, take, entries.Count > take);
    }

    /// <summary>How many entries the ledger has; null where there is no such customer.</summary>
    public async Task<int?> CountAsync(long customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Customers.AnyAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken) ? await db.Consents.CountAsync(c => c.CustomerId == customerId, cancellationToken) : null;
    }

    /// <summary>Notes that a customer gave or took back a consent; the entry, or null where there is no such customer.</summary>
    /// <param name="form">How he said it, such as the name of a form.</param>
    public async Task<ConsentDetails?> SetAsync(long customerId, ConsentPurpose purpose, Channel channel, bool isGiven, string? form, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        Consent? consent = null;
        ConsentWording? wording = null;
        // Without a permission, so that nobody is offered to undo it: an entry that was there stays there.
        await customers.ChangeAsync(grant, customerId, ChangeKind, null, async (db, customer) =>
        {
            wording = await ConsentLedger.WordingAsync(db, purpose, customer.Language, cancellationToken);
            consent = await ConsentLedger.AddAsync(db, customer, Entry(grant.Actor, purpose, channel, isGiven ? ConsentState.Granted : ConsentState.Withdrawn, wording, form), grant.Actor, clock.GetUtcNow(), cancellationToken);
        }, cancellationToken);
        return consent is null ? null : Details(consent, wording);
    }

    /// <summary>Asks a customer by mail to confirm a consent, which holds from then on; null where there is no such customer.</summary>
    /// <exception cref="RuleViolation">He has no e-mail, has given it already, or was asked just now.</exception>
    public async Task<ConsentDetails?> RequestAsync(long customerId, ConsentPurpose purpose, Channel channel, string? form, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        Consent? consent = null;
        ConsentWording? wording = null;
        await customers.ChangeAsync(grant, customerId, ChangeKind, null, async (db, customer) =>
        {
            VerificationService.DemandMayBeSent(customer);
            if (customer.Email is not { } email || customer.EmailKey is not { } target) throw new RuleViolation("", "This customer has no e-mail.");
            var current = (await ConsentLedger.CurrentAsync(db, customerId, cancellationToken)).FirstOrDefault(c => c.Purpose == purpose && c.Channel == channel);
            if (current?.State == ConsentState.Granted) throw new RuleViolation("", "This consent is given already.");
            var now = clock.GetUtcNow();
            await Codes.DemandMaySendAsync(db, customerId, VerificationPurpose.Consent, target, now, cancellationToken);
            wording = await ConsentLedger.WordingAsync(db, purpose, customer.Language, cancellationToken);
            consent = await ConsentLedger.AddAsync(db, customer, Entry(grant.Actor, purpose, channel, ConsentState.Requested, wording, form), grant.Actor, now, cancellationToken);
            // The request gets its number first; all of it is one transaction.
            await db.SaveChangesAsync(cancellationToken);
            var token = Codes.NewToken();
            db.VerificationCodes.Add(new VerificationCode
            {
                CustomerId = customerId, Purpose = VerificationPurpose.Consent, Target = target, TokenHash = Codes.HashToken(token), ConsentId = consent.Id, CreatedAt = now, ExpiresAt = now + Codes.LinkLifetime,
            });
            var (subject, text) = letters.ConfirmConsent(new(customer.DisplayName, customer.Language), token, wording?.Text);
            mails.Add(db, email, subject, text);
        }, cancellationToken);
        return consent is null ? null : Details(consent, wording);
    }

    /// <summary>Sends a customer the link to his own preferences; false where there is no such customer.</summary>
    /// <exception cref="RuleViolation">He has no e-mail, or was sent one just now.</exception>
    public async Task<bool> SendPreferencesAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        return await customers.ChangeAsync(grant, customerId, ChangeKind, null, async (db, customer) =>
        {
            VerificationService.DemandMayBeSent(customer);
            if (customer.Email is not { } email || customer.EmailKey is not { } target) throw new RuleViolation("", "This customer has no e-mail.");
            await Codes.DemandMaySendAsync(db, customerId, VerificationPurpose.Preferences, target, clock.GetUtcNow(), cancellationToken);
            var (subject, text) = letters.Preferences(new(customer.DisplayName, customer.Language), AddPreferencesToken(db, customer));
            mails.Add(db, email, subject, text);
        }, cancellationToken) is not null;
    }

    /// <summary>The link to a customer's preferences, to be handed to him by other ways; null where there is no such customer.</summary>
    public async Task<Uri?> LinkPreferencesAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        Uri? link = null;
        await customers.ChangeAsync(grant, customerId, ChangeKind, null, (db, customer) =>
        {
            link = letters.PreferencesPage(AddPreferencesToken(db, customer));
            return Task.CompletedTask;
        }, cancellationToken);
        return link;
    }

    private string AddPreferencesToken(CrmDbContext db, Customer customer)
    {
        var (token, now) = (Codes.NewToken(), clock.GetUtcNow());
        db.VerificationCodes.Add(new VerificationCode
        {
            // Without an e-mail that could change hands, the link belongs to the number.
            CustomerId = customer.Id, Purpose = VerificationPurpose.Preferences, Target = customer.EmailKey ?? customer.Number, TokenHash = Codes.HashToken(token), CreatedAt = now, ExpiresAt = now + Codes.PreferencesLifetime,
        });
        return token;
    }

    private static ConsentEntry Entry(Actor actor, ConsentPurpose purpose, Channel channel, ConsentState state, ConsentWording? wording, string? form) =>
        new(purpose, channel, state, actor.Origin == ActorOrigin.Api ? ConsentSource.Api : ConsentSource.Staff, new(actor.IpAddress, null, form), wording?.Id);

    private static ConsentDetails Details(Consent c) => Details(c, c.Wording);

    private static ConsentDetails Details(Consent c, ConsentWording? wording) =>
        new(c.Id, c.Purpose, c.Channel, c.State, c.Source, c.At, c.ActorName, c.IpAddress, c.UserAgent, c.Form, c.WordingId, wording?.Number, wording?.Language, wording?.Text);
}
