using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Tests.Loyalty;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static CrmPortal.Tests.Loyalty.TestProgramme;

namespace CrmPortal.Tests.Jobs;

/// <summary>What comes every night: once, whatever the number of nodes, and once for all nights that were missed.</summary>
public sealed class SchedulerTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task NightlyWork_OnTwoNodes_IsMadeOnce_AndMissedNightsRunOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var other = TestServices.On(data.Database, data.Clock);
        Scheduler[] nodes = [data.Get<Scheduler>(), other.Get<Scheduler>()];
        await TickAsync();
        Assert.Equal(0, await data.ReadAsync(db => db.Jobs.CountAsync()));
        Assert.Equal(At("2026-03-11T02:00:00Z"), await NextAsync());

        data.Clock.Set(At("2026-03-11T02:00:30Z"));
        await TickAsync();
        await TickAsync();
        var job = Assert.Single(await JobsAsync());
        Assert.Equal((JobState.Waiting, null), (job.State, job.OwnerId));
        await data.Get<JobRunner>().RunWaitingAsync(default);
        Assert.Equal(JobState.Done, Assert.Single(await JobsAsync()).State);
        Assert.Equal((At("2026-03-12T02:00:00Z"), job.Id),
            (await NextAsync(), await data.ReadAsync(db => db.Schedules.Where(s => s.Kind == TierReview.Name).Select(s => s.LastJobId)
            .SingleAsync())));

        // The program stood still for most of a week.
        data.Clock.Set(At("2026-03-17T15:00:00Z"));
        await TickAsync();
        Assert.Equal(2, (await JobsAsync()).Count);
        Assert.Equal(At("2026-03-18T02:00:00Z"), await NextAsync());
        // The run of last night is still waiting, so there is no second one beside it.
        data.Clock.Set(At("2026-03-18T03:00:00Z"));
        await TickAsync();
        Assert.Equal(2, (await JobsAsync()).Count);

        async Task TickAsync() => await Task.WhenAll(nodes.Select(n => Task.Run(() => n.TickAsync(default))));
        Task<List<Job>> JobsAsync() => data.ReadAsync(db => db.Jobs.AsNoTracking().Where(j => j.Kind == TierReview.Name).OrderBy(j => j.Id)
            .ToListAsync());
        Task<DateTimeOffset> NextAsync() => data.ReadAsync(db => db.Schedules.Where(s => s.Kind == TierReview.Name).Select(s => s.NextAt)
            .SingleAsync());
    }

    [Theory]
    [InlineData("Europe/London", 1, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z")] // One o'clock is skipped that night.
    [InlineData("Europe/London", 3, "2026-06-01T01:59:00Z", "2026-06-01T02:00:00Z")]
    [InlineData("Europe/London", 3, "2026-06-01T02:00:00Z", "2026-06-02T02:00:00Z")]
    [InlineData("Pacific/Auckland", 2, "2026-03-10T12:00:00Z", "2026-03-10T13:00:00Z")]
    public void NextTime_FollowsTheShopsClock(string zone, int hour, string now, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), new ScheduledJob("x", $"0 {hour} * * *")
            .After(At(now), LocalZone.Of(zone)));

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Reminder_OfPointsThatRunOut_ComesOnce_AndAMissedNightIsMadeUpFor(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var reader = await data.AddReaderAsync(MessageKind.Reminders);
        var silent = await data.AddCustomerAsync("Bob", "Silent", "bob@example.com");
        foreach (var (id, points, days) in new[] { (reader.Id, 40L, 30), (reader.Id, 60, 20), (reader.Id, 500, 31), (reader.Id, 700, 33),
            (silent.Id, 10, 30) }) await data.AddPointsAsync(id, points, days);

        Assert.Equal(1, await data.RemindAsync());
        Assert.Equal(0, await data.RemindAsync());
        Assert.Equal(["Ada Lovelace: 100 until 2026-03-30"], data.Letters.Loyalty);
        // Two nights without a run: both lots that came near in them stand in one mail.
        data.Clock.Set(At("2026-03-13T09:00:00Z"));
        Assert.Equal(1, await data.RemindAsync());
        Assert.Equal("Ada Lovelace: 1200 until 2026-04-10", data.Letters.Loyalty.Last());
        Assert.Equal(2, await data.ReadAsync(db => db.OutgoingMails.CountAsync(m => m.To == "ada@example.com")));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Reminder_OfPointsThatLastNoLongerThanItIsSentAhead_ComesOnceToo(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var reader = await data.AddReaderAsync(MessageKind.Reminders);
        Assert.Equal(0, await data.RemindAsync());
        // Booked after the run in which the reminders of their last days were sent.
        data.Clock.Set(At("2026-03-10T18:00:00Z"));
        foreach (var (points, days) in new[] { (25L, 10), (40, 30), (15, 60) }) await data.AddPointsAsync(reader.Id, points, days);

        data.Clock.Set(At("2026-03-11T02:00:00Z"));
        Assert.Equal(1, await data.RemindAsync());
        Assert.Equal(0, await data.RemindAsync());
        data.Clock.Set(At("2026-03-12T02:00:00Z"));
        Assert.Equal(0, await data.RemindAsync());
        Assert.Equal(["Ada Lovelace: 65 until 2026-03-20"], data.Letters.Loyalty);

        // Longer ones still come when their day is near.
        data.Clock.Set(At("2026-04-20T02:00:00Z"));
        Assert.Equal(1, await data.RemindAsync());
        Assert.Equal("Ada Lovelace: 15 until 2026-05-09", data.Letters.Loyalty.Last());
    }
}
