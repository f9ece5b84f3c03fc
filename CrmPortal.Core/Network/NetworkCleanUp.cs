using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Network;

/// <summary>Ends sessions that nobody tells of any more, and removes those and the sums of days of long ago.</summary>
internal sealed class NetworkCleanUp(IDatabaseProvider provider, ShopClock clock) : IScheduledJob
{
    /// <summary>Longer than any access server is silent that was asked to tell every ten minutes.</summary>
    public static readonly TimeSpan Silent = TimeSpan.FromDays(1);

    public static readonly TimeSpan SessionsKept = TimeSpan.FromDays(90);
    public const int DaysKept = 731;
    private const int AtOnce = 1_000;

    public string Kind => "clean-up.network";

    public string Cron => "10 4 * * *";

    public async Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        var (now, day) = (clock.Now, clock.Today.AddDays(-DaysKept));
        var (silent, old) = (now - Silent, now - SessionsKept);
        await using var db = provider.CreateContext(null);
        await SessionKeeper.CloseSilentAsync(db, silent, cancellationToken);
        await NetworkCounters.RemoveBeforeAsync(db, day, cancellationToken);
        // In parts, so that nobody who comes online waits long.
        while (await db.NetworkSessions.Where(s => db.Set<NetworkSession>().Where(o => o.LastSeenAt < old).OrderBy(o => o.LastSeenAt)
            .Take(AtOnce).Select(o => o.Id).Contains(s.Id)).ExecuteDeleteAsync(cancellationToken) == AtOnce)
            await provider.LetOthersInAsync(cancellationToken);
        while (await db.NetworkUsages.Where(u => db.Set<NetworkUsage>().Where(o => o.Day < day).OrderBy(o => o.Day).Take(AtOnce)
            .Select(o => o.Id).Contains(u.Id)).ExecuteDeleteAsync(cancellationToken) == AtOnce)
            await provider.LetOthersInAsync(cancellationToken);
    }
}
