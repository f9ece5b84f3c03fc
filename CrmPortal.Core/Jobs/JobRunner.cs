using CrmPortal.Core.Access;
using CrmPortal.Core.Common;
using CrmPortal.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Core.Jobs;

/// <summary>Does the jobs of one kind. It must be possible to begin again after a node died in the middle.</summary>
public interface IJobHandler
{
    string Kind { get; }

    /// <summary>Does the work.</summary>
    /// <exception cref="RuleViolation">It cannot be done; the message is shown.</exception>
    Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken);

    /// <summary>Puts the subject back after a job that failed or was cancelled.</summary>
    Task EndedAsync(long subjectId, JobState state, string? fault, CancellationToken cancellationToken);
}

/// <summary>
/// Takes waiting jobs, one at a time in each of a few lanes, and those of nodes that died. While it works it shows itself in
/// the row, so that no other node takes the job.
/// </summary>
public sealed partial class JobRunner(IServiceScopeFactory scopes, IDatabaseProvider provider, JobBoard board, TimeProvider clock, ILogger<JobRunner> logger)
{
    /// <summary>Marks the statement that looks for work, which comes every few seconds.</summary>
    public const string LookingTag = "Looks for waiting jobs";

    private const int Lanes = 2;
    private const int MostAttempts = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private readonly string _node = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>Works until it is told to stop; jobs that are not done by then wait for the next start.</summary>
    public Task RunAsync(CancellationToken stopping) => Task.WhenAll(Enumerable.Range(0, Lanes).Select(_ => RunLaneAsync(stopping)));

    /// <summary>Does every job that waits, and returns when there is none left.</summary>
    public async Task RunWaitingAsync(CancellationToken stopping)
    {
        while (await TakeAsync(stopping) is { } job) await WorkAsync(job, stopping);
    }

    private async Task RunLaneAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await RunWaitingAsync(stopping);
                await board.WaitAsync(Pause, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LogLane(fault);
                await Task.Delay(Pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<Job?> TakeAsync(CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        var now = clock.GetUtcNow();
        var dead = now - Silence;
        var own = board.Ids;
        var candidates = await db.Jobs.AsNoTracking().TagWith(LookingTag)
            .Where(j => j.State == JobState.Waiting || (j.State == JobState.Running && j.SeenAt < dead && !own.Contains(j.Id)))
            .OrderBy(j => j.Id).Take(5).ToListAsync(cancellationToken);
        foreach (var job in candidates)
        {
            // Only one node's update finds the row as it was read.
            var taken = await db.Jobs.Where(j => j.Id == job.Id && j.State == job.State && j.Attempts == job.Attempts)
                .ExecuteUpdateAsync(j => j.SetProperty(x => x.State, JobState.Running).SetProperty(x => x.Node, _node).SetProperty(x => x.SeenAt, now)
                    .SetProperty(x => x.StartedAt, now).SetProperty(x => x.Attempts, x => x.Attempts + 1), cancellationToken);
            if (taken == 0) continue;
            job.Attempts++;
            return job;
        }

        return null;
    }

    private async Task WorkAsync(Job job, CancellationToken stopping)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        board.Add(job.Id, cancellation);
        using var ended = new CancellationTokenSource();
        var pulse = PulseAsync(job.Id, cancellation, ended.Token);
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(job.OwnerId is { } owner ? new Actor(owner, job.OwnerName, null, ActorOrigin.Job) : Actor.System(job.OwnerName));
        var handler = scope.ServiceProvider.GetServices<IJobHandler>().FirstOrDefault(h => h.Kind == job.Kind);
        var (state, fault) = (JobState.Done, (string?)null);
        try
        {
            if (handler is null || job.Attempts > MostAttempts) throw new RuleViolation("", "This work was begun {0} times and never came to its end.", job.Attempts - 1);
            await handler.RunAsync(job.SubjectId, new Reporter(board, job.Id), cancellation.Token);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            state = stopping.IsCancellationRequested ? JobState.Waiting : JobState.Cancelled;
        }
        catch (Exception failure) when (failure is RuleViolation or AccessDeniedException or SignedOutException)
        {
            (state, fault) = (JobState.Failed, failure.Message);
        }
        catch (Exception failure)
        {
            LogFault(failure, job.Id, job.Kind);
            (state, fault) = (JobState.Failed, "Something unexpected happened; it stands in the log of the server.");
        }

        await ended.CancelAsync();
        await pulse;
        var progress = board.Find(job.Id);
        if (handler is not null && state is JobState.Failed or JobState.Cancelled) await handler!.EndedAsync(job.SubjectId, state, fault, CancellationToken.None);
        await EndAsync(job, state, fault, progress);
        board.Remove(job.Id);
    }

    private async Task EndAsync(Job job, JobState state, string? fault, JobProgress? progress)
    {
        await using var db = provider.CreateContext(null);
        var now = clock.GetUtcNow();
        await db.Jobs.Where(j => j.Id == job.Id).ExecuteUpdateAsync(j => j
            .SetProperty(x => x.State, state).SetProperty(x => x.Fault, fault == null ? null : fault.Length > Job.FaultLength ? fault.Substring(0, Job.FaultLength) : fault)
            .SetProperty(x => x.Stage, progress!.Stage).SetProperty(x => x.Done, progress.Done).SetProperty(x => x.Total, progress.Total)
            // A job that only waits for the next start has not used up an attempt.
            .SetProperty(x => x.Attempts, x => state == JobState.Waiting ? x.Attempts - 1 : x.Attempts)
            .SetProperty(x => x.EndedAt, state == JobState.Waiting ? null : now));
    }

    /// <summary>Shows that the node lives, and looks whether somebody asked on another node to stop.</summary>
    private async Task PulseAsync(long id, CancellationTokenSource cancellation, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(Pulse, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                try
                {
                    await using var db = provider.CreateContext(null);
                    var progress = board.Find(id)!;
                    await db.Jobs.Where(j => j.Id == id).ExecuteUpdateAsync(j => j.SetProperty(x => x.SeenAt, clock.GetUtcNow())
                        .SetProperty(x => x.Stage, progress.Stage).SetProperty(x => x.Done, progress.Done).SetProperty(x => x.Total, progress.Total), ended);
                    if (await db.Jobs.AnyAsync(j => j.Id == id && j.IsCancelAsked, ended)) await cancellation.CancelAsync();
                }
                catch (Exception fault) when (provider.IsTransient(fault))
                {
                    // Much is being written; the next tick comes.
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The job is over.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {JobId} ({Kind}) failed")]
    private partial void LogFault(Exception fault, long jobId, string kind);

    [LoggerMessage(Level = LogLevel.Error, Message = "Waiting jobs could not be taken; it is tried again")]
    private partial void LogLane(Exception fault);

    private sealed class Reporter(JobBoard board, long id) : IProgress<JobProgress>
    {
        public void Report(JobProgress value) => board.Report(id, value);
    }
}
