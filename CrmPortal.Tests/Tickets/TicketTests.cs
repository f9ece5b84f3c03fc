using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;
using CrmPortal.Core.Upkeep;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Tickets;

/// <summary>A ticket from the first word to its end, as agents work on it.</summary>
public sealed class TicketTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Agent_NotesACall_Answers_AndSolves(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var tickets = agent.Get<TicketService>();

        var ticket = await tickets.CreateAsync(new()
        {
            CustomerId = customer.Id, Subject = "  Parcel\r\nis late ", Text = "Where is my **parcel**?", Tags = ["Delivery", "delivery "],
        }, Token);

        Assert.Equal((TicketState.New, "Parcel is late", "Ada Lovelace", TicketChannel.Phone), (ticket.State, ticket.Subject,
            ticket.Requester.Name, ticket.Channel));
        Assert.Equal(["delivery"], ticket.Tags);
        Assert.True(ticket.IsAnswerDue);
        Assert.Equal(1, await OpenAsync(data, customer.Id));

        var reply = (await tickets.ReplyAsync(ticket.Id, new() { Text = "It comes tomorrow.", State = TicketState.Pending,
            PendingUntil = data.Clock.GetUtcNow().AddDays(2) }, Token))!;
        Assert.NotNull(reply.LeavesAt);
        var pending = (await tickets.GetAsync(ticket.Id, Token))!;
        Assert.Equal((TicketState.Pending, agent.UserId), (pending.State, pending.AssigneeId));
        // It has not left yet, so the customer still waits.
        Assert.True(pending.IsAnswerDue);
        Assert.Equal(0, await MailsAsync(data));

        data.Clock.Advance(TimeSpan.FromSeconds(11));
        await RunAsync(data, c => c.SendDueAsync(Token));
        await RunAsync(data, c => c.SendDueAsync(Token));
        var mail = await data.ReadAsync(db => db.OutgoingMails.SingleAsync(Token));
        Assert.Equal(("ada@example.com", "Re: Parcel is late"), (mail.To, mail.Subject));
        Assert.Contains("> Where is my **parcel**?", mail.Text, StringComparison.Ordinal);
        Assert.StartsWith("It comes tomorrow.", mail.Text, StringComparison.Ordinal);
        Assert.False((await tickets.GetAsync(ticket.Id, Token))!.IsAnswerDue);

        data.Clock.Advance(TimeSpan.FromDays(2));
        await RunAsync(data, c => c.ReopenDueAsync(Token));
        Assert.Equal(TicketState.Open, (await tickets.GetAsync(ticket.Id, Token))!.State);

        var solved = (await tickets.ChangeAsync(ticket.Id, new() { State = TicketState.Solved }, Token))!;
        Assert.False(solved.Part.IsUnsolved);
        Assert.Equal(0, await OpenAsync(data, customer.Id));
        await agent.Get<UndoService>().UndoAsync(solved.ChangeSetId!.Value, false, Token);
        Assert.Equal((TicketState.Open, 1), ((await tickets.GetAsync(ticket.Id, Token))!.State, (await tickets.GetAsync(ticket.Id, Token))!
            .ReopenedCount));
        Assert.Equal(1, await OpenAsync(data, customer.Id));

        await tickets.ChangeAsync(ticket.Id, new() { State = TicketState.Solved }, Token);
        data.Clock.Advance(TimeSpan.FromDays(8));
        await RunAsync(data, c => c.CloseAsync(Token));
        Assert.Equal(TicketState.Closed, (await tickets.GetAsync(ticket.Id, Token))!.State);
        var kinds = await data.ReadAsync(db => db.TicketEvents.OrderBy(e => e.Id).Select(e => e.Kind).ToListAsync(Token));
        Assert.Equal([TicketEventKind.Created, TicketEventKind.Paused, TicketEventKind.Assigned, TicketEventKind.AgentReplied,
            TicketEventKind.Resumed, TicketEventKind.Solved, TicketEventKind.Reopened, TicketEventKind.Solved, TicketEventKind.Closed],
                kinds);
        await using var system = data.AsSystem();
        Assert.Equal(0, await system.Get<RecalculateService>().RunAsync(null, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Reply_IsTakenBack_BeforeItLeaves_AndNotAfter(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var colleague = await data.AsRoleAsync(RoleNames.SupportAgent);
        var tickets = agent.Get<TicketService>();
        var ticket = await tickets.CreateAsync(new() { ContactName = "Bo", ContactEmail = "BO@example.com", Subject = "Hi",
            Text = "Hello" },
            Token);
        await using var content = new MemoryStream("a,b"u8.ToArray());
        var file = (await tickets.UploadAsync(ticket.Id, "C:\\tmp\\list.csv", "text/csv", content, Token))!;
        var first = (await tickets.ReplyAsync(ticket.Id, new() { Text = "Too soon", FileIds = [file.Id] }, Token))!;

        Assert.Null(await colleague.Get<TicketService>().TakeBackAsync(first.Id, Token));
        Assert.Equal("Too soon", await tickets.TakeBackAsync(first.Id, Token));
        Assert.Null(await tickets.TakeBackAsync(first.Id, Token));
        Assert.Equal((1, 1), ((await tickets.MessagesAsync(ticket.Id, null, Token)).Messages.Count,
            (await tickets.GetAsync(ticket.Id, Token))!.MessageCount));
        Assert.Equal(["list.csv"], (await tickets.UnsentFilesAsync(ticket.Id, Token)).Select(f => f.Name));

        var second = (await tickets.ReplyAsync(ticket.Id, new() { Text = "Well", FileIds = [file.Id] }, Token))!;
        data.Clock.Advance(TimeSpan.FromMinutes(1));
        await RunAsync(data, c => c.SendDueAsync(Token));
        Assert.Null(await tickets.TakeBackAsync(second.Id, Token));
        var sent = await data.ReadAsync(db => db.OutgoingMails.Include(m => m.Files).SingleAsync(Token));
        Assert.Equal(("bo@example.com", "a,b"), (sent.To, System.Text.Encoding.UTF8.GetString(sent.Files.Single().Content)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Search_FindsWordsOfMessages_SubjectsNumbersAndCustomers(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Zoë", "Müller", "zoe@example.com");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var tickets = agent.Get<TicketService>();
        var tea = await tickets.CreateAsync(new() { CustomerId = customer.Id, Subject = "Tee fehlt", Text = "Die Kanne ist zerbrochen." },
            Token);
        var mug = await tickets.CreateAsync(new() { ContactName = "Bo", ContactEmail = "bo@example.com", Subject = "Mug", Text = "茶碗が割れた" },
            Token);
        await tickets.NoteAsync(mug.Id, "Ask O'Brien about crème brûlée", [], Token);

        async Task<string> Find(string typed) => string.Join(' ',
            (await tickets.ListAsync(new(Search: typed), new(1, 10), Token)).Items.Select(t => t.Id).Order());

        Assert.Equal($"{tea.Id}", await Find("zerbr"));
        Assert.Equal($"{tea.Id}", await Find("TEE kanne"));
        Assert.Equal($"{tea.Id}", await Find("muller"));
        Assert.Equal($"{mug.Id}", await Find("creme obrien"));
        Assert.Equal($"{mug.Id}", await Find("割れ"));
        Assert.Equal($"{mug.Id}", await Find(mug.Name.ToLowerInvariant()));
        Assert.Equal($"{mug.Id}", await Find("bo@example.com"));
        Assert.Equal("", await Find("kanne mug"));
        Assert.Equal("", await Find("\"* OR ') & :* |"));
        await tickets.ChangeAsync(tea.Id, new() { Subject = "Porzellan" }, Token);
        Assert.Equal(($"{tea.Id}", ""), (await Find("porz"), await Find("tee")));
        Assert.Equal((1, 2), ((await tickets.CountAsync(new(Search: "kanne"), null, Token)).Rows, (await tickets.CountAsync(new(), null,
            Token))
            .Rows));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Tickets_AreMergedSplitAndLinked_AndNothingIsLost(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada");
        var other = await data.AddCustomerAsync("Bo");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var tickets = agent.Get<TicketService>();
        var one = await NewAsync(tickets, customer.Id, "One");
        var two = await NewAsync(tickets, customer.Id, "Two");
        var foreign = await NewAsync(tickets, other.Id, "Three");
        await tickets.NoteAsync(two.Id, "A note", [], Token);
        await tickets.FollowAsync(two.Id, true, Token);

        await Assert.ThrowsAsync<RuleViolationException>(() => tickets.MergeAsync(one.Id, [foreign.Id], Token));
        var merged = (await tickets.MergeAsync(one.Id, [two.Id], Token))!;

        Assert.Equal((3, true, 1), (merged.MessageCount, merged.IsFollowed, await OpenAsync(data, customer.Id)));
        Assert.Equal(3, (await tickets.MessagesAsync(one.Id, null, Token)).Messages.Count);
        Assert.Equal((TicketState.Closed, one.Id), ((await tickets.GetAsync(two.Id, Token))!.State, (await tickets.GetAsync(two.Id, Token))!
            .MergedIntoId));
        await Assert.ThrowsAsync<RuleViolationException>(() => tickets.ReplyAsync(two.Id, new() { Text = "x" }, Token));
        await Assert.ThrowsAsync<RuleViolationException>(() => tickets.MergeAsync(one.Id, [two.Id], Token));

        var note = (await tickets.MessagesAsync(one.Id, null, Token)).Messages.Single(m => m.Kind == TicketMessageKind.Internal);
        var split = (await tickets.SplitAsync(note.Id, "Another matter", Token))!;
        Assert.Equal((1, 2, TicketTieKind.SplitFrom), (split.MessageCount, (await tickets.GetAsync(one.Id, Token))!.MessageCount,
            split.Ties.Single().Tie));
        Assert.Equal(2, await OpenAsync(data, customer.Id));

        Assert.True(await tickets.LinkAsync(foreign.Id, one.Id, true, Token));
        Assert.True(await tickets.LinkAsync(one.Id, foreign.Id, true, Token));
        Assert.Contains((await tickets.GetAsync(foreign.Id, Token))!.Ties, t => t.Id == one.Id && t.Tie == TicketTieKind.Linked);
        Assert.True(await tickets.LinkAsync(one.Id, foreign.Id, false, Token));
        Assert.Empty((await tickets.GetAsync(foreign.Id, Token))!.Ties);
        Assert.False(await tickets.LinkAsync(one.Id, 999, true, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Order_OfWork_FollowsWhatIsDueAndWhatIsAtStake_AndSaysWhy(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var plain = await data.AddCustomerAsync("Plain");
        var vip = await data.AddCustomerAsync("Vip");
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Customers.SetVipAsync(vip.Id, true, "Known", Token);
        var tickets = manager.Get<TicketService>();
        var first = await NewAsync(tickets, plain.Id, "First");
        data.Clock.Advance(TimeSpan.FromHours(4));
        var second = await NewAsync(tickets, vip.Id, "Second");
        data.Clock.Advance(TimeSpan.FromHours(1));
        var third = await NewAsync(tickets, plain.Id, "Third");
        await tickets.ChangeAsync(third.Id, new() { Priority = TicketPriority.Urgent }, Token);
        var low = await NewAsync(tickets, vip.Id, "Low");
        await tickets.ChangeAsync(low.Id, new() { Priority = TicketPriority.Low }, Token);

        var work = (await tickets.ListAsync(new(TicketView.Open, Sort: TicketSort.Urgency), new(1, 10), Token)).Items;

        Assert.Equal([third.Id, second.Id, first.Id, low.Id], work.Select(t => t.Id));
        Assert.Equal([new(UrgencyReason.Vip, 8)], work[1].Urgency);
        Assert.Equal([new(UrgencyReason.Priority, -24), new(UrgencyReason.Vip, 8)], work[3].Urgency);
        Assert.Empty(work[2].Urgency);
        var (changed, changeSet) = await tickets.ChangeManyAsync([first.Id, second.Id, 999], new() { AssigneeId = manager.UserId,
            AddedTags = ["Shared"] }, Token);
        Assert.Equal(2, changed);
        Assert.Equal([second.Id, first.Id],
            (await tickets.ListAsync(new(TicketView.Mine, Filter: "tags:any:shared", Sort: TicketSort.Urgency), new(1, 10), Token)).Items
                .Select(t => t.Id));
        Assert.Equal((4, 2, 2), ((await tickets.CountViewsAsync(Token))[TicketView.Open], (await tickets.CountViewsAsync(Token))[TicketView
            .Mine], (await tickets.CountViewsAsync(Token))[TicketView.Unassigned]));
        await manager.Get<UndoService>().UndoAsync(changeSet!.Value, false, Token);
        Assert.Equal(0, (await tickets.CountViewsAsync(Token))[TicketView.Mine]);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Colleagues_AreToldOfWhatIsTheirs_Once(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var colleague = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var clerk = await data.AsRoleAsync(RoleNames.Staff);
        var name = await data.ReadAsync(db => db.Users.Where(u => u.Id == colleague.UserId).Select(u => u.DisplayName).SingleAsync(Token));
        var tickets = agent.Get<TicketService>();
        var ticket = await NewAsync(tickets, (await data.AddCustomerAsync()).Id, "Help");

        await tickets.ChangeAsync(ticket.Id, new() { AssigneeId = colleague.UserId }, Token);
        await tickets.NoteAsync(ticket.Id, $"@{name} please look", [], Token);
        await tickets.NoteAsync(ticket.Id, $"@{name} please", [], Token);

        var told = await colleague.Get<NotificationService>().ListAsync(Token);
        Assert.Equal([NotificationKind.TicketMentioned, NotificationKind.TicketAssigned], told.Select(n => n.Kind));
        Assert.All(told, n => Assert.Equal((ticket.Id, "Help"), (n.TicketId, n.Text)));
        await Assert.ThrowsAsync<RuleViolationException>(() => tickets.ChangeAsync(ticket.Id, new() { AssigneeId = clerk.UserId }, Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => clerk.Get<TicketService>().GetAsync(ticket.Id, Token));
        await tickets.SaveDraftAsync(ticket.Id, "reply", "Half a sen", Token);
        await tickets.SaveDraftAsync(ticket.Id, "reply", "Half a sentence", Token);
        Assert.Equal("Half a sentence", (await tickets.DraftsAsync(ticket.Id, Token))["reply"]);
        Assert.Empty(await colleague.Get<TicketService>().DraftsAsync(ticket.Id, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Change_ByTwoAtOnce_IsAConflict_AndWrongInputChangesNothing(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var tickets = agent.Get<TicketService>();
        var ticket = await NewAsync(tickets, (await data.AddCustomerAsync()).Id, "Help");
        await tickets.ChangeAsync(ticket.Id, new() { Priority = TicketPriority.High }, Token, ticket.Version);

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() =>
            tickets.ChangeAsync(ticket.Id, new() { Priority = TicketPriority.Low }, Token, ticket.Version));
        var wrong = await Assert.ThrowsAsync<RuleViolationException>(() => tickets.ChangeAsync(ticket.Id, new()
        {
            Subject = " ", QueueId = 99, AssigneeId = 99, OrderId = 99, CustomerId = 99, State = TicketState.Pending,
            PendingUntil = data.Clock.GetUtcNow().AddDays(-1),
        }, Token));
        Assert.Equal(["AssigneeId", "CustomerId", "OrderId", "PendingUntil", "QueueId", "Subject"], wrong.Errors.Select(e =>
            e.Field).Order());
        var nothing = await Assert.ThrowsAsync<RuleViolationException>(() => tickets.CreateAsync(new(), Token));
        Assert.Equal(["CustomerId", "Subject", "Text"], nothing.Errors.Select(e => e.Field).Order());
        Assert.Null(await tickets.ChangeAsync(999, new() { Priority = TicketPriority.Low }, Token));
        Assert.Null(await tickets.ReplyAsync(999, new() { Text = "x" }, Token));
        Assert.Equal(("Help", TicketPriority.High), ((await tickets.GetAsync(ticket.Id, Token))!.Subject, (await tickets.GetAsync(ticket.Id,
            Token))!.Priority));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_WhoIsRemovedForGood_TakesTheirConversationsAndFiles(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        var tickets = administrator.Get<TicketService>();
        var ticket = await NewAsync(tickets, customer.Id, "Mine");
        var before = await tickets.CreateAsync(new() { ContactEmail = "ADA@example.com", Subject = "Before", Text = "I wrote before" },
            Token);
        await using var content = new MemoryStream("secret"u8.ToArray());
        var file = (await tickets.UploadAsync(ticket.Id, "a.txt", "text/plain", content, Token))!;
        await tickets.ReplyAsync(ticket.Id, new() { Text = "x", FileIds = [file.Id] }, Token);

        await administrator.Trash.DeleteAsync(customer.Id, Token);
        await administrator.Trash.PurgeAsync(customer.Id, Token);

        Assert.Null(await tickets.GetAsync(ticket.Id, Token));
        Assert.Null(await tickets.GetAsync(before.Id, Token));
        Assert.Equal((0, 0), await data.ReadAsync(async db => (await db.TicketMessages.CountAsync(Token),
            await db.TicketFiles.CountAsync(Token))));
        Assert.Empty((await tickets.ListAsync(new(Search: "wrote"), new(1, 10), Token)).Items);
        Assert.Null(await tickets.OpenFileAsync(file.Id, Token));
    }

    private static Task<TicketDetails> NewAsync(TicketService tickets, long customerId, string subject) =>
        tickets.CreateAsync(new() { CustomerId = customerId, Subject = subject, Text = subject + " text" }, Token);

    private static Task<int> OpenAsync(TestServices data, long customerId) =>
        data.ReadAsync(db => db.Customers.Where(c => c.Id == customerId).Select(c => c.OpenTickets).SingleAsync(Token));

    private static Task<int> MailsAsync(TestServices data) => data.ReadAsync(db => db.OutgoingMails.CountAsync(Token));

    internal static async Task RunAsync(TestServices data, Func<TicketClockwork, Task> work)
    {
        await using var system = data.AsSystem();
        await work(system.Get<TicketClockwork>());
    }
}
