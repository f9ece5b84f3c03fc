using System.Text;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Tickets.Receiving;

public sealed class MailboxServiceTests
{
    private static readonly MailboxInput Desk = new()
    {
        Name = "Desk", Host = "Mail.Example", UserName = "support", Password = "Secret-word-1",
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Mailbox_IsSavedWithItsPasswordEncrypted_AndComesBackWithoutIt(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var mailboxes = manager.Get<MailboxService>();

        var saved = (await mailboxes.SaveAsync(null, Desk, null, Token))!.Part;
        Assert.Equal(("Desk", "mail.example", 993, true, true), (saved.Name, saved.Host, saved.Port, saved.UseTls, saved.HasPassword));
        var stored = (await data.ReadAsync(db => db.IncomingMailboxes.SingleAsync(Token))).ProtectedPassword;
        Assert.DoesNotContain("Secret-word-1", stored, StringComparison.Ordinal);
        Assert.Equal("Secret-word-1", data.Get<ISecretProtector>().Unprotect(MailboxConnection.SecretPurpose, stored));
        Assert.DoesNotContain(await data.ReadAsync(db => db.AuditEntries.Select(e => e.Values).ToListAsync(Token)),
            v => v?.Contains("Secret", StringComparison.Ordinal) == true || v?.Contains(stored, StringComparison.Ordinal) == true);

        // A new password alone is a new version, so that whoever is connected with the old one hears of it.
        var changed = (await mailboxes.SaveAsync(saved.Id, Desk with { Password = "Other-word-2" }, saved.Version, Token))!.Part;
        Assert.True(changed.Version > saved.Version);
        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => mailboxes.SaveAsync(saved.Id, Desk, saved.Version, Token));
        // With the kept one, the same server only.
        var renamed = (await mailboxes.SaveAsync(saved.Id, Desk with { Name = "Front desk", Password = null }, null, Token))!.Part;
        Assert.Equal("Front desk", renamed.Name);
        foreach (var elsewhere in new[] { Desk with { Host = "evil.example" }, Desk with { Port = 143 }, Desk with { UserName = "other" } })
            Assert.Contains("Password", await FieldsAsync(() => mailboxes.SaveAsync(saved.Id, elsewhere with { Password = null }, null, Token)));

        var removal = await mailboxes.RemoveAsync(saved.Id, Token);
        Assert.Empty(await mailboxes.ListAsync(Token));
        await manager.Get<UndoService>().UndoAsync(removal!.Value, false, Token);
        var back = Assert.Single(await mailboxes.ListAsync(Token));
        Assert.Equal((saved.Id, "Front desk", false, false), (back.Id, back.Name, back.IsActive, back.HasPassword));
        Assert.Contains("Password", await FieldsAsync(() => mailboxes.SaveAsync(back.Id, Desk with { Password = null }, null, Token)));
    }

    [Fact]
    public async Task Mailbox_ThatIsWrong_IsRefusedFieldByField()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var mailboxes = manager.Get<MailboxService>();
        await mailboxes.SaveAsync(null, Desk, null, Token);

        async Task<string> FieldAsync(MailboxInput input) =>
            string.Join(' ', await FieldsAsync(() => mailboxes.SaveAsync(null, input, null, Token)));

        var other = Desk with { Name = "Other" };
        Assert.Equal("Name", await FieldAsync(Desk with { Name = "DESK" }));
        Assert.Equal("Name Host UserName Folder Password", await FieldAsync(new() { Folder = " " }));
        Assert.Equal("Host", await FieldAsync(other with { Host = "http://x/" }));
        Assert.Equal("Port", await FieldAsync(other with { Port = 70_000 }));
        Assert.Equal("UseTls", await FieldAsync(other with { UseTls = false }));
        Assert.Equal("MoveTo", await FieldAsync(other with { After = AfterTaking.Move }));
        Assert.Equal("MoveTo", await FieldAsync(other with { After = AfterTaking.Move, MoveTo = "inbox" }));
        Assert.NotNull(await mailboxes.SaveAsync(null, other with { UseTls = false, Host = "127.0.0.1" }, null, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task WhatWasSetAside_IsListed_Opened_AndBecomesATicketOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var mails = manager.Get<ReceivedMailService>();
        await TakeAsync(data, MailboxTests.Mail("a1", "Help"));
        var news = MailboxTests.Mail("a2", "News").Replace("Subject:", "List-Id: <news.example>\r\nSubject:", StringComparison.Ordinal);
        await TakeAsync(data, news);
        await TakeAsync(data, MailboxTests.Mail("a3", "More"));

        var (all, next) = await mails.ListAsync(null, null, 2, Token);
        Assert.Equal(["More", "News"], all.Select(m => m.Subject));
        var (rest, end) = await mails.ListAsync(null, next, 2, Token);
        Assert.Equal("Help", Assert.Single(rest).Subject);
        Assert.Null(end);
        var aside = Assert.Single((await mails.ListAsync(IntakeOutcome.List, null, 10, Token)).Mails);
        Assert.Equal((true, true, "ada@example.com"), (aside.HasRaw, aside.MayBecomeTicket, aside.Sender));
        Assert.False(all[0].MayBecomeTicket);
        Assert.Null(await mails.OpenAsync(all[0].Id, Token));
        using (var reader = new StreamReader((await mails.OpenAsync(aside.Id, Token))!.Content))
            Assert.Equal(news, await reader.ReadToEndAsync(Token));

        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await using var other = await data.AsRoleAsync(RoleNames.Manager);
            try
            {
                return await other.Get<ReceivedMailService>().MakeTicketAsync(aside.Id, Token);
            }
            catch (Exception fault) when (fault is RuleViolationException or FileNotFoundException)
            {
                return null;
            }
        })));

        var ticket = Assert.Single(made, m => m is not null);
        Assert.Equal("News", (await manager.Get<TicketService>().GetAsync(ticket!.Value, Token))!.Subject);
        Assert.Equal(3, await data.ReadAsync(db => db.Tickets.CountAsync(Token)));
        var row = (await mails.ListAsync(IntakeOutcome.NewTicket, null, 10, Token)).Mails.Single(m => m.Subject == "News");
        Assert.Equal((ticket, false), (row.TicketId, row.MayBecomeTicket));
        Assert.Null(await mails.MakeTicketAsync(aside.Id, Token));
        var message = (await manager.Get<TicketService>().MessagesAsync(ticket.Value, null, Token)).Messages
            .Single(m => m.Kind == TicketMessageKind.Incoming);
        await using var agent = await data.AsAsync(Permissions.TicketsWork, Permissions.CustomersSensitive);
        using var raw = new StreamReader((await agent.Get<TicketService>().OpenRawAsync(message.Id, Token))!.Content);
        Assert.Equal(news, await raw.ReadToEndAsync(Token));
        // Known, whichever way it comes again.
        Assert.True((await TakeAsync(data, news)).IsKnown);
    }

    private static async Task<IReadOnlyList<string>> FieldsAsync(Func<Task> save) =>
        [.. (await Assert.ThrowsAsync<RuleViolationException>(save)).Errors.Select(e => e.Field)];

    private static async Task<IntakeResult> TakeAsync(TestServices data, string raw)
    {
        await using var system = data.AsSystem();
        return await system.Get<IMailIntake>().TakeAsync(new(new MemoryStream(Encoding.UTF8.GetBytes(raw)), "test"), Token);
    }
}
