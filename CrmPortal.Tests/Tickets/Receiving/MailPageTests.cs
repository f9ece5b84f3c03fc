using System.Text;
using Bunit;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Tickets;
using CrmPortal.Features.Settings;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Tickets.Receiving;

public sealed class MailPageTests : CrmPageTest
{
    private static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_ShowsMailboxesWithTheirFailure_AndWhatCameIn()
    {
        await SignInAsync(RoleNames.Manager);
        await using (var system = Data.AsSystem())
        {
            await system.Get<MailboxService>().SaveAsync(null,
                new() { Name = "Desk", Host = "mail.example", UserName = "u", Password = "p" }, null, Token);
            var news = MailboxTests.Mail("a1", "News").Replace("Subject:", "List-Id: <n.example>\r\nSubject:", StringComparison.Ordinal);
            await system.Get<IMailIntake>().TakeAsync(new(new MemoryStream(Encoding.UTF8.GetBytes(news)), "Desk"), Token);
        }

        await Data.ReadAsync(db => db.IncomingMailboxes
            .ExecuteUpdateAsync(m => m.SetProperty(x => x.Failure, MailboxFailures.Refused), Token));
        var page = Render<MailPage>();

        page.WaitForAssertion(() => Assert.Contains("The server refuses the user name", page.Markup, StringComparison.Ordinal));
        page.WaitForAssertion(() => Assert.Contains("Sent to many", page.Markup, StringComparison.Ordinal));
        await page.FindAll("button").Single(b => b.TextContent.Trim() == "Make a ticket").ClickAsync(new());
        Assert.Equal("News", (await Data.ReadAsync(db => db.Tickets.SingleAsync(Token))).Subject);
    }

    [Fact]
    public async Task Dialog_TriesTheConnection_AndSaves()
    {
        await SignInAsync(RoleNames.Manager);
        var page = Render<MailPage>();
        await page.FindAll("button").Single(b => b.TextContent.Contains("New mailbox", StringComparison.Ordinal)).ClickAsync(new());
        Dialogs.WaitForElement("#mailbox-name");
        foreach (var (field, value) in new[] { ("name", "Desk"), ("host", "mail.example"), ("user", "u"), ("password", "p") })
            await Dialogs.Find($"#mailbox-{field}").ChangeAsync(new() { Value = value });

        await Dialogs.FindAll("button").Single(b => b.TextContent.Contains("Try the connection", StringComparison.Ordinal))
            .ClickAsync(new());
        Dialogs.WaitForAssertion(() => Assert.Contains("mails in the folder: 3", Dialogs.Markup, StringComparison.Ordinal));
        await Dialogs.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Contains("mail.example", page.Markup, StringComparison.Ordinal));
        Assert.Equal("Desk", (await Data.ReadAsync(db => db.IncomingMailboxes.SingleAsync(Token))).Name);
    }
}
