using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Tickets;

/// <summary>Targets and urgency where something else than the ticket changes.</summary>
public sealed class TicketRecountTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_WhoBecomesAVip_MovesTheirUnsolvedTickets(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, bo) = (await data.AddCustomerAsync(email: "ada@example.com"), await data.AddCustomerAsync(email: "bo@example.com"));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var tickets = manager.Get<TicketService>();
        var open = await tickets.CreateAsync(new() { CustomerId = ada.Id, Subject = "a", Text = "b" }, Token);
        var solved = await tickets.CreateAsync(new() { CustomerId = ada.Id, Subject = "a", Text = "b" }, Token);
        await tickets.ChangeAsync(solved.Id, new() { State = TicketState.Solved }, Token);
        var others = await tickets.CreateAsync(new() { CustomerId = bo.Id, Subject = "a", Text = "b" }, Token);
        await data.DispatchAsync();
        var version = (await tickets.GetAsync(open.Id, Token))!.Version;

        await manager.Customers.SetVipAsync(ada.Id, true, "Loyal", Token);
        Assert.Empty((await tickets.GetAsync(open.Id, Token))!.Urgency);
        await data.DispatchAsync();

        Assert.Equal([new UrgencyShift(UrgencyReason.Vip, 8)], (await tickets.GetAsync(open.Id, Token))!.Urgency);
        Assert.Equal(version, (await tickets.GetAsync(open.Id, Token))!.Version);
        Assert.Empty((await tickets.GetAsync(solved.Id, Token))!.Urgency);
        Assert.Empty((await tickets.GetAsync(others.Id, Token))!.Urgency);
        Assert.Equal([open.Id, others.Id], (await tickets.ListAsync(new(TicketView.Open, Sort: TicketSort.Urgency, Descending: false),
            new(1, 10),
            Token)).Items.Select(t => t.Id));
        // Other changes of a customer move nothing.
        await data.WriteAsync(db => db.Tickets.ExecuteUpdateAsync(t => t.SetProperty(x => x.Urgency, "Vip:1"), Token));
        await manager.Customers.UpdateAsync(ada.Id, new() { GivenName = "Augusta" }, null, null, Token);
        await data.DispatchAsync();
        Assert.Equal(1, (await tickets.GetAsync(open.Id, Token))!.Urgency.Single().Hours);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Hours_AndServiceLevels_AreAppliedToUnsolvedTickets_InTheBackground(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var (tickets, levels) = (manager.Get<TicketService>(), manager.Get<ServiceLevelService>());
        foreach (var known in await levels.PoliciesAsync(Token)) await levels.RemovePolicyAsync(known.Id, Token);
        var ids = new List<long>();
        for (var i = 0; i < 230; i++)
            ids.Add((await tickets.CreateAsync(new() { ContactName = "Bo", Subject = "a", Text = "b" }, Token)).Id);
        await tickets.ChangeAsync(ids[0], new() { State = TicketState.Solved }, Token);
        await RunAsync(data);
        Assert.Equal(0, await DueAsync(data));

        var calendar = (await levels.SaveCalendarAsync(null, "Always", BusinessHours.Always, true, Token))!.Part;
        var policy = (await levels.SavePolicyAsync(null, new() { Name = "Fast", CalendarId = calendar.Id, FirstResponseMinutes = 60 },
            Token))!.Part;
        await data.DispatchAsync();
        // One job does for both changes.
        Assert.Equal(1, await data.ReadAsync(db => db.Jobs.CountAsync(j => j.Kind == "tickets.recount" && j.State == JobState.Waiting,
            Token)));
        await RunAsync(data);

        Assert.Equal(229, await DueAsync(data));
        var first = (await tickets.GetAsync(ids[1], Token))!;
        Assert.Equal(first.CreatedAt.AddHours(1), first.Targets.FirstResponseDue);
        Assert.Null((await tickets.GetAsync(ids[0], Token))!.Targets.Policy);
        var job = await data.ReadAsync(db => db.Jobs.OrderByDescending(j => j.Id).FirstAsync(j => j.Kind == "tickets.recount", Token));
        Assert.Equal((JobState.Done, 229), (job.State, job.Total));

        var never = new BusinessHours(LocalZone.Utc, new Dictionary<DayOfWeek, IReadOnlyList<OpenTime>>
        {
            [DayOfWeek.Monday] = [new(8 * 60, 9 * 60)],
        });
        await levels.SaveCalendarAsync(calendar.Id, "Always", never, true, Token);
        await RunAsync(data);
        Assert.NotEqual(first.Targets.FirstResponseDue, (await tickets.GetAsync(ids[1], Token))!.Targets.FirstResponseDue);
        await levels.RemovePolicyAsync(policy.Id, Token);
        await RunAsync(data);
        Assert.Equal(0, await DueAsync(data));
    }

    private static async Task RunAsync(TestServices data)
    {
        await data.DispatchAsync();
        await data.Get<JobRunner>().RunWaitingAsync(Token);
    }

    private static Task<int> DueAsync(TestServices data) => data.ReadAsync(db => db.Tickets.CountAsync(t => t.FirstResponseDue != null
        && t.FirstResponseAt == null && t.UrgentAt != null, Token));
}
