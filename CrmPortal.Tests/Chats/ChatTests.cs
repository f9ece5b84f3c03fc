using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Core.Tickets;
using CrmPortal.Core.Timeline;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CrmPortal.Tests.Chats;

/// <summary>A chat from the first word of a visitor to its end.</summary>
public sealed class ChatTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Visitor_Begins_AgentTakesItAndAnswers_AndItIsTheCustomersConversation(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var visitor = Visitor(data);
        await OpenAsync(data, agent);
        var (chats, own, key) = (agent.Get<ChatService>(), visitor.Get<VisitorChatService>(), NewKey());

        var begun = await own.StartAsync(new()
        {
            Key = key, Name = " Ada ", Email = "ADA@example.com", Text = "Do you have **mugs**?", MessageKey = "m1", Language = "en",
            Page = "https://shop.example/mugs?session=secret#top",
        }, Token);

        Assert.Equal((ChatState.Waiting, null), (begun.State, begun.Agent));
        Assert.Equal(["Do you have **mugs**?"], begun.Messages.Select(m => m.Text));
        var row = Assert.Single(await chats.OpenAsync(Token));
        // What they typed: whether they are the customer of this address nobody knows.
        Assert.Equal((customer.Id, "Ada", 1, "Do you have **mugs**?"), (row.CustomerId, row.Visitor, row.Unread, row.Last));
        Assert.Equal((1, 0), await chats.CountWaitingAsync(Token));

        data.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.True(await chats.AcceptAsync(begun.Id, Token));
        var question = begun.Messages[0].Id;
        await chats.ReadAsync(begun.Id, question, Token);
        await chats.SayAsync(begun.Id, "Yes, two kinds.", null, Token);
        await own.SayAsync(key, "m2", "Which?", Token);
        data.Clock.Advance(TimeSpan.FromSeconds(40));
        await chats.SayAsync(begun.Id, "Blue and red.", null, Token);

        var heard = (await own.ResumeAsync(key, question, Token))!;
        Assert.Equal((ChatState.Active, agent.Actor.Name, question), (heard.State, heard.Agent, heard.AgentReadId));
        Assert.Equal([ChatEvent.Joined, null, null, null], heard.Messages.Select(m => m.Event));
        Assert.Equal(["", "Yes, two kinds.", "Which?", "Blue and red."], heard.Messages.Select(m => m.Text));
        var details = (await chats.GetAsync(begun.Id, Token))!;
        Assert.Equal(("https://shop.example/mugs", false, true, "Ada Lovelace"), (details.Page, details.IsIdentified, details.IsMine, details.Customer));

        await own.EndAsync(key, Token);
        Assert.True(await own.RateAsync(key, 5, "Quick!", Token));
        Assert.Equal((ChatState.Ended, 5), ((await own.ResumeAsync(key, 0, Token))!.State, (await chats.GetAsync(begun.Id, Token))!.Score));
        var over = await Assert.ThrowsAsync<RuleViolationException>(() => own.SayAsync(key, "m3", "And green?", Token));
        Assert.Equal("Text", Assert.Single(over.Errors).Field);
        var figures = (await agent.Get<ConversationService>().FiguresAsync(customer.Id, Token))!;
        Assert.Equal((1, 0, 1, 4, 0), (figures.Conversations, figures.Open, figures.Resolved, figures.Messages, figures.Tickets));
        var moment = Assert.Single((await agent.Get<TimelineService>().ReadAsync(customer.Id, new([TimelineKind.Chat]), Token)).Entries);
        Assert.Equal((begun.Id, new ChatEntry("Do you have **mugs**?", agent.Actor.Name, 4, 5)), (moment.Id, moment.Chat));
        Assert.Equal((30.0, 5.0), (figures.AverageResponseSeconds, figures.Satisfaction));
        Assert.Equal(Stored(data.Clock.GetUtcNow()), await data.ReadAsync(db => db.Customers.Where(c => c.Id == customer.Id)
            .Select(c => c.LastInteractionAt).SingleAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task StartAndMessage_SentAgain_AlsoAtOnce_AreThereOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await OpenAsync(data, agent);
        var key = NewKey();
        var start = new ChatStart { Key = key, Text = "Hello", MessageKey = "first", Email = "bo@example.com" };

        var begun = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            await using var visitor = Visitor(data);
            return (await visitor.Get<VisitorChatService>().StartAsync(start, Token)).Id;
        }));
        var said = await Task.WhenAll(Enumerable.Range(0, 40).Select(async number =>
        {
            await using var visitor = Visitor(data);
            return (Number: number % 8, Id: await visitor.Get<VisitorChatService>()
                .SayAsync(key, FormattableString.Invariant($"k{number % 8}"), FormattableString.Invariant($"Text {number % 8}"), Token));
        }));

        Assert.Single(begun.Distinct());
        Assert.All(said.GroupBy(s => s.Number), g => Assert.Single(g.Select(s => s.Id).Distinct()));
        var there = await data.ReadAsync(db => db.ChatMessages.OrderBy(m => m.Id).Select(m => m.Text).ToListAsync(Token));
        Assert.Equal("Hello", there[0]);
        Assert.Equal(Enumerable.Range(0, 8).Select(i => FormattableString.Invariant($"Text {i}")), there.Skip(1).Order());
        Assert.Equal(9, await data.ReadAsync(db => db.Chats.Select(c => c.MessageCount).SingleAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Chat_TakenBySeveralAtOnce_IsOneAgents_WhoTakesNoMoreThanTheySaid(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var agents = new List<TestScope>();
        for (var i = 0; i < 4; i++) agents.Add(await data.AsRoleAsync(RoleNames.SupportAgent));
        await OpenAsync(data, agents[0]);
        await agents[0].Get<ChatService>().SetOwnAsync(true, 1, Token);
        var (first, second) = (await BeginAsync(data, NewKey()), await BeginAsync(data, NewKey()));

        var taken = await Task.WhenAll(agents.Select(a => a.Get<ChatService>().AcceptAsync(first, Token)));

        Assert.Single(taken, t => t);
        var winner = agents[Array.IndexOf(taken, true)];
        Assert.Equal(winner.UserId, (await winner.Get<ChatService>().GetAsync(first, Token))!.AgentId);
        await winner.Get<ChatService>().SetOwnAsync(true, 1, Token);
        await Assert.ThrowsAsync<RuleViolationException>(() => winner.Get<ChatService>().AcceptAsync(second, Token));
        var other = agents.First(a => a != winner);
        Assert.True(await winner.Get<ChatService>().HandOverAsync(first, other.UserId, Token));
        Assert.True(await winner.Get<ChatService>().AcceptAsync(second, Token));
        Assert.True(await winner.Get<ChatService>().HandOverAsync(second, null, Token));
        Assert.Equal(ChatState.Waiting, (await winner.Get<ChatService>().GetAsync(second, Token))!.State);
        foreach (var agent in agents) await agent.DisposeAsync();
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task ChatThatNobodyTakes_BecomesATicket_WhichGetsTheAddressThatIsLeft(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var visitor = Visitor(data);
        await OpenAsync(data, agent, AskedBefore.Nothing);
        var (own, key) = (visitor.Get<VisitorChatService>(), NewKey());
        var begun = await own.StartAsync(new() { Key = key, Text = "My kettle\r\nleaks" }, Token);
        await own.SayAsync(key, null, "Since yesterday", Token);

        Assert.Equal(0, await RunAsync(data));
        data.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(1, await RunAsync(data));
        Assert.Equal(0, await RunAsync(data));

        var missed = (await own.ResumeAsync(key, 0, Token))!;
        Assert.Equal((ChatState.Missed, true, ChatEvent.Missed), (missed.State, missed.NeedsEmail, missed.Messages[^1].Event));
        Assert.True(await own.LeaveAddressAsync(key, "Bo", "BO@example.com", Token));
        Assert.False(await own.LeaveAddressAsync(key, "Eve", "eve@example.com", Token));
        var ticket = await data.ReadAsync(db => db.Tickets.Include(t => t.Messages).SingleAsync(Token));
        Assert.Equal((TicketChannel.Chat, "My kettle leaks", TicketState.New, "bo@example.com", "Bo"),
            (ticket.Channel, ticket.Subject, ticket.State, ticket.ContactEmail, ticket.ContactName));
        Assert.Matches("Visitor: My kettle\n?.*leaks\n.* Visitor: Since yesterday$", Assert.Single(ticket.Messages).Text.ReplaceLineEndings("\n"));
        Assert.Equal(ticket.Id, (await agent.Get<ChatService>().MakeTicketAsync(begun.Id, "Another", Token)));
        Assert.Equal(begun.Id, Assert.Single(await agent.Get<ChatService>().OfTicketAsync(ticket.Id, Token)).Id);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task NobodyThere_OrOutsideBusinessHours_AMessageIsLeft(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await using var visitor = Visitor(data);
        var own = visitor.Get<VisitorChatService>();
        await Assert.ThrowsAsync<RuleViolationException>(() => own.StartAsync(new() { Key = NewKey(), Text = "Hi", Email = "a@example.com" }, Token));
        await SetAsync(data, AskedBefore.Offered);

        Assert.Equal((true, false), ((await own.DoorAsync(Token)).IsOn, (await own.DoorAsync(Token)).IsOpen));
        var refused = await Assert.ThrowsAsync<RuleViolationException>(() => own.StartAsync(new() { Key = NewKey(), Text = "Hi" }, Token));
        Assert.Equal("Email", Assert.Single(refused.Errors).Field);
        var left = await own.StartAsync(new() { Key = NewKey(), Text = "Hi", Email = "cy@example.com" }, Token);
        Assert.Equal((ChatState.Missed, false), (left.State, left.NeedsEmail));
        Assert.Equal("cy@example.com", await data.ReadAsync(db => db.Tickets.Select(t => t.ContactEmail).SingleAsync(Token)));

        // Somebody is there, but not at this hour.
        await OpenAsync(data, agent);
        Assert.True((await own.DoorAsync(Token)).IsOpen);
        var today = DateOnly.FromDateTime(data.Clock.GetUtcNow().UtcDateTime);
        var calendars = await manager.Get<ServiceLevelService>().CalendarsAsync(Token);
        var usual = calendars.FirstOrDefault(c => c.IsUsual);
        await manager.Get<ServiceLevelService>().SaveCalendarAsync(usual?.Id, "Usual", new BusinessHours(LocalZone.Utc,
            new Dictionary<DayOfWeek, IReadOnlyList<OpenTime>> { [today.AddDays(2).DayOfWeek] = [new(540, 600)] }), true, Token);
        data.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.False((await own.DoorAsync(Token)).IsOpen);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task SilentChat_Ends_AndWhatWasNotAnsweredBecomesATicket(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await OpenAsync(data, agent);
        var (answered, asked) = (await BeginAsync(data, NewKey()), await BeginAsync(data, NewKey()));
        await agent.Get<ChatService>().SayAsync(answered, "Here you are.", null, Token);
        await agent.Get<ChatService>().AcceptAsync(asked, Token);

        data.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(2, await RunAsync(data));

        Assert.Equal((ChatState.Ended, null), await StateAsync(answered));
        Assert.Equal((ChatState.Ended, true), ((await StateAsync(asked)).State, (await StateAsync(asked)).Ticket is not null));

        async Task<(ChatState State, long? Ticket)> StateAsync(long id) =>
            await agent.Get<ChatService>().GetAsync(id, Token) is { } chat ? (chat.State, chat.TicketId) : default;
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Key_OpensItsOwnChatAndItsFiles_AndNothingElse(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var visitor = Visitor(data);
        await OpenAsync(data, agent);
        var (own, key, other) = (visitor.Get<VisitorChatService>(), NewKey(), NewKey());
        var id = await BeginAsync(data, key);
        await BeginAsync(data, other);

        await using var content = new MemoryStream("a,b"u8.ToArray());
        await own.SendFileAsync(key, "f1", "..\\list.csv", "text/csv", content, Token);
        await using var again = new MemoryStream("a,b"u8.ToArray());
        await own.SendFileAsync(key, "f1", "list.csv", "text/csv", again, Token);

        var file = (await own.ResumeAsync(key, 0, Token))!.Messages.Select(m => m.File).OfType<ChatFileDetails>().Single();
        Assert.Equal(("list.csv", 3), (file.Name, file.Size));
        await using (var opened = (await own.OpenFileAsync(key, file.Id, Token))!.Content)
        using (var reader = new StreamReader(opened))
            Assert.Equal("a,b", await reader.ReadToEndAsync(Token));
        Assert.Null(await own.OpenFileAsync(other, file.Id, Token));
        Assert.Null(await own.OpenFileAsync(NewKey(), file.Id, Token));
        foreach (var wrong in new[] { null, "", "short", new string('a', 44), NewKey() })
        {
            Assert.Null(await own.ResumeAsync(wrong, 0, Token));
            Assert.Null(await own.SayAsync(wrong, null, "Hello", Token));
            Assert.False(await own.RateAsync(wrong, 5, null, Token));
        }

        var stored = await data.ReadAsync(db => db.Chats.Where(c => c.Id == id).Select(c => c.KeyHash).SingleAsync(Token));
        Assert.DoesNotContain(key, stored, StringComparison.Ordinal);
        Assert.Equal((3, 1), await data.ReadAsync(async db => (await db.ChatMessages.CountAsync(Token),
            await db.ChatFiles.CountAsync(Token))));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Identity_SignedByTheSite_IsBelieved_AndNoOther(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var admin = await data.AsRoleAsync(RoleNames.Administrator);
        await OpenAsync(data, agent);
        var secret = await admin.Get<ChatSettingsService>().NewKeyAsync(Token);
        var now = data.Clock.GetUtcNow();

        Assert.Equal((customer.Id, true), await WhoAsync(Jwt(secret, now.AddHours(1), ("sub", customer.Number))));
        Assert.Equal((customer.Id, true), await WhoAsync(Jwt(secret, now.AddHours(1), ("email", "ADA@example.com"))));
        Assert.Equal((null, false), await WhoAsync(Jwt(secret, now.AddHours(1), ("sub", "C-999999"))));
        Assert.Equal((null, false), await WhoAsync(Jwt(secret, now.AddMinutes(-10), ("sub", customer.Number))));
        Assert.Equal((null, false), await WhoAsync(Jwt(secret, now.AddDays(30), ("sub", customer.Number))));
        Assert.Equal((null, false), await WhoAsync(Jwt(secret, null, ("sub", customer.Number))));
        Assert.Equal((null, false), await WhoAsync(Jwt(new string('0', 64), now.AddHours(1), ("sub", customer.Number))));
        Assert.Equal((null, false), await WhoAsync("not.a.token"));
        var body = Base64UrlEncoder.Encode(FormattableString.Invariant($"{{\"sub\":\"{customer.Number}\",\"exp\":{now.AddHours(1).ToUnixTimeSeconds()}}}"));
        Assert.Equal((null, false), await WhoAsync($"{Base64UrlEncoder.Encode("{\"alg\":\"none\"}")}.{body}."));

        var old = Jwt(secret, now.AddHours(1), ("sub", customer.Number));
        await admin.Get<ChatSettingsService>().NewKeyAsync(Token);
        Assert.Equal((null, false), await WhoAsync(old));

        async Task<(long? Customer, bool IsIdentified)> WhoAsync(string identity)
        {
            await using var visitor = Visitor(data);
            var begun = await visitor.Get<VisitorChatService>().StartAsync(new() { Key = NewKey(), Text = "Hi", Identity = identity }, Token);
            return await data.ReadAsync(async db =>
            {
                var chat = await db.Chats.SingleAsync(c => c.Id == begun.Id, Token);
                return (chat.CustomerId, chat.IsIdentified);
            });
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Ticket_MadeDuringAChat_GetsTheRestOfIt_WhichIsOwedWhereTheVisitorHadTheLastWord(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var visitor = Visitor(data);
        await OpenAsync(data, agent);
        var (chats, own, keys) = (agent.Get<ChatService>(), visitor.Get<VisitorChatService>(), new[] { NewKey(), NewKey() });
        var tickets = new List<long>();
        foreach (var key in keys)
        {
            var id = await BeginAsync(data, key, "bo@example.com");
            await chats.SayAsync(id, "Which order?", null, Token);
            tickets.Add((await chats.MakeTicketAsync(id, "Order", Token))!.Value);
            await own.SayAsync(key, null, "The blue one", Token);
        }

        await own.EndAsync(keys[0], Token);
        data.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await RunAsync(data));

        foreach (var (ticket, added) in tickets.Zip([TicketMessageKind.Internal, TicketMessageKind.Incoming]))
        {
            var messages = (await agent.Get<TicketService>().MessagesAsync(ticket, null, Token)).Messages;
            Assert.Equal([TicketMessageKind.Incoming, added], messages.Select(m => m.Kind));
            Assert.EndsWith("The blue one", messages[1].Text, StringComparison.Ordinal);
            Assert.DoesNotContain("Which order?", messages[1].Text, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task SavedReply_IsFilledForWhoeverChats(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var replies = agent.Get<SavedReplyService>();
        var reply = (await replies.SaveAsync(null, "Greeting", "Hello {{customer.first_name|there}}, about {{ticket.number|it}}", null, true,
            Token))!.Part;

        Assert.Equal("Hello Ada, about it", await replies.FilledForAsync(reply.Id, customer.Id, "Zoe", Token));
        Assert.Equal("Hello Zoe, about it", await replies.FilledForAsync(reply.Id, null, "Zoe Smith", Token));
        Assert.Equal("Hello there, about it", await replies.FilledForAsync(reply.Id, null, null, Token));
        Assert.Null(await replies.FilledForAsync(reply.Id + 1, null, null, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Figures_AfterAnyTalk_AreThoseOfAPlainCount(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var visitor = Visitor(data);
        await OpenAsync(data, agent);
        var (chats, own) = (agent.Get<ChatService>(), visitor.Get<VisitorChatService>());
        var random = new Random(20_261_129);
        for (var round = 0; round < 6; round++)
        {
            var key = NewKey();
            var id = await BeginAsync(data, key);
            var (messages, answers, seconds) = (1, 0, 0L);
            DateTimeOffset? since = Stored(data.Clock.GetUtcNow());
            for (var step = 0; step < 25; step++)
            {
                data.Clock.Advance(TimeSpan.FromSeconds(random.Next(0, 90)));
                var now = Stored(data.Clock.GetUtcNow());
                messages++;
                if (random.Next(2) == 0)
                {
                    await own.SayAsync(key, null, "More", Token);
                    since ??= now;
                }
                else
                {
                    await chats.SayAsync(id, "Well", null, Token);
                    if (since is { } asked) (answers, seconds, since) = (answers + 1, seconds + (long)(now - asked).TotalSeconds, null);
                }
            }

            Assert.Equal((messages, answers, seconds, since), await data.ReadAsync(async db =>
            {
                var chat = await db.Chats.SingleAsync(c => c.Id == id, Token);
                return (chat.MessageCount, chat.AnswerCount, chat.AnswerSeconds, chat.WaitingSince);
            }));
            await chats.EndAsync(id, Token);
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Chats_GoAlongWithAMerge_AndGoWithTheirCustomer_AlsoThoseBeforeTheyWereKnown(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var admin = await data.AsRoleAsync(RoleNames.Administrator);
        await OpenAsync(data, agent);
        var early = await BeginAsync(data, NewKey(), "ada@example.com");
        var first = await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
        var second = await data.AddCustomerAsync("Ada", "King", "king@example.com");
        var late = await BeginAsync(data, NewKey(), "king@example.com");
        Assert.Equal(second.Id, (await agent.Get<ChatService>().GetAsync(late, Token))!.CustomerId);

        await admin.Get<MergeService>().MergeAsync(new(first.Id, [second.Id]), Token);
        Assert.Equal(first.Id, (await agent.Get<ChatService>().GetAsync(late, Token))!.CustomerId);
        Assert.Equal(1, (await agent.Get<ConversationService>().FiguresAsync(second.Id, Token))!.Conversations);

        await admin.Trash.DeleteAsync(first.Id, Token);
        Assert.True(await admin.Trash.PurgeAsync(first.Id, Token));
        Assert.Null(await agent.Get<ChatService>().GetAsync(late, Token));
        Assert.Null(await agent.Get<ChatService>().GetAsync(early, Token));
        Assert.Equal(0, await data.ReadAsync(db => db.ChatMessages.CountAsync(Token)));
    }

    [Theory]
    [InlineData("https://Shop.example/", "https://shop.example")]
    [InlineData("http://localhost:8080", "http://localhost:8080")]
    [InlineData("https://*.shop.example", "https://*.shop.example")]
    [InlineData("https://müller.example", "https://xn--mller-kva.example")]
    [InlineData("shop.example", null)]
    [InlineData("https://shop.example/path", null)]
    [InlineData("https://shop.example;script-src *", null)]
    [InlineData("https://user@shop.example", null)]
    [InlineData("javascript:alert(1)", null)]
    [InlineData("*", null)]
    public async Task Site_IsAnOriginAsAPolicyNamesIt(string written, string? stored)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var settings = manager.Get<ChatSettingsService>();

        var save = () => settings.SaveAsync(new(true, written, AskedBefore.Offered, null, null, 3, 30), null, Token);

        if (stored is null) Assert.All((await Assert.ThrowsAsync<RuleViolationException>(save)).Errors, e => Assert.Equal("Sites", e.Field));
        else Assert.Equal(stored, (await save()).Part.Sites);
    }

    /// <summary>Switches chat on, with an agent who is there.</summary>
    internal static async Task OpenAsync(TestServices data, TestScope agent, AskedBefore asks = AskedBefore.Offered)
    {
        await SetAsync(data, asks);
        await data.Get<Presence>().EnterAsync(ChatDoor.Subject, new(Guid.NewGuid().ToString("N"), agent.UserId, agent.Actor.Name), Token);
        await agent.Get<ChatService>().SetOwnAsync(true, 4, Token);
    }

    /// <summary>As the databases keep it.</summary>
    private static DateTimeOffset Stored(DateTimeOffset instant) => instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerMicrosecond));

    internal static string NewKey() => Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));

    private static async Task SetAsync(TestServices data, AskedBefore asks)
    {
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Get<ChatSettingsService>().SaveAsync(new(true, "https://shop.example", asks, null, null, 3, 30), null, Token);
    }

    private static TestScope Visitor(TestServices data) => data.As(Actor.System("Chat"));

    private static async Task<long> BeginAsync(TestServices data, string key, string? email = null)
    {
        await using var visitor = Visitor(data);
        return (await visitor.Get<VisitorChatService>().StartAsync(new() { Key = key, Text = "Hello", Email = email }, Token)).Id;
    }

    private static async Task<int> RunAsync(TestServices data)
    {
        await using var system = data.AsSystem();
        return await system.Get<ChatClockwork>().RunAsync(Token);
    }

    private static string Jwt(string secret, DateTimeOffset? expires, params (string Name, string Value)[] claims) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Claims = claims.ToDictionary(c => c.Name, c => (object)c.Value), Expires = expires?.UtcDateTime,
            SigningCredentials = new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)), SecurityAlgorithms.HmacSha256),
        });
}
