using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.SelfService;

/// <summary>Who registers: an account to sign in with, and what they say of themselves.</summary>
/// <param name="UserName">Null for the e-mail.</param>
/// <param name="Profile">Their name is needed, and the e-mail.</param>
public sealed record Registration(string? UserName, string? Password, ProfileChanges Profile);

/// <summary>
/// Makes accounts of customers. What somebody registers is a record of its own, whoever else has the e-mail or the phone: a value that is
/// taken is kept as a further one. So the answer tells nothing of a record that is there, and nothing happens to it before the mailed link
/// has shown whose the e-mail is.
/// </summary>
public sealed partial class RegistrationService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider,
    ICurrentUser currentUser, CustomerService customers, MergeService merges, MailQueue mails, IAccountLetters letters,
    IPasswordHasher<User> hasher, TimeProvider clock, IOptions<ShopOptions> shop, ILogger<RegistrationService> logger)
{
    /// <summary>How the ledger of consents names what was ticked while registering.</summary>
    public const string Form = "registration";

    public const string Taken = "Email already registered";
    private const string Kind = "customer.register";
    private const int ShortestUserName = 3;
    private const int LongestUserName = 150;

    /// <summary>An account that is never confirmed is removed after so long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    /// <summary>Makes an account that cannot sign in before its e-mail is confirmed, and the customer's record.</summary>
    /// <returns>The customer as they wrote themselves down, and the name with which they will sign in.</returns>
    /// <exception cref="RuleViolationException">A field is wrong, or there is an account with this e-mail or user name.</exception>
    public async Task<(CustomerDetails Customer, string UserName)> RegisterAsync(Registration registration,
        CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var fields = CustomerRules.Normalize(registration.Profile.Fields with
        {
            Language = registration.Profile.Fields.Language.Or("en"), Source = CustomerSource.Website,
        }, shop.Value, customers.Today(), errors);
        if (fields.GivenName.Value is null) errors.Add(new(nameof(fields.GivenName), "Enter a first name."));
        if (fields.Email.Value is null && errors.All(e => e.Field != nameof(fields.Email)))
            errors.Add(new(nameof(fields.Email), "Enter an e-mail address."));
        if (PasswordRules.Check(registration.Password) is { } weak) errors.Add(new(nameof(registration.Password), weak));
        var address = registration.Profile.Address.IsBlank ? null
            : AddressRules.Normalize(registration.Profile.Address.On(null, null), errors, needsStreet: false);
        var userName = UserNameOf(registration.UserName, fields.Email.Value, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        try
        {
            return await AddAsync(registration, fields, address, userName, cancellationToken);
        }
        catch (RuleViolationException taken) when (taken.IsDuplicate && taken.Errors is [{ Field: not nameof(registration.UserName) }])
        {
            // Somebody was given the e-mail or the phone at this moment: now it is seen that it is taken.
            return await AddAsync(registration, fields, address, userName, cancellationToken);
        }
    }

    /// <summary>
    /// Makes the record of a confirmed account the customer's: its e-mail is theirs, and so is the record that has had it so far, which
    /// the new one is merged into.
    /// </summary>
    public async Task SettleAsync(long userId, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var user = await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == userId && u.EmailConfirmed, cancellationToken);
        if (user?.CustomerId is not { } own) return;
        var grant = new Grant(Actor.System(user.DisplayName) with { UserId = userId, IpAddress = currentUser.Actor.IpAddress },
            new HashSet<string>());
        var key = user.Email.ToLowerInvariant();
        var holder = await db.Customers.Where(c => c.EmailKey == key && c.DeletedAt == null && c.Id != own).Select(c => (long?)c.Id)
            .FirstOrDefaultAsync(cancellationToken);
        var isTheirs = holder is null;
        if (holder is { } earlier && await MergedAsync(grant, earlier, own, cancellationToken)) (own, isTheirs) = (earlier, true);
        await customers.ChangeAsync(grant, own, "customer.verify", null, async (context, customer) =>
        {
            var now = clock.GetUtcNow();
            if (isTheirs && customer.EmailKey is null && customer.ContactPoints.FirstOrDefault(p => p.ValueKey == key) is { } point)
            {
                customer.Email = point.Value;
                customer.ContactPoints.Remove(point);
                context.ContactPoints.Remove(point);
            }

            if (customer.Email?.ToLowerInvariant() == key) customer.EmailVerifiedAt ??= now;
            var before = user.InvitedAt is null ? CustomerAccountState.Unconfirmed : CustomerAccountState.Invited;
            await AccountNote.AddAsync(context, customer.Id, before, CustomerAccountState.Active, clock, cancellationToken);
            var requested = (await ConsentLedger.CurrentAsync(context, customer.Id, cancellationToken))
                .Where(c => c.State == ConsentState.Requested).Select(c => c.Id).ToList();
            foreach (var asked in await context.Consents.AsNoTracking().Where(c => requested.Contains(c.Id) && c.Form == Form)
                .OrderBy(c => c.Id).ToListAsync(cancellationToken))
            {
                var entry = new ConsentEntry(asked.Purpose, asked.Channel, ConsentState.Granted, ConsentSource.ConfirmedLink,
                    new(grant.Actor.IpAddress, null, Form), asked.WordingId);
                await ConsentLedger.AddAsync(context, customer, entry, grant.Actor, now, cancellationToken);
            }
        }, cancellationToken);
    }

    /// <summary>
    /// Removes accounts that nobody confirmed in time, and puts their records into the trash where nothing else was done with them. Who was
    /// invited has a record of their own accord, and may be invited again.
    /// </summary>
    internal async Task RemoveUnconfirmedAsync(CancellationToken cancellationToken)
    {
        const int Most = 500;
        var limit = clock.GetUtcNow() - Patience;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var stale = await db.Users.Where(u => u.CustomerId != null && !u.EmailConfirmed && u.PasswordHash != null
            && u.CreatedAt < limit).OrderBy(u => u.Id)
            .Take(Most).Select(u => new { u.Id, CustomerId = u.CustomerId!.Value }).ToListAsync(cancellationToken);
        var grant = new Grant(Actor.System("Registration"), new HashSet<string>());
        foreach (var account in stale)
        {
            // In the meantime they may have confirmed.
            if (await db.Users.Where(u => u.Id == account.Id && !u.EmailConfirmed).ExecuteDeleteAsync(cancellationToken) == 0) continue;
            await customers.ChangeAsync(grant, account.CustomerId, "customer.delete", null, (_, customer) =>
            {
                var isUntouched = customer.OrderCount == 0 && customer.EmailVerifiedAt is null
                    && customer.UpdatedAt - customer.CreatedAt < TimeSpan.FromMinutes(1)
                    && customer.LastInteractionAt - customer.CreatedAt < TimeSpan.FromMinutes(1);
                if (isUntouched) customer.MoveToTrash(clock.GetUtcNow());
                return Task.CompletedTask;
            }, cancellationToken);
        }
    }

    private async Task<(CustomerDetails, string)> AddAsync(Registration registration, CustomerChanges fields, AddressInput? address,
        string userName, CancellationToken cancellationToken)
    {
        var (email, phone) = (fields.Email.Value!, fields.Phone.Value);
        List<ContactPoint> further = [];
        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
        {
            await DemandFreeAsync(db, email, userName, cancellationToken);
            var (key, there) = (email.ToLowerInvariant(), db.Customers.Where(c => c.DeletedAt == null));
            if (await there.AnyAsync(c => c.EmailKey == key, cancellationToken))
            {
                further.Add(new() { Kind = ContactKind.Email, Value = email });
                fields = fields with { Email = default };
            }

            if (phone is not null && await there.AnyAsync(c => c.Phone == phone, cancellationToken))
            {
                further.Add(new() { Kind = ContactKind.Phone, Value = phone });
                fields = fields with { Phone = default };
            }
        }

        // Who registers acts for nobody yet; the history shows their name.
        var name = string.Join(' ', new[] { fields.GivenName.Value, fields.FamilyName.Value }.OfType<string>());
        var grant = new Grant(currentUser.Actor with { Name = name }, new HashSet<string> { Permissions.CustomersSensitive });
        var added = await customers.AddAsync(grant, Kind, null, fields, address, new(null, async (db, customer) =>
        {
            customer.ContactPoints.AddRange(further);
            foreach (var (channel, isGiven) in new[] { (Channel.Email, registration.Profile.EmailMarketing),
                (Channel.Sms, registration.Profile.SmsMarketing) })
            {
                if (isGiven is not true) continue;
                var wording = await ConsentLedger.WordingAsync(db, ConsentPurpose.Marketing, customer.Language, cancellationToken);
                var entry = ConsentService.Entry(grant.Actor, ConsentPurpose.Marketing, channel, ConsentState.Requested, wording, Form);
                await ConsentLedger.AddAsync(db, customer, entry, grant.Actor, clock.GetUtcNow(), cancellationToken);
            }

            await AddAccountAsync(db, customer.Id, email, userName, name, registration.Password!, cancellationToken);
        }), cancellationToken);
        return (added.Customer with { Email = email, Phone = phone, ContactPoints = [] }, userName);
    }

    private async Task AddAccountAsync(CrmDbContext db, long customerId, string email, string userName, string name, string password,
        CancellationToken cancellationToken)
    {
        var user = new User
        {
            UserName = userName, NormalizedUserName = User.Normalize(userName), Email = email, NormalizedEmail = User.Normalize(email),
            DisplayName = name, SecurityStamp = User.NewStamp(), CreatedAt = clock.GetUtcNow(), CustomerId = customerId,
        };
        user.PasswordHash = hasher.HashPassword(user, password);
        var role = await db.Roles.Where(r => r.Name == RoleNames.Customer).Select(r => r.Id).FirstAsync(cancellationToken);
        user.Roles.Add(new UserRole { RoleId = role });
        await RemoveInvitationAsync(db, user.NormalizedEmail, cancellationToken);
        db.Users.Add(user);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException fault) when (provider.ViolatedUniqueIndex(fault) is { } index
            && index.Contains("Users", StringComparison.Ordinal))
        {
            throw NotFree(index.Contains(nameof(User.NormalizedUserName), StringComparison.Ordinal));
        }

        var (subject, text) = letters.Registration(user);
        mails.Add(db, email, subject, text);
    }

    /// <summary>
    /// Whoever was invited with this e-mail and registers by themselves goes on with that: to say that the e-mail is taken would tell
    /// anybody that it is a customer's. Once confirmed, the account reaches the record that was invited.
    /// </summary>
    private async Task RemoveInvitationAsync(CrmDbContext db, string normalizedEmail, CancellationToken cancellationToken)
    {
        var invited = await db.Users.Where(u => u.CustomerId != null && u.PasswordHash == null && u.DisabledAt == null
            && u.NormalizedEmail == normalizedEmail).ToListAsync(cancellationToken);
        foreach (var user in invited)
        {
            db.Users.Remove(user);
            await AccountNote.AddAsync(db, user.CustomerId!.Value, CustomerAccountState.Invited, CustomerAccountState.None, clock,
                cancellationToken);
        }

        if (invited.Count > 0) await db.SaveChangesAsync(cancellationToken);
    }

    private async Task<bool> MergedAsync(Grant grant, long survivor, long other, CancellationToken cancellationToken)
    {
        try
        {
            await merges.MergeAsync(grant with { Actor = grant.Actor with { IsSystem = true } }, new(survivor, [survivor, other]),
                cancellationToken);
            return true;
        }
        catch (RuleViolationException refusal)
        {
            // The account then reaches the record that was made for it; staff find the two as duplicates.
            LogNotMerged(refusal, other, survivor);
            return false;
        }
    }

    private static async Task DemandFreeAsync(CrmDbContext db, string email, string userName, CancellationToken cancellationToken)
    {
        var (mail, name) = (User.Normalize(email), User.Normalize(userName));
        var taken = await db.Users.Where(u => u.CustomerId == null || u.PasswordHash != null || u.DisabledAt != null).Where(u =>
            u.NormalizedEmail == mail || u.NormalizedUserName == mail || u.NormalizedUserName == name
            || u.NormalizedEmail == name).Select(u => new { u.NormalizedEmail, u.NormalizedUserName }).ToListAsync(cancellationToken);
        if (taken.Count > 0) throw NotFree(taken.All(u => u.NormalizedEmail != mail && u.NormalizedUserName != mail));
    }

    private static RuleViolationException NotFree(bool isUserName) => isUserName
        ? new(nameof(Registration.UserName), "Username already taken") { IsDuplicate = true }
        : new RuleViolationException(nameof(CustomerChanges.Email), Taken) { IsDuplicate = true };

    private static string UserNameOf(string? typed, string? email, List<FieldError> errors)
    {
        var name = typed?.Trim() ?? "";
        if (name.Length == 0 || string.Equals(name, email, StringComparison.OrdinalIgnoreCase)) return email ?? "";
        // Without @, so that no name is the e-mail of somebody else.
        if (name.Length is < ShortestUserName or > LongestUserName || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'
            or '+'))
            errors.Add(new(nameof(Registration.UserName), "Use {0} to {1} letters, digits or . _ - +.", ShortestUserName, LongestUserName));
        return name;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The registered customer {Other} was not merged into {Survivor}")]
    private partial void LogNotMerged(Exception fault, long other, long survivor);
}
