using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Network;

/// <summary>Figures of the network as a whole.</summary>
public sealed class NetworkFiguresService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, ShopClock clock)
{
    public const int DaysShown = 30;

    /// <summary>Who is online, what access servers were answered today, and the traffic of the last days.</summary>
    public async Task<NetworkFigures> GetAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var (today, first) = (clock.Today, clock.Today.AddDays(1 - DaysShown));
        var online = await db.NetworkSessions.CountAsync(s => s.EndedAt == null, cancellationToken);
        var answers = await NetworkCounters.OfAsync(db, today, cancellationToken);
        var days = await db.NetworkUsages.Where(u => u.Day >= first && u.Day <= today).GroupBy(u => u.Day)
            .Select(g => new UsageDay(g.Key, g.Sum(u => u.Down), g.Sum(u => u.Up), g.Sum(u => u.Seconds), g.Sum(u => u.Sessions)))
            .ToDictionaryAsync(d => d.Day, cancellationToken);
        return new(online, answers, [.. Enumerable.Range(0, DaysShown).Select(i => first.AddDays(i))
            .Select(day => days.GetValueOrDefault(day) ?? new(day, 0, 0, 0, 0))]);
    }
}
