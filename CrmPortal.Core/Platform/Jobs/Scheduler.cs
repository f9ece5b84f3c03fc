using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Platform.Jobs;

/// <summary>
/// Starts what comes by itself. Each kind has a row with its next time: whichever node moves the time on makes the job, so it is
/// made once; times that were missed are made up for by one run.
/// </summary>
public sealed partial class Scheduler(
    IServiceScopeFactory scopes, IDatabaseProvider provider, RunningJobs running, TimeProvider clock, IOptions<ShopOptions> shop,
        ILogger<Scheduler> logger)
{
    /// <summary>Marks the statement that looks for due work, which comes every minute.</summary>
    public const string LookingTag = "Looks for scheduled work";

    /// <summary>Starts what is due. What cannot be started holds nothing else up, and is tried again with the next look.</summary>
    /// <returns>How many jobs were made.</returns>
    public async Task<int> TickAsync(CancellationToken cancellationToken)
    {
        var zone = shop.Value.Zone;
        var now = clock.GetUtcNow();
        List<ScheduledJob> jobs;
        await using (var scope = scopes.CreateAsyncScope())
            jobs = [.. scope.ServiceProvider.GetServices<IJobHandler>().OfType<IScheduledJob>()
                .Select(j => new ScheduledJob(j.Kind, j.Cron))];
        await using var db = provider.CreateContext(null);
        var rows = await db.Schedules.AsNoTracking().TagWith(LookingTag).ToDictionaryAsync(s => s.Kind, cancellationToken);
        var made = 0;
        foreach (var job in jobs)
        {
            try
            {
                if (!rows.TryGetValue(job.Kind, out var row))
                    await AddAsync(new Schedule { Kind = job.Kind, NextAt = job.After(now, zone) }, cancellationToken);
                else if (row.NextAt <= now && await StartAsync(row, job.After(now, zone), now, cancellationToken)) made++;
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                LogFault(fault, job.Kind);
            }
        }

        if (made > 0) running.Wake();
        return made;
    }

    private async Task AddAsync(Schedule row, CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        db.Schedules.Add(row);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            // Another node added it at the same moment. Where it is not there, the fault is another.
            db.ChangeTracker.Clear();
            if (!await db.Schedules.AnyAsync(s => s.Kind == row.Kind, cancellationToken)) throw;
        }
    }

    private async Task<bool> StartAsync(Schedule row, DateTimeOffset next, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Only one node's update finds the time as it was read.
        var moved = await db.Schedules.Where(s => s.Kind == row.Kind && s.NextAt == row.NextAt)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.NextAt, next).SetProperty(x => x.LastAt, now), cancellationToken);
        if (moved == 0) return false;
        // A run that is still at work does this one's work too.
        var open = await db.Jobs.AsNoTracking()
            .Where(j => j.Kind == row.Kind && (j.State == JobState.Waiting || j.State == JobState.Running))
            .OrderBy(j => j.Id).FirstOrDefaultAsync(cancellationToken);
        if (open is null)
        {
            var job = new Job { Kind = row.Kind, OwnerName = Actor.System("Schedule").Name, CreatedAt = now };
            db.Jobs.Add(job);
            await db.SaveChangesAsync(cancellationToken);
            await db.Schedules.Where(s => s.Kind == row.Kind)
                .ExecuteUpdateAsync(s => s.SetProperty(x => x.LastJobId, job.Id), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        if (open is not null) LogStillOpen(row.Kind, open.Id, open.State, open.CreatedAt);
        return open is null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Kind} is due and could not be started; it is tried again in a minute")]
    private partial void LogFault(Exception fault, string kind);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Kind} is due again, but job {JobId} of {CreatedAt} is still {State}; no further one is made beside it")]
    private partial void LogStillOpen(string kind, long jobId, JobState state, DateTimeOffset createdAt);
}
