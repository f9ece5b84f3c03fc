using System.Net;
using System.Text.Json;
using System.Xml.Linq;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.HelpCentre;

/// <summary>The public pages, as browsers, search engines and feed readers get them.</summary>
public sealed class HelpPagesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Pages_ForVisitors_AreHtmlAlone_InTheirLanguage_AndSayWhereTheyAre(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, settings: new() { ["Shop:BaseUrl"] = "https://shop.example" });
        await using (var system = app.AsSystem())
        {
            var returns = await system.AddCategoryAsync("Returns", "Devoluciones");
            var article = await system.AddArticleAsync(returns, "Send back", "## How\n\nBy post.", summary: "In thirty days.");
            article = await system.ChangeAsync(article, "Devolver", "Por correo.", language: "es");
            await system.ChangeAsync(article, slug: "send-it-back");
        }

        using var visitor = app.CreateClient();
        Assert.Equal("/help/en", new Uri(visitor.BaseAddress!, (await visitor.GetAsync("/help", Token)).Headers.Location!).AbsolutePath);
        var page = await PageAsync(visitor, "/help/en/returns/send-it-back");

        Assert.Equal(("en", "Send back – CrmPortal", "In thirty days."), (page.DocumentElement.GetAttribute("lang"), page.Title,
            page.QuerySelector("meta[name=description]")!.GetAttribute("content")));
        Assert.Equal("https://shop.example/help/en/returns/send-it-back", Link(page, "canonical"));
        Assert.Equal(["en https://shop.example/help/en/returns/send-it-back", "es https://shop.example/help/es/returns/devolver",
            "x-default https://shop.example/help/en/returns/send-it-back"], page.QuerySelectorAll("link[hreflang]")
            .Select(l => $"{l.GetAttribute("hreflang")} {l.GetAttribute("href")}"));
        Assert.Empty(page.QuerySelectorAll("script"));
        Assert.Equal("How", page.QuerySelector(".article h2#part-how")!.TextContent);
        Assert.Equal("es", (await PageAsync(visitor, "/help/es/returns/devolver")).DocumentElement.GetAttribute("lang"));

        using var moved = await visitor.GetAsync("/help/en/returns/send-back", Token);
        Assert.Equal((HttpStatusCode.MovedPermanently, "/help/en/returns/send-it-back"),
            (moved.StatusCode, moved.Headers.Location!.ToString()));
        foreach (var missing in new[] { "/help/xx", "/help/en/nothing", "/help/en/returns/nothing", "/help/es/returns/send-it-back",
            "/help/en/returns/%EF%BF%BE" })
        {
            using var answer = await visitor.GetAsync(missing, Token);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            var said = await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStringAsync(Token), Token);
            Assert.NotNull(said.QuerySelector("form[role=search] input[name=q]"));
            Assert.NotNull(said.QuerySelector("meta[name=robots][content=noindex]"));
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Search_MarksHits_EncodesWhatWasTyped_AndIsLimitedByAddress(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, settings: new() { ["Help:SearchesPerMinute"] = "3" });
        await using (var system = app.AsSystem())
            await system.AddArticleAsync(await system.AddCategoryAsync(), "<b>Refund</b> & more", "Your refund.");
        using var visitor = app.CreateClient();

        var page = await PageAsync(visitor, "/help/en/search?q=refund");
        Assert.Equal(["Refund", "refund"], page.QuerySelectorAll("mark").Select(m => m.TextContent));
        Assert.Equal("<b>Refund</b> & more", page.QuerySelector(".help-list h2 a")!.TextContent);
        var hostile = await PageAsync(visitor, "/help/en/search?q=" + Uri.EscapeDataString("\"><script>alert(1)</script>"));
        Assert.Empty(hostile.QuerySelectorAll("script"));
        Assert.Equal("\"><script>alert(1)</script>", ((IHtmlInputElement)hostile.QuerySelector("input[name=q]")!).Value);
        Assert.Contains("Nothing was found", hostile.QuerySelector("[role=status]")!.TextContent, StringComparison.Ordinal);
        // Without words nothing is searched, and nothing counted.
        for (var i = 0; i < 5; i++) await PageAsync(visitor, "/help/en/search");
        await PageAsync(visitor, "/help/en/search?q=" + new string('x', 500));
        await PageAsync(visitor, "/help/en/search?q=other");

        using var refused = await visitor.GetAsync("/help/en/search?q=again", Token);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        await PageAsync(visitor, "/help/en");
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Vote_IsCountedOnceForABrowser_WithItsReason_AndNeedsTheFormsToken(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        const string Address = "/help/en/orders/refund";
        await using (var system = app.AsSystem()) await system.AddArticleAsync(await system.AddCategoryAsync(), "Refund");
        var browser = new AccountBrowser(app.CreateClient());

        using (var answer = await browser.SubmitAsync(Address, "vote", new() { ["Vote"] = "no", ["Reason"] = "No <b>word</b> of cash" }))
        {
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            var cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("crm-help-votes=", StringComparison.Ordinal));
            Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("path=/help", cookie, StringComparison.OrdinalIgnoreCase);
        }

        var thanks = await PageAsync(browser.Http, Address + "?voted=1");
        Assert.Equal("Thank you for telling us.", thanks.QuerySelector(".help-vote [role=status]")!.TextContent);
        Assert.Null(thanks.QuerySelector("form[method=post]"));
        var second = new AccountBrowser(app.CreateClient());
        using (await second.SubmitAsync(Address, "vote", new() { ["Vote"] = "yes" })) { }
        using var forged = app.CreateClient();
        using var content = new FormUrlEncodedContent([new("_handler", "vote"), new("Vote", "yes")]);
        Assert.Equal(HttpStatusCode.BadRequest, (await forged.PostAsync(Address, content, Token)).StatusCode);

        await using var editor = app.AsSystem();
        var report = await editor.Get<HelpReportService>().ReadAsync(Token);
        Assert.Equal((1, 1, "No <b>word</b> of cash"), (report.Helped, report.DidNot, Assert.Single(Assert.Single(report.Poor).Reasons)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Questions_AreToldToSearchEngines_WhateverTheyHold(DatabaseKind kind)
    {
        const string Title = "Why </script><script>alert(1)</script>?";
        await using var app = await TestApp.StartAsync(kind);
        await using (var system = app.AsSystem())
        {
            var faq = await system.AddCategoryAsync("Points", isFaq: true);
            await system.AddArticleAsync(faq, Title, "Because of **this**.");
            await system.AddArticleAsync(faq, "Secret", "For us.", ArticleState.Internal);
        }

        using var visitor = app.CreateClient();
        var page = await PageAsync(visitor, "/help/en/points");

        var script = Assert.Single(page.QuerySelectorAll("script"));
        Assert.Equal("application/ld+json", script.GetAttribute("type"));
        var data = JsonDocument.Parse(script.TextContent).RootElement;
        var question = Assert.Single(data.GetProperty("mainEntity").EnumerateArray());
        Assert.Equal(("FAQPage", Title, "Because of this."), (data.GetProperty("@type").GetString(), question.GetProperty("name").GetString(),
            question.GetProperty("acceptedAnswer").GetProperty("text").GetString()));
        Assert.StartsWith(Title, page.QuerySelector(".help-questions summary")!.TextContent.Trim(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task SitemapAndFeed_AreWellFormed_HoldWhatIsPublished_AndAnswerShortly(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, settings: new() { ["Shop:BaseUrl"] = "https://shop.example/base" });
        await using (var system = app.AsSystem())
        {
            var orders = await system.AddCategoryAsync();
            var article = await system.AddArticleAsync(orders, "A & B <c> \u0001", summary: "\u0002 ]]> sum");
            await system.ChangeAsync(article, "Año", "Uno", language: "es");
            await system.AddArticleAsync(orders, "Draft", state: ArticleState.Draft);
            await system.AddArticleAsync(orders, "Later", publishAt: DateTimeOffset.MaxValue.AddYears(-1000));
        }

        using var visitor = app.CreateClient();
        var map = await XmlAsync(visitor, "/help/sitemap.xml", "application/xml");
        XNamespace ns = "http://www.sitemaps.org/schemas/sitemap/0.9", html = "http://www.w3.org/1999/xhtml";
        Assert.Equal(["https://shop.example/base/help/en", "https://shop.example/base/help/en/orders",
            "https://shop.example/base/help/en/orders/a-b-c", "https://shop.example/base/help/es",
            "https://shop.example/base/help/es/orders", "https://shop.example/base/help/es/orders/ano"],
            map.Descendants(ns + "loc").Select(l => l.Value).Order(StringComparer.Ordinal));
        Assert.Equal(12, map.Descendants(html + "link").Count());
        var feed = await XmlAsync(visitor, "/help/en/feed.xml", "application/rss+xml");
        Assert.Equal(("A & B <c>", " ]]> sum"), (feed.Descendants("item").Single().Element("title")!.Value.Trim(),
            feed.Descendants("item").Single().Element("description")!.Value is var text && text.StartsWith(']') ? " " + text : text));
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync("/help/xx/feed.xml", Token)).StatusCode);

        using var first = await visitor.GetAsync("/help/en/feed.xml", Token);
        Assert.True(first.Headers.CacheControl is { MaxAge.TotalSeconds: 300 });
        using var again = await visitor.SendAsync(HttpMethod.Get, "/help/en/feed.xml", null, ("If-None-Match", first.Headers.ETag!.Tag));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Picture_IsSeenByVisitors_WhileAPublishedArticleShowsIt(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        await using var system = app.AsSystem();
        var pictures = system.Get<ArticlePictureService>();
        var key = await pictures.AddAsync(new MemoryStream(TestFiles.JpegWithNotes()), Token);
        Assert.Equal(key, await pictures.AddAsync(new MemoryStream(TestFiles.JpegWithNotes()), Token));
        using var visitor = app.CreateClient();
        using var agent = await app.ClientAsAsync(RoleNames.SupportAgent);
        using var staff = await app.ClientAsAsync(RoleNames.Staff);
        var address = HelpAddresses.Picture(key);

        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync(address, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await staff.GetAsync(address, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await agent.GetAsync(address, Token)).StatusCode);
        var article = await system.AddArticleAsync(await system.AddCategoryAsync(), "Shown", $"![x]({address})");
        using (var answer = await visitor.GetAsync(address, Token))
        {
            Assert.Equal("image/jpeg", answer.Content.Headers.ContentType!.MediaType);
            Assert.DoesNotContain(TestFiles.Secret, await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }

        article = await system.ChangeAsync(article, body: "Without it");
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync(address, Token)).StatusCode);
        article = await system.ChangeAsync(article, body: $"![x]({address})", state: ArticleState.Draft);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync(address, Token)).StatusCode);
        foreach (var bad in new byte[][] { [.. "<svg onload=alert(1)>"u8], [], TestFiles.Png[..40], TestFiles.PngOf(30_000, 30_000) })
            await Assert.ThrowsAsync<Core.Platform.Common.RuleViolationException>(() => pictures.AddAsync(new MemoryStream(bad), Token));
        foreach (var path in new[] { "/help/pictures/1", "/help/pictures/" + new string('z', 32), "/help/pictures/%2e%2e" })
            Assert.NotEqual(HttpStatusCode.OK, (await visitor.GetAsync(path, Token)).StatusCode);
        using var content = new ByteArrayContent(TestFiles.Png);
        Assert.Equal(HttpStatusCode.BadRequest, (await agent.PostAsync("/files/articles/pictures", content, Token)).StatusCode);
        await using var db = system.OpenContext();
        Assert.Equal(1, await db.ArticlePictures.CountAsync(Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Pages_WithFewAndManyArticles_SendTheSameFewStatements(DatabaseKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        await using var system = app.AsSystem();
        var (orders, faq) = (await system.AddCategoryAsync(), await system.AddCategoryAsync("Questions", isFaq: true));
        foreach (var category in new[] { orders, faq })
            for (var i = 0; i < 3; i++) await system.AddArticleAsync(category, $"Parcel {i} of {category.Slug}", "A parcel");
        using var visitor = app.CreateClient();
        Dictionary<string, int> most = new()
        {
            ["/help/en"] = 3, ["/help/en/orders"] = 4, ["/help/en/questions"] = 5, ["/help/en/orders/parcel-1-of-orders"] = 6,
            ["/help/en/search?q=parcel"] = 8, ["/help/sitemap.xml"] = 2, ["/help/en/feed.xml"] = 3,
        };
        var few = await CountAsync();
        foreach (var category in new[] { orders, faq })
            for (var i = 3; i < 30; i++) await system.AddArticleAsync(category, $"Parcel {i} of {category.Slug}", "A parcel");
        var many = await CountAsync();

        Assert.Equal(few, many);
        Assert.All(most, page => Assert.True(few[page.Key] <= page.Value, $"{page.Key} sends {few[page.Key]} statements."));

        async Task<Dictionary<string, int>> CountAsync()
        {
            var counts = new Dictionary<string, int>();
            foreach (var address in most.Keys)
            {
                // The first search of a text adds a row, the others raise it.
                await visitor.GetAsync(address, Token);
                app.Commands.Clear();
                using var answer = await visitor.GetAsync(address, Token);
                counts[address] = app.Commands.OfRequests.Count(s => s.Contains("Article", StringComparison.Ordinal)
                    || s.Contains("Help", StringComparison.Ordinal));
            }

            return counts;
        }
    }

    private static string? Link(IHtmlDocument page, string rel) => page.QuerySelector($"link[rel={rel}]")?.GetAttribute("href");

    private static async Task<IHtmlDocument> PageAsync(HttpClient client, string address)
    {
        using var answer = await client.GetAsync(address, Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode} {text}");
        Assert.Contains("script-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        return await new HtmlParser().ParseDocumentAsync(text, Token);
    }

    private static async Task<XDocument> XmlAsync(HttpClient client, string address, string type)
    {
        using var answer = await client.GetAsync(address, Token);
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        return XDocument.Parse(await answer.Content.ReadAsStringAsync(Token));
    }
}
