using System.Text;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using CrmPortal.Hosting;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MimeKit;

namespace CrmPortal.Tests.Mail;

public sealed class SmtpSenderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Send_ManyMails_GoesByOneConnection(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var server = await SmtpServer.StartAsync();
        using var sender = SenderTo(server.Port);
        await QueueAsync(data, [.. Enumerable.Range(0, 25).Select(i => $"reader{i}@example.com")]);

        await WorkAsync(data, sender);

        var taken = await server.StopAsync();
        Assert.Equal(25, taken.Count);
        Assert.Single(taken.Select(t => t.Connection).Distinct());
        Assert.All(await MailsAsync(data), m => Assert.Equal((true, "", null), (m.SentAt is not null, m.Text, m.Failure)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Send_ARefusedMail_DoesNotStopTheOthers_AndOnlyWhatMaySucceedIsTriedAgain(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var server = await SmtpServer.StartAsync();
        using var sender = SenderTo(server.Port);
        await QueueAsync(data, "first@example.com", "never@example.com", "later@example.com", "last@example.com");

        await WorkAsync(data, sender);

        var taken = await server.StopAsync();
        Assert.Equal(["first@example.com", "last@example.com"], taken.Select(t => t.To));
        Assert.Single(taken.Select(t => t.Connection).Distinct());
        var left = (await MailsAsync(data)).Where(m => m.SentAt is null);
        Assert.Equal([("RecipientNotAccepted 550", ""), ("RecipientNotAccepted 451", "Hello")], left.Select(m => (m.Failure!, m.Text)));
        data.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await Worker(data, sender).SendDueAsync(Token));
    }

    [Fact]
    public async Task Send_WhereTheServerEndsConnections_GoesOnWithANewOne()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var server = await SmtpServer.StartAsync(mostMails: 2);
        using var sender = SenderTo(server.Port);
        await QueueAsync(data, "a@example.com", "b@example.com", "c@example.com", "d@example.com", "e@example.com");

        await WorkAsync(data, sender);

        var taken = await server.StopAsync();
        Assert.Equal(["a@example.com", "b@example.com", "c@example.com", "d@example.com", "e@example.com"], taken.Select(t => t.To));
        Assert.Equal(3, taken.Select(t => t.Connection).Distinct().Count());
    }

    [Fact]
    public async Task Send_WhereNobodyListens_KeepsTheMails()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        int port;
        await using (var server = await SmtpServer.StartAsync()) port = server.Port;
        using var sender = SenderTo(port);
        await QueueAsync(data, "a@example.com", "b@example.com");

        await WorkAsync(data, sender);

        Assert.All(await MailsAsync(data), m => Assert.Equal((1, null, "Hello"), (m.Attempts, m.SentAt, m.Text)));
    }

    [Fact]
    public async Task Send_WithTls_ToAServerThatHasNone_SendsNothing()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var server = await SmtpServer.StartAsync();
        using var sender = SenderTo(server.Port, useTls: true);
        await QueueAsync(data, "a@example.com");

        await WorkAsync(data, sender);

        Assert.Empty(await server.StopAsync());
        var mail = Assert.Single(await MailsAsync(data));
        Assert.Equal((1, "Hello"), (mail.Attempts, mail.Text));
    }

    [Theory]
    [InlineData("jörg@example.com", true, "jörg@example.com")]
    [InlineData("jörg@example.com", false, null)]
    [InlineData("info@bücher.example", false, "info@xn--bcher-kva.example")]
    public async Task Send_ToAnAddressBeyondAscii_GoesWhereTheServerTakesIt(string address, bool takesUtf8, string? expected)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var server = await SmtpServer.StartAsync(takesUtf8: takesUtf8);
        using var sender = SenderTo(server.Port);
        await QueueAsync(data, address, "other@example.com");

        await WorkAsync(data, sender);

        string[] reached = expected is null ? ["other@example.com"] : [expected, "other@example.com"];
        Assert.Equal(reached, (await server.StopAsync()).Select(t => t.To));
    }

    [Fact]
    public async Task Send_ForeignAndLongText_ArrivesAsItWasWritten()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var server = await SmtpServer.StartAsync();
        using var sender = SenderTo(server.Port);
        var subject = string.Join(' ', Enumerable.Repeat("Größe 日本語 😀", 15));
        var text = "Guten Tag\n.\nein Punkt allein\n" + new string('x', 2_000) + "\nПривет\n";
        var mail = Mail("reader@example.com", subject, text, data.Clock.GetUtcNow());
        await sender.SendAsync(mail, Token);
        await sender.RestAsync(Token);

        var taken = Assert.Single(await server.StopAsync());

        Assert.Equal((subject, text), (taken.Message.Subject, taken.Message.TextBody!.ReplaceLineEndings("\n")));
        var from = taken.Message.From.Mailboxes.Single();
        Assert.Equal(("Läden & Co.", "portal@example.com"), (from.Name, from.Address));
        // A mail tells whole seconds.
        var at = mail.CreatedAt.AddTicks(-(mail.CreatedAt.Ticks % TimeSpan.TicksPerSecond));
        Assert.Equal((mail.MessageId, at), ($"<{taken.Message.MessageId}>", taken.Message.Date));
        var wire = Encoding.Latin1.GetString(taken.Content);
        Assert.DoesNotContain('\n', wire.Replace("\r\n", "", StringComparison.Ordinal));
        Assert.All(wire.Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
        Assert.All(wire.Split("\r\n\r\n")[0].Split("\r\n"), line => Assert.InRange(line.Length, 0, 100));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Send_WithAFile_AttachesIt_AndKeepsItNoLongerThanTheMailNeedsIt(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var server = await SmtpServer.StartAsync();
        using var sender = SenderTo(server.Port);
        byte[] content = [.. Enumerable.Range(0, 5_000).Select(i => (byte)(i * 7))];
        await data.WriteAsync(db =>
        {
            foreach (var to in new[] { "reader@example.com", "never@example.com", "later@example.com" })
            {
                var mail = Mail(to, "Report", "Hello", data.Clock.GetUtcNow());
                mail.Files.Add(new() { Name = "orders-2026-03-10.pdf", ContentType = "application/pdf", Content = content });
                db.OutgoingMails.Add(mail);
            }

            return Task.CompletedTask;
        });

        await WorkAsync(data, sender);

        var message = Assert.Single(await server.StopAsync()).Message;
        Assert.Equal("Hello", message.TextBody!.Trim());
        var file = Assert.IsType<MimePart>(Assert.Single(message.Attachments));
        using var read = new MemoryStream();
        await file.Content!.DecodeToAsync(read, Token);
        Assert.Equal(("orders-2026-03-10.pdf", "application/pdf"), (file.FileName, file.ContentType.MimeType));
        Assert.Equal(content, read.ToArray());
        // Only the one that is tried again still has its file.
        var left = await data.ReadAsync(db => db.OutgoingMails.Where(m => m.Files.Count > 0).Select(m => m.To).ToListAsync(Token));
        Assert.Equal(["later@example.com"], left);
    }

    [Fact]
    public async Task File_IsAMailThatPeopleCanRead()
    {
        var folder = Directory.CreateTempSubdirectory("crm-mail-").FullName;
        var subject = "Größe " + new string('x', 200);
        var mail = Mail("reader@example.com", subject, "A link: https://crm.example/a?b=c\nÄ", new TestClock().GetUtcNow());

        await new FileSender(folder, Options.Create(new MailOptions { From = "portal@example.com" })).SendAsync(mail, Token);

        var file = Assert.Single(Directory.GetFiles(folder));
        Assert.Contains("A link: https://crm.example/a?b=c\r\nÄ", await File.ReadAllTextAsync(file, Token), StringComparison.Ordinal);
        var read = await MimeMessage.LoadAsync(file, Token);
        Assert.Equal((mail.Subject, mail.MessageId), (read.Subject, $"<{read.MessageId}>"));
        Directory.Delete(folder, true);
    }

    [Fact]
    public async Task Send_ByAShopWithALogo_ShowsItAboveTheText_WhichComesPlainAsWell()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var server = await SmtpServer.StartAsync();
        var shop = new ShopIdentity(Options.Create(new ShopOptions { Name = "Läden" }));
        shop.Set(new("Läden & <Co.>", null, new("image/png", TestFiles.Png)));
        using var sender = new SmtpSender(Options.Create(new MailOptions { From = "portal@example.com",
            Smtp = new() { Host = "127.0.0.1", Port = server.Port, UseTls = false } }), shop);
        var text = "Hello <Ada>,\nplease open https://crm.example/a?b=c&d=e.\n";
        await sender.SendAsync(Mail("reader@example.com", "Hello", text, data.Clock.GetUtcNow()), Token);
        await sender.RestAsync(Token);

        var message = Assert.Single(await server.StopAsync()).Message;

        Assert.Equal(text, message.TextBody!.ReplaceLineEndings("\n"));
        var picture = Assert.Single(message.BodyParts.OfType<MimePart>(), p => p.ContentType.MimeType == "image/png");
        Assert.False(picture.IsAttachment);
        using var content = new MemoryStream();
        await picture.Content!.DecodeToAsync(content, Token);
        Assert.Equal(TestFiles.Png, content.ToArray());
        Assert.Contains($"src=\"cid:{picture.ContentId}\" alt=\"L&#228;den &amp; &lt;Co.&gt;\"", message.HtmlBody,
            StringComparison.Ordinal);
        Assert.Contains("Hello &lt;Ada&gt;,", message.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("<a href=\"https://crm.example/a?b=c&amp;d=e\">https://crm.example/a?b=c&amp;d=e</a>.", message.HtmlBody,
            StringComparison.Ordinal);

        var folder = Directory.CreateTempSubdirectory("crm-mail-").FullName;
        await new FileSender(folder, Options.Create(new MailOptions { From = "portal@example.com" }), shop)
            .SendAsync(Mail("reader@example.com", "Hello", text, data.Clock.GetUtcNow()), Token);
        Assert.Contains("please open https://crm.example/a?b=c&d=e.", await File.ReadAllTextAsync(Assert.Single(Directory
            .GetFiles(folder)), Token), StringComparison.Ordinal);
        Directory.Delete(folder, true);
    }

    private static SmtpSender SenderTo(int port, bool useTls = false) => new(
        Options.Create(new MailOptions { From = "portal@example.com", Smtp = new() { Host = "127.0.0.1", Port = port, UseTls = useTls } }),
        new ShopIdentity(Options.Create(new ShopOptions { Name = "Läden & Co." })));

    private static Task<List<OutgoingMail>> MailsAsync(TestServices data) => data.ReadAsync(db => db.OutgoingMails.OrderBy(m => m.Id)
        .ToListAsync(Token));

    private static MailWorker Worker(TestServices data, IMailSender sender) =>
        new(data.Get<IDatabaseProvider>(), sender, data.Clock, NullLogger<MailWorker>.Instance);

    private static async Task WorkAsync(TestServices data, IMailSender sender)
    {
        while (await Worker(data, sender).SendDueAsync(Token) > 0)
        {
        }

        await sender.RestAsync(Token);
    }

    private static Task QueueAsync(TestServices data, params string[] addresses) => data.WriteAsync(db =>
    {
        db.OutgoingMails.AddRange(addresses.Select(a => Mail(a, "Hello", "Hello", data.Clock.GetUtcNow())));
        return Task.CompletedTask;
    });

    private static OutgoingMail Mail(string to, string subject, string text, DateTimeOffset at) =>
        new() { MessageId = $"<{Guid.NewGuid():N}@example.com>", To = to, Subject = subject, Text = text, CreatedAt = at, DueAt = at };
}
