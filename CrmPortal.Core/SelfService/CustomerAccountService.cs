using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.SelfService;

/// <summary>
/// What staff do about the account of a customer: they look at it, invite to it, disable it and enable it again. Who is invited chooses
/// the password with the mailed link, as every invited user does. After a merge a record may have several accounts: they are disabled and
/// enabled together, and the one that can be used stands for them.
/// </summary>
public sealed class CustomerAccountService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    CustomerService customers, MailQueue mails, IAccountLetters letters, TimeProvider clock)
{
    private const int MostAccounts = 50;

    /// <summary>Between two invitations, so that two who invite at once send one mail, whose link is good.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>The account of a customer; null where there is no such customer.</summary>
    public async Task<CustomerAccount?> GetAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        return await ReadAsync(customerId, grant, cancellationToken);
    }

    /// <summary>Mails a customer a link with which they choose a password; an earlier link dies. Null where there is no such
    /// customer.</summary>
    /// <exception cref="RuleViolationException">They are blocked, have no e-mail or have an account, their e-mail is that of another
    /// account, or they were invited just now.</exception>
    public async Task<CustomerAccount?> InviteAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var changed = await customers.ChangeAsync(grant, customerId, "customer.account.invite", null, async (db, customer) =>
        {
            DemandNotBlocked(customer);
            var email = customer.Email ?? throw Refusal("This customer has no e-mail.");
            var accounts = await AccountsAsync(db, customer.Id, cancellationToken);
            if (accounts.Exists(a => a.DisabledAt is not null)) throw Refusal("The account is disabled. Enable it first.");
            if (accounts.Exists(a => a.PasswordHash is not null && a.EmailConfirmed))
                throw Refusal("This customer has an account already.");
            if (accounts.Exists(a => a.PasswordHash is not null))
                throw Refusal("This customer registered; the account waits for the link that was mailed.");
            var (user, now) = (accounts.FirstOrDefault(), clock.GetUtcNow());
            if (now - user?.InvitedAt < Pause) throw Refusal("One was sent less than a minute ago; please wait a moment.");
            await DemandFreeAsync(db, email, user?.Id, cancellationToken);

            var before = user is null ? CustomerAccountState.None : CustomerAccountState.Invited;
            user ??= await AddAsync(db, customer, email, now, cancellationToken);
            (user.UserName, user.NormalizedUserName) = (email, User.Normalize(email));
            (user.Email, user.NormalizedEmail) = (email, User.Normalize(email));
            user.Language = ProfileService.Languages.Contains(customer.Language) ? customer.Language : null;
            (user.DisplayName, user.SecurityStamp) = (customer.DisplayName, User.NewStamp());
            (user.InvitedAt, user.InvitedById) = (now, grant.Actor.UserId);
            await AccountNote.AddAsync(db, customer.Id, before, CustomerAccountState.Invited, clock, cancellationToken);
            await SaveAsync(db, cancellationToken);
            // The link needs the key of the account.
            var (subject, text) = letters.Invitation(user);
            mails.Add(db, email, subject, text);
        }, cancellationToken);
        return changed is null ? null : await ReadAsync(changed.Customer.Id, grant, cancellationToken);
    }

    /// <summary>Keeps a customer from signing in, and ends what they have open. Null where there is no such customer.</summary>
    /// <exception cref="RuleViolationException">They are blocked anyway, or have no account.</exception>
    public Task<CustomerAccount?> DisableAsync(long customerId, CancellationToken cancellationToken) =>
        SetAsync(customerId, isEnabled: false, cancellationToken);

    /// <summary>Lets a customer whose account was disabled sign in again. Null where there is no such customer.</summary>
    /// <exception cref="RuleViolationException">They are blocked, or have no account.</exception>
    public Task<CustomerAccount?> EnableAsync(long customerId, CancellationToken cancellationToken) =>
        SetAsync(customerId, isEnabled: true, cancellationToken);

    private async Task<CustomerAccount?> SetAsync(long customerId, bool isEnabled, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersBlock, cancellationToken);
        var kind = isEnabled ? "customer.account.enable" : "customer.account.disable";
        var changed = await customers.ChangeAsync(grant, customerId, kind, null, async (db, customer) =>
        {
            DemandNotBlocked(customer);
            var accounts = await AccountsAsync(db, customer.Id, cancellationToken);
            if (accounts.Count == 0) throw Refusal("This customer has no account.");
            var before = First(accounts).State;
            foreach (var user in accounts.Where(a => a.DisabledAt is null != isEnabled))
            {
                user.DisabledAt = isEnabled ? null : clock.GetUtcNow();
                // Sessions, tokens and mailed links carry the stamp that it had.
                user.SecurityStamp = User.NewStamp();
            }

            if (First(accounts).State is var after && after != before)
                await AccountNote.AddAsync(db, customer.Id, before, after, clock, cancellationToken);
        }, cancellationToken);
        return changed is null ? null : await ReadAsync(changed.Customer.Id, grant, cancellationToken);
    }

    private async Task<CustomerAccount?> ReadAsync(long customerId, Grant grant, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.Customers.Where(c => c.Id == customerId && c.DeletedAt == null).Select(c => new
        {
            Accounts = db.Users.Where(u => u.CustomerId == c.Id).OrderBy(u => u.Id).Take(MostAccounts).Select(u => new
            {
                u.Email, u.CreatedAt, u.LastSignInAt, u.InvitedAt, u.DisabledAt, HasPassword = u.PasswordHash != null, u.EmailConfirmed,
                InvitedBy = db.Users.Where(i => i.Id == u.InvitedById).Select(i => i.DisplayName).FirstOrDefault(),
            }).ToList(),
        }).FirstOrDefaultAsync(cancellationToken);
        if (found is null) return null;
        return found.Accounts.Select(a => new CustomerAccount(StateOf(a.DisabledAt, a.HasPassword, a.EmailConfirmed))
        {
            Email = grant.Has(Permissions.CustomersSensitive) ? a.Email : Masking.Email(a.Email), CreatedAt = a.CreatedAt,
            LastSignInAt = a.LastSignInAt, InvitedAt = a.InvitedAt, InvitedBy = string.IsNullOrEmpty(a.InvitedBy) ? null : a.InvitedBy,
            InvitationEndsAt = a.HasPassword || a.DisabledAt is not null ? null : a.InvitedAt + AccountLinks.InvitationLifetime,
            DisabledAt = a.DisabledAt,
        }).OrderByDescending(a => Weight(a.State)).FirstOrDefault() ?? new(CustomerAccountState.None);
    }

    private static CustomerAccount First(List<User> accounts) => accounts
        .Select(a => new CustomerAccount(StateOf(a.DisabledAt, a.PasswordHash is not null, a.EmailConfirmed)))
        .OrderByDescending(a => Weight(a.State)).First();

    private static CustomerAccountState StateOf(DateTimeOffset? disabledAt, bool hasPassword, bool isConfirmed) =>
        disabledAt is not null ? CustomerAccountState.Disabled
        : !hasPassword ? CustomerAccountState.Invited
        : isConfirmed ? CustomerAccountState.Active : CustomerAccountState.Unconfirmed;

    /// <summary>Which of several accounts says most: the one that can be used, then one that could be.</summary>
    private static int Weight(CustomerAccountState state) => state switch
    {
        CustomerAccountState.Active => 4,
        CustomerAccountState.Disabled => 3,
        CustomerAccountState.Invited => 2,
        CustomerAccountState.Unconfirmed => 1,
        _ => 0,
    };

    private static Task<List<User>> AccountsAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        db.Users.Where(u => u.CustomerId == customerId).OrderBy(u => u.Id).ToListAsync(cancellationToken);

    private static async Task<User> AddAsync(CrmDbContext db, Customer customer, string email, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var user = new User { UserName = email, Email = email, CustomerId = customer.Id, CreatedAt = now };
        user.Roles.Add(new UserRole
        {
            RoleId = await db.Roles.Where(r => r.Name == RoleNames.Customer).Select(r => r.Id).FirstAsync(cancellationToken),
        });
        db.Users.Add(user);
        return user;
    }

    private static async Task DemandFreeAsync(CrmDbContext db, string email, long? own, CancellationToken cancellationToken)
    {
        var mail = User.Normalize(email);
        if (await db.Users.AnyAsync(u => (u.NormalizedEmail == mail || u.NormalizedUserName == mail) && u.Id != own, cancellationToken))
            throw Taken();
    }

    private async Task SaveAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException fault) when (provider.ViolatedUniqueIndex(fault)?.Contains("Users", StringComparison.Ordinal) == true)
        {
            // Somebody was given the e-mail at this moment.
            throw Taken();
        }
    }

    private static void DemandNotBlocked(Customer customer)
    {
        if (customer.Status == CustomerStatus.Blocked)
            throw Refusal("This customer is blocked and cannot sign in, whatever is done with the account.");
    }

    private static RuleViolationException Taken() => Refusal("Another account already has this e-mail address.");

    private static RuleViolationException Refusal(string sentence) => new("", sentence) { IsRefusal = true };
}
