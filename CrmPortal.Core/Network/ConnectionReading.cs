using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Network;

/// <summary>Reads connections with what is shown beside them: three statements, however many there are.</summary>
internal static class ConnectionReading
{
    /// <param name="only">One of them; null for all.</param>
    public static async Task<IReadOnlyList<ConnectionDetails>> ListAsync(CrmDbContext db, long customerId, long? only, ShopClock clock,
        Grant grant, CancellationToken cancellationToken)
    {
        var rows = await db.NetworkConnections.AsNoTracking()
            .Where(c => c.CustomerId == customerId && c.Customer!.DeletedAt == null && (only == null || c.Id == only))
            .OrderBy(c => c.Id).Take(ConnectionService.MostConnections)
            .Select(c => new
            {
                Row = c, c.Tariff!.Code, c.Tariff.Name, c.Customer!.Status, c.Customer.Subscription,
                HasPassword = c.ProtectedPassword != "",
                Last = db.Set<NetworkSession>().Where(s => s.ConnectionId == c.Id).OrderByDescending(s => s.StartedAt)
                    .ThenByDescending(s => s.Id).Select(s => (long?)s.Id).FirstOrDefault(),
            }).ToListAsync(cancellationToken);
        if (rows.Count == 0) return [];
        var (ids, last, month) = (rows.ConvertAll(r => r.Row.Id), rows.Where(r => r.Last != null).Select(r => r.Last!.Value).ToList(),
            clock.ThisMonth);
        var sums = await db.NetworkUsages.Where(u => ids.Contains(u.ConnectionId) && u.Day >= month).GroupBy(u => u.ConnectionId)
            .Select(g => new { g.Key, Down = g.Sum(u => u.Down), Up = g.Sum(u => u.Up) }).ToDictionaryAsync(s => s.Key, cancellationToken);
        var sessions = last.Count == 0 ? [] : await db.NetworkSessions.AsNoTracking().Where(s => last.Contains(s.Id))
            .ToDictionaryAsync(s => s.ConnectionId, cancellationToken);
        var seesAddress = grant.Has(Permissions.CustomersSensitive);
        return [.. rows.Select(r => new ConnectionDetails(r.Row.Id, customerId, r.Code, r.Name, r.Row.AccessName,
            new ConnectionFacts(r.Row.SuspendedAt is not null, r.HasPassword, r.Status, false, r.Subscription).State, r.Row.SuspendedAt,
            r.Row.SuspendReason, r.Row.CreatedAt, r.Row.PasswordSetAt, sums.GetValueOrDefault(r.Row.Id)?.Down ?? 0,
            sums.GetValueOrDefault(r.Row.Id)?.Up ?? 0,
            sessions.TryGetValue(r.Row.Id, out var s) ? Session(s, seesAddress) : null, r.Row.Version))];
    }

    private static OnlineSession Session(NetworkSession s, bool seesAddress) => new(s.AccessServer, seesAddress ? s.Address : null,
        s.StartedAt, s.LastSeenAt, s.EndedAt, s.EndCause, s.Seconds, s.Down, s.Up);
}
