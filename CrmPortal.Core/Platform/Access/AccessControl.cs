using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Access;

/// <summary>The actor with what they may do at this moment.</summary>
public sealed record Grant(Actor Actor, IReadOnlySet<string> Permissions)
{
    public bool Has(string permission) => Actor.IsSystem || Permissions.Contains(permission);
}

/// <summary>
/// Answers what the acting user may do, read from the database on every call: a user who is disabled, signed out
/// or loses a role is refused with their next action.
/// </summary>
public sealed class AccessControl(ICurrentUser currentUser, IDbContextFactory<CrmDbContext> dbFactory, TimeProvider clock, AuditLog audit)
{
    private static readonly HashSet<string> Everything = [.. Permissions.All];

    /// <summary>The actor and their permissions.</summary>
    /// <exception cref="SignedOutException">Nobody is signed in, or the session or the user has ended.</exception>
    public async Task<Grant> DemandSignedInAsync(CancellationToken cancellationToken)
    {
        var actor = currentUser.Actor;
        if (actor.IsSystem) return new(actor, Everything);
        return await FindAsync(actor, cancellationToken) ?? throw new SignedOutException();
    }

    /// <summary>The actor and their permissions, where they hold <paramref name="permission"/>.</summary>
    /// <exception cref="SignedOutException">Nobody is signed in, or the session or the user has ended.</exception>
    /// <exception cref="AccessDeniedException">The user does not hold the permission; the refusal is in the audit log.</exception>
    public async Task<Grant> DemandAsync(string permission, CancellationToken cancellationToken)
    {
        var grant = await DemandSignedInAsync(cancellationToken);
        if (grant.Has(permission)) return grant;
        await audit.WriteAsync(AuditAction.Refused, "Permission", 0, null, permission, cancellationToken);
        throw new AccessDeniedException(permission);
    }

    /// <summary>The actor and their permissions, where they hold at least one of these.</summary>
    /// <param name="permissions">The refusal names the last, which is the one that most people have.</param>
    /// <exception cref="SignedOutException">Nobody is signed in, or the session or the user has ended.</exception>
    /// <exception cref="AccessDeniedException">The user holds none of them; the refusal is in the audit log.</exception>
    public async Task<Grant> DemandAnyAsync(IReadOnlyList<string> permissions, CancellationToken cancellationToken)
    {
        var grant = await DemandSignedInAsync(cancellationToken);
        return permissions.Any(grant.Has) ? grant : await DemandAsync(permissions[^1], cancellationToken);
    }

    /// <summary>The permissions of a session that is alive, or null.</summary>
    public async Task<Grant?> FindAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (actor.IsSystem) return new(actor, Everything);
        if (actor.UserId is null || (actor.SessionId is null && actor.Origin != ActorOrigin.Job)) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (actor.Origin == ActorOrigin.Job)
        {
            // A job outlives the session that started it, and stops with the user.
            var held = await db.Users.Where(u => u.Id == actor.UserId && u.DisabledAt == null)
                .SelectMany(u => u.Roles.Select(r => r.Role!.Permissions)).ToListAsync(cancellationToken);
            return held.Count == 0 ? null : new(actor, held.SelectMany(p => p).ToHashSet());
        }

        var now = clock.GetUtcNow();
        var roles = await db.Sessions
            .Where(s => s.Id == actor.SessionId && s.UserId == actor.UserId && s.RevokedAt == null && s.ExpiresAt > now
                && s.User!.DisabledAt == null && s.SecurityStamp == s.User.SecurityStamp)
            .SelectMany(s => s.User!.Roles.DefaultIfEmpty(), (s, r) => r == null ? null : r.Role!.Permissions)
            .ToListAsync(cancellationToken);
        return roles.Count == 0 ? null : new(actor, roles.SelectMany(p => p ?? []).ToHashSet());
    }
}

/// <summary>The acting user does not hold a permission.</summary>
public sealed class AccessDeniedException(string permission) : Exception($"The permission {permission} is needed.")
{
    public string Permission { get; } = permission;
}

/// <summary>Nobody is signed in, or the session has ended.</summary>
public sealed class SignedOutException() : Exception("Nobody is signed in.");
