using System.Text.Json;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Access;

/// <summary>Users, as administrators manage them.</summary>
public sealed class UserService(
    IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, MailQueue mails, IAccountLetters letters,
        TimeProvider clock)
{
    private const int LongestEmail = 254;

    /// <summary>Users by name; <paramref name="search"/> finds a part of name or e-mail.</summary>
    public async Task<Page<UserRow>> ListAsync(string? search, PageRequest page, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.UsersManage, cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        // Customers who have an account are no staff.
        var users = db.Users.AsNoTracking().Where(u => u.CustomerId == null);
        if (!string.IsNullOrWhiteSpace(search) && !StoredText.IsUnstorable(search))
        {
            var (email, typed, name) = (User.Normalize(search), search.Trim(), search.Trim().ToUpperInvariant());
#pragma warning disable CA1304, CA1311 // It becomes SQL, which has no culture here.
            users = users.Where(u => u.NormalizedEmail.Contains(email) || u.NormalizedUserName.Contains(email)
                || u.DisplayName.Contains(typed) || u.DisplayName.ToUpper().Contains(name));
#pragma warning restore CA1304, CA1311
        }

        var rows = await users.OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Skip(skip).Take(take + 1)
            .Select(u => new UserRow(u.Id, u.Email, u.DisplayName, u.Roles.OrderBy(r => r.Role!.Name).Select(r => r.Role!.Name).ToList(),
                u.DisabledAt != null, u.PasswordHash == null && !u.IsService,
                u.TwoFactorEnabled, u.LastSignInAt, u.IsService))
            .ToListAsync(cancellationToken);
        return new([.. rows.Take(take)], page.Number, page.Size, rows.Count > take);
    }

    /// <summary>One user, or null.</summary>
    public async Task<UserDetails?> GetAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.UsersManage, cancellationToken);
        var now = clock.GetUtcNow();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Users.AsNoTracking().Where(u => u.Id == id)
            .Select(u => new UserDetails(u.Id, u.Email, u.DisplayName, u.Roles.Select(r => r.RoleId).ToList(), u.DisabledAt != null,
                u.PasswordHash == null && !u.IsService, u.TwoFactorEnabled,
                db.Passkeys.Count(p => p.UserId == id),
                db.Sessions.Count(s => s.UserId == id && s.RevokedAt == null && s.ExpiresAt > now && s.SecurityStamp == u.SecurityStamp),
                u.CreatedAt, u.LastSignInAt, u.Version, u.IsService))
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>
    /// Makes an account without a password and mails a link by which its owner chooses one; for a program, without the mail.
    /// </summary>
    /// <exception cref="RuleViolationException">A value is missing, wrong or taken.</exception>
    public async Task<long> InviteAsync(UserInput input, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.UsersManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var (email, name) = await CheckAsync(db, input, cancellationToken);
        db.BeginChangeSet("user.invite");
        var user = new User
        {
            UserName = email, NormalizedUserName = User.Normalize(email), Email = email, NormalizedEmail = User.Normalize(email),
                DisplayName = name,
            SecurityStamp = User.NewStamp(), CreatedAt = clock.GetUtcNow(), IsService = input.IsService,
        };
        user.Roles.AddRange(input.RoleIds.Distinct().Select(r => new UserRole { RoleId = r }));
        db.Users.Add(user);
        await SaveAsync(db, cancellationToken);
        await NoteRolesAsync(db, user.Id, [], input.RoleIds, cancellationToken);
        if (!user.IsService) Mail(db, user);
        await SaveAsync(db, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return user.Id;
    }

    /// <summary>Mails the link again to a user who has not chosen a password yet; earlier links die.</summary>
    /// <exception cref="RuleViolationException">There is nobody to invite.</exception>
    public async Task InviteAgainAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.UsersManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var user = await db.Users.FirstOrDefaultAsync(u => u.Id == id && u.PasswordHash == null && u.DisabledAt == null && !u.IsService,
            cancellationToken) ?? throw new RuleViolationException("", "This user has already chosen a password.");
        user.SecurityStamp = User.NewStamp();
        Mail(db, user);
        await SaveAsync(db, cancellationToken);
    }

    /// <summary>Changes name, e-mail and roles. New roles or a new e-mail end the user's sessions.</summary>
    /// <param name="version">The version that the change was made from.</param>
    /// <returns>False when there is no such user.</returns>
    /// <exception cref="RuleViolationException">A value is wrong or taken, or the last administrator would be gone.</exception>
    public async Task<bool> ChangeAsync(long id, long version, UserInput input, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.UsersManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var administrator = await LockAdministratorsAsync(db, cancellationToken);
        if (await db.Users.Include(u => u.Roles).FirstOrDefaultAsync(u => u.Id == id, cancellationToken) is not { } user) return false;
        if (user.Version != version)
            throw new RuleViolationException("", "Someone else has changed this user in the meantime. Reload the page.");
        var (email, name) = await CheckAsync(db, input, cancellationToken);
        var before = user.Roles.Select(r => r.RoleId).ToHashSet();
        var rolesChanged = !before.SetEquals(input.RoleIds);
        if (before.Contains(administrator) && !input.RoleIds.Contains(administrator))
            await DemandAnotherAdministratorAsync(db, id, administrator, cancellationToken);

        db.BeginChangeSet("user.edit");
        if (rolesChanged)
        {
            user.Roles.RemoveAll(r => !input.RoleIds.Contains(r.RoleId));
            user.Roles.AddRange(input.RoleIds.Distinct().Where(r => !before.Contains(r)).Select(r => new UserRole { RoleId = r }));
            await NoteRolesAsync(db, id, before, input.RoleIds, cancellationToken);
        }

        if (rolesChanged || user.NormalizedEmail != User.Normalize(email)) user.SecurityStamp = User.NewStamp();
        user.DisplayName = name;
        // The name to sign in with follows the e-mail, unless it was another one.
        if (user.NormalizedUserName == user.NormalizedEmail) (user.UserName, user.NormalizedUserName) = (email, User.Normalize(email));
        (user.Email, user.NormalizedEmail) = (email, User.Normalize(email));
        await SaveAsync(db, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Keeps a user from signing in and ends what they have open.</summary>
    /// <exception cref="RuleViolationException">It is oneself, or the last administrator.</exception>
    public async Task<bool> DisableAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.UsersManage, cancellationToken);
        if (grant.Actor.UserId == id) throw new RuleViolationException("", "You cannot disable your own account.");
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var administrator = await LockAdministratorsAsync(db, cancellationToken);
        if (await db.Users.Include(u => u.Roles).FirstOrDefaultAsync(u => u.Id == id, cancellationToken) is not { } user) return false;
        if (user.DisabledAt is not null) return true;
        if (user.Roles.Any(r => r.RoleId == administrator)) await DemandAnotherAdministratorAsync(db, id, administrator, cancellationToken);
        db.BeginChangeSet("user.disable");
        user.DisabledAt = clock.GetUtcNow();
        user.SecurityStamp = User.NewStamp();
        await SaveAsync(db, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Lets a disabled user sign in again.</summary>
    public async Task<bool> EnableAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.UsersManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await db.Users.FirstOrDefaultAsync(u => u.Id == id, cancellationToken) is not { } user) return false;
        db.BeginChangeSet("user.enable");
        user.DisabledAt = null;
        await SaveAsync(db, cancellationToken);
        return true;
    }

    /// <summary>Signs a user out everywhere.</summary>
    public async Task<int> EndSessionsAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.UsersManage, cancellationToken);
        var now = clock.GetUtcNow();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var ended = await db.Sessions.Where(s => s.UserId == id && s.RevokedAt == null && s.ExpiresAt > now)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.RevokedAt, now), cancellationToken);
        db.BeginChangeSet("user.sign-out");
        await NoteAsync(db, id, "Sessions", null, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ended;
    }

    /// <summary>Checks the address of an account.</summary>
    public static string CheckEmail(string? typed, List<FieldError> errors)
    {
        var email = (typed ?? "").Trim();
        if (email.Length == 0) errors.Add(new("Email", "Enter an e-mail address."));
        else if (email.Length > LongestEmail || StoredText.IsUnstorable(email) || !TextRules.IsEmail(email))
            errors.Add(new("Email", "This is not an e-mail address."));
        return email;
    }

    private static async Task<(string Email, string Name)> CheckAsync(CrmDbContext db, UserInput input, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var name = ProfileService.CheckName(input.DisplayName, errors);
        var email = CheckEmail(input.Email, errors);
        if (input.RoleIds.Count == 0) errors.Add(new(nameof(input.RoleIds), "Choose at least one role."));
        else if (await db.Roles.CountAsync(r => input.RoleIds.Contains(r.Id), cancellationToken) != input.RoleIds.Distinct().Count())
            errors.Add(new(nameof(input.RoleIds), "One of the roles no longer exists. Reload the page."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        return (email, name);
    }

    private void Mail(CrmDbContext db, User user)
    {
        var (subject, text) = letters.Invitation(user);
        mails.Add(db, user.Email, subject, text);
    }

    /// <summary>Reads the Administrator role and holds its row, so that two administrators cannot remove each other at once.</summary>
    private static async Task<long> LockAdministratorsAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        await db.Roles.Where(r => r.Name == RoleNames.Administrator)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.IsBuiltIn, true), cancellationToken);
        return await db.Roles.Where(r => r.Name == RoleNames.Administrator).Select(r => r.Id).FirstOrDefaultAsync(cancellationToken);
    }

    private static async Task DemandAnotherAdministratorAsync(CrmDbContext db, long id, long administrator,
        CancellationToken cancellationToken)
    {
        if (!await db.Users.AnyAsync(u => u.Id != id && u.DisabledAt == null && u.PasswordHash != null
            && u.Roles.Any(r => r.RoleId == administrator), cancellationToken))
            throw new RuleViolationException("", "This is the last administrator; appoint another one first.");
    }

    private static async Task NoteRolesAsync(CrmDbContext db, long userId, IReadOnlyCollection<long> before,
        IReadOnlyCollection<long> after, CancellationToken cancellationToken)
    {
        var names = await db.Roles.Where(r => before.Contains(r.Id) || after.Contains(r.Id))
            .ToDictionaryAsync(r => r.Id, r => r.Name, cancellationToken);
        string Words(IEnumerable<long> ids) => string.Join(' ', ids.Select(i => names[i]).Order(StringComparer.Ordinal));
        await NoteAsync(db, userId, "Roles", JsonSerializer.Serialize(new { Roles = new[] { Words(before), Words(after) } }),
            cancellationToken);
    }

    private static async Task NoteAsync(CrmDbContext db, long userId, string fields, string? values, CancellationToken cancellationToken)
    {
        var changeSet = await db.StartChangeSetAsync(cancellationToken);
        db.AuditEntries
            .Add(new AuditEntry { ChangeSet = changeSet, EntityType = nameof(User), EntityId = userId, Action = AuditAction.Updated,
            Fields = fields, Values = values });
    }

    private async Task SaveAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new RuleViolationException("", "Someone else has changed this user in the meantime. Reload the page.");
        }
        catch (DbUpdateException fault) when (provider.ViolatedUniqueIndex(fault) is not null)
        {
            throw new RuleViolationException([new(nameof(UserInput.Email), "Another account already has this e-mail address.")]) { IsDuplicate =
                true };
        }
    }
}
