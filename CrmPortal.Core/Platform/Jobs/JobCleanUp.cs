using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Jobs;

/// <summary>Removes the rows of scheduled runs that ended long ago; what people started stays with its owner.</summary>
internal sealed class JobCleanUp(IDatabaseProvider provider, TimeProvider clock) : IScheduledJob
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public string Kind => "clean-up.jobs";

    public string Cron => "40 3 * * *";

    public async Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        var limit = clock.GetUtcNow() - Kept;
        await using var db = provider.CreateContext(null);
        await db.Jobs.Where(j => j.OwnerId == null && j.EndedAt < limit && !db.Schedules.Any(s => s.LastJobId == j.Id))
            .ExecuteDeleteAsync(cancellationToken);
    }
}
