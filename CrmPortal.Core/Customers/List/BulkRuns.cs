using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>How far a bulk action is.</summary>
public sealed record BulkProgress(int Done, int Total);

/// <param name="Changed">How many were changed; the others were so already, or gone.</param>
/// <param name="ChangeSetId">What undo undoes, or null if nothing was changed.</param>
public sealed record BulkResult(int Changed, int Total, bool WasCancelled, long? ChangeSetId);

/// <summary>What a feature does to its rows in a bulk action; all else is the same for each.</summary>
/// <param name="Topic">Of the change set.</param>
/// <param name="Permission">That undoing it needs.</param>
/// <param name="Next">The keys of the next rows behind a key, in their order; none at the end.</param>
/// <param name="Apply">Changes these rows, after so many others, and says how many it changed, and under which change set.</param>
/// <param name="MayRepeat">Whether a batch that failed may be tried again, since somebody else saved at the same moment.</param>
internal sealed record BulkWork(
    string Topic, string Permission, Func<CrmDbContext, long, Task<List<long>>> Next,
    Func<CrmDbContext, List<long>, int, Task<(int Changed, long? ChangeSetId)>> Apply, Func<DbUpdateException, bool> MayRepeat);

/// <summary>
/// Carries bulk actions out, in one change set and in batches that leave room for others' saves, and keeps those that run as jobs.
/// </summary>
internal sealed class BulkRuns(IDbContextFactory<CrmDbContext> dbFactory, JobService jobs, RunningJobs board, TimeProvider clock)
{
    private const int MostFailures = 10;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(60);

    /// <summary>Has a job carry an action out.</summary>
    /// <returns>The job.</returns>
    public async Task<long> StartAsync(string jobKind, Grant grant, string kind, string? argument, string selection,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // What was wanted long ago is of no use any more.
        var old = clock.GetUtcNow() - Kept;
        await db.BulkEdits.Where(e => e.CreatedAt < old).ExecuteDeleteAsync(cancellationToken);
        var edit = new BulkEdit
        {
            OwnerId = grant.Actor.UserId, Kind = kind, Argument = argument, Selection = selection, CreatedAt = clock.GetUtcNow(),
        };
        db.BulkEdits.Add(edit);
        await db.SaveChangesAsync(cancellationToken);
        var job = jobs.Make(jobKind, edit.Id, grant);
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        board.Wake();
        return job.Id;
    }

    /// <summary>An action that a job carries out, or null where there is none.</summary>
    public async Task<BulkEdit?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.BulkEdits.AsNoTracking().FirstOrDefaultAsync(e => e.Id == id, cancellationToken);
    }

    /// <summary>The user's job of a kind that is not over yet.</summary>
    public async Task<long?> RunningAsync(string jobKind, Grant grant, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Jobs.Where(j => (j.State == JobState.Waiting || j.State == JobState.Running) && j.Kind == jobKind)
            .Where(j => j.OwnerId == grant.Actor.UserId).OrderByDescending(j => j.Id).Select(j => (long?)j.Id)
                .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Carries an action out, or on from where its job is. Cancelling stops between two batches.</summary>
    /// <param name="edit">Of an action that runs as a job.</param>
    public async Task<BulkResult> RunAsync(BulkWork work, int total, BulkEdit? edit, IProgress<BulkProgress>? progress,
        CancellationToken cancellationToken)
    {
        var (changed, done, last, failures) = (edit?.Changed ?? 0, edit?.Done ?? 0, edit?.LastId ?? 0, 0);
        var changeSetId = edit?.ChangeSetId;
        if (edit is not null) progress?.Report(new(done, total));
        while (!cancellationToken.IsCancellationRequested)
        {
            await using var db = await dbFactory.CreateDbContextAsync(CancellationToken.None);
            await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
            if (changeSetId is { } id) db.ContinueChangeSet(id);
            else db.BeginChangeSet(work.Topic, work.Permission);
            var batch = await work.Next(db, last);
            if (batch.Count == 0)
            {
                // Some may have gone since they were counted.
                done = total;
                await NoteAsync(db, edit, last, done, total, changed, changeSetId);
                await transaction.CommitAsync(CancellationToken.None);
                break;
            }

            var doneNow = Math.Min(total, done + batch.Count);
            int changedNow;
            long? changeSetNow;
            try
            {
                (changedNow, changeSetNow) = await work.Apply(db, batch, changed);
                await NoteAsync(db, edit, batch[^1], doneNow, total, changed + changedNow, changeSetId ?? changeSetNow);
                await transaction.CommitAsync(CancellationToken.None);
            }
            catch (DbUpdateException failure) when (++failures < MostFailures && work.MayRepeat(failure))
            {
                // Somebody saved one of the rows at this moment: the batch is read again.
                continue;
            }

            // Only failures in a row say that it cannot be done; a long run meets others now and then.
            failures = 0;
            (last, done, changed, changeSetId) = (batch[^1], doneNow, changed + changedNow, changeSetId ?? changeSetNow);
            progress?.Report(new(done, total));
        }

        return new(changed, total, cancellationToken.IsCancellationRequested, changed > 0 ? changeSetId : null);
    }

    /// <summary>Saves the progress with each batch, so that a restarted job does nothing twice.</summary>
    private static Task NoteAsync(CrmDbContext db, BulkEdit? edit, long last, int done, int total, int changed, long? changeSetId) =>
        edit is null ? Task.CompletedTask : db.BulkEdits.Where(e => e.Id == edit.Id).ExecuteUpdateAsync(e => e
            .SetProperty(x => x.LastId, last).SetProperty(x => x.Done, done).SetProperty(x => x.Total, total)
            .SetProperty(x => x.Changed, changed).SetProperty(x => x.ChangeSetId, changeSetId));
}

/// <summary>Tells a job how far its bulk action is.</summary>
internal sealed class BulkReports(IProgress<JobProgress> progress, string stage) : IProgress<BulkProgress>
{
    public void Report(BulkProgress value) => progress.Report(new(stage, value.Done, value.Total));
}
