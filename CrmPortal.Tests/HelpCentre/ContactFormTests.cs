using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Tickets;
using CrmPortal.Hosting;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.HelpCentre;

/// <summary>The contact form of the help centre, as a visitor's browser sends it.</summary>
public sealed class ContactFormTests
{
    private const string Page = "/help/en/contact";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Message_IsProposedArticles_ThenBecomesATicketOfTheCustomer(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        // What a mail says is forgotten with its sending.
        await app.Services.GetRequiredService<MailWorker>().StopAsync(Token);
        await using var system = app.AsSystem();
        var category = await system.AddCategoryAsync();
        var read = await system.AddArticleAsync(category, "Delivery times");
        var shown = await system.AddArticleAsync(category, "Refund of a broken cup");
        await system.AddArticleAsync(category, "Broken cups inside", state: ArticleState.Internal);
        var customer = (await system.Customers.CreateAsync(new() { GivenName = "Ada", Email = "ada@example.com" }, Token)).Customer;
        await SetReceiptAsync(system, true);
        var browser = new AccountBrowser(app.CreateClient());

        Assert.Equal(read.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), Hidden(
            await browser.Http.GetStringAsync($"{Page}?article={read.Id}", Token), "Read"));
        var review = await ReviewAsync(browser, $"{Page}?article={read.Id}", Fields("ADA@example.com", "My cup is broken",
            "It fell <b>apart</b>."));
        Assert.Equal(["Refund of a broken cup"], review.QuerySelectorAll("[data-article]").Select(a => a.TextContent));
        Assert.Equal("It fell <b>apart</b>.", review.QuerySelector(".help-text")!.TextContent);
        using var sent = await SendAsync(browser, review, ("label.txt", "hello"), ("", ""));

        Assert.Equal((HttpStatusCode.SeeOther, Page + "?sent=1"), (sent.StatusCode, sent.Headers.Location!.ToString()));
        Assert.Contains("Your message has arrived", await browser.Http.GetStringAsync(Page + "?sent=1", Token), StringComparison.Ordinal);
        var ticket = (await system.Get<TicketService>().GetAsync(1, Token))!;
        Assert.Equal((customer.Id, "My cup is broken", TicketChannel.Web, TicketState.New, true), (ticket.Requester.CustomerId!.Value,
            ticket.Subject,
            ticket.Channel, ticket.State, ticket.IsAnswerDue));
        var message = Assert.Single((await system.Get<TicketService>().MessagesAsync(1, null, Token)).Messages);
        Assert.Equal(("It fell <b>apart</b>.", "Bo", "ada@example.com", "label.txt"), (message.Text, message.AuthorName,
            message.AuthorEmail,
            Assert.Single(message.Files).Name));
        await using var opened = (await system.Get<TicketService>().OpenFileAsync(message.Files[0].Id, Token))!.Content;
        Assert.Equal("hello", await new StreamReader(opened).ReadToEndAsync(Token));
        // The browser may send the same page again.
        var receipt = Assert.Single(await MailsAsync(system));
        Assert.Equal("ada@example.com", receipt.To);
        Assert.Matches(@"\[T-1\.[0-9a-f]{16}\]", receipt.Text);
        Assert.DoesNotContain("cup", receipt.Subject + receipt.Text, StringComparison.Ordinal);
        var asked = (await system.Get<HelpReportService>().ReadAsync(Token)).Asked;
        Assert.Equal([(read.Id, 1, 0), (shown.Id, 0, 1)], asked.Select(a => (a.Id, a.AfterReading, a.AfterProposal)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Stranger_AndCustomer_GetTheSameAnswers_AndOneReceiptAnHour(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, settings: new() { ["Help:MessagesPerMinute"] = "100",
            ["Support:ContactQueue"] = "Returns" });
        await using var system = app.AsSystem();
        await system.Customers.CreateAsync(new() { GivenName = "Ada", Email = "ada@example.com" }, Token);
        var queue = (await system.Get<QueueService>().SaveAsync(null, new("Returns", "returns@example.com", null, false, true), null,
            Token))!.Part;
        var answers = new List<string>();
        foreach (var email in new[] { "ada@example.com", "nobody@example.com", "nobody@example.com" })
        {
            var browser = new AccountBrowser(app.CreateClient());
            var review = await ReviewAsync(browser, Page, Fields(email, "Question", "Text"));
            using var sent = await SendAsync(browser, review);
            answers.Add($"{(int)sent.StatusCode} {sent.Headers.Location} {sent.Content.Headers.ContentLength} "
                + review.QuerySelector("main")!.TextContent.Replace(email, "", StringComparison.Ordinal));
        }

        Assert.Single(answers.Distinct());
        Assert.Equal(["ada@example.com", "nobody@example.com"], (await MailsAsync(system)).Select(m => m.To));
        Assert.All(await MailsAsync(system), m => Assert.Contains("returns@example.com", m.From!, StringComparison.Ordinal));
        await using var db = system.OpenContext();
        Assert.Equal([queue.Id], await db.Tickets.Select(t => t.QueueId).Distinct().ToListAsync(Token));
        Assert.Equal(1, await db.Tickets.CountAsync(t => t.CustomerId != null, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task WrongFields_AreSaid_AndNothingIsTakenFromProgramsOrWithoutAToken(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, settings: new()
        {
            ["Help:MessagesPerMinute"] = "50", ["Documents:LargestFileMegabytes"] = "1",
        });
        await using var system = app.AsSystem();
        var browser = new AccountBrowser(app.CreateClient());

        var wrong = await DocumentAsync(await browser.SubmitAsync(Page, "contact", Fields("no address", " ", "")));
        Assert.Equal(["contact-email", "contact-subject", "contact-text"], wrong.QuerySelectorAll("[aria-invalid=true]").Select(f => f.Id));
        Assert.Equal(3, wrong.QuerySelectorAll(".field-error").Length);
        Assert.Equal("Bo", ((IHtmlInputElement)wrong.QuerySelector("#contact-name")!).Value);
        var changed = Fields("ada@example.com", "Kept", "Words");
        changed["Edit"] = "1";
        Assert.Equal("Words", (await DocumentAsync(await browser.SubmitAsync(Page, "contact",
            changed))).QuerySelector("#contact-text")!.TextContent);

        var trapped = Fields("ada@example.com", "Buy", "Pills");
        trapped["Website"] = "https://pills.example";
        using (var sent = await SendAsync(browser, await ReviewAsync(browser, Page, trapped)))
            Assert.Equal(Page + "?sent=1", sent.Headers.Location!.ToString());
        var review = await ReviewAsync(browser, Page, Fields("ada@example.com", "Subject", "Text"));
        using (var stranger = app.CreateClient())
        using (var forged = await SendAsync(new AccountBrowser(stranger), review)) Assert.Equal(HttpStatusCode.BadRequest,
            forged.StatusCode);
        using (var plain = await browser.Http.PostAsync(Page + "/send", ApiClient.Json("{}"), Token))
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, plain.StatusCode);
        review.QuerySelector("input[name=Email]")!.SetAttribute("value", "changed afterwards");
        using (var tampered = await SendAsync(browser, review))
            Assert.Equal(Page + "?failed=again", tampered.Headers.Location!.ToString());

        await using var db = system.OpenContext();
        Assert.False(await db.Tickets.AnyAsync(Token));
        Assert.Empty(await MailsAsync(system));
        Assert.False(Directory.Exists(app.Database.Options.DocumentFolder)
            && Directory.EnumerateFiles(app.Database.Options.DocumentFolder, "*", SearchOption.AllDirectories).Any());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Files_ThatAreTooLargeOrTooMany_AreLeftOut_AndTheMessageArrives(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, settings: new() { ["Documents:LargestFileMegabytes"] = "1" });
        await using var system = app.AsSystem();
        var browser = new AccountBrowser(app.CreateClient());
        var review = await ReviewAsync(browser, Page, Fields("bo@example.com", "Subject", "Text"));

        using var sent = await SendAsync(browser, review, ("large.txt", new string('x', 1024 * 1024 + 1)), ("1.txt", "1"), ("2.txt", "2"),
            ("empty.txt", ""), ("3.txt", "3"), ("5.txt", "5"));

        Assert.Equal(Page + "?sent=1&without=3", sent.Headers.Location!.ToString());
        var messages = (await system.Get<TicketService>().MessagesAsync(1, null, Token)).Messages;
        Assert.Equal(["1.txt", "2.txt", "3.txt"], messages[0].Files.Select(f => f.Name));
        Assert.Equal(TicketMessageKind.Notice, messages[1].Kind);
        Assert.Contains("large.txt, empty.txt, 5.txt", messages[1].Text, StringComparison.Ordinal);
        Assert.Equal(3, Directory.EnumerateFiles(app.Database.Options.DocumentFolder, "*", SearchOption.AllDirectories).Count());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Messages_AreLimitedByAddress_AndProposalsAreForAnybody(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, settings: new() { ["Help:MessagesPerMinute"] = "1" });
        await using var system = app.AsSystem();
        await system.AddArticleAsync(await system.AddCategoryAsync(), "Refund of a broken cup");
        var browser = new AccountBrowser(app.CreateClient());

        using var proposed = await browser.Http.PostAsync(Page + "/proposals", new StringContent("my cup is broken"), Token);
        Assert.Contains("\"title\":\"Refund of a broken cup\"", await proposed.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        using var none = await browser.Http.PostAsync(Page + "/proposals", new StringContent("\0"), Token);
        Assert.Equal("[]", await none.Content.ReadAsStringAsync(Token));
        var review = await ReviewAsync(browser, Page, Fields("bo@example.com", "Subject", "Text"));
        using var first = await SendAsync(browser, review);
        using var second = await SendAsync(browser, review);

        Assert.Equal((Page + "?sent=1", Page + "?failed=many"), (first.Headers.Location!.ToString(), second.Headers.Location!.ToString()));
        await using var db = system.OpenContext();
        Assert.Equal(1, await db.Tickets.CountAsync(Token));
        // Nothing was noted as searched for.
        Assert.False(await db.HelpSearches.AnyAsync(Token));
        using var missing = await browser.Http.GetAsync("/help/xx/contact", Token);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        await using var editor = await app.AsRoleAsync(RoleNames.SupportAgent);
        await Assert.ThrowsAsync<CrmPortal.Core.Platform.Common.RuleViolationException>(() => editor.AddCategoryAsync("Contact",
            slug: "contact"));
    }

    private static Dictionary<string, string> Fields(string email, string subject, string text) =>
        new() { ["Name"] = "Bo", ["Email"] = email, ["Subject"] = subject, ["Text"] = text };

    private static async Task SetReceiptAsync(TestScope system, bool sends)
    {
        var queues = system.Get<QueueService>();
        var usual = (await queues.ListAsync(false, Token)).Single(q => q.IsUsual);
        await queues.SaveAsync(usual.Id, new(usual.Name, usual.Email, usual.Signature, true, sends), null, Token);
    }

    private static async Task<IReadOnlyList<Core.Platform.Mail.OutgoingMail>> MailsAsync(TestScope system)
    {
        await using var db = system.OpenContext();
        return await db.OutgoingMails.AsNoTracking().OrderBy(m => m.Id).ToListAsync(Token);
    }

    private static async Task<IHtmlDocument> ReviewAsync(AccountBrowser browser, string page, Dictionary<string, string> fields) =>
        await DocumentAsync(await browser.SubmitAsync(page, "contact", fields));

    private static async Task<IHtmlDocument> DocumentAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            var html = await answer.Content.ReadAsStringAsync(Token);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, html);
            return await new HtmlParser().ParseDocumentAsync(html, Token);
        }
    }

    private static string? Hidden(string html, string name) =>
        new HtmlParser().ParseDocument(html).QuerySelector($"input[name={name}]")!.GetAttribute("value");

    /// <summary>Sends the second form with its hidden fields and some files, as a browser does.</summary>
    private static async Task<HttpResponseMessage> SendAsync(AccountBrowser browser, IHtmlDocument review,
        params (string Name, string Content)[] files)
    {
        var form = review.QuerySelector("form[enctype]")!;
        using var content = new MultipartFormDataContent();
        foreach (var hidden in form.QuerySelectorAll("input[type=hidden]"))
            content.Add(new StringContent(hidden.GetAttribute("value") ?? ""), hidden.GetAttribute("name")!);
        foreach (var (name, text) in files)
        {
            var part = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(text));
            part.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"file\"; filename=\"{name}\"");
            part.Headers.TryAddWithoutValidation("Content-Type", "text/plain");
            content.Add(part);
        }

        return await browser.Http.PostAsync(form.GetAttribute("action"), content, Token);
    }
}
