using System.Globalization;
using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using CrmPortal.E2E.Support;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using MimeKit;

namespace CrmPortal.E2E.Journeys;

/// <summary>Customers write by mail, an agent answers by mail, and the customers say how it was.</summary>
public sealed partial class MailTicketTests(Site site) : BrowserTest(site)
{
    /// <summary>The width of most desks.</summary>
    private const int OfADesk = 1440;

    private const int PictureWidth = 24;
    private const string Remote = "https://pictures.example/seen.png";

    private static readonly byte[] Picture = TestFiles.Png;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OfADesk)]
    [InlineData(Narrow)]
    public async Task Mail_BecomesATicket_IsAnsweredAndSolved_AndTheCustomerSaysHowItWas(int width)
    {
        var (subject, email) = ($"Mug {Guid.NewGuid():N}"[..16], $"{Guid.NewGuid():N}@example.com");
        var desk = await OpenAsync(RoleNames.SupportAgent, "/tickets?view=unassigned&sort=created&order=down", width: width);
        var asked = 0;
        await desk.Context.RouteAsync(Remote, route =>
        {
            Interlocked.Increment(ref asked);
            return route.FulfillAsync(new() { ContentType = "image/png", BodyBytes = Picture });
        });

        // The mail appears in the list that is open, and is shown without telling anybody that it was read.
        var first = Complaint(email, subject);
        var (outcome, id) = await PostOffice.BringAsync(Site, first);
        Assert.Equal("new_ticket", outcome);
        await desk.GetByRole(AriaRole.Link, new() { Name = subject }).ClickAsync();
        var log = desk.GetByRole(AriaRole.Log);
        await log.GetByRole(AriaRole.Button, new() { Name = "Show as formatted" }).ClickAsync();
        var frame = log.Locator("iframe");
        Assert.DoesNotContain("allow-s", await frame.GetAttributeAsync("sandbox"), StringComparison.Ordinal);
        var mail = frame.ContentFrame;
        await Expect(mail.GetByText("It came like this:")).ToBeVisibleAsync();
        await Expect(mail.GetByRole(AriaRole.Img, new() { Name = "The mug" })).ToHaveJSPropertyAsync("naturalWidth", PictureWidth);
        var remote = mail.GetByRole(AriaRole.Img, new() { Name = "Our family" });
        await Expect(remote).ToHaveJSPropertyAsync("naturalWidth", 0);
        Assert.Equal(0, asked);
        await PictureAsync(desk, $"mail-{width}");
        await log.GetByRole(AriaRole.Button, new() { Name = "Load pictures from other servers" }).ClickAsync();
        await Expect(remote).ToHaveJSPropertyAsync("naturalWidth", PictureWidth);
        Assert.Equal(1, asked);
        var download = await desk.RunAndWaitForDownloadAsync(() =>
            log.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("bill.txt") }).ClickAsync());
        Assert.Equal("Mug, 12.50", await File.ReadAllTextAsync(await download.PathAsync(), Token));

        // The answer leaves through the mail server, within the customer's conversation and with our signature.
        await desk.GetByLabel($"Reply to {email}").FillAsync("We send a **new one** today.");
        await desk.Locator("summary", new() { HasText = "Send and…" }).ClickAsync();
        await desk.GetByRole(AriaRole.Button, new() { Name = "Send and wait for an answer" }).ClickAsync();
        await Expect(log.GetByText("new one")).ToBeVisibleAsync();
        await Expect(desk.GetByLabel("State")).ToHaveValueAsync("Pending");
        var reply = await Site.Post.SentAsync(email, 1);
        Assert.Equal(($"Re: {subject}", first.MessageId, first.MessageId),
            (reply.Subject, reply.InReplyTo, Assert.Single(reply.References)));
        Assert.Matches($@"^t{id}\.\d+\.[0-9a-f]{{16}}@", reply.MessageId);
        Assert.Contains("<strong>new one</strong>", reply.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("> It came like this:", reply.TextBody, StringComparison.Ordinal);

        // What the customer answers to it stands below, and the ticket waits for the agent again.
        (outcome, var answered) = await PostOffice.BringAsync(Site, AnswerTo(reply, "Thank you, that is kind."));
        Assert.Equal(("reply", id), (outcome, answered));
        await Expect(log.GetByText("Thank you, that is kind.")).ToBeVisibleAsync();
        await Expect(desk.GetByLabel("State")).ToHaveValueAsync("Open");
        await PictureAsync(desk, $"answer-{width}");
        await desk.GetByLabel("Add a tag").FillAsync(email[..20]);
        await desk.GetByLabel("Add a tag").PressAsync("Enter");
        await Expect(desk.GetByRole(AriaRole.Button, new() { Name = $"Remove the tag {email[..20]}" })).ToBeVisibleAsync();
        await desk.GetByRole(AriaRole.Button, new() { Name = "Solve", Exact = true }).ClickAsync();
        await Expect(desk.GetByLabel("State")).ToHaveValueAsync("Solved");

        // Later the customer is asked. To open the link, as programs that look through mails do, answers nothing.
        await AskAsync(id);
        var survey = PathOf(await Site.Post.SentAsync(email, 2));
        var customer = await OpenAsync(null, survey, width: width);
        await customer.ReloadAsync();
        await Expect(desk.GetByText("no answer yet")).ToBeVisibleAsync();
        await RateAsync(customer, "5 · very satisfied", "Fast and friendly");
        await Expect(desk.GetByText("5 of 5")).ToBeVisibleAsync();
        await Expect(desk.GetByText("Fast and friendly")).ToBeVisibleAsync();
        await GoAsync(desk, $"/reports/support?period=this_year&tag={email[..20]}");
        await Expect(desk.GetByText("1 gave 4 or 5")).ToBeVisibleAsync();
        await PictureAsync(desk, $"report-{width}");

        // They may think better of it; a low score brings the ticket back to whoever had it.
        await GoAsync(customer, survey);
        await Expect(customer.GetByLabel("5 · very satisfied")).ToBeCheckedAsync();
        await RateAsync(customer, "1 · not satisfied at all", "The new one is broken too");
        await desk.Locator("summary[aria-label^='Notifications']").ClickAsync();
        await desk.GetByRole(AriaRole.Button, new() { NameRegex = new Regex($"not satisfied with the ticket T-{id} ") }).ClickAsync();
        await Expect(desk.GetByText("1 of 5")).ToBeVisibleAsync();
        await Expect(desk.GetByLabel("State")).ToHaveValueAsync("Open");
    }

    [Fact]
    public async Task MailInItsFrame_AndTheSurvey_HaveNoAccessibilityFault()
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        // Words without a place to break are no wider than a phone either.
        var (_, id) = await PostOffice.BringAsync(Site, Complaint(email, "Mug https://shop.example/" + new string('x', 60)));
        var path = $"/tickets/{id.ToString(CultureInfo.InvariantCulture)}";
        var page = await OpenAsync(RoleNames.SupportAgent, path, bypassContentPolicy: true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show as formatted" }).ClickAsync();
        await Expect(page.Locator("iframe").ContentFrame.GetByText("It came like this:")).ToBeVisibleAsync();
        await LookAsync(page, "mail");

        await using var scope = AsSystem();
        var tickets = scope.ServiceProvider.GetRequiredService<TicketService>();
        await tickets.ReplyAsync(id, new() { Text = "A new one is on its way.", State = TicketState.Solved }, Token);
        await Site.Post.SentAsync(email, 1);
        await AskAsync(id);
        var customer = await OpenAsync(null, PathOf(await Site.Post.SentAsync(email, 2)), bypassContentPolicy: true);
        await LookAsync(customer, "survey");
        await RateAsync(customer, "4 · satisfied", "Good");
        await LookAsync(customer, "thanks");
    }

    private async Task LookAsync(IPage page, string what)
    {
        await Axe.LoadAsync(page);
        await Axe.AssertCleanAsync(page, what, (theme, width) =>
            PictureAsync(page, string.Create(CultureInfo.InvariantCulture, $"{what}-{theme}-{width}")));
    }

    private static async Task RateAsync(IPage customer, string score, string comment)
    {
        await customer.GetByLabel(score).CheckAsync();
        await customer.GetByLabel("What could we do better? (optional)").FillAsync(comment);
        await customer.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(customer.GetByRole(AriaRole.Heading, new() { Name = "Thank you" })).ToBeVisibleAsync();
    }

    /// <summary>A mail as many programs write them: text and HTML, a picture within, one on another server, and a file.</summary>
    private static MimeMessage Complaint(string email, string subject)
    {
        var body = new BodyBuilder { TextBody = "Hello,\n\nIt came like this: broken.\n" };
        var picture = body.LinkedResources.Add("mug.png", Picture);
        picture.ContentId = $"{Guid.NewGuid():N}@home";
        body.HtmlBody = $"""
            <p>Hello,</p><p style="color:#a00"><b>It came like this:</b> broken.</p><img src="cid:{picture.ContentId}" alt="The mug">
            <img src="{Remote}" alt="Our family"><script>document.body.remove()</script>
            """;
        body.Attachments.Add("bill.txt", System.Text.Encoding.UTF8.GetBytes("Mug, 12.50"));
        return new([new MailboxAddress("Bo Stone", email)], [new MailboxAddress("Support", "support@shop.example")], subject,
            body.ToMessageBody());
    }

    /// <summary>What a mail program makes of a mail when somebody answers it.</summary>
    private static MimeMessage AnswerTo(MimeMessage mail, string text)
    {
        var quoted = string.Join('\n', mail.TextBody!.ReplaceLineEndings("\n").Split('\n').Select(line => "> " + line));
        var answer = new MimeMessage([mail.To[0]], [mail.From[0]], mail.Subject!,
            new TextPart("plain") { Text = $"{text}\n\nOn Monday the shop wrote:\n{quoted}\n" }) { InReplyTo = mail.MessageId! };
        answer.References.AddRange([.. mail.References, mail.MessageId!]);
        return answer;
    }

    /// <summary>The time passes after which the customer of a solved ticket is asked.</summary>
    private async Task AskAsync(long ticketId)
    {
        await using (var db = Site.Services.GetRequiredService<IDatabaseProvider>().CreateContext(null))
        {
            var before = TimeProvider.System.GetUtcNow().AddHours(-2);
            await db.Tickets.Where(t => t.Id == ticketId).ExecuteUpdateAsync(t => t.SetProperty(x => x.SolvedAt, before), Token);
        }

        await using var scope = AsSystem();
        await scope.ServiceProvider.GetRequiredService<SurveyService>().SendDueAsync(Token);
    }

    /// <summary>Where the link of a survey leads, by whatever name the mail calls this machine.</summary>
    private static string PathOf(MimeMessage survey) => SurveyPath().Match(survey.TextBody!).Value;

    private AsyncServiceScope AsSystem()
    {
        var scope = Site.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("tests"));
        return scope;
    }

    [GeneratedRegex(@"/feedback/\d+/\w+")]
    private static partial Regex SurveyPath();
}
