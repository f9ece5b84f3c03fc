using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Jobs;

/// <summary>A job ends once, says so, and is done by one node, whatever fails around it.</summary>
public sealed class JobRunnerTests
{
    private const string Kind = "test";

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task End_ThatCannotBeWritten_IsTriedAgain_AndTheJobIsNotDoneTwice(DatabaseKind kind)
    {
        var (work, faults) = (new Work(), new FaultyCommands());
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IJobHandler>(work)
            .AddSingleton<IInterceptor>(faults));
        await using var other = TestServices.On(data.Database, data.Clock, s => s.AddSingleton<IJobHandler>(work));
        var id = await AddAsync(data);
        faults.Fault = text => text.Contains("EndedAt", StringComparison.Ordinal)
            && text.StartsWith("UPDATE", StringComparison.OrdinalIgnoreCase) && faults.Failed < 3
            ? new InvalidOperationException("The database hiccups.") : null;

        await FinishAsync(data, Task.Run(() => data.Get<JobRunner>().RunWaitingAsync(default)));
        await other.Get<JobRunner>().RunWaitingAsync(default);

        Assert.Equal((3, 1, JobState.Done), (faults.Failed, work.Runs, (await JobAsync(data, id)).State));
        Assert.Empty(data.Get<RunningJobs>().Ids);
        Assert.False(data.Get<RunningJobs>().Cancel(id));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task HandlerWhoseEndFails_LeavesAFailedJob_AndFreesTheNextRun(DatabaseKind kind)
    {
        var work = new Work { Run = _ => throw new InvalidOperationException("It fails."),
            Ended = () => throw new InvalidOperationException("Putting back fails too.") };
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IJobHandler>(work));
        var id = await AddAsync(data);

        await data.Get<JobRunner>().RunWaitingAsync(default);

        var job = await JobAsync(data, id);
        Assert.Equal((JobState.Failed, "Something unexpected happened; see the server log."), (job.State, job.Fault));
        Assert.Empty(data.Get<RunningJobs>().Ids);
    }

    [Fact]
    public async Task KindThatNobodyKnows_Fails_AndSaysSo()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var id = await AddAsync(data);

        await data.Get<JobRunner>().RunWaitingAsync(default);

        Assert.Equal("This version of the application does not support this kind of job.", (await JobAsync(data, id)).Fault);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task NodeThatStoodStill_StopsWhenAnotherTookOver_AndOverwritesNothing(DatabaseKind kind)
    {
        var (began, stalled, quick) = (new TaskCompletionSource(), new Work(), new Work());
        stalled.Run = async cancelled =>
        {
            began.SetResult();
            await Task.Delay(Timeout.Infinite, cancelled);
        };
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IJobHandler>(stalled));
        await using var other = TestServices.On(data.Database, data.Clock, s => s.AddSingleton<IJobHandler>(quick));
        var id = await AddAsync(data);

        var first = Task.Run(() => data.Get<JobRunner>().RunWaitingAsync(default));
        await began.Task;
        // It shows nothing of itself for a while, as a machine that is paused.
        data.Clock.Set(data.Clock.GetUtcNow() + TimeSpan.FromMinutes(1));
        await other.Get<JobRunner>().RunWaitingAsync(default);
        await FinishAsync(data, first);

        var job = await JobAsync(data, id);
        Assert.Equal((JobState.Done, 2, null), (job.State, job.Attempts, job.Fault));
        Assert.Equal((1, 1, 0), (stalled.Runs, quick.Runs, stalled.Ends));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Pulse_ThatFails_GoesOn(DatabaseKind kind)
    {
        var (began, release, faults) = (new TaskCompletionSource(), new TaskCompletionSource(), new FaultyCommands());
        var work = new Work
        {
            Run = async _ =>
            {
                began.SetResult();
                await release.Task;
            },
        };
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IJobHandler>(work)
            .AddSingleton<IInterceptor>(faults));
        var id = await AddAsync(data);
        var run = Task.Run(() => data.Get<JobRunner>().RunWaitingAsync(default));
        await began.Task;
        var seen = (await JobAsync(data, id)).SeenAt;
        faults.Fault = text => text.StartsWith("UPDATE", StringComparison.OrdinalIgnoreCase)
            && text.Contains("SeenAt", StringComparison.Ordinal) && faults.Failed < 2 ? new InvalidOperationException("No transient fault.")
            : null;

        var shown = Task.Run(async () =>
        {
            while ((await JobAsync(data, id)).SeenAt == seen) await Task.Yield();
        });
        await FinishAsync(data, shown);
        release.SetResult();
        await run;

        Assert.Equal((2, JobState.Done), (faults.Failed, (await JobAsync(data, id)).State));
    }

    [Fact]
    public async Task ScheduledKind_WithATimeThatNeverComes_HoldsNothingElseUp()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IJobHandler>(new Never())
            .AddSingleton<IJobHandler>(new Hourly()));

        await data.Get<Scheduler>().TickAsync(default);
        data.Clock.Advance(TimeSpan.FromHours(1));
        Assert.True(await data.Get<Scheduler>().TickAsync(default) > 0);

        Assert.True(await data.ReadAsync(db => db.Jobs.AnyAsync(j => j.Kind == "hourly")));
        Assert.False(await data.ReadAsync(db => db.Schedules.AnyAsync(s => s.Kind == "never")));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task CleanUps_AreScheduledJobs_EachOnItsOwn(DatabaseKind kind)
    {
        var faults = new FaultyCommands { Fault = text => text.Contains("VerificationCodes", StringComparison.Ordinal)
            ? new InvalidOperationException() : null };
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IInterceptor>(faults));
        await data.Get<Scheduler>().TickAsync(default);
        data.Clock.Advance(TimeSpan.FromHours(1));
        await data.Get<Scheduler>().TickAsync(default);

        await data.Get<JobRunner>().RunWaitingAsync(default);

        var states = await data.ReadAsync(db => db.Jobs.ToDictionaryAsync(j => j.Kind, j => j.State));
        Assert.Equal(JobState.Failed, states["clean-up.codes"]);
        foreach (var part in new[] { "clean-up.answers", "clean-up.imports", "clean-up.sessions", "clean-up.documents",
            "documents.reminders", "clean-up.outbox" })
            Assert.True(states[part] == JobState.Done, part);
    }

    private static async Task<long> AddAsync(TestServices data)
    {
        var job = new Job { Kind = Kind, OwnerName = "Test", CreatedAt = data.Clock.GetUtcNow() };
        await data.WriteAsync(db =>
        {
            db.Jobs.Add(job);
            return Task.CompletedTask;
        });
        return job.Id;
    }

    private static Task<Job> JobAsync(TestServices data, long id) =>
        data.ReadAsync(db => db.Jobs.AsNoTracking().SingleAsync(j => j.Id == id));

    /// <summary>Lets the clock go on until the work has ended.</summary>
    private static async Task FinishAsync(TestServices data, Task work)
    {
        while (!work.IsCompleted)
        {
            data.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await work;
    }

    private sealed class Work : IJobHandler
    {
        private int _runs;
        private int _ends;

        public string Kind => JobRunnerTests.Kind;

        public Func<CancellationToken, Task> Run { get; set; } = _ => Task.CompletedTask;

        public Action Ended { get; init; } = () => { };

        public int Runs => _runs;

        public int Ends => _ends;

        public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _runs);
            return Run(cancellationToken);
        }

        public Task EndedAsync(long subjectId, JobState state, string? fault, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _ends);
            Ended();
            return Task.CompletedTask;
        }
    }

    private sealed class Never : IScheduledJob
    {
        public string Kind => "never";

        public string Cron => "0 0 30 2 *";

        public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Hourly : IScheduledJob
    {
        public string Kind => "hourly";

        public string Cron => "0 * * * *";

        public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
