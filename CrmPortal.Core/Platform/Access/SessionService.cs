using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Access;

/// <summary>The tokens of a program's session; they exist in the open only here.</summary>
public sealed record SessionTokens(long SessionId, string AccessToken, TimeSpan AccessLifetime, string RefreshToken);

/// <summary>The user of a bearer token or cookie, with their language and time zone.</summary>
public sealed record SessionUser(
    long SessionId, long UserId, string UserName, string DisplayName, IReadOnlyList<string> Roles, string? Language = null,
        string? TimeZone = null, long? CustomerId = null);

/// <summary>A session as its owner sees it.</summary>
public sealed record SessionDetails(long Id, SessionKind Kind, DateTimeOffset CreatedAt, string? IpAddress, string? UserAgent,
    bool IsCurrent);

/// <summary>Starts, renews and ends sessions. Callers have checked the password, the second factor or the passkey.</summary>
public sealed class SessionService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, TimeProvider clock)
{
    public static readonly TimeSpan AccessLifetime = TimeSpan.FromMinutes(30);
    public static readonly TimeSpan RefreshLifetime = TimeSpan.FromDays(14);
    public static readonly TimeSpan BrowserLifetime = TimeSpan.FromDays(14);
    private static readonly TimeSpan KeepEnded = TimeSpan.FromDays(30);
    private const int MostSessionsShown = 100;

    /// <summary>Starts the session of a browser and returns its id, for the cookie.</summary>
    public async Task<long> StartBrowserAsync(User user, string? ipAddress, string? userAgent, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var session = Start(user, SessionKind.Browser, clock.GetUtcNow() + BrowserLifetime, ipAddress, userAgent);
        db.Sessions.Add(session);
        await NoteSignInAsync(db, user.Id, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return session.Id;
    }

    /// <summary>Starts the session of a program.</summary>
    public async Task<SessionTokens> StartApiAsync(User user, string? ipAddress, string? userAgent, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var session = Start(user, SessionKind.Api, clock.GetUtcNow() + RefreshLifetime, ipAddress, userAgent);
        var (accessToken, refreshToken) = GiveTokens(session);
        db.Sessions.Add(session);
        await NoteSignInAsync(db, user.Id, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return new(session.Id, accessToken, AccessLifetime, refreshToken);
    }

    /// <summary>New tokens for a refresh token, or null where it is not good. A token used before ends the whole session.</summary>
    public async Task<SessionTokens?> RefreshAsync(string refreshToken, CancellationToken cancellationToken)
    {
        var hash = Hash(refreshToken);
        var now = clock.GetUtcNow();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var session = await db.Sessions.Include(s => s.User).FirstOrDefaultAsync(s => s.RefreshTokenHash == hash, cancellationToken);
        if (session is null)
        {
            var spent = await db.SpentRefreshTokens.FirstOrDefaultAsync(t => t.TokenHash == hash, cancellationToken);
            if (spent is not null) await db.Sessions.Where(s => s.Id == spent.SessionId)
                .ExecuteUpdateAsync(s => s.SetProperty(x => x.RevokedAt, now), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return null;
        }

        if (session.RevokedAt is not null || session.ExpiresAt <= now || session.User!.DisabledAt is not null
            || session.SecurityStamp != session.User.SecurityStamp) return null;
        // The change of the row is conditional, so that of two uses at once only one succeeds.
        db.SpentRefreshTokens.Add(new SpentRefreshToken { TokenHash = hash, SessionId = session.Id });
        var (newAccess, newRefresh) = GiveTokens(session);
        var renewed = await db.Sessions.Where(s => s.Id == session.Id && s.RefreshTokenHash == hash).ExecuteUpdateAsync(
            s => s.SetProperty(x => x.RefreshTokenHash, session.RefreshTokenHash)
                .SetProperty(x => x.AccessTokenHash, session.AccessTokenHash)
                .SetProperty(x => x.AccessExpiresAt, session.AccessExpiresAt).SetProperty(x => x.ExpiresAt, now + RefreshLifetime),
                    cancellationToken);
        if (renewed == 0) return null;
        db.Entry(session).State = EntityState.Unchanged;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(session.Id, newAccess, AccessLifetime, newRefresh);
    }

    /// <summary>The user of an access token, or null if it is invalid or has expired.</summary>
    public Task<SessionUser?> FindByAccessTokenAsync(string accessToken, CancellationToken cancellationToken) =>
        access.FindByTokenAsync(Hash(accessToken), cancellationToken);

    /// <summary>The user of a browser's session, or null if it has ended.</summary>
    public Task<SessionUser?> FindAsync(long sessionId, CancellationToken cancellationToken) =>
        access.FindSessionAsync(sessionId, cancellationToken);

    /// <summary>Ends a session, as sign-out does.</summary>
    public async Task EndAsync(long sessionId, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.Sessions.Where(s => s.Id == sessionId && s.RevokedAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.RevokedAt, clock.GetUtcNow()), cancellationToken);
    }

    /// <summary>Prolongs a browser's session that is in use, as the cookie's lifetime slides with it.</summary>
    public async Task ProlongAsync(long sessionId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.Sessions.Where(s => s.Id == sessionId && s.RevokedAt == null && s.ExpiresAt > now)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.ExpiresAt, now + BrowserLifetime), cancellationToken);
    }

    /// <summary>The acting user's sessions that are alive, newest first.</summary>
    public async Task<IReadOnlyList<SessionDetails>> ListOwnAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        var now = clock.GetUtcNow();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Sessions.Where(s => s.UserId == grant.Actor.UserId && s.RevokedAt == null && s.ExpiresAt > now
            && s.SecurityStamp == s.User!.SecurityStamp && s.Name == null)
            .OrderByDescending(s => s.Id).Take(MostSessionsShown)
            .Select(s => new SessionDetails(s.Id, s.Kind, s.CreatedAt, s.IpAddress, s.UserAgent, s.Id == grant.Actor.SessionId))
                .ToListAsync(cancellationToken);
    }

    /// <summary>Ends the acting user's sessions but the present one. Keys of programs are revoked one by one.</summary>
    public async Task<int> EndOthersAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Sessions.Where(s => s.UserId == grant.Actor.UserId && s.Id != grant.Actor.SessionId && s.RevokedAt == null
                && s.Name == null)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.RevokedAt, clock.GetUtcNow()), cancellationToken);
    }

    /// <summary>Removes sessions that ended long ago, with the tokens that they used up.</summary>
    public async Task<int> RemoveEndedAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        var limit = clock.GetUtcNow() - KeepEnded;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Sessions.Where(s => s.ExpiresAt < limit || s.RevokedAt < limit).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>SHA-256 in hex: tokens are long and random, so a fast hash is enough.</summary>
    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private UserSession Start(User user, SessionKind kind, DateTimeOffset expiresAt, string? ipAddress, string? userAgent) => new()
    {
        UserId = user.Id,
        Kind = kind,
        SecurityStamp = user.SecurityStamp,
        CreatedAt = clock.GetUtcNow(),
        ExpiresAt = expiresAt,
        IpAddress = ipAddress,
        UserAgent = userAgent is { Length: > 300 } ? userAgent[..300] : userAgent,
    };

    private (string Access, string Refresh) GiveTokens(UserSession session)
    {
        var (accessToken, refreshToken) = (NewToken(), NewToken());
        session.AccessTokenHash = Hash(accessToken);
        session.AccessExpiresAt = clock.GetUtcNow() + AccessLifetime;
        session.RefreshTokenHash = Hash(refreshToken);
        return (accessToken, refreshToken);
    }

    private async Task NoteSignInAsync(CrmDbContext db, long userId, CancellationToken cancellationToken) =>
        await db.Users.Where(u => u.Id == userId)
            .ExecuteUpdateAsync(u => u.SetProperty(x => x.LastSignInAt, clock.GetUtcNow()), cancellationToken);

    private static string NewToken() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-')
        .Replace('/', '_');
}
