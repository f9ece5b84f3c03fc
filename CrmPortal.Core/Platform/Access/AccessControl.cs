using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Access;

/// <summary>The actor with what they may do at this moment.</summary>
/// <param name="OwnCustomerId">The record that a customer's account reaches; null for everybody else.</param>
public sealed record Grant(Actor Actor, IReadOnlySet<string> Permissions, long? OwnCustomerId = null)
{
    /// <summary>Whether it is a customer who acts, on the record that is their own.</summary>
    public bool IsOwner { get; private init; }

    public bool Has(string permission) => Actor.IsSystem || Permissions.Contains(permission);

    /// <summary>A customer sees what is their own without masks, and holds no permission else.</summary>
    internal Grant AsOwner() => this with { Permissions = OwnersPermissions, IsOwner = true };

    private static readonly HashSet<string> OwnersPermissions = [Access.Permissions.CustomersSensitive];
}

/// <summary>
/// Answers what the acting user may do, read from the database on every call: a user who is disabled, signed out
/// or loses a role is refused with their next action.
/// </summary>
public sealed class AccessControl(ICurrentUser currentUser, IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider,
    TimeProvider clock, AuditLog audit, IAccountHolders holders)
{
    /// <summary>How the refusal is called where the account of a customer is needed, which is no permission.</summary>
    public const string OwnAccount = "customer account";

    private static readonly HashSet<string> Everything = [.. Permissions.All];

    private readonly LiveSessions _sessions = new(provider, clock);

    /// <summary>Who sent the request of this scope; a program's next action is its next request.</summary>
    private LiveSession? _sender;

    /// <summary>What was found last of a customer; it holds for one request, and never for a circuit.</summary>
    private (long CustomerId, bool IsBarred)? _barred;

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

    /// <summary>
    /// The actor, where they hold the permission or the record is their own. Null where a customer asks for the record of somebody else,
    /// which to them is not there.
    /// </summary>
    /// <exception cref="SignedOutException">Nobody is signed in, or the session or the user has ended.</exception>
    /// <exception cref="AccessDeniedException">A member of staff does not hold the permission; the refusal is in the audit
    /// log.</exception>
    public Task<Grant?> FindForAsync(long customerId, string permission, CancellationToken cancellationToken) =>
        FindForAsync([customerId], permission, cancellationToken);

    /// <summary>The same for several records, all of which must be the customer's own.</summary>
    public async Task<Grant?> FindForAsync(IReadOnlyList<long> customerIds, string permission, CancellationToken cancellationToken)
    {
        var grant = await DemandSignedInAsync(cancellationToken);
        if (grant.Has(permission)) return grant;
        if (grant.OwnCustomerId is not { } own) return await DemandAsync(permission, cancellationToken);
        return customerIds.All(id => id == own) ? grant.AsOwner() : null;
    }

    /// <summary>The record of the customer who is signed in, with what they may do with it.</summary>
    /// <exception cref="SignedOutException">Nobody is signed in, or the session or the user has ended.</exception>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    public async Task<(long CustomerId, Grant Grant)> DemandOwnAsync(CancellationToken cancellationToken)
    {
        var grant = await DemandSignedInAsync(cancellationToken);
        if (grant.OwnCustomerId is { } own) return (own, grant.AsOwner());
        await audit.WriteAsync(AuditAction.Refused, "Permission", 0, null, OwnAccount, cancellationToken);
        throw new AccessDeniedException(OwnAccount);
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
        if (actor.Origin == ActorOrigin.Job)
        {
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            // A job outlives the session that started it, and stops with the user.
            var held = await db.Users.Where(u => u.Id == actor.UserId && u.DisabledAt == null)
                .SelectMany(u => u.Roles.Select(r => r.Role!.Permissions)).ToListAsync(cancellationToken);
            return held.Count == 0 ? null : new(actor, held.SelectMany(p => p).ToHashSet());
        }

        var session = actor.Origin == ActorOrigin.Api && _sender?.User.SessionId == actor.SessionId ? _sender
            : await _sessions.FindAsync(actor.SessionId!.Value, cancellationToken);
        return session?.User.UserId == actor.UserId && !await IsBarredAsync(session!.User, cancellationToken)
            ? new(actor, session.Permissions, session.User.CustomerId) : null;
    }

    /// <summary>The user of a session that is alive, or null.</summary>
    internal async Task<SessionUser?> FindSessionAsync(long id, CancellationToken cancellationToken) =>
        await _sessions.FindAsync(id, cancellationToken) is { User: var user } && !await IsBarredAsync(user, cancellationToken)
            ? user : null;

    /// <summary>The user of an access token, or null where that is not good. What this request of theirs does is not asked again.</summary>
    internal async Task<SessionUser?> FindByTokenAsync(string hash, CancellationToken cancellationToken)
    {
        _sender = await _sessions.FindByTokenAsync(hash, cancellationToken);
        if (_sender is null) return null;
        if (await IsBarredAsync(_sender.User, cancellationToken)) _sender = null;
        else if (_sender.IsUnusedKey) await NoteUseAsync(_sender.User.SessionId, cancellationToken);
        return _sender?.User;
    }

    private async Task NoteUseAsync(long session, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.Sessions.Where(s => s.Id == session).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastUsedAt, now), cancellationToken);
    }

    /// <summary>Whether the customer of an account was blocked or has gone since they signed in.</summary>
    private async Task<bool> IsBarredAsync(SessionUser user, CancellationToken cancellationToken)
    {
        if (user.CustomerId is not { } customer) return false;
        // It is asked first before the scope has an actor, to find out who that is.
        if (currentUser.IsRequest && _barred is { } known && known.CustomerId == customer) return known.IsBarred;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        _barred = (customer, await holders.AreBarredAsync(db, customer, cancellationToken));
        return _barred.Value.IsBarred;
    }
}

/// <summary>The acting user does not hold a permission.</summary>
public sealed class AccessDeniedException(string permission) : Exception($"The permission {permission} is needed.")
{
    public string Permission { get; } = permission;
}

/// <summary>Nobody is signed in, or the session has ended.</summary>
public sealed class SignedOutException() : Exception("Nobody is signed in.");
