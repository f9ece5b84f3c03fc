using System.Text;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Tickets;

/// <summary>Mails become tickets and messages: each once, each where it belongs, and what programs send makes none.</summary>
public sealed class MailIntakeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Mail_BeginsATicket_AndTheAnswersToItsRepliesThread_HoweverTheyComeBack(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var returns = (await manager.Get<QueueService>().SaveAsync(null, new("Returns", "returns@shop.example", "The shop", false), null,
            Token))!;
        var tickets = manager.Get<TicketService>();

        var began = await TakeAsync(data, Mail("a1@home", "Broken mug", "It is broken.", to: "Returns@Shop.example"));
        Assert.Equal((IntakeOutcome.NewTicket, false), (began.Outcome, began.IsKnown));
        var ticket = (await tickets.GetAsync(began.TicketId!.Value, Token))!;
        Assert.Equal((customer.Id, "Broken mug", TicketState.New, returns.Part.Id, TicketChannel.Email), (ticket.Requester.CustomerId,
            ticket.Subject, ticket.State, ticket.QueueId, ticket.Channel));
        // Brought again after a crash, and by another way with other headers above it.
        Assert.Equal((began.TicketId, true), Known(await TakeAsync(data, Mail("a1@home", "Broken mug", "It is broken.",
            to: "Returns@Shop.example"))));
        Assert.Equal((began.TicketId, true), Known(await TakeAsync(data, "Delivered-To: x@shop.example\r\n"
            + Mail("a1@home", "Broken mug", "It is broken.", to: "Returns@Shop.example"))));

        await tickets.ReplyAsync(ticket.Id, new() { Text = "Send it back.", State = TicketState.Solved }, Token);
        data.Clock.Advance(TimeSpan.FromMinutes(1));
        await TicketTests.RunAsync(data, c => c.SendDueAsync(Token));
        var reply = await data.ReadAsync(db => db.OutgoingMails.SingleAsync(Token));
        Assert.Equal(("a1@home", "\"CrmPortal Returns\" <returns@shop.example>"), (reply.InReplyTo, reply.From));
        var ourId = reply.MessageId.Trim('<', '>');

        var answer = await TakeAsync(data, Mail("a2@home", "Re: something else", "How?", extra: $"In-Reply-To: <{ourId}>\r\n"));
        Assert.Equal((IntakeOutcome.Reply, ticket.Id), (answer.Outcome, answer.TicketId));
        var reopened = (await tickets.GetAsync(ticket.Id, Token))!;
        Assert.Equal((TicketState.Open, true, 1), (reopened.State, reopened.IsAnswerDue, reopened.ReopenedCount));
        Assert.Equal(NotificationKind.TicketAnswered, (await manager.Get<NotificationService>().ListAsync(Token))[0].Kind);

        // A program that drops the headers leaves the reference in the text, and one that keeps the first id alone threads as well.
        var reference = reply.Text[reply.Text.IndexOf("[T-", StringComparison.Ordinal)..];
        reference = reference[..(reference.IndexOf(']', StringComparison.Ordinal) + 1)];
        Assert.Equal(ticket.Id, (await TakeAsync(data, Mail("a3@home", "x", "And?\r\n\r\n> " + reference))).TicketId);
        Assert.Equal(ticket.Id, (await TakeAsync(data, Mail("a4@home", "x", "Well", extra: "References: <a1@home>\r\n"))).TicketId);
        // A subject, a guessed number or a wrong signature lead nowhere.
        foreach (var guess in new[] { $"In-Reply-To: <{ourId.Replace(ourId.Split('.')[2][..4], "0000", StringComparison.Ordinal)}>\r\n",
            $"In-Reply-To: <t{ticket.Id}.1.{new string('0', 16)}@crmportal.invalid>\r\n", "" })
        {
            var other = await TakeAsync(data, Mail(Guid.NewGuid().ToString("N") + "@evil", "Re: Broken mug [T-1]", "Mine", extra: guess));
            Assert.Equal(IntakeOutcome.NewTicket, other.Outcome);
            Assert.NotEqual(ticket.Id, other.TicketId);
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Mail_ToAMergedTicketGoesOn_AndToAClosedOneBeginsAnother(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var tickets = agent.Get<TicketService>();
        var one = (await TakeAsync(data, Mail("b1@home", "One", "1"))).TicketId!.Value;
        var two = (await TakeAsync(data, Mail("b2@home", "Two", "2"))).TicketId!.Value;
        await tickets.MergeAsync(one, [two], Token);

        Assert.Equal(one, (await TakeAsync(data, Mail("b3@home", "Two", "3", extra: "In-Reply-To: <b2@home>\r\n"))).TicketId);
        await tickets.ChangeAsync(one, new() { State = TicketState.Closed }, Token);
        var after = (await TakeAsync(data, Mail("b4@home", "Two", "4", extra: "In-Reply-To: <b3@home>\r\n")));

        Assert.Equal(IntakeOutcome.NewTicket, after.Outcome);
        Assert.Contains((await tickets.GetAsync(after.TicketId!.Value, Token))!.Ties, t => t.Id == one && t.Tie == TicketTieKind.SplitFrom);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task WhatProgramsSend_MakesNoTicket_AndMarksWhatDidNotArrive(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var tickets = agent.Get<TicketService>();
        var id = (await TakeAsync(data, Mail("c1@home", "Help", "?", from: "Bo <bo@gone.example>"))).TicketId!.Value;
        await tickets.ReplyAsync(id, new() { Text = "Here", State = TicketState.Solved }, Token);
        data.Clock.Advance(TimeSpan.FromMinutes(1));
        await TicketTests.RunAsync(data, c => c.SendDueAsync(Token));
        var ours = (await data.ReadAsync(db => db.OutgoingMails.SingleAsync(Token))).MessageId;

        var late = await TakeAsync(data, Report(ours, "delayed", "4.4.1", "bo@gone.example"));
        Assert.Equal((IntakeOutcome.Delay, id), (late.Outcome, late.TicketId));
        Assert.Equal(TicketState.Solved, (await tickets.GetAsync(id, Token))!.State);
        var bounced = await TakeAsync(data, Report(ours, "failed", "5.1.1", "bo@gone.example"));
        Assert.Equal((IntakeOutcome.Bounce, id), (bounced.Outcome, bounced.TicketId));
        var reply = (await tickets.MessagesAsync(id, null, Token)).Messages.Single(m => m.Kind == TicketMessageKind.Reply);
        Assert.Equal((TicketDelivery.Failed, TicketState.Open), (reply.Delivery, (await tickets.GetAsync(id, Token))!.State));
        var mark = await data.ReadAsync(db => db.BouncedAddresses.SingleAsync(Token));
        Assert.Equal(("bo@gone.example", true, "5.1.1", 1), (mark.Address, mark.IsPermanent, mark.Status, mark.Count));

        var away = await TakeAsync(data, Mail("c2@home", "Away", "I am away.",
            extra: $"In-Reply-To: {ours}\r\nAuto-Submitted: auto-replied\r\n"));
        Assert.Equal((IntakeOutcome.AutoReply, id), (away.Outcome, away.TicketId));
        Assert.Equal(IntakeOutcome.AutoReply, (await TakeAsync(data, Mail("c3@home", "Away", "!",
            extra: "Auto-Submitted: auto-replied\r\n"))).Outcome);
        Assert.Equal(IntakeOutcome.List, (await TakeAsync(data, Mail("c4@home", "News", "Buy",
            extra: "List-Id: <news.example>\r\n"))).Outcome);
        Assert.Equal(IntakeOutcome.Loop, (await TakeAsync(data, Mail("x@crmportal.invalid", "Loop", "Back"))).Outcome);
        Assert.Equal((1, 1), await data.ReadAsync(async db => (await db.Tickets.CountAsync(Token),
            await db.OutgoingMails.CountAsync(Token))));
        Assert.Equal(7, await data.ReadAsync(db => db.ReceivedMails.CountAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Mail_TakenByManyAtOnce_IsThereOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var raw = Mail("d1@home", "Once", "Only once");

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => TakeAsync(data, raw))));

        Assert.Single(taken, t => !t.IsKnown);
        Assert.Single(taken.Select(t => t.TicketId).Distinct());
        Assert.Equal((1, 1), await data.ReadAsync(async db => (await db.Tickets.CountAsync(Token),
            await db.TicketMessages.CountAsync(Token))));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Mail_WithFilesAndPictures_KeepsThem_AndTheRawMail(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var tickets = agent.Get<TicketService>();
        var raw = """
            From: =?utf-8?q?Zo=C3=AB?= <zoe@home.example>
            To: support@shop.example
            Subject: =?utf-8?q?=E8=8C=B6?= broken
            Message-ID: <e1@home>
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=x

            --x
            Content-Type: text/html; charset=utf-8

            <p onclick="steal()">See <img src="cid:p1@home"> and <img src="http://track.example/a.png"><script>alert(1)</script></p>
            --x
            Content-Type: image/png; name="..\\evil/p.png"
            Content-ID: <p1@home>
            Content-Disposition: inline; filename="..\\evil/p.png"
            Content-Transfer-Encoding: base64

            iVBORw0KGgo=
            --x--

            """.ReplaceLineEndings("\r\n");

        var id = (await TakeAsync(data, raw)).TicketId!.Value;

        var message = (await tickets.MessagesAsync(id, null, Token)).Messages.Single();
        Assert.Equal(("Zoë", "茶 broken", true), (message.AuthorName, (await tickets.GetAsync(id, Token))!.Subject,
            message.HasRemotePictures));
        Assert.DoesNotContain("script", message.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("onclick", message.Html, StringComparison.OrdinalIgnoreCase);
        var file = Assert.Single(message.Files);
        Assert.Equal(("p.png", "image/png", "p1@home"), (file.Name, file.ContentType, file.ContentId));
        await using var stored = (await tickets.OpenFileAsync(file.Id, Token))!.Content;
        using var picture = new MemoryStream();
        await stored.CopyToAsync(picture, Token);
        Assert.Equal("iVBORw0KGgo=", Convert.ToBase64String(picture.ToArray()));
        using var reader = new StreamReader((await tickets.OpenRawAsync(message.Id, Token))!.Content);
        Assert.Equal(raw, await reader.ReadToEndAsync(Token));
    }

    private static (long?, bool) Known(IntakeResult result) => (result.TicketId, result.IsKnown);

    private static async Task<IntakeResult> TakeAsync(TestServices data, string raw)
    {
        await using var system = data.AsSystem();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(raw));
        return await system.Get<MailIntake>().TakeAsync(stream, "test", Token);
    }

    private static string Mail(string id, string subject, string text, string from = "Ada Lovelace <Ada@example.com>",
        string to = "support@shop.example", string extra = "") =>
        $"From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\nDate: Sun, 29 Nov 2026 10:00:00 +0000\r\n{extra}\r\n{text}\r\n";

    /// <summary>A report as Postfix writes it.</summary>
    private static string Report(string ours, string action, string status, string recipient) => $"""
        From: MAILER-DAEMON@mx.example (Mail Delivery System)
        To: support@shop.example
        Subject: Undelivered Mail Returned to Sender
        Message-ID: <{Guid.NewGuid():N}@mx.example>
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b
        Content-Type: text/plain; charset=utf-8

        This is the mail system.
        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example

        Final-Recipient: rfc822; {recipient}
        Original-Recipient: rfc822;{recipient}
        Action: {action}
        Status: {status}
        Diagnostic-Code: smtp; 550 5.1.1 no such user

        --b
        Content-Type: message/rfc822

        From: support@shop.example
        To: {recipient}
        Subject: Re: Help
        Message-ID: {ours}

        Here
        --b--

        """.ReplaceLineEndings("\r\n");
}
