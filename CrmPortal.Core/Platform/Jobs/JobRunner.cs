using System.Globalization;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Core.Platform.Jobs;

/// <summary>Does the jobs of one kind. It must be possible to begin again after a node died in the middle.</summary>
public interface IJobHandler
{
    string Kind { get; }

    /// <summary>
    /// Whether a job that failed or was stopped can simply be done again: its work goes on where it ended, or has no effect twice. Where a
    /// record has steps of its own, such as an import, it is started again there.
    /// </summary>
    bool IsRepeatable => false;

    /// <summary>Does the work.</summary>
    /// <exception cref="RuleViolationException">It cannot be done; the message is shown.</exception>
    Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken);

    /// <summary>Puts the subject back after a job that failed or was cancelled.</summary>
    Task EndedAsync(long subjectId, JobState state, string? fault, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>
/// Takes waiting jobs, one at a time in each of a few lanes, and those of nodes that died. While it works it shows itself in
/// the row, so that no other node takes the job. Each write names node and attempt: who stood still for so long that another took
/// over finds no row of its own any more, and stops.
/// </summary>
public sealed partial class JobRunner(IServiceScopeFactory scopes, IDatabaseProvider provider, RunningJobs running, TimeProvider clock,
    ILogger<JobRunner> logger)
{
    /// <summary>Marks the statement that looks for work, which comes every few seconds.</summary>
    public const string LookingTag = "Looks for waiting jobs";

    private const int Lanes = 2;
    private const int MostAttempts = 3;
    private const int TriesWhenStopping = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private readonly string _node = NodeName();

    /// <summary>Runs jobs until it is asked to stop; unfinished jobs wait for the next start.</summary>
    public Task RunAsync(CancellationToken stopping) => Task.WhenAll(Enumerable.Range(0, Lanes).Select(_ => RunLaneAsync(stopping)));

    /// <summary>Does every job that waits, and returns when there is none left.</summary>
    public async Task RunWaitingAsync(CancellationToken stopping)
    {
        while (await TakeAsync(stopping) is { } job) await WorkAsync(job, stopping);
    }

    /// <summary>Another one with each start: programs in containers have the same machine and number every time.</summary>
    private static string NodeName()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Guid.NewGuid():N} {Environment.ProcessId} {Environment.MachineName}");
        return name.Length > Job.NodeLength ? name[..Job.NodeLength] : name;
    }

    private async Task RunLaneAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await RunWaitingAsync(stopping);
                await running.WaitAsync(Pause, stopping);
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
        var own = running.Ids;
        var candidates = await db.Jobs.AsNoTracking().TagWith(LookingTag)
            .Where(j => j.State == JobState.Waiting || (j.State == JobState.Running && j.SeenAt < dead && !own.Contains(j.Id)))
            .OrderBy(j => j.Id).Take(5).ToListAsync(cancellationToken);
        foreach (var job in candidates)
        {
            // Only one node's update finds the row as it was read.
            var taken = await db.Jobs.Where(j => j.Id == job.Id && j.State == job.State && j.Attempts == job.Attempts)
                .ExecuteUpdateAsync(j => j.SetProperty(x => x.State, JobState.Running).SetProperty(x => x.Node, _node)
                    .SetProperty(x => x.SeenAt, now)
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
        using var ended = new CancellationTokenSource();
        running.Add(job.Id, cancellation);
        var pulse = PulseAsync(job, cancellation, ended.Token);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<CurrentUser>()
                .Set(job.OwnerId is { } owner ? new Actor(owner, job.OwnerName, null, ActorOrigin.Job) : Actor.System(job.OwnerName));
            var (state, fault) = await RunAsync(job, scope.ServiceProvider, cancellation.Token, stopping);
            // It shows itself until its end is written: it must not be begun again because the database did not take the end at once.
            await EndAsync(job, state, fault, stopping);
        }
        finally
        {
            running.Remove(job.Id);
            await ended.CancelAsync();
            await pulse;
        }
    }

    private async Task<(JobState State, string? Fault)> RunAsync(Job job, IServiceProvider services, CancellationToken cancelled,
        CancellationToken stopping)
    {
        IJobHandler? handler = null;
        var (state, fault) = (JobState.Done, (string?)null);
        try
        {
            handler = services.GetServices<IJobHandler>().FirstOrDefault(h => h.Kind == job.Kind)
                ?? throw new RuleViolationException("", "This version of the application does not support this kind of job.");
            if (job.Attempts > MostAttempts)
                throw new RuleViolationException("", "This job was started {0} times and never finished.", job.Attempts - 1);
            await handler.RunAsync(job.SubjectId, new Reporter(running, job.Id), cancelled);
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            state = stopping.IsCancellationRequested ? JobState.Waiting : JobState.Cancelled;
        }
        catch (Exception failure) when (failure is RuleViolationException or AccessDeniedException or SignedOutException)
        {
            (state, fault) = (JobState.Failed, failure.Message);
        }
        catch (Exception failure)
        {
            LogFault(failure, job.Id, job.Kind);
            (state, fault) = (JobState.Failed, "Something unexpected happened; see the server log.");
        }

        if (handler is null || state is not (JobState.Failed or JobState.Cancelled) || !await IsOwnAsync(job)) return (state, fault);
        try
        {
            await handler.EndedAsync(job.SubjectId, state, fault, CancellationToken.None);
        }
        catch (Exception failure)
        {
            LogFault(failure, job.Id, job.Kind);
        }

        return (state, fault);
    }

    /// <summary>The row of the job as long as this node is the one that runs it.</summary>
    private IQueryable<Job> Own(CrmDbContext db, Job job) =>
        db.Jobs.Where(j => j.Id == job.Id && j.State == JobState.Running && j.Node == _node && j.Attempts == job.Attempts);

    private async Task<bool> IsOwnAsync(Job job)
    {
        try
        {
            await using var db = provider.CreateContext(null);
            return await Own(db, job).AnyAsync();
        }
        catch (Exception fault)
        {
            LogPulse(fault, job.Id);
            return true;
        }
    }

    /// <summary>Saves the result of the job, retrying until it succeeds: otherwise the job would run again.</summary>
    private async Task EndAsync(Job job, JobState state, string? fault, CancellationToken stopping)
    {
        var progress = running.Find(job.Id) ?? new(job.Stage, job.Done, job.Total);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await WriteEndAsync(job, state, fault, progress);
                return;
            }
            catch (Exception failure) when (attempt < TriesWhenStopping || !stopping.IsCancellationRequested)
            {
                LogEnd(failure, job.Id);
                await Task.Delay(Pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task WriteEndAsync(Job job, JobState state, string? fault, JobProgress progress)
    {
        await using var db = provider.CreateContext(null);
        var now = clock.GetUtcNow();
        var written = await Own(db, job).ExecuteUpdateAsync(j => j
            .SetProperty(x => x.State, state).SetProperty(x => x.Fault, fault == null ? null : fault.Length > Job.FaultLength
                ? fault.Substring(0, Job.FaultLength) : fault)
            .SetProperty(x => x.Stage, progress.Stage).SetProperty(x => x.Done, progress.Done).SetProperty(x => x.Total, progress.Total)
            // A job that only waits for the next start has not used up an attempt.
            .SetProperty(x => x.Attempts, x => state == JobState.Waiting ? x.Attempts - 1 : x.Attempts)
            .SetProperty(x => x.EndedAt, state == JobState.Waiting ? null : now));
        if (written == 0) LogLost(job.Id);
    }

    /// <summary>Shows that the node lives, and looks whether somebody asked on another node to stop.</summary>
    private async Task PulseAsync(Job job, CancellationTokenSource cancellation, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(Pulse, clock);
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(ended);
                await using var db = provider.CreateContext(null);
                var progress = running.Find(job.Id) ?? new(job.Stage, job.Done, job.Total);
                var shown = await Own(db, job).ExecuteUpdateAsync(j => j.SetProperty(x => x.SeenAt, clock.GetUtcNow())
                    .SetProperty(x => x.Stage, progress.Stage).SetProperty(x => x.Done, progress.Done)
                        .SetProperty(x => x.Total, progress.Total), ended);
                if (shown == 0 || await db.Jobs.AnyAsync(j => j.Id == job.Id && j.IsCancelAsked, ended)) await cancellation.CancelAsync();
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (provider.IsTransient(fault))
            {
                // Much is being written; the next tick comes.
            }
            catch (Exception fault)
            {
                LogPulse(fault, job.Id);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {JobId} ({Kind}) failed")]
    private partial void LogFault(Exception fault, long jobId, string kind);

    [LoggerMessage(Level = LogLevel.Error, Message = "The end of job {JobId} could not be written; it is tried again")]
    private partial void LogEnd(Exception fault, long jobId);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Job {JobId} was taken over by another node, or its row is gone; what it did here is not noted")]
    private partial void LogLost(long jobId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {JobId} could not show that it is at work; it is tried again")]
    private partial void LogPulse(Exception fault, long jobId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Waiting jobs could not be taken; it is tried again")]
    private partial void LogLane(Exception fault);

    private sealed class Reporter(RunningJobs running, long id) : IProgress<JobProgress>
    {
        public void Report(JobProgress value) => running.Report(id, value);
    }
}
