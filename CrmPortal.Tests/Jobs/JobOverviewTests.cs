using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Jobs;

/// <summary>All jobs in one place: listed page by page, and done again where that is safe.</summary>
public sealed class JobOverviewTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_GoesOnWhereItEnded_AndTellsOpenOnesFromThoseThatAreOver(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsAsync(Permissions.ImportsRun);
        var overview = manager.Get<JobOverviewService>();
        var done = await AddAsync(data, JobState.Done, JobState.Done, JobState.Failed, JobState.Done, JobState.Cancelled);
        var open = await AddAsync(data, JobState.Running, JobState.Waiting);

        var (first, next) = await overview.ListAsync(JobFilter.All, null, 3, default);
        var (rest, end) = await overview.ListAsync(JobFilter.All, next, 3, default);

        Assert.Equal(done.AsEnumerable().Reverse(), first.Concat(rest).Select(r => r.Details.Id));
        Assert.Null(end);
        Assert.Equal([done[2]], (await overview.ListAsync(JobFilter.Failed, null, 3, default)).Jobs.Select(r => r.Details.Id));
        Assert.Equal([done[4]], (await overview.ListAsync(JobFilter.Cancelled, null, 3, default)).Jobs.Select(r => r.Details.Id));
        Assert.Equal(open, (await overview.OpenAsync(default)).Select(j => j.Id));
        await Assert.ThrowsAsync<RuleViolationException>(() => overview.ListAsync(JobFilter.All, null, 0, default));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Retry_OfAFailedJob_IsDoneOnce_AsWhoeverStartedIt_AndLogged(DatabaseKind kind)
    {
        var work = new Work { Fails = true };
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IJobHandler>(work));
        await using var manager = await data.AsAsync(Permissions.ImportsRun);
        var overview = manager.Get<JobOverviewService>();
        var job = Assert.Single(await AddAsync(data, JobState.Waiting));
        await data.Get<JobRunner>().RunWaitingAsync(default);
        Assert.True(Assert.Single((await overview.ListAsync(JobFilter.Failed, null, 5, default)).Jobs).MayRetry);
        work.Fails = false;

        var again = await overview.RetryAsync(job, default);
        var refused = await Assert.ThrowsAsync<RuleViolationException>(() => overview.RetryAsync(job, default));
        await data.Get<JobRunner>().RunWaitingAsync(default);

        Assert.Equal("The same work is already waiting or running.", refused.Message);
        Assert.Equal("Somebody has retried this job already.",
            (await Assert.ThrowsAsync<RuleViolationException>(() => overview.RetryAsync(job, default))).Message);
        var rows = (await overview.ListAsync(JobFilter.All, null, 5, default)).Jobs;
        Assert.Equal([(again!.Value, JobState.Done, null, "Test"), (job, JobState.Failed, again, "Test")],
            rows.Select(r => (r.Details.Id, r.Details.State, r.RetriedById, r.Details.OwnerName)));
        Assert.All(rows, r => Assert.False(r.MayRetry));
        Assert.Equal(manager.UserId, await data.ReadAsync(db => db.AuditEntries.Where(e => e.EntityType == nameof(Job)
            && e.Action == AuditAction.Created && e.EntityId == again).Select(e => e.ChangeSet!.ActorId).SingleAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Retry_OfWhatEndedWell_OrStartsElsewhere_IsRefused(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton<IJobHandler>(new Work()));
        await using var manager = await data.AsAsync(Permissions.ImportsRun);
        var overview = manager.Get<JobOverviewService>();
        var done = Assert.Single(await AddAsync(data, JobState.Done));
        var import = Assert.Single(await AddAsync(data, "import.publish", JobState.Failed));

        await Assert.ThrowsAsync<RuleViolationException>(() => overview.RetryAsync(done, default));
        await Assert.ThrowsAsync<RuleViolationException>(() => overview.RetryAsync(import, default));

        Assert.Null(await overview.RetryAsync(import + 100, default));
        Assert.Equal(2, await data.ReadAsync(db => db.Jobs.CountAsync()));
        Assert.False((await overview.ListAsync(JobFilter.Failed, null, 5, default)).Jobs.Single().MayRetry);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Scheduled_SaysWhenNext_AndHowTheLastRunEnded(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsAsync(Permissions.ImportsRun);
        var overview = manager.Get<JobOverviewService>();
        Assert.All(await overview.ScheduledAsync(default), s => Assert.Null(s.NextAt));
        await data.Get<Scheduler>().TickAsync(default);
        data.Clock.Advance(TimeSpan.FromDays(1));
        await data.Get<Scheduler>().TickAsync(default);
        await data.Get<JobRunner>().RunWaitingAsync(default);

        var rows = await overview.ScheduledAsync(default);

        Assert.True(rows.Count > 8);
        Assert.All(rows, s => Assert.Equal((true, true, JobState.Done),
            (s.NextAt > data.Clock.GetUtcNow(), s.LastAt is not null, s.LastState)));
        Assert.Equal(rows.OrderBy(r => r.NextAt).Select(r => r.NextAt), rows.Select(r => r.NextAt));
    }

    private static Task<List<long>> AddAsync(TestServices data, params JobState[] states) => AddAsync(data, Work.Name, states);

    private static async Task<List<long>> AddAsync(TestServices data, string kind, params JobState[] states)
    {
        var jobs = states.Select(state => new Job { Kind = kind, OwnerName = "Test", CreatedAt = data.Clock.GetUtcNow(), State = state,
            SeenAt = data.Clock.GetUtcNow() }).ToList();
        await data.WriteAsync(db =>
        {
            db.Jobs.AddRange(jobs);
            return Task.CompletedTask;
        });
        return [.. jobs.Select(j => j.Id)];
    }

    private sealed class Work : IJobHandler
    {
        public const string Name = "test";

        public bool Fails { get; set; }

        public string Kind => Name;

        public bool IsRepeatable => true;

        public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
            Fails ? throw new RuleViolationException("", "It does not work today.") : Task.CompletedTask;
    }
}
