using System.Net;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Mail.Incoming;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Tickets.Receiving;

/// <summary>What mail servers send back for a reply that did not arrive makes no ticket, no reply and no loop.</summary>
public sealed class BounceTests
{
    /// <summary>The id that the reports of the parser's tests are about.</summary>
    private const string Reported = "ours.1@crm.example";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, bool> Reports => new()
    {
        { "Exim", "dead@else.example", true }, { "Postfix", "team@else.example", true }, { "OpenSMTPD", "gone@else.example", true },
        { "Sieve", "kim@else.example", false },
    };

    [Theory, MemberData(nameof(Reports))]
    public async Task Bounce_MarksTheReplyAndTheAddress_AndNothingElseComesOfIt(string server, string address, bool isPermanent)
    {
        await using var app = await MailIntakeEndpointTests.StartAsync();
        using var client = app.CreateClient();
        var begun = await (await MailIntakeEndpointTests.PostAsync(client, MailIntakeEndpointTests.Mail("a1", "Help")
            .Replace("ada@example.com", address, StringComparison.Ordinal))).ReadAsync();
        var id = (long)begun["ticket_id"]!;
        await using (var agent = await app.AsRoleAsync(Core.Platform.Access.RoleNames.SupportAgent))
            await agent.Get<TicketService>().ReplyAsync(id, new() { Text = "Here it is.", State = TicketState.Solved }, Token);
        var ours = await OursAsync(app);

        var report = Report(server).Replace(Reported, ours.Trim('<', '>'), StringComparison.Ordinal).ReplaceLineEndings("\r\n");
        var first = await MailIntakeEndpointTests.PostAsync(client, report);
        var again = await MailIntakeEndpointTests.PostAsync(client, "Received: from a by b\r\n" + report);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        var answer = await first.ReadAsync();
        Assert.Equal(("bounce", id), ((string)answer["outcome"]!, (long)answer["ticket_id"]!));
        Assert.True((bool)(await again.ReadAsync())["is_known"]!);
        await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
        var mark = await db.BouncedAddresses.SingleAsync(Token);
        Assert.Equal((address, isPermanent, 1), (mark.Address, mark.IsPermanent, mark.Count));
        var ticket = await db.Tickets.SingleAsync(Token);
        Assert.Equal((TicketState.Open, true), (ticket.State, ticket.IsAnswerDue));
        Assert.Equal(TicketDelivery.Failed, await db.TicketMessages.Where(m => m.Kind == TicketMessageKind.Reply).Select(m => m.Delivery)
            .SingleAsync(Token));
        await using (var system = app.AsSystem()) await system.Get<TicketClockwork>().SendDueAsync(Token);
        Assert.Equal(1, await db.OutgoingMails.CountAsync(Token));
        Assert.Equal(2, await db.ReceivedMails.CountAsync(Token));
    }

    private static string Report(string server) => server switch
    {
        "Exim" => WildReportTests.Exim("dead@else.example", "dead@else.example", "5.0.0"),
        "Postfix" => WildReportTests.Postfix("failed", """
            Final-Recipient: rfc822; mailbox@else.example
            Original-Recipient: rfc822;team@else.example
            Action: failed
            Status: 5.1.1
            Diagnostic-Code: smtp; 550 5.1.1 User unknown
            """),
        "OpenSMTPD" => WildReportTests.OpenSmtpd("failed", "5.0.0", "550 5.1.1 <gone@else.example>: no such user"),
        _ => WildReportTests.Receipt("Auto-Submitted: auto-replied (rejected)", "automatic-action/MDN-sent-automatically; deleted"),
    };

    /// <summary>The id of the reply, once the program has handed it to the mails.</summary>
    private static async Task<string> OursAsync(TestApp app)
    {
        while (true)
        {
            await using (var system = app.AsSystem()) await system.Get<TicketClockwork>().SendDueAsync(Token);
            await using var db = app.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null);
            if (await db.OutgoingMails.Select(m => m.MessageId).FirstOrDefaultAsync(Token) is { } id) return id;
            await Task.Delay(100, Token);
        }
    }
}
