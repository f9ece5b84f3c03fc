using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Jobs;

/// <summary>How far a job has come.</summary>
/// <param name="Stage">Which part is being done, as a key of the texts on screens.</param>
/// <param name="Total">0 while it is not known.</param>
public sealed record JobProgress(string? Stage, long Done, long Total);

/// <summary>A job as screens show it.</summary>
public sealed record JobDetails(long Id, string Kind, long SubjectId, JobState State, JobProgress Progress, string? Fault, string OwnerName,
    DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt)
{
    public bool IsOver => State is JobState.Done or JobState.Failed or JobState.Cancelled;
}

/// <summary>Shows and cancels jobs: one's own, and those of others to whom may run imports.</summary>
public sealed class JobService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, RunningJobs running, TimeProvider clock)
{
    /// <summary>A job, or null where there is none that the acting user may see.</summary>
    public async Task<JobDetails?> GetAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var job = await Visible(db, grant).AsNoTracking().FirstOrDefaultAsync(j => j.Id == id, cancellationToken);
        if (job is null) return null;
        // The node that runs it knows more than the row, which cannot be written while one transaction publishes much.
        var progress = running.Find(id) ?? new JobProgress(job.Stage, job.Done, job.Total);
        return new(job.Id, job.Kind, job.SubjectId, job.State, progress, job.Fault, job.OwnerName, job.CreatedAt, job.StartedAt,
            job.EndedAt);
    }

    /// <summary>Asks a job to stop; what it has not finished by then is undone. False where there is none that runs or waits.</summary>
    public async Task<bool> CancelAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var job = await Visible(db, grant).AsNoTracking().FirstOrDefaultAsync(j => j.Id == id, cancellationToken);
        if (job is null || job.IsOver) return false;
        if (running.Cancel(id)) return true;
        var now = clock.GetUtcNow();
        await db.Jobs.Where(j => j.Id == id && j.State == JobState.Running)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.IsCancelAsked, true), cancellationToken);
        await db.Jobs.Where(j => j.Id == id && j.State == JobState.Waiting)
            .ExecuteUpdateAsync(j => j.SetProperty(x => x.State, JobState.Cancelled).SetProperty(x => x.EndedAt, now), cancellationToken);
        return true;
    }

    /// <summary>
    /// A new job for the actor, to be added to the context of the caller's transaction, which then calls
    /// <see cref="RunningJobs.Wake"/>.
    /// </summary>
    internal Job Make(string kind, long subjectId, Grant grant) => new()
    {
        Kind = kind, SubjectId = subjectId, OwnerId = grant.Actor.UserId, OwnerName = grant.Actor.Name, CreatedAt = clock.GetUtcNow(),
    };

    private static IQueryable<Job> Visible(CrmDbContext db, Grant grant) =>
        grant.Has(Permissions.ImportsRun) ? db.Jobs : db.Jobs.Where(j => j.OwnerId == grant.Actor.UserId);
}
