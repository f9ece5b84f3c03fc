using System.Data.Common;
using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Platform.Access;

/// <summary>A sign-in that has not ended, with its user and everything that they may do.</summary>
/// <param name="IsUnusedKey">A key that was not used for an hour, or never.</param>
internal sealed record LiveSession(SessionUser User, HashSet<string> Permissions, bool IsUnusedKey = false);

/// <summary>
/// Reads sign-ins. Every request and every step of a page begins with this, which is why it is one statement over a plain connection
/// instead of entities (decision 19).
/// </summary>
internal sealed class LiveSessions(IDatabaseProvider provider, TimeProvider clock)
{
    private const string Read = """
        select s."Id", s."UserId", u."UserName", u."DisplayName", u."Language", u."TimeZone", r."Name", r."Permissions", s."ExpiresAt",
          s."AccessExpiresAt", u."CustomerId", s."Name", s."Scopes", s."LastUsedAt"
        from "Sessions" s join "Users" u on u."Id" = s."UserId"
        left join "UserRoles" m on m."UserId" = u."Id" left join "Roles" r on r."Id" = m."RoleId"
        where s."RevokedAt" is null and u."DisabledAt" is null and (s."SecurityStamp" = u."SecurityStamp" or s."Name" is not null) and
        """;

    /// <summary>What each request of a program begins with.</summary>
    internal const string ByToken = Read + " s.\"AccessTokenHash\" = @value";

    private const string ByKey = Read + " s.\"Id\" = @value";

    /// <summary>The session of a key, or null where it has ended.</summary>
    public Task<LiveSession?> FindAsync(long id, CancellationToken cancellationToken) =>
        FindAsync(ByKey, id, needsAccess: false, cancellationToken);

    /// <summary>The session of an access token, or null where that is not good.</summary>
    /// <param name="hash">Of the token, as <see cref="SessionService.Hash"/> makes it.</param>
    public Task<LiveSession?> FindByTokenAsync(string hash, CancellationToken cancellationToken) =>
        FindAsync(ByToken, hash, needsAccess: true, cancellationToken);

    private async Task<LiveSession?> FindAsync(string statement, object key, bool needsAccess, CancellationToken cancellationToken)
    {
        await using var connection = await provider.OpenAsync(cancellationToken);
        await using var command = connection.Command(statement, key);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        (SessionUser? user, var isUnused, string? scopes) = (null, false, null);
        var (roles, permissions, now) = (new List<string>(), new HashSet<string>(), clock.GetUtcNow());
        while (await rows.ReadAsync(cancellationToken))
        {
            if (provider.ReadInstant(rows, 8) <= now) return null;
            if (needsAccess && (rows.IsDBNull(9) || provider.ReadInstant(rows, 9) <= now)) return null;
            user ??= new SessionUser(rows.GetInt64(0), rows.GetInt64(1), rows.GetString(2), NameOf(rows), roles, Text(rows, 4),
                Text(rows, 5),
                rows.IsDBNull(10) ? null : rows.GetInt64(10));
            if (!rows.IsDBNull(11))
            {
                scopes = Text(rows, 12) ?? "";
                isUnused = rows.IsDBNull(13) || provider.ReadInstant(rows, 13) < now - ApiKeyService.UseIsNoted;
            }

            if (Text(rows, 6) is not { } role) continue;
            roles.Add(role);
            permissions.UnionWith(WordsConverter.Words(rows.GetString(7)));
        }

        if (scopes is not null) permissions.IntersectWith(scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return user is null ? null : new(user, permissions, isUnused);
    }

    /// <summary>Where a key acts, the history says which.</summary>
    private static string NameOf(DbDataReader row) => Text(row, 11) is { } key ? $"{row.GetString(3)} ({key})" : row.GetString(3);

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
