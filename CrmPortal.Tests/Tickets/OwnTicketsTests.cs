using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Waiting;
using CrmPortal.Core.Tickets;
using CrmPortal.Core.Timeline;
using CrmPortal.Layout;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Tickets;

/// <summary>Tickets where an agent looks first: home, the worklist, the timeline of a customer.</summary>
public sealed class OwnTicketsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Figures_AreThoseOfTheListsThatTheyLeadTo(DatabaseKind kind)
    {
        await using var desk = await Reports.SupportDesk.OpenAsync(kind, 12, Token);
        await desk.WorkAsync(200, Token);
        var (me, list) = (desk.Scopes[0], desk.Scopes[0].Get<TicketService>());

        var own = await me.Get<OwnTicketsService>().CountAsync(Token);
        var due = await me.Get<OwnTicketsService>().DueAsync(50, Token);

        Assert.Equal(me.UserId, own.UserId);
        Assert.Equal(await CountAsync(TicketView.Mine, null), own.Mine);
        Assert.Equal(await CountAsync(TicketView.Unassigned, null), own.Unassigned);
        Assert.Equal(await CountAsync(TicketView.Mine, "target:any:overdue"), own.Overdue);
        Assert.Equal(await CountAsync(TicketView.Mine, "target:any:within_an_hour"), own.DueSoon);
        Assert.Equal(await CountAsync(TicketView.Mine, "state:any:pending"), own.Pending);
        Assert.Equal(await CountAsync(TicketView.All, $"merged:no;rated_agent:any:{me.UserId};survey:last:30;rating:present"), own.Answered);
        Assert.Equal(await CountAsync(TicketView.All, $"merged:no;rated_agent:any:{me.UserId};survey:last:30;rating:more:3"), own.Good);
        Assert.True(own is { Mine: > 0, Unassigned: > 0, Overdue: > 0, Answered: > 0 }, own.ToString());
        var waiting = (await me.Get<WaitingService>().ListAsync(Token)).Single(c => c.Kind == "tickets");
        Assert.Equal(await CountAsync(TicketView.Open, waiting.Filter), waiting.Count);
        Assert.True(waiting.Count > 1, waiting.ToString());
        Assert.Equal($"/tickets?view=open&filter={Uri.EscapeDataString(waiting.Filter!)}", WaitingEntry.Of(waiting).Address(waiting));
        Assert.Equal("/tickets/7", WaitingEntry.Of(waiting).Address(new("tickets", 1, 7)));
        var now = desk.Data.Clock.GetUtcNow();
        var tonight = desk.Data.Get<ShopClock>().EndOf(desk.Data.Get<ShopClock>().Today);
        var expected = (await desk.ReadAsync(Token)).Where(t => t.IsUnsolved && (t.AssigneeId == me.UserId
            ? t.NextDue <= now || t.PendingUntil < tonight : t.AssigneeId is null && t.NextDue <= now.AddHours(1)))
            .OrderBy(t => t.UrgentAt).ThenBy(t => t.Id).Select(t => t.Id);
        Assert.Equal(expected, due.Select(d => d.Ticket.Id));
        Assert.All(due, d => Assert.Equal((d.Ticket.Assignee is null, d.At <= now), d.Reason switch
        {
            DueReason.UnassignedOverdue => (true, true),
            DueReason.UnassignedSoon => (true, false),
            DueReason.Overdue => (false, true),
            _ => (false, false),
        }));
        Assert.Contains(due, d => d.Reason == DueReason.UnassignedOverdue);

        async Task<int> CountAsync(TicketView view, string? filter) => (await list.CountAsync(new(view, Filter: filter), null, Token)).Rows;
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Timeline_TellsWhatHappenedToTickets_PageByPage_ToThoseWhoWorkOnThem(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var tickets = agent.Get<TicketService>();
        var ticket = await tickets.CreateAsync(new() { CustomerId = customer.Id, Subject = "Parcel", Text = "Where is it?" }, Token);
        await tickets.NoteAsync(ticket.Id, "Only for us", [], Token);
        for (var i = 0; i < 3; i++)
        {
            await tickets.ReplyAsync(ticket.Id, new() { Text = $"Answer {i}" }, Token);
            data.Clock.Advance(TimeSpan.FromMinutes(1));
            await TicketTests.RunAsync(data, c => c.SendDueAsync(Token));
        }

        await tickets.ReplyAsync(ticket.Id, new() { Text = "Not yet", SendAt = data.Clock.GetUtcNow().AddDays(1) }, Token);
        await tickets.ChangeAsync(ticket.Id, new() { State = TicketState.Solved }, Token);
        data.Clock.Advance(TimeSpan.FromMinutes(1));
        await tickets.ChangeAsync(ticket.Id, new() { State = TicketState.Open }, Token);

        var all = new List<TimelineEntry>();
        string? before = null;
        do
        {
            var page = await agent.Get<TimelineService>().ReadAsync(customer.Id, new([TimelineKind.Ticket], null, before, 2), Token);
            all.AddRange(page.Entries);
            before = page.Next;
        }
        while (before is not null);

        Assert.Equal([(TicketStep.Reopened, null), (TicketStep.Solved, null), (TicketStep.AgentReplied, "Answer 2"),
            (TicketStep.AgentReplied, "Answer 1"), (TicketStep.AgentReplied, "Answer 0"), (TicketStep.Created, "Where is it?")],
            all.Select(e => (e.Ticket!.Kind, e.Ticket.Text)));
        Assert.All(all, e => Assert.Equal((ticket.Id, "Parcel"), (e.Ticket!.TicketId, e.Ticket.Subject)));
        Assert.Equal(agent.Actor.Name, all[0].Ticket!.ActorName);
        var found = await agent.Get<TimelineService>().ReadAsync(customer.Id, new([], "answer 1"), Token);
        Assert.Equal("Answer 1", Assert.Single(found.Entries).Ticket!.Text);
        // The ticket's own audit row is not told beside it.
        Assert.DoesNotContain((await agent.Get<TimelineService>().ReadAsync(customer.Id, new([TimelineKind.Change]), Token)).Entries,
            e => e.Change!.Kind == "ticket.create");
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        Assert.Empty((await staff.Get<TimelineService>().ReadAsync(customer.Id, new([TimelineKind.Ticket]), Token)).Entries);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Closing_AndSolving_AreOneSolution_AndNamesOfKeysAreSaid(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var tickets = agent.Get<TicketService>();
        var ticket = await tickets.CreateAsync(new() { ContactEmail = "bo@example.com", Subject = "Hi", Text = "Hello" }, Token);

        await tickets.ChangeAsync(ticket.Id, new() { State = TicketState.Closed }, Token);

        Assert.Equal([TicketEventKind.Created, TicketEventKind.Solved, TicketEventKind.Closed],
            await data.ReadAsync(db => db.TicketEvents.OrderBy(e => e.Id).Select(e => e.Kind).ToListAsync(Token)));
        var catalogue = await tickets.CatalogueAsync($"agent:any:{agent.UserId};queue_id:any:{ticket.QueueId};state:any:open", Token);
        Assert.Equal([agent.Actor.Name], catalogue.Find("agent")!.ChoiceNames!.Values);
        Assert.Equal([ticket.Queue], catalogue.Find("queue_id")!.ChoiceNames!.Values);
        Assert.Same(TicketFilters.Catalogue, await tickets.CatalogueAsync("state:any:open", Token));
        Assert.Same(TicketFilters.Catalogue, await tickets.CatalogueAsync("(wrong", Token));
        Assert.Equal(1, (await tickets.CountAsync(new(Filter: "unsolved_at:is:2026-03-09"), null, Token)).Rows
            + (await tickets.CountAsync(new(Filter: "solved:between:2026-03-10,2026-03-10"), null, Token)).Rows
            + (await tickets.CountAsync(new(Filter: "unsolved_at:is:2026-03-10"), null, Token)).Rows);
    }
}
