using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using CrmPortal.Core.Verification;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Consents;

/// <summary>What customers agree to, as staff note it and ask for it.</summary>
public sealed class ConsentService(
    IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, CustomerService customers, MailQueue mails, ICustomerLetters letters,
        TimeProvider clock)
{
    private const string ChangeKind = "customer.consent";
    private static readonly DateTimeOffset Earliest = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What the counter-entry says where a member of staff withdraws what they noted by mistake.</summary>
    public const string Mistake = "Noted by mistake";

    /// <summary>What holds at present; what nobody ever asked for is no entry.</summary>
    public async Task<IReadOnlyList<CurrentConsent>> CurrentAsync(long customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Customers.AnyAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken)
            ? await ConsentLedger.CurrentAsync(db, customerId, cancellationToken) : [];
    }

    /// <summary>The ledger, newest first.</summary>
    public async Task<Page<ConsentDetails>> ListAsync(long customerId, PageRequest page, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var entries = await db.Consents.AsNoTracking().Include(c => c.Wording)
            .Where(c => c.CustomerId == customerId && db.Set<Customer>().Any(x => x.Id == customerId && x.DeletedAt == null))
            .OrderByDescending(c => c.At).ThenByDescending(c => c.Id).Skip(skip).Take(take + 1).ToListAsync(cancellationToken);
        return new([.. entries.Take(take).Select(Details)], page.Number, take, entries.Count > take);
    }

    /// <summary>How many entries the ledger has; null where there is no such customer.</summary>
    public async Task<int?> CountAsync(long customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Customers.AnyAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken)
            ? await db.Consents.CountAsync(c => c.CustomerId == customerId, cancellationToken) : null;
    }

    /// <summary>The text that a customer agrees to, in their language or the nearest to it; null where none was written.</summary>
    public async Task<WordingDetails?> WordingAsync(long customerId, ConsentPurpose purpose, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var language = await db.Customers.Where(c => c.Id == customerId && c.DeletedAt == null).Select(c => c.Language)
            .FirstOrDefaultAsync(cancellationToken);
        if (language is null) return null;
        return await ConsentLedger.WordingAsync(db, purpose, language, cancellationToken) is { } w
            ? new(w.Id, w.Purpose, w.Language, w.Number, w.Text, w.CreatedAt) : null;
    }

    /// <summary>Notes that a customer gave or withdrew a consent; the entry, or null where there is no such customer.</summary>
    /// <param name="form">How they said it, such as the name of a form.</param>
    public Task<ConsentDetails?> SetAsync(
        long customerId, ConsentPurpose purpose, Channel channel, bool isGiven, string? form, CancellationToken cancellationToken) =>
        NoteAsync(customerId, new(purpose, channel, isGiven, form), cancellationToken);

    /// <summary>Notes what a customer said, then or earlier; the entry, or null where there is no such customer.</summary>
    /// <exception cref="RuleViolationException">It is to have been said in the future, or before anybody could have.</exception>
    public async Task<ConsentDetails?> NoteAsync(long customerId, ConsentStatement statement, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var now = clock.GetUtcNow();
        if (statement.At > now) throw new RuleViolationException(nameof(statement.At), "This is in the future.");
        if (statement.At < Earliest)
            throw new RuleViolationException(nameof(statement.At), "The date must be after {0}.", Earliest.Year - 1);
        Consent? consent = null;
        ConsentWording? wording = null;
        // Without a permission, so that nobody is offered to undo it: an entry that was there stays there.
        await customers.ChangeAsync(grant, customerId, ChangeKind, null, async (db, customer) =>
        {
            wording = await ConsentLedger.WordingAsync(db, statement.Purpose, customer.Language, cancellationToken);
            var state = statement.IsGiven ? ConsentState.Granted : ConsentState.Withdrawn;
            var entry = Entry(grant.Actor, statement.Purpose, statement.Channel, state, wording, statement.Form) with { At = statement.At };
            consent = await ConsentLedger.AddAsync(db, customer, entry, grant.Actor, now, cancellationToken);
        }, cancellationToken);
        return consent is null ? null : Details(consent, wording);
    }

    /// <summary>
    /// Takes back an entry that the same member of staff noted by mistake: by a further entry that says what held before, since none
    /// is ever removed. The counter-entry, or null where there is no such customer or entry.
    /// </summary>
    /// <exception cref="RuleViolationException">The entry is not theirs, or something else was said since.</exception>
    public async Task<ConsentDetails?> TakeBackAsync(long customerId, long consentId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        Consent? counter = null;
        ConsentWording? wording = null;
        await customers.ChangeAsync(grant, customerId, ChangeKind, null, async (db, customer) =>
        {
            counter = null;
            var entry = await db.Consents.AsNoTracking().FirstOrDefaultAsync(c => c.Id == consentId && c.CustomerId == customerId,
                cancellationToken);
            if (entry is null) return;
            if (entry.ActorId != grant.Actor.UserId || entry.State == ConsentState.Requested || entry.Source != ConsentSource.Staff)
                throw new RuleViolationException("", "Only the person who recorded this can undo it.") { IsRefusal = true };
            var newest = await db.Consents.AsNoTracking().Include(c => c.Wording)
                .Where(c => c.CustomerId == customerId && c.Purpose == entry.Purpose && c.Channel == entry.Channel)
                .OrderByDescending(c => c.At).ThenByDescending(c => c.Id).Take(2).ToListAsync(cancellationToken);
            if (newest[0].Id != consentId)
                throw new RuleViolationException("", "Something else has been recorded since.") { IsRefusal = true };
            // A request that waits has a link of its own; it does not begin to wait again.
            var before = newest.ElementAtOrDefault(1) is { State: ConsentState.Granted } granted ? granted : null;
            wording = before?.Wording;
            var state = before is null ? ConsentState.Withdrawn : ConsentState.Granted;
            var said = Entry(grant.Actor, entry.Purpose, entry.Channel, state, wording, Mistake);
            counter = await ConsentLedger.AddAsync(db, customer, said, grant.Actor, clock.GetUtcNow(), cancellationToken);
        }, cancellationToken);
        return counter is null ? null : Details(counter, wording);
    }

    /// <summary>Asks a customer by mail to confirm a consent, which holds from then on; null where there is no such customer.</summary>
    /// <exception cref="RuleViolationException">They have no e-mail, have given it already, or were asked just now.</exception>
    public async Task<ConsentDetails?> RequestAsync(long customerId, ConsentPurpose purpose, Channel channel, string? form,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        Consent? consent = null;
        ConsentWording? wording = null;
        await customers.ChangeAsync(grant, customerId, ChangeKind, null, async (db, customer) =>
        {
            VerificationService.DemandMayBeSent(customer);
            if (customer.Email is not { } email || customer.EmailKey is not { } target)
                throw new RuleViolationException("", "This customer has no e-mail.");
            var current = (await ConsentLedger.CurrentAsync(db, customerId, cancellationToken))
                .FirstOrDefault(c => c.Purpose == purpose && c.Channel == channel);
            if (current?.State == ConsentState.Granted) throw new RuleViolationException("", "This consent has already been given.");
            var now = clock.GetUtcNow();
            await VerificationCodes.DemandMaySendAsync(db, customerId, VerificationPurpose.Consent, target, now, cancellationToken);
            wording = await ConsentLedger.WordingAsync(db, purpose, customer.Language, cancellationToken);
            consent = await ConsentLedger
                .AddAsync(db, customer, Entry(grant.Actor, purpose, channel, ConsentState.Requested, wording, form), grant.Actor, now,
                cancellationToken);
            // The request gets its number first; all of it is one transaction.
            await db.SaveChangesAsync(cancellationToken);
            var token = VerificationCodes.NewToken();
            db.VerificationCodes.Add(new VerificationCode
            {
                CustomerId = customerId, Purpose = VerificationPurpose.Consent, Target = target,
                    TokenHash = VerificationCodes.HashToken(token), ConsentId = consent.Id, CreatedAt = now,
                    ExpiresAt = now + VerificationCodes.LinkLifetime,
            });
            var (subject, text) = letters.ConfirmConsent(new(customer.DisplayName, customer.Language), token, wording?.Text);
            mails.Add(db, email, subject, text);
        }, cancellationToken);
        return consent is null ? null : Details(consent, wording);
    }

    /// <summary>Sends a customer the link to their own preferences; false where there is no such customer.</summary>
    /// <exception cref="RuleViolationException">They have no e-mail, or were sent one just now.</exception>
    public async Task<bool> SendPreferencesAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        return await customers.ChangeAsync(grant, customerId, ChangeKind, null, async (db, customer) =>
        {
            VerificationService.DemandMayBeSent(customer);
            if (customer.Email is not { } email || customer.EmailKey is not { } target)
                throw new RuleViolationException("", "This customer has no e-mail.");
            await VerificationCodes.DemandMaySendAsync(db, customerId, VerificationPurpose.Preferences, target, clock.GetUtcNow(),
                cancellationToken);
            var (subject, text) = letters.Preferences(new(customer.DisplayName, customer.Language), AddPreferencesToken(db, customer));
            mails.Add(db, email, subject, text);
        }, cancellationToken) is not null;
    }

    /// <summary>The link to a customer's preferences, to be handed to them by other ways; null where there is no such customer.</summary>
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
        var (token, now) = (VerificationCodes.NewToken(), clock.GetUtcNow());
        db.VerificationCodes.Add(new VerificationCode
        {
            // Without an e-mail that could change hands, the link belongs to the number.
            CustomerId = customer.Id, Purpose = VerificationPurpose.Preferences, Target = customer.EmailKey ?? customer.Number,
                TokenHash = VerificationCodes.HashToken(token), CreatedAt = now, ExpiresAt = now + VerificationCodes.PreferencesLifetime,
        });
        return token;
    }

    internal static ConsentEntry Entry(Actor actor, ConsentPurpose purpose, Channel channel, ConsentState state, ConsentWording? wording,
        string? form) =>
        new(purpose, channel, state, actor.Origin == ActorOrigin.Api ? ConsentSource.Api : ConsentSource.Staff,
            new(actor.IpAddress, null, form), wording?.Id);

    private static ConsentDetails Details(Consent c) => Details(c, c.Wording);

    private static ConsentDetails Details(Consent c, ConsentWording? wording) =>
        new(c.Id, c.Purpose, c.Channel, c.State, c.Source, c.At, c.ActorName, c.IpAddress, c.UserAgent, c.Form, c.WordingId,
            wording?.Number, wording?.Language, wording?.Text);
}
