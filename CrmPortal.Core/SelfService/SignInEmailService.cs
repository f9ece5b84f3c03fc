using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.SelfService;

/// <summary>
/// Changes the e-mail that a customer signs in with. Nothing changes before the link that goes to the new address was followed; the old
/// one is told at once. Whoever asks learns nothing of whom else the address may belong to.
/// </summary>
public sealed class SignInEmailService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    CustomerService customers, MailQueue mails, IAccountLetters letters, SignInGuard guard, AuditLog audit, TimeProvider clock,
    IOptions<ShopOptions> shop)
{
    /// <summary>The e-mail with which the acting customer signs in.</summary>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    public async Task<string> OwnAsync(CancellationToken cancellationToken)
    {
        var (_, grant) = await access.DemandOwnAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Users.Where(u => u.Id == grant.Actor.UserId).Select(u => u.Email).FirstAsync(cancellationToken);
    }

    /// <summary>
    /// Mails the acting customer a link to another address. Where an account has that address, its owner is told instead, and the answer is
    /// the same. The caller has checked the password.
    /// </summary>
    /// <exception cref="RuleViolationException">It is no e-mail, or the present one, or they asked too often.</exception>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    public async Task AskAsync(string? typed, CancellationToken cancellationToken)
    {
        var (_, grant) = await access.DemandOwnAsync(cancellationToken);
        var email = Checked(typed);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var user = await db.Users.AsNoTracking().FirstAsync(u => u.Id == grant.Actor.UserId, cancellationToken);
        var key = User.Normalize(email);
        if (user.NormalizedEmail == key) throw new RuleViolationException("Email", "You sign in with this e-mail already.");
        if (!await guard.MayMailAsync(user.Id, cancellationToken))
            throw new RuleViolationException("", "{0} were sent within the last hour; try again later.", SignInGuard.MostMails);
        await audit.WriteAsync(AuditAction.Updated, nameof(User), user.Id, null, "NewEmail", cancellationToken);
        var holder = await HolderAsync(db, user.Id, key, cancellationToken);
        var (subject, text) = holder is null ? letters.NewEmail(user, email) : letters.EmailStays(holder);
        mails.Add(db, holder?.Email ?? email, subject, text);
        (subject, text) = letters.EmailLeaves(user);
        mails.Add(db, user.Email, subject, text);
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>
    /// Makes an address that was confirmed by link and password the one to sign in with, and the first of the customer's record. All
    /// sessions end.
    /// </summary>
    /// <param name="stamp">That of the account when the link was looked at: of two uses at once only the first counts.</param>
    /// <returns>False where the account has changed since, the customer is blocked or gone, or another account has the address.</returns>
    public async Task<bool> ChangeAsync(long userId, string stamp, string email, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var user = await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == userId && u.DisabledAt == null, cancellationToken);
        if (user?.CustomerId is not { } own) return false;
        var grant = new Grant(Actor.System(user.DisplayName) with { UserId = userId }, new HashSet<string>());
        try
        {
            return await ChangeAsync(grant, own, (userId, stamp), email, cancellationToken);
        }
        catch (RuleViolationException taken) when (taken.IsDuplicate)
        {
            // Another record was given the e-mail at this moment: now it is seen that it is taken.
            return await ChangeAsync(grant, own, (userId, stamp), email, cancellationToken);
        }
        catch (DbUpdateException fault) when (provider.ViolatedUniqueIndex(fault)?.Contains("Users", StringComparison.Ordinal) == true)
        {
            return false;
        }
    }

    private async Task<bool> ChangeAsync(Grant grant, long own, (long UserId, string Stamp) account, string email,
        CancellationToken cancellationToken)
    {
        var isDone = false;
        await customers.ChangeAsync(grant, own, "customer.account.email", null, async (db, customer) =>
        {
            isDone = false;
            var key = User.Normalize(email);
            var user = await db.Users.FirstOrDefaultAsync(u => u.Id == account.UserId && u.SecurityStamp == account.Stamp
                && u.DisabledAt == null, cancellationToken);
            if (user is null || customer.Status == CustomerStatus.Blocked
                || await HolderAsync(db, user.Id, key, cancellationToken) is not null) return;
            // The name to sign in with follows the e-mail, unless it was another one.
            if (user.NormalizedUserName == user.NormalizedEmail) (user.UserName, user.NormalizedUserName) = (email, key);
            (user.Email, user.NormalizedEmail, user.SecurityStamp) = (email, key, User.NewStamp());
            await PutAsync(db, customer, email, cancellationToken);
            isDone = true;
        }, cancellationToken);
        return isDone;
    }

    /// <summary>Makes the address the first of the record; where another record has it as the first, a further one.</summary>
    private async Task PutAsync(CrmDbContext db, Customer customer, string email, CancellationToken cancellationToken)
    {
        var (key, now) = (email.ToLowerInvariant(), clock.GetUtcNow());
        var point = customer.ContactPoints.FirstOrDefault(p => p.Kind == ContactKind.Email && p.ValueKey == key);
        if (await db.Customers.AnyAsync(c => c.EmailKey == key && c.DeletedAt == null && c.Id != customer.Id, cancellationToken))
        {
            // Staff find the two as duplicates; whether they are one person is theirs to say.
            if (point is null) customer.ContactPoints.Add(point = new() { Kind = ContactKind.Email, Value = email });
            point.VerifiedAt ??= now;
            return;
        }

        if (point is not null)
        {
            customer.ContactPoints.Remove(point);
            db.ContactPoints.Remove(point);
        }

        customer.Email = email;
        customer.EmailVerifiedAt ??= now;
    }

    private string Checked(string? typed)
    {
        var errors = new List<FieldError>();
        var fields = CustomerRules.Normalize(new() { Email = typed }, shop.Value, customers.Today(), errors);
        if (errors.Count == 0 && fields.Email.Value is null) errors.Add(new("Email", "Enter an e-mail address."));
        return errors.Count > 0 ? throw new RuleViolationException(errors) : fields.Email.Value!;
    }

    private static Task<User?> HolderAsync(CrmDbContext db, long own, string key, CancellationToken cancellationToken) =>
        db.Users.AsNoTracking().Where(u => u.Id != own && (u.NormalizedEmail == key || u.NormalizedUserName == key)).OrderBy(u => u.Id)
            .FirstOrDefaultAsync(cancellationToken);
}
