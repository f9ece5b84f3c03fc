using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Verification;

/// <summary>Which e-mail or phone of a customer: the primary one, or a further one.</summary>
public sealed record VerificationTarget(ContactKind Kind, long? ContactPointId = null);

/// <summary>What a link is for, shown to anyone who opens it: the address it was sent to.</summary>
public sealed record VerificationLink(string Email, string Language);

/// <summary>Lets customers show that an e-mail or a phone is theirs, by digits that they tell or by a link that they follow.</summary>
public sealed class VerificationService(
    IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, ICurrentUser currentUser, CustomerService customers, MailQueue mails,
        ICustomerLetters letters, ISmsSender sms, TimeProvider clock)
{
    private const string ChangeKind = "customer.verify";

    /// <summary>Sends a code, and by mail a link with it; false where there is no such customer.</summary>
    /// <exception cref="RuleViolationException">There is nothing to verify, it is verified, one was sent just now, or it could not be
    /// sent.</exception>
    public async Task<bool> SendAsync(long customerId, VerificationTarget target, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        if (target.Kind == ContactKind.Phone && !sms.IsReady)
            throw new RuleViolationException("", "There is no SMS gateway; an administrator can set one up.");
        var (phone, message) = ("", "");
        var changed = await customers.ChangeAsync(grant, customerId, ChangeKind, null, async (db, customer) =>
        {
            DemandMayBeSent(customer);
            var (value, verifiedAt) = Find(customer, target);
            if (verifiedAt is not null) throw new RuleViolationException("", "This is already verified.");
            if (target.Kind == ContactKind.Phone && PhoneNumber.HasExtension(value))
                throw new RuleViolationException("", "The number has an extension, so it cannot receive text messages.");
            var (key, purpose, now) = (value.ToLowerInvariant(), Purpose(target.Kind), clock.GetUtcNow());
            await VerificationCodes.DemandMaySendAsync(db, customerId, purpose, key, now, cancellationToken);
            var (digits, reader) = (VerificationCodes.NewDigits(), new LetterReader(customer.DisplayName, customer.Language));
            db.VerificationCodes
                .Add(new VerificationCode { CustomerId = customerId, Purpose = purpose, Target = key,
                CodeHash = VerificationCodes.HashDigits(digits), CreatedAt = now, ExpiresAt = now + VerificationCodes.CodeLifetime });
            if (target.Kind == ContactKind.Phone)
            {
                (phone, message) = (value, letters.PhoneCode(reader, digits));
                return;
            }

            // The link lives longer than the digits, which somebody could guess.
            var token = VerificationCodes.NewToken();
            db.VerificationCodes
                .Add(new VerificationCode { CustomerId = customerId, Purpose = purpose, Target = key,
                TokenHash = VerificationCodes.HashToken(token), CreatedAt = now, ExpiresAt = now + VerificationCodes.LinkLifetime });
            var (subject, text) = letters.ConfirmEmail(reader, token, digits);
            mails.Add(db, value, subject, text);
        }, cancellationToken);
        if (changed is null) return false;
        if (phone.Length > 0) await SendSmsAsync(phone, message, cancellationToken);
        return true;
    }

    /// <exception cref="RuleViolationException">The customer is blocked.</exception>
    internal static void DemandMayBeSent(Customer customer)
    {
        if (customer.Status == CustomerStatus.Blocked) throw new RuleViolationException("", "A blocked customer gets no messages.");
    }

    /// <summary>
    /// Notes that a member of staff made sure of the e-mail themselves; null where there is no such customer. Once more changes nothing.
    /// </summary>
    /// <exception cref="RuleViolationException">They have no e-mail.</exception>
    public async Task<CustomerChangeResult?> VouchAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        return await customers.ChangeAsync(grant, customerId, ChangeKind, Permissions.CustomersEdit, (_, customer) =>
        {
            if (customer.Email is null) throw new RuleViolationException("", "This customer has no e-mail.") { IsRefusal = true };
            customer.EmailVerifiedAt ??= clock.GetUtcNow();
            return Task.CompletedTask;
        }, cancellationToken);
    }

    /// <summary>Verifies by the digits that the customer tells; null where there is no such customer.</summary>
    /// <exception cref="RuleViolationException">The digits are wrong, too old, or were tried too often.</exception>
    public async Task<CustomerChangeResult?> CheckAsync(long customerId, VerificationTarget target, string? typed,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        return await CheckAsync(grant, customerId, target, typed, cancellationToken);
    }

    /// <summary>
    /// Verifies by the digits, for whoever has them. Of a customer who is not there nothing else is told than of a code that is not good.
    /// </summary>
    /// <exception cref="RuleViolationException">The digits are wrong, too old, or were tried too often.</exception>
    public async Task ConfirmCodeAsync(long customerId, ContactKind kind, string? typed, CancellationToken cancellationToken)
    {
        var own = new Grant(currentUser.Actor, new HashSet<string>());
        try
        {
            if (await CheckAsync(own, customerId, new(kind), typed, cancellationToken) is not null) return;
        }
        catch (RuleViolationException refusal) when (refusal.Errors.All(e => e.Field.Length == 0))
        {
            // There is nothing to verify; that is told to staff only.
        }

        throw Dead();
    }

    private static RuleViolationException Dead() => new("Code", "This code is no longer valid; send a new one.");

    private async Task<CustomerChangeResult?> CheckAsync(Grant grant, long customerId, VerificationTarget target, string? typed,
        CancellationToken cancellationToken)
    {
        var (digits, purpose, now) = (VerificationCodes.Typed(typed), Purpose(target.Kind), clock.GetUtcNow());
        VerificationCode? code;
        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
        {
            var customer = await db.Customers.AsNoTracking().Include(c => c.ContactPoints)
                .FirstOrDefaultAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken);
            if (customer is null) return null;
            var key = Find(customer, target).Value.ToLowerInvariant();
            // Only what was sent last counts, so that many codes are not many chances.
            code = await db.VerificationCodes.AsNoTracking()
                .Where(c => c.CustomerId == customerId && c.Purpose == purpose && c.Target == key && c.CodeHash != null)
                .OrderByDescending(c => c.Id).FirstOrDefaultAsync(cancellationToken);
            if (code is null || code.UsedAt is not null || code.ExpiresAt <= now) throw Dead();
            // A try is counted before it is looked at, so that many at once are not more than many in turn.
            if (await db.VerificationCodes.Where(c => c.Id == code.Id && c.UsedAt == null && c.Attempts < VerificationCodes.MostAttempts)
                .ExecuteUpdateAsync(c => c.SetProperty(x => x.Attempts, x => x.Attempts + 1), cancellationToken) == 0) throw Dead();
            if (!VerificationCodes.AreDigits(code.CodeHash!, digits)) throw new RuleViolationException("Code", "This code is wrong.");
        }

        return await VerifyAsync(grant, code, cancellationToken) ?? throw Dead();
    }

    /// <summary>
    /// What a mailed link is for; null where it is not good. Nothing is changed: programs that look through mails follow links.
    /// </summary>
    public async Task<VerificationLink?> FindLinkAsync(string? token, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await FindByTokenAsync(db, token, cancellationToken) is not { } code) return null;
        var customer = await db.Customers.AsNoTracking().Include(c => c.ContactPoints)
            .FirstAsync(c => c.Id == code.CustomerId, cancellationToken);
        return Holds(customer, code) ? new(code.Target, customer.Language) : null;
    }

    /// <summary>Verifies the e-mail that a link was sent to; false where the link is not good.</summary>
    public async Task<bool> ConfirmLinkAsync(string? token, CancellationToken cancellationToken)
    {
        VerificationCode? code;
        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
            code = await FindByTokenAsync(db, token, cancellationToken);
        return code is not null && await VerifyAsync(new(currentUser.Actor, new HashSet<string>()), code, cancellationToken) is not null;
    }

    /// <summary>Removes codes that can no longer be used.</summary>
    public async Task RemoveExpiredAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        // Sendings within the last hour are counted.
        var limit = clock.GetUtcNow().AddHours(-1);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.VerificationCodes.Where(c => c.ExpiresAt < limit && c.CreatedAt < limit).ExecuteDeleteAsync(cancellationToken);
    }

    private async Task<VerificationCode?> FindByTokenAsync(CrmDbContext db, string? token, CancellationToken cancellationToken)
    {
        if (!VerificationCodes.IsToken(token)) return null;
        var (hash, now) = (VerificationCodes.HashToken(token!), clock.GetUtcNow());
        var code = await db.VerificationCodes.AsNoTracking()
            .FirstOrDefaultAsync(c => c.TokenHash == hash && c.Purpose == VerificationPurpose.Email && c.UsedAt == null
            && c.ExpiresAt > now, cancellationToken);
        if (code is null) return null;
        // A link from before a merge is for the customer who is there now.
        code.CustomerId = await MergedCustomers.SurvivorAsync(db, code.CustomerId, cancellationToken) ?? code.CustomerId;
        return await db.Customers.AnyAsync(c => c.Id == code.CustomerId && c.DeletedAt == null, cancellationToken) ? code : null;
    }

    private async Task<CustomerChangeResult?> VerifyAsync(Grant grant, VerificationCode code, CancellationToken cancellationToken)
    {
        var isDone = false;
        var changed = await customers.ChangeAsync(grant, code.CustomerId, ChangeKind, null, async (db, customer) =>
        {
            isDone = false;
            // The address may have changed since, and of two clicks only the first counts.
            if (!Holds(customer, code)) return;
            var now = clock.GetUtcNow();
            if (await db.VerificationCodes.Where(c => c.Id == code.Id && c.UsedAt == null)
                .ExecuteUpdateAsync(c => c.SetProperty(x => x.UsedAt, now), cancellationToken) == 0) return;
            if (code.Purpose == VerificationPurpose.Email && customer.EmailKey == code.Target) customer.EmailVerifiedAt = now;
            if (code.Purpose == VerificationPurpose.Phone && customer.Phone == code.Target) customer.PhoneVerifiedAt = now;
            foreach (var point in customer.ContactPoints.Where(p => Purpose(p.Kind) == code.Purpose && p.ValueKey == code.Target))
                point.VerifiedAt = now;
            isDone = true;
        }, cancellationToken);
        return isDone ? changed : null;
    }

    private async Task SendSmsAsync(string to, string text, CancellationToken cancellationToken)
    {
        try
        {
            await sms.SendAsync(to, text, cancellationToken);
        }
        catch (SmsException)
        {
            throw new RuleViolationException("", "The text message could not be sent; try again in a minute.");
        }
    }

    private static (string Value, DateTimeOffset? VerifiedAt) Find(Customer customer, VerificationTarget target)
    {
        if (target.ContactPointId is { } id)
            return customer.ContactPoints.FirstOrDefault(p => p.Id == id && p.Kind == target.Kind) is { } point
                ? (point.Value, point.VerifiedAt) : throw new RuleViolationException("", "This was removed in the meantime.");
        return target.Kind == ContactKind.Email
            ? (customer.Email ?? throw new RuleViolationException("", "This customer has no e-mail."), customer.EmailVerifiedAt)
            : (customer.Phone ?? throw new RuleViolationException("", "This customer has no phone."), customer.PhoneVerifiedAt);
    }

    private static bool Holds(Customer customer, VerificationCode code) =>
        (code.Purpose == VerificationPurpose.Email ? customer.EmailKey : customer.Phone) == code.Target
            || customer.ContactPoints.Any(p => Purpose(p.Kind) == code.Purpose && p.ValueKey == code.Target);

    private static VerificationPurpose Purpose(ContactKind kind) => kind == ContactKind.Email
        ? VerificationPurpose.Email : VerificationPurpose.Phone;
}
