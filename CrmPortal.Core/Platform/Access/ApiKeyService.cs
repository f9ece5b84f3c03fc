using System.Security.Cryptography;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Access;

/// <summary>A key that a program is to get.</summary>
/// <param name="UserId">Whose it is; null for the acting user's own.</param>
/// <param name="Days">After how many days it ends.</param>
/// <param name="Scopes">What it may do of what its user may.</param>
public sealed record ApiKeyInput(string? Name, int Days, IReadOnlyCollection<string> Scopes, long? UserId = null);

/// <summary>A key as it is shown; its secret is not kept.</summary>
public sealed record ApiKeyDetails(long Id, string Name, long UserId, string UserName, IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? LastUsedAt);

/// <summary>
/// Keys with which programs act for a user, for some of what that user may do and for a while. A key is a session that nobody signed in to:
/// it is looked up with every request, and ends at once when it is revoked, or its user is disabled or loses the permission.
/// </summary>
public sealed class ApiKeyService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, TimeProvider clock)
{
    public const int LongestName = 100;
    public const int LongestLife = 730;

    /// <summary>What a key begins with, so that one is known where it should not be.</summary>
    public const string Prefix = "crm_";

    private const int MostKeys = 50;
    private const int MostShown = 500;
    private const int SecretBytes = 32;

    /// <summary>The use of a key is noted once in so long.</summary>
    internal static readonly TimeSpan UseIsNoted = TimeSpan.FromHours(1);

    /// <summary>
    /// The keys that have not ended, the newest first: the acting user's own, and everybody's for those who manage users.
    /// </summary>
    public async Task<IReadOnlyList<ApiKeyDetails>> ListAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ApiKeysManage, cancellationToken);
        var (now, isEverybodys, own) = (clock.GetUtcNow(), grant.Has(Permissions.UsersManage), grant.Actor.UserId);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var keys = await db.Sessions.AsNoTracking().Where(s => s.Name != null && s.RevokedAt == null && s.ExpiresAt > now
            && (isEverybodys || s.UserId == own)).OrderByDescending(s => s.Id).Take(MostShown)
            .Select(s => new { s.Id, s.Name, s.UserId, s.User!.DisplayName, s.Scopes, s.CreatedAt, s.ExpiresAt, s.LastUsedAt })
            .ToListAsync(cancellationToken);
        return [.. keys.Select(k => new ApiKeyDetails(k.Id, k.Name!, k.UserId, k.DisplayName, Words(k.Scopes), k.CreatedAt, k.ExpiresAt,
            k.LastUsedAt))];
    }

    /// <summary>What a key of a user could do: what that user may, and of it what the acting user may as well.</summary>
    /// <param name="userId">Null for the acting user.</param>
    public async Task<IReadOnlyList<string>> PossibleScopesAsync(long? userId, CancellationToken cancellationToken)
    {
        var grant = await DemandForAsync(userId, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return [.. Permissions.Offered.Where((await PossibleAsync(db, grant, userId, cancellationToken)).Contains)];
    }

    /// <summary>Makes a key.</summary>
    /// <returns>The key and its secret, which is answered once and never again.</returns>
    /// <exception cref="RuleViolationException">A value is missing or wrong, or there are too many keys.</exception>
    public async Task<(ApiKeyDetails Key, string Secret)> CreateAsync(ApiKeyInput input, CancellationToken cancellationToken)
    {
        var grant = await DemandForAsync(input.UserId, cancellationToken);
        var errors = new List<FieldError>();
        var name = TextRules.Required(nameof(input.Name), input.Name, LongestName, "Enter a name, such as that of the program.", errors);
        if (input.Days is < 1 or > LongestLife)
            errors.Add(new(nameof(input.Days), "A key lives between 1 and {0} days.", LongestLife));
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var possible = await PossibleAsync(db, grant, input.UserId, cancellationToken);
        var scopes = input.Scopes.Distinct().Order(StringComparer.Ordinal).ToList();
        if (scopes.Count == 0) errors.Add(new(nameof(input.Scopes), "Choose at least one permission."));
        else if (scopes.Find(s => !possible.Contains(s)) is { } other)
            errors.Add(new(nameof(input.Scopes), "The permission {0} cannot be given to this key.", other));
        if (errors.Count > 0) throw new RuleViolationException(errors);

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var userId = input.UserId ?? grant.Actor.UserId!.Value;
        var user = await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == userId && u.DisabledAt == null && u.CustomerId == null,
            cancellationToken) ?? throw new RuleViolationException(nameof(input.UserId), "This user does not exist.");
        var now = clock.GetUtcNow();
        if (await db.Sessions.CountAsync(s => s.UserId == userId && s.Name != null && s.RevokedAt == null && s.ExpiresAt > now,
            cancellationToken) >= MostKeys)
            throw new RuleViolationException("", "A user can have at most {0} keys.", MostKeys);
        var secret = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        var end = now.AddDays(input.Days);
        var session = new UserSession
        {
            UserId = userId, Kind = SessionKind.Key, SecurityStamp = user.SecurityStamp, AccessTokenHash = SessionService.Hash(secret),
            AccessExpiresAt = end, ExpiresAt = end, CreatedAt = now, Name = name, Scopes = string.Join(' ', scopes),
        };
        db.BeginChangeSet("user.key");
        db.Sessions.Add(session);
        await NoteAsync(db, userId, AuditAction.Created, name, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (new(session.Id, name, userId, user.DisplayName, scopes, now, end, null), secret);
    }

    /// <summary>Ends a key at once; false where there is none that the acting user may end.</summary>
    public async Task<bool> RevokeAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ApiKeysManage, cancellationToken);
        var (now, isEverybodys, own) = (clock.GetUtcNow(), grant.Has(Permissions.UsersManage), grant.Actor.UserId);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var key = await db.Sessions.AsNoTracking().Where(s => s.Id == id && s.Name != null && s.RevokedAt == null
            && (isEverybodys || s.UserId == own)).Select(s => new { s.UserId, s.Name }).FirstOrDefaultAsync(cancellationToken);
        if (key is null) return false;
        await db.Sessions.Where(s => s.Id == id).ExecuteUpdateAsync(s => s.SetProperty(x => x.RevokedAt, now), cancellationToken);
        db.BeginChangeSet("user.key");
        await NoteAsync(db, key.UserId, AuditAction.Deleted, key.Name!, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Keys of others are for those who manage users.</summary>
    private async Task<Grant> DemandForAsync(long? userId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ApiKeysManage, cancellationToken);
        return userId is null || userId == grant.Actor.UserId ? grant
            : await access.DemandAsync(Permissions.UsersManage, cancellationToken);
    }

    private static async Task<HashSet<string>> PossibleAsync(CrmDbContext db, Grant grant, long? userId,
        CancellationToken cancellationToken)
    {
        if (userId is not { } other || other == grant.Actor.UserId) return [.. grant.Permissions];
        var roles = await db.Users.Where(u => u.Id == other && u.DisabledAt == null)
            .SelectMany(u => u.Roles.Select(r => r.Role!.Permissions)).ToListAsync(cancellationToken);
        var held = roles.SelectMany(p => p).ToHashSet();
        // Nobody gives away what they do not have themselves.
        held.IntersectWith(grant.Permissions);
        return held;
    }

    private static async Task NoteAsync(CrmDbContext db, long userId, AuditAction action, string name, CancellationToken cancellationToken)
    {
        var changeSet = await db.StartChangeSetAsync(cancellationToken);
        db.AuditEntries.Add(new AuditEntry
        {
            ChangeSet = changeSet, EntityType = nameof(User), EntityId = userId, Action = AuditAction.Updated, Fields = "ApiKey",
            Values = System.Text.Json.JsonSerializer.Serialize(new
            {
                ApiKey = action == AuditAction.Created ? new[] { null, name } : new[] { name, null },
            }),
        });
    }

    private static string[] Words(string? scopes) => (scopes ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
