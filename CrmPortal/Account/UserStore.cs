using System.Globalization;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Account;

/// <summary>
/// Identity's store over our context, with a context of its own in each scope. What differs: every save is a named change set;
/// tokens, such as the key of an authenticator app, are encrypted; recovery codes are hashed and used up by one statement; passkeys
/// have a table with a column for each value. Counters of failures are not written here: <see cref="SignInGuard"/> counts in one
/// statement, so that an update from an older copy cannot take them back.
/// </summary>
internal sealed class UserStore(
    IDbContextFactory<CrmDbContext> dbFactory, IDataProtectionProvider protection, TimeProvider clock, IdentityErrorDescriber errors) :
    UserStore<User, Role, CrmDbContext, long, IdentityUserClaim<long>, UserRole, IdentityUserLogin<long>, IdentityUserToken<long>,
        IdentityRoleClaim<long>>(dbFactory.CreateDbContext(), errors),
    IDisposable
{
    private static readonly string[] Counters =
        [nameof(User.AccessFailedCount), nameof(User.LockoutEnd), nameof(User.LastSignInAt), nameof(User.LastTwoFactorStep)];

    private readonly IDataProtector _keys = protection.CreateProtector("authenticator key");

    /// <summary>Read copies: the manager changes them and hands them to <see cref="UpdateAsync"/>.</summary>
    public override IQueryable<User> Users => base.Users.AsNoTracking();

    public override Task<IdentityResult> CreateAsync(User user, CancellationToken cancellationToken = default)
    {
        Context.BeginChangeSet("user.create");
        user.CreatedAt = clock.GetUtcNow();
        Context.Users.Add(user);
        return SaveAsync(cancellationToken);
    }

    public override async Task<IdentityResult> UpdateAsync(User user, CancellationToken cancellationToken = default)
    {
        Context.BeginChangeSet("user.account");
        var row = await Context.Users.FirstOrDefaultAsync(u => u.Id == user.Id, cancellationToken);
        if (row is null) return IdentityResult.Failed(new IdentityError { Code = "Gone" });
        var entry = Context.Entry(row);
        entry.CurrentValues.SetValues(user);
        foreach (var counter in Counters) entry.Property(counter).CurrentValue = entry.Property(counter).OriginalValue;
        entry.Property(u => u.Version).OriginalValue = user.Version;
        var result = await SaveAsync(cancellationToken);
        if (result.Succeeded) user.Version = row.Version;
        return result;
    }

    public override Task<IdentityResult> DeleteAsync(User user, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Accounts are disabled, not deleted: history names them.");

    public override async Task<User?> FindByIdAsync(string userId, CancellationToken cancellationToken = default) =>
        long.TryParse(userId, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? await FindUserAsync(id, cancellationToken)
            : null;

    public override async Task<string?> GetTokenAsync(User user, string loginProvider, string name, CancellationToken cancellationToken) =>
        await base.GetTokenAsync(user, loginProvider, name, cancellationToken) is { } value ? _keys.Unprotect(value) : null;

    public override Task SetTokenAsync(User user, string loginProvider, string name, string? value, CancellationToken cancellationToken) =>
        base.SetTokenAsync(user, loginProvider, name, value is null ? null : _keys.Protect(value), cancellationToken);

    public override async Task ReplaceCodesAsync(User user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.RecoveryCodes.Where(c => c.UserId == user.Id).ExecuteDeleteAsync(cancellationToken);
        db.RecoveryCodes.AddRange(recoveryCodes.Select(c => new RecoveryCode { UserId = user.Id, CodeHash = HashOf(user, c) }));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Uses a code up: of two uses at once the delete succeeds for one.</summary>
    public override async Task<bool> RedeemCodeAsync(User user, string code, CancellationToken cancellationToken)
    {
        var hash = HashOf(user, code);
        return await Context.RecoveryCodes.Where(c => c.UserId == user.Id && c.CodeHash == hash).ExecuteDeleteAsync(cancellationToken) > 0;
    }

    public override Task<int> CountCodesAsync(User user, CancellationToken cancellationToken) =>
        Context.RecoveryCodes.CountAsync(c => c.UserId == user.Id, cancellationToken);

    public override async Task AddOrUpdatePasskeyAsync(User user, UserPasskeyInfo passkey, CancellationToken cancellationToken)
    {
        var row = await Context.Passkeys.FirstOrDefaultAsync(p => p.UserId == user.Id && p.CredentialId == passkey.CredentialId,
            cancellationToken);
        if (row is null)
        {
            row = new Passkey { UserId = user.Id, CredentialId = passkey.CredentialId, PublicKey = passkey.PublicKey,
                CreatedAt = passkey.CreatedAt };
            Context.Passkeys.Add(row);
        }

        row.Name = passkey.Name;
        row.SignCount = passkey.SignCount;
        row.Transports = [.. passkey.Transports ?? []];
        row.IsUserVerified = passkey.IsUserVerified;
        row.IsBackupEligible = passkey.IsBackupEligible;
        row.IsBackedUp = passkey.IsBackedUp;
        row.AttestationObject = passkey.AttestationObject;
        row.ClientDataJson = passkey.ClientDataJson;
        await Context.SaveChangesAsync(cancellationToken);
        Context.ChangeTracker.Clear();
    }

    public override async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(User user, CancellationToken cancellationToken) =>
        [.. (await Of(user).OrderBy(p => p.Id).ToListAsync(cancellationToken)).Select(Info)];

    public override Task<User?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        Users.FirstOrDefaultAsync(u => Context.Passkeys.Any(p => p.UserId == u.Id && p.CredentialId == credentialId), cancellationToken);

    public override async Task<UserPasskeyInfo?> FindPasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken) =>
        await Of(user).FirstOrDefaultAsync(p => p.CredentialId == credentialId, cancellationToken) is { } row ? Info(row) : null;

    public override Task RemovePasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken) =>
        Of(user).Where(p => p.CredentialId == credentialId).ExecuteDeleteAsync(cancellationToken);

    /// <summary>Disposes the context as well, which only this store uses.</summary>
    void IDisposable.Dispose()
    {
        Context.Dispose();
        Dispose();
    }

    /// <summary>Saves, and forgets what was read, so that the next reading is of the database.</summary>
    private async Task<IdentityResult> SaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Context.ChangeTracker.HasChanges()) await Context.SaveChangesAsync(cancellationToken);
            return IdentityResult.Success;
        }
        catch (DbUpdateConcurrencyException)
        {
            return IdentityResult.Failed(ErrorDescriber.ConcurrencyFailure());
        }
        finally
        {
            Context.ChangeTracker.Clear();
        }
    }

    private IQueryable<Passkey> Of(User user) => Context.Passkeys.AsNoTracking().Where(p => p.UserId == user.Id);

    private static string HashOf(User user, string code)
    {
        var plain = code.Trim().Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        return SessionService.Hash($"{user.Id.ToString(CultureInfo.InvariantCulture)}:{plain}");
    }

    private static UserPasskeyInfo Info(Passkey row) => new(
        row.CredentialId, row.PublicKey, row.CreatedAt, (uint)row.SignCount, [.. row.Transports], row.IsUserVerified, row.IsBackupEligible,
        row.IsBackedUp, row.AttestationObject, row.ClientDataJson)
    {
        Name = row.Name,
    };
}
