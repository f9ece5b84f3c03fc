using System.Text;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Chats;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Performance;

/// <summary>What the desk of tickets and the console of chats ask of the database. Nothing is timed.</summary>
public sealed class TicketCostTests
{
    /// <summary>Tables with a few rows in every shop, and those that a ticket or a chat has a few rows in.</summary>
    private static readonly string[] Small = ["TicketQueues", "SlaPolicies", "TicketMacros", "CustomFields", "CustomerGroups", "ChatAgents"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ListsViewsSearchAndRecord_OfTickets_ReadNoTableFromEndToEnd()
    {
        var plans = new PlanRecorder();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IInterceptor>(plans));
        await using var agent = await data.AsRoleAsync(RoleNames.Manager);
        var (tickets, keys) = (agent.Get<TicketService>(), new List<long>());
        for (var i = 0; i < 12; i++)
        {
            var customer = (await data.AddCustomerAsync($"Ada {i}", "Lovelace")).Id;
            keys.Add((await tickets.CreateAsync(new() { CustomerId = customer, Subject = $"Kettle {i}", Text = "It leaks." }, Token)).Id);
        }

        await data.Get<IDatabaseProvider>().IndexWaitingAsync(Token);
        await data.WriteAsync(PlanRecorder.PretendLargeAsync);
        plans.Clear();

        foreach (var view in Enum.GetValues<TicketView>())
        {
            await tickets.ListAsync(new(view, Sort: TicketSort.Urgency, Descending: false), new(1, 5), Token);
            await tickets.ListAsync(new(view), new(2, 5), Token);
        }

        foreach (var search in new[] { "kettle", "it leaks", "k", "lovelace", "ada@example.com", "T-3", "Kettle 11" })
            Assert.NotNull(await tickets.ListAsync(new(Search: search), new(1, 5), Token));
        await tickets.CountViewsAsync(Token);
        Assert.NotNull(await tickets.GetAsync(keys[3], Token));
        Assert.Single((await tickets.MessagesAsync(keys[3], null, Token)).Messages);

        AssertNoScan(plans);
    }

    [Fact]
    public async Task Intake_OfMailsAnswersAndBounces_ReadsNoTableFromEndToEnd()
    {
        var plans = new PlanRecorder();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IInterceptor>(plans));
        await using var system = data.AsSystem();
        for (var i = 0; i < 12; i++) await TakeAsync($"first{i}", "");
        await data.WriteAsync(PlanRecorder.PretendLargeAsync);
        plans.Clear();

        Assert.Equal(IntakeOutcome.NewTicket, (await TakeAsync("second", "")).Outcome);
        Assert.Equal(IntakeOutcome.Reply, (await TakeAsync("answer", "In-Reply-To: <first3@example.com>\r\n")).Outcome);
        await TakeAsync("bounce", "Auto-Submitted: auto-replied\r\nIn-Reply-To: <gone@example.com>\r\nReturn-Path: <>\r\n");

        AssertNoScan(plans);

        Task<IntakeResult> TakeAsync(string id, string lines)
        {
            var mail = $"From: Ada <{id}@example.org>\r\nTo: support@shop.example\r\nSubject: Mug {id}\r\nMessage-ID: <{id}@example.com>\r\n"
                + $"{lines}\r\nBroken {id}\r\n";
            return system.Get<IMailIntake>().TakeAsync(new(new MemoryStream(Encoding.ASCII.GetBytes(mail)), "test"), Token);
        }
    }

    [Fact]
    public async Task ListAndRecord_OfChats_ReadNoTableFromEndToEnd()
    {
        var plans = new PlanRecorder();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IInterceptor>(plans));
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var visitor = data.As(Actor.System("Chat"));
        await ChatTests.OpenAsync(data, agent);
        var (chats, own) = (agent.Get<ChatService>(), visitor.Get<VisitorChatService>());
        var (key, last) = ("", 0L);
        for (var i = 0; i < 12; i++)
        {
            if (i is > 0 and < 11) await own.EndAsync(key, Token);
            last = (await own.StartAsync(new() { Key = key = ChatTests.NewKey(), Text = "Hello" }, Token)).Id;
        }

        await data.WriteAsync(PlanRecorder.PretendLargeAsync);
        plans.Clear();

        Assert.Equal(2, (await chats.OpenAsync(Token)).Count);
        await chats.CountWaitingAsync(Token);
        await chats.PastAsync(null, new(1, 5), Token);
        Assert.True(await chats.AcceptAsync(last, Token));
        Assert.NotNull(await chats.GetAsync(last, Token));
        await chats.MessagesAsync(last, null, null, Token);
        await own.SayAsync(key, "m1", "There?", Token);
        Assert.NotNull(await own.ResumeAsync(key, 0, Token));

        AssertNoScan(plans);
    }

    /// <summary>A list may walk along an index as far as its limit. </summary>
    private static void AssertNoScan(PlanRecorder plans)
    {
        var faults = plans.Plans.Where(plan => !plan.Contains("WHERE 0", StringComparison.Ordinal) && PlanRecorder.Scans(plan).Any(scan => !Small.Contains(TableOf(plan, scan))
            && !(plan.Contains("LIMIT", StringComparison.Ordinal) && (scan.Contains(" USING ", StringComparison.Ordinal) || IsPast(plan)))))
            .Distinct().ToList();
        Assert.True(faults.Count == 0, string.Join("\n\n", faults));
    }

    /// <summary>Nearly all chats are over: these are read from the newest on.</summary>
    private static bool IsPast(string plan) => plan.Contains("IN ('Ended', 'Missed')", StringComparison.Ordinal);

    /// <summary>Plans call a table by its alias.</summary>
    private static string TableOf(string plan, string scan)
    {
        var alias = scan.Split(' ')[1];
        var at = plan.IndexOf($"\" AS \"{alias}\"", StringComparison.Ordinal);
        return at < 0 ? alias : plan[(plan.LastIndexOf('"', at - 1) + 1)..at];
    }
}
