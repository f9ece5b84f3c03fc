using CrmPortal.Core.Platform.Mail.Incoming;

namespace CrmPortal.Tests.Mail.Incoming;

/// <summary>Reports and automatic answers in the shapes in which mail servers write them.</summary>
public sealed class WildReportTests
{
    private const string Returned = """
        Message-ID: <ours.1@crm.example>
        From: Shop <help@shop.example>
        To: team@else.example
        Subject: Your order

        Hello
        """;

    [Fact]
    public void Exim_Bounce_IsRead()
    {
        var mail = Mails.Read(Exim("dead@else.example", "dead@else.example", "5.0.0"));

        Assert.Equal(MailKind.Bounce, mail.Kind);
        Assert.Equal(("dead@else.example", "failed", "5.0.0", true), (One(mail).Address, One(mail).Action, One(mail).Status, One(mail).IsPermanent));
        Assert.Null(One(mail).Diagnostic);
        Assert.Equal("ours.1@crm.example", mail.ReturnedMessageId);
        Assert.Equal("message/rfc822", Assert.Single(mail.Attachments).ContentType);
    }

    [Fact]
    public void Exim_BehindAnAlias_IsNotPermanent_AndNamesBothAddresses()
    {
        var mail = Mails.Read(Exim("dead@else.example", "team@else.example", "5.0.0"));

        Assert.Equal([("team@else.example", false), ("dead@else.example", false)],
            mail.FailedRecipients.Select(r => (r.Address, r.IsPermanent)));
    }

    [Fact]
    public void Exim_WithoutTheReturnedMail_ItIsTakenFromTheReferences()
    {
        var bounce = Exim("dead@else.example", "dead@else.example", "5.0.0");
        var mail = Mails.Read(bounce[..bounce.IndexOf("--b\nContent-Type: message/rfc822", StringComparison.Ordinal)] + "--b--\n");

        Assert.Equal((MailKind.Bounce, "ours.1@crm.example"), (mail.Kind, mail.ReturnedMessageId));
    }

    [Fact]
    public void Postfix_Bounce_NeedsNoReferences_AndPrefersWhatWasWrittenTo()
    {
        var mail = Mails.Read(Postfix("failed", """
            Final-Recipient: rfc822; mailbox@else.example
            Original-Recipient: rfc822;team@else.example
            Action: failed
            Status: 5.1.1
            Remote-MTA: dns; mx.else.example
            Diagnostic-Code: smtp; 550 5.1.1 <mailbox@else.example>: Recipient address
                rejected: User unknown
            """));

        var failed = One(mail);
        Assert.Equal(MailKind.Bounce, mail.Kind);
        Assert.Equal(("team@else.example", "5.1.1", true), (failed.Address, failed.Status, failed.IsPermanent));
        Assert.Equal("550 5.1.1 <mailbox@else.example>: Recipient address rejected: User unknown", failed.Diagnostic);
        Assert.Equal(["team@else.example", "mailbox@else.example"], failed.Addresses);
        Assert.Equal("ours.1@crm.example", mail.ReturnedMessageId);
        Assert.Contains("This is the mail system", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Postfix_DelayWarning_IsToldByItsAction()
    {
        var mail = Mails.Read(Postfix("delayed", """
            Final-Recipient: rfc822; slow@else.example
            Original-Recipient: rfc822;slow@else.example
            Action: delayed
            Status: 4.4.1
            Diagnostic-Code: X-Postfix; connect to mx.else.example[192.0.2.1]:25: Connection timed out
            Will-Retry-Until: Thu, 3 Dec 2026 10:00:00 +0000 (UTC)
            """));

        Assert.Equal(MailKind.DelayNotice, mail.Kind);
        Assert.Equal(("delayed", "4.4.1", false), (One(mail).Action, One(mail).Status, One(mail).IsPermanent));
        Assert.Equal("ours.1@crm.example", mail.ReturnedMessageId);
    }

    [Fact]
    public void Postfix_RecipientWithOtherLetters_IsReadInBothForms()
    {
        var mail = Mails.Read(Postfix("failed", """
            Final-Recipient: utf-8; käthe@else.example
            Original-Recipient: rfc822;käthe@else.example
            Action: failed
            Status: 5.1.1
            """).Replace("message/delivery-status", "message/global-delivery-status", StringComparison.Ordinal)
            .Replace("message/rfc822", "message/global", StringComparison.Ordinal));

        Assert.Equal(MailKind.Bounce, mail.Kind);
        Assert.Equal("käthe@else.example", One(mail).Address);
        Assert.Single(One(mail).Addresses);
        Assert.Equal("ours.1@crm.example", mail.ReturnedMessageId);
    }

    [Fact]
    public void Recipient_WithLettersAsNumbers_IsRead() =>
        Assert.Equal("käthe@else.example", One(Mails.Read(Postfix("failed", """
            Final-Recipient: utf-8; k\x{E4}the@else.example
            Action: failed
            Status: 5.1.1
            """))).Address);

    [Theory]
    [InlineData("failed", "5.0.0", "550 5.1.1 <gone@else.example>: no such user", MailKind.Bounce, "5.1.1", true)]
    [InlineData("delayed", "4.0.0", "451 4.7.1 try later", MailKind.DelayNotice, "4.7.1", false)]
    public void OpenSmtpd_ReportInsideOfMixed_IsFound(
        string action, string status, string said, MailKind kind, string read, bool isPermanent)
    {
        var mail = Mails.Read(OpenSmtpd(action, status, said));

        Assert.Equal(kind, mail.Kind);
        Assert.Equal(("gone@else.example", read, isPermanent), (One(mail).Address, One(mail).Status, One(mail).IsPermanent));
        Assert.Equal("ours.1@crm.example", mail.ReturnedMessageId);
    }

    [Fact]
    public void Sieve_Refusal_IsTold()
    {
        var mail = Mails.Read(Receipt("Auto-Submitted: auto-replied (rejected)", "automatic-action/MDN-sent-automatically; deleted"));

        Assert.Equal(MailKind.Refusal, mail.Kind);
        Assert.Equal(("kim@else.example", "failed", false), (One(mail).Address, One(mail).Action, One(mail).IsPermanent));
        Assert.Equal("ours.1@crm.example", mail.ReturnedMessageId);
    }

    [Fact]
    public void Receipt_OfAReader_IsAutomatic()
    {
        var mail = Mails.Read(Receipt("X-Nothing: 1", "manual-action/MDN-sent-manually; displayed"));

        Assert.Equal(MailKind.AutoReply, mail.Kind);
        Assert.Empty(mail.FailedRecipients);
    }

    [Fact]
    public void Sieve_AbsenceNote_IsNoBounce()
    {
        var mail = Mails.Read("""
            Return-Path: <>
            From: kim+orders@else.example
            To: help@shop.example
            Subject: Auto: Your order
            Auto-Submitted: auto-replied (vacation)
            Precedence: bulk
            X-Auto-Response-Suppress: All
            In-Reply-To: <ours.1@crm.example>
            References: <ours.1@crm.example>

            I am away until Monday.
            """);

        Assert.Equal(MailKind.AutoReply, mail.Kind);
        Assert.Equal(("kim+orders@else.example", "ours.1@crm.example"), (mail.From!.Address, mail.InReplyTo));
        Assert.Null(mail.ReturnedMessageId);
    }

    [Theory]
    [InlineData("Auto-Submitted: auto-generated", MailKind.AutoReply)]
    [InlineData("Auto-Submitted: no", MailKind.Written)]
    [InlineData("X-Auto-Response-Suppress: DR, AutoReply", MailKind.AutoReply)]
    [InlineData("X-Auto-Response-Suppress: None", MailKind.Written)]
    [InlineData("X-Auto-Response-Suppress: All\nList-Id: <news.else.example>", MailKind.MailingList)]
    [InlineData("Precedence: auto_reply", MailKind.AutoReply)]
    [InlineData("X-Autoreply: yes", MailKind.AutoReply)]
    [InlineData("X-Autorespond: Your order", MailKind.AutoReply)]
    [InlineData("X-Mailer: vacation 1.2", MailKind.AutoReply)]
    [InlineData("Return-Path: <>", MailKind.AutoReply)]
    [InlineData("Return-Path: <kim@else.example>", MailKind.Written)]
    [InlineData("X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent", MailKind.AutoReply)]
    [InlineData("X-MS-Has-Attach:\nSubject: Automatische Antwort: Your order", MailKind.AutoReply)]
    [InlineData("Subject: Out of office: the printer", MailKind.Written)]
    [InlineData("List-Id: <news.else.example>", MailKind.MailingList)]
    [InlineData("Precedence: list", MailKind.MailingList)]
    [InlineData("Precedence: bulk", MailKind.MailingList)]
    [InlineData("Precedence: first-class", MailKind.Written)]
    [InlineData("Feedback-ID: 1:2:3", MailKind.Written)]
    public void Kind_IsToldByHeaders(string headers, MailKind kind) =>
        Assert.Equal(kind, Mails.Read($"From: Kim <kim@else.example>\n{headers}\n\nHello").Kind);

    [Fact]
    public void Qmail_WithoutAReport_NamesTheAddressInItsText()
    {
        var mail = Mails.Read("""
            Return-Path: <>
            From: MAILER-DAEMON@mx.else.example
            To: help@shop.example
            Subject: failure notice

            Hi. This is the qmail-send program at mx.else.example.
            I'm afraid I wasn't able to deliver your message to the following addresses.

            <gone@else.example>:
            Sorry, no mailbox here by that name. (#5.1.1)

            --- Below this line is a copy of the message.

            Message-ID: <ours.1@crm.example>
            Subject: Your order
            """);

        Assert.Equal(MailKind.Bounce, mail.Kind);
        Assert.Equal(("gone@else.example", "5.1.1", true), (One(mail).Address, One(mail).Status, One(mail).IsPermanent));
        Assert.Equal("ours.1@crm.example", mail.ReturnedMessageId);
    }

    [Fact]
    public void Report_OfSuccess_IsNoBounce()
    {
        var mail = Mails.Read(Postfix("relayed", "Final-Recipient: rfc822; kim@else.example\nAction: relayed\nStatus: 2.1.5"));

        Assert.Equal(MailKind.AutoReply, mail.Kind);
        Assert.Empty(mail.FailedRecipients);
    }

    [Fact]
    public void Expired_WithATransientStatus_IsNotPermanent()
    {
        var mail = Mails.Read(Postfix("failed", "Final-Recipient: rfc822; kim@else.example\nAction: failed\nStatus: 4.4.1"));

        Assert.Equal((MailKind.Bounce, false), (mail.Kind, One(mail).IsPermanent));
    }

    [Fact]
    public void Customer_WhoSendsABounceOn_WroteThemselves()
    {
        var bounce = Exim("dead@else.example", "dead@else.example", "5.0.0");
        var mail = Mails.Read($"""
            From: Kim <kim@else.example>
            Content-Type: multipart/mixed; boundary=outer

            --outer
            Content-Type: text/plain

            I got this, what does it mean?
            --outer
            Content-Type: message/rfc822

            {bounce}
            --outer--
            """);

        Assert.Equal(MailKind.Written, mail.Kind);
        Assert.Empty(mail.FailedRecipients);
        Assert.EndsWith(".eml", Assert.Single(mail.Attachments).Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("From: help@shop.example")]
    [InlineData("From: a@b.example\nX-Loop: HELP@shop.example")]
    [InlineData("From: a@b.example\nX-Loop: crm.example")]
    [InlineData("From: a@b.example\nMessage-ID: <x@CRM.example>")]
    [InlineData("From: a@b.example\nX-CrmPortal: 1")]
    public void OwnMail_ThatComesBack_IsALoop(string headers) =>
        Assert.True(Mails.Read(headers + "\n\nHello").IsLoop(["help@shop.example"], "crm.example"));

    [Theory]
    [InlineData("From: kim@else.example\nMessage-ID: <x@else.example>\nX-Loop: list@else.example")]
    [InlineData("From: kim@else.example\nMessage-ID: <x@notcrm.example>")]
    [InlineData("Subject: nobody")]
    public void OtherMail_IsNoLoop(string headers) =>
        Assert.False(Mails.Read(headers + "\n\nHello").IsLoop(["help@shop.example"], "crm.example"));

    [Fact]
    public void Mail_ThatPassedTooManyServers_IsALoop()
    {
        var received = string.Concat(Enumerable.Range(0, 51).Select(i => $"Received: from a{i} by b{i}; Sun, 29 Nov 2026 10:00:00 +0000\n"));

        Assert.True(Mails.Read(received + "From: kim@else.example\n\nHello").IsLoop([], ""));
        Assert.False(Mails.Read("Received: from a by b\nFrom: kim@else.example\n\nHello").IsLoop([], ""));
    }

    private static FailedRecipient One(ReadMail mail) => Assert.Single(mail.FailedRecipients);

    internal static string OpenSmtpd(string action, string status, string said) => $"""
        From: Mailer Daemon <MAILER-DAEMON@mx.shop.example>
        To: help@shop.example
        Subject: Delivery status notification: {action}
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="16/mx"

        This is a MIME-encapsulated message.

        --16/mx
        Content-Type: text/plain; charset="UTF-8"

            Hi!

            This is the MAILER-DAEMON, please DO NOT REPLY to this email.

        --16/mx
        Content-Description: Delivery Report
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.shop.example

        Final-Recipient: rfc822; gone@else.example
        Action: {action}
        Status: {status}
        Diagnostic-Code: smtp; {said}

        --16/mx
        Content-Description: Message headers
        Content-Type: text/rfc822-headers

        {Returned}

        --16/mx--
        """;

    internal static string Exim(string named, string final, string status) => $"""
        Return-path: <>
        X-Failed-Recipients: {named}
        Auto-Submitted: auto-replied
        From: Mail Delivery System <Mailer-Daemon@mx.shop.example>
        To: help@shop.example
        References: <ours.1@crm.example>
        Content-Type: multipart/report; report-type=delivery-status; boundary=b
        MIME-Version: 1.0
        Subject: Mail delivery failed: returning message to sender
        Message-Id: <E1abc@mx.shop.example>

        --b
        Content-type: text/plain; charset=us-ascii

        This message was created automatically by mail delivery software.

          {named}
            Unrouteable address

        --b
        Content-type: message/delivery-status

        Reporting-MTA: dns; mx.shop.example

        Action: failed
        Final-Recipient: rfc822;{final}
        Status: {status}

        --b
        Content-Type: message/rfc822

        {Returned}

        --b--

        """;

    internal static string Postfix(string action, string group) => $"""
        Return-Path: <>
        From: Mail Delivery System <MAILER-DAEMON@mx.shop.example>
        Subject: {(action == "delayed" ? "Delayed Mail (still being retried)" : "Undelivered Mail Returned to Sender")}
        To: help@shop.example
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="A/mx"
        Content-Transfer-Encoding: 8bit
        Message-Id: <20261129@mx.shop.example>

        This is a MIME-encapsulated message.

        --A/mx
        Content-Description: Notification
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 8bit

        This is the mail system at host mx.shop.example.

        --A/mx
        Content-Description: Delivery report
        Content-Type: message/delivery-status
        Content-Transfer-Encoding: 8bit

        Reporting-MTA: dns; mx.shop.example
        X-Postfix-Queue-ID: 4ABC
        X-Postfix-Sender: rfc822; help@shop.example
        Arrival-Date: Sun, 29 Nov 2026 10:00:00 +0000 (UTC)

        {group}

        --A/mx
        Content-Description: Undelivered Message
        Content-Type: message/rfc822
        Content-Transfer-Encoding: 8bit

        {Returned}

        --A/mx--

        """;

    internal static string Receipt(string header, string disposition) => $"""
        From: kim@else.example
        To: help@shop.example
        Subject: Automatically rejected mail
        {header}
        Content-Type: multipart/report; report-type=disposition-notification; boundary=m

        --m
        Content-Type: text/plain; charset=utf-8

        Your message was refused.

        --m
        Content-Type: message/disposition-notification

        Reporting-UA: else.example; Dovecot Mail Delivery Agent
        Final-Recipient: rfc822; kim@else.example
        Original-Message-ID: <ours.1@crm.example>
        Disposition: {disposition}

        --m--

        """;
}
