using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Jobs;

/// <summary>Which of the jobs that are over are listed.</summary>
public enum JobFilter { All, Done, Failed, Cancelled }

/// <summary>A job in the list of all.</summary>
/// <param name="RetriedById">The job that does its work again.</param>
/// <param name="MayRetry">Whether it can be done again from the list.</param>
public sealed record JobRow(JobDetails Details, long? RetriedById, bool MayRetry);

/// <summary>What comes by itself: when next, and how it went last.</summary>
public sealed record ScheduledRow(string Kind, DateTimeOffset? NextAt, DateTimeOffset? LastAt, JobState? LastState, string? LastFault);

/// <summary>
/// All jobs: what waits and runs, what ran and how it ended, and what comes by itself. It asks for the permission to run imports, which
/// is what lets somebody see and stop the jobs of others anywhere.
/// </summary>
public sealed class JobOverviewService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, AuditLog audit,
    RunningJobs running, IEnumerable<IJobHandler> handlers, TimeProvider clock)
{
    /// <summary>So many jobs that wait or run are shown at most.</summary>
    public const int MostOpen = 20;

    /// <summary>What waits and runs, the oldest first.</summary>
    public async Task<IReadOnlyList<JobDetails>> OpenAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var jobs = await db.Jobs.AsNoTracking().Where(j => j.State == JobState.Waiting || j.State == JobState.Running)
            .OrderBy(j => j.Id).Take(MostOpen).ToListAsync(cancellationToken);
        return [.. jobs.Select(Details)];
    }

    /// <summary>The jobs that are over, the newest first, and the one to go on from, or null at the end.</summary>
    /// <param name="before">Only jobs older than this one.</param>
    public async Task<(IReadOnlyList<JobRow> Jobs, long? Next)> ListAsync(JobFilter filter, long? before, int size,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        if (size is < 1 or > PageRequest.LargestSize)
            throw new RuleViolationException("Limit", "The limit must be between 1 and {0}.", PageRequest.LargestSize);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var last = before ?? long.MaxValue;
        var rows = await Over(db, filter).AsNoTracking().Where(j => j.Id < last).OrderByDescending(j => j.Id).Take(size + 1)
            .ToListAsync(cancellationToken);
        var repeatable = handlers.Where(h => h.IsRepeatable).Select(h => h.Kind).ToHashSet();
        return ([.. rows.Take(size).Select(j => new JobRow(Details(j), j.RetriedById, j.RetriedById is null
            && j.State is JobState.Failed or JobState.Cancelled && repeatable.Contains(j.Kind)))],
            rows.Count > size ? rows[size - 1].Id : null);
    }

    /// <summary>What comes by itself, by its next time.</summary>
    public async Task<IReadOnlyList<ScheduledRow>> ScheduledAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var known = await (from schedule in db.Schedules.AsNoTracking()
                           join job in db.Jobs on schedule.LastJobId equals job.Id into jobs
                           from job in jobs.DefaultIfEmpty()
                           select new { schedule.Kind, schedule.NextAt, schedule.LastAt, State = (JobState?)job!.State, job.Fault })
            .ToDictionaryAsync(s => s.Kind, cancellationToken);
        return [.. handlers.OfType<IScheduledJob>().Select(h => known.TryGetValue(h.Kind, out var row)
            ? new ScheduledRow(h.Kind, row.NextAt, row.LastAt, row.State, row.Fault) : new(h.Kind, null, null, null, null))
            .OrderBy(s => s.NextAt ?? DateTimeOffset.MaxValue).ThenBy(s => s.Kind, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Has the work of a job done again that failed or was stopped, as the one who started it. The job stays as it ended, and names the
    /// new one.
    /// </summary>
    /// <returns>The new job, or null where there is none of this number.</returns>
    /// <exception cref="RuleViolationException">It ended well or has not ended, has been retried, or is of a kind that is started again
    /// elsewhere.</exception>
    public async Task<long?> RetryAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ImportsRun, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.Jobs.AsNoTracking().FirstOrDefaultAsync(j => j.Id == id, cancellationToken) is not { } job) return null;
        if (job.State is not (JobState.Failed or JobState.Cancelled))
            throw new RuleViolationException("", "Only a job that failed or was stopped can be retried.");
        if (!handlers.Any(h => h.Kind == job.Kind && h.IsRepeatable))
            throw new RuleViolationException("", "A job of this kind is started again on the page that it belongs to.");
        if (await db.Jobs.AnyAsync(j => j.Kind == job.Kind && j.SubjectId == job.SubjectId
            && (j.State == JobState.Waiting || j.State == JobState.Running), cancellationToken))
            throw new RuleViolationException("", "The same work is already waiting or running.");
        var again = new Job
        {
            Kind = job.Kind, SubjectId = job.SubjectId, OwnerId = job.OwnerId, OwnerName = job.OwnerName, CreatedAt = clock.GetUtcNow(),
        };
        db.Jobs.Add(again);
        await db.SaveChangesAsync(cancellationToken);
        // Only one of two people who ask at once finds the job as it was.
        var taken = await db.Jobs.Where(j => j.Id == id && j.RetriedById == null)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.RetriedById, again.Id), cancellationToken);
        if (taken == 0) throw new RuleViolationException("", "Somebody has retried this job already.");
        await transaction.CommitAsync(cancellationToken);
        running.Wake();
        await audit.WriteAsync(AuditAction.Created, nameof(Job), again.Id, null, "Retry", CancellationToken.None);
        return again.Id;
    }

    private static IQueryable<Job> Over(CrmDbContext db, JobFilter filter) => filter switch
    {
        JobFilter.Done => db.Jobs.Where(j => j.State == JobState.Done),
        JobFilter.Failed => db.Jobs.Where(j => j.State == JobState.Failed),
        JobFilter.Cancelled => db.Jobs.Where(j => j.State == JobState.Cancelled),
        _ => db.Jobs.Where(j => j.State != JobState.Waiting && j.State != JobState.Running),
    };

    private JobDetails Details(Job job) => new(job.Id, job.Kind, job.SubjectId, job.State,
        running.Find(job.Id) ?? new(job.Stage, job.Done, job.Total), job.Fault, job.OwnerName, job.CreatedAt, job.StartedAt, job.EndedAt);
}
