using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Network;

/// <summary>
/// Keeps sessions and sums of days by what access servers tell. Packets come twice, late, or not at all: counters only grow, what grew is
/// added to the day, and whatever comes first begins the session.
/// </summary>
internal sealed class SessionKeeper(IDatabaseProvider provider, ShopClock clock)
{
    /// <summary>How long after a session was heard of last the same name may begin another one: access servers that were started anew
    /// count from the beginning.</summary>
    private static readonly TimeSpan Reused = TimeSpan.FromMinutes(10);

    private const string Lost = "Lost";
    private const string ServerRestarted = "NAS-Reboot";

    /// <summary>Notes what was told of a session.</summary>
    public async Task NoteAsync(CrmDbContext db, string name, UsageReport report, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var connectionId = await db.NetworkConnections.Where(c => c.AccessName == name).Select(c => (long?)c.Id)
            .FirstOrDefaultAsync(cancellationToken);
        if (connectionId is not { } id) return;
        // One packet of a connection after the other.
        await provider.LockAsync<NetworkConnection>(db, [id], cancellationToken);
        var happened = clock.Now - TimeSpan.FromSeconds(Math.Max(0, report.Delay));
        var began = happened - TimeSpan.FromSeconds(Math.Max(0, report.Seconds));
        var key = KeyOf(report.AccessServer, report.SessionId!, name);
        var session = await db.NetworkSessions.FirstOrDefaultAsync(s => s.Key == key, cancellationToken);
        if (session is not null && began > session.LastSeenAt + Reused)
        {
            Close(session, session.LastSeenAt, Lost);
            session.Key = string.Create(CultureInfo.InvariantCulture, $"{key}#{session.Id}");
            await db.SaveChangesAsync(cancellationToken);
            session = null;
        }

        var isNew = session is null;
        if (session is null)
        {
            session = new()
            {
                ConnectionId = id, Key = key, AccessServer = report.AccessServer, StartedAt = began, LastSeenAt = happened,
            };
            db.NetworkSessions.Add(session);
        }

        var (down, up, seconds) = Grow(session, report, happened);
        await AddToDayAsync(db, id, happened, new(clock.DayOf(happened), down, up, seconds, isNew ? 1 : 0), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>An access server that begins or ends has nobody online.</summary>
    public static Task CloseAllOfAsync(CrmDbContext db, UsageReport report, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (server, happened) = (report.AccessServer, now - TimeSpan.FromSeconds(Math.Max(0, report.Delay)));
        return db.NetworkSessions.Where(s => s.AccessServer == server && s.EndedAt == null && s.LastSeenAt <= happened)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.EndedAt, x => x.LastSeenAt).SetProperty(x => x.EndCause, ServerRestarted),
                cancellationToken);
    }

    /// <summary>Ends the sessions that nobody has told of for long.</summary>
    public static Task CloseSilentAsync(CrmDbContext db, DateTimeOffset before, CancellationToken cancellationToken) =>
        db.NetworkSessions.Where(s => s.EndedAt == null && s.LastSeenAt < before)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.EndedAt, x => x.LastSeenAt).SetProperty(x => x.EndCause, Lost),
                cancellationToken);

    private static (long Down, long Up, long Seconds) Grow(NetworkSession session, UsageReport report, DateTimeOffset happened)
    {
        var grown = (Down: Math.Max(0, report.Down - session.Down), Up: Math.Max(0, report.Up - session.Up),
            Seconds: Math.Max(0, report.Seconds - session.Seconds));
        (session.Down, session.Up) = (session.Down + grown.Down, session.Up + grown.Up);
        session.Seconds += grown.Seconds;
        session.Address = report.Address ?? session.Address;
        if (report.Event == UsageEvent.Stop) Close(session, happened, report.Cause);
        if (happened > session.LastSeenAt) session.LastSeenAt = happened;
        return grown;
    }

    private static void Close(NetworkSession session, DateTimeOffset at, string? cause)
    {
        if (session.EndedAt is not null) return;
        (session.EndedAt, session.EndCause) = (at, cause);
    }

    private static async Task AddToDayAsync(CrmDbContext db, long connectionId, DateTimeOffset happened, UsageDay grown,
        CancellationToken cancellationToken)
    {
        if (grown is { Down: 0, Up: 0, Seconds: 0, Sessions: 0 }) return;
        var day = grown.Day;
        var sum = await db.NetworkUsages.FirstOrDefaultAsync(u => u.ConnectionId == connectionId && u.Day == day, cancellationToken);
        if (sum is null) db.NetworkUsages.Add(sum = new() { ConnectionId = connectionId, Day = day });
        (sum.Down, sum.Up, sum.Seconds) = (sum.Down + grown.Down, sum.Up + grown.Up, sum.Seconds + grown.Seconds);
        sum.Sessions += grown.Sessions;
        if (happened > sum.LastAt) sum.LastAt = happened;
    }

    private static string KeyOf(string server, string session, string name) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{server}\n{session}\n{name}")));
}
