using AngleSharp.Html.Parser;
using CrmPortal.Core.HelpCentre;

namespace CrmPortal.Tests.HelpCentre;

/// <summary>What visitors are shown of an article holds nothing but what Markdown means.</summary>
public sealed class ArticleMarkdownTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    private static readonly string[] Allowed = ["html", "head", "body", "h2", "h3", "h4", "h5", "h6", "p", "a", "img", "ul", "ol", "li",
        "strong", "em", "del", "ins", "mark", "sub", "sup", "code", "pre", "blockquote", "hr", "br", "table", "thead", "tbody", "tr", "th",
        "td", "div", "input"];

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("<svg/onload=alert(1)>")]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](JaVaScRiPt:alert(1))")]
    [InlineData("[x](&#106;avascript:alert(1))")]
    [InlineData("[x](java\nscript:alert(1))")]
    [InlineData("[x](data:text/html;base64,PHNjcmlwdD4=)")]
    [InlineData("[x](vbscript:x)")]
    [InlineData("[x](//evil.example/a)")]
    [InlineData("[x](/\\evil.example)")]
    [InlineData("[x](/customers/1)")]
    [InlineData("[x](/help/../account/logout)")]
    [InlineData("[x](/help/%2E%2e/account/logout)")]
    [InlineData("[x](/help/en\" onclick=\"alert(1))")]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("![x](https://evil.example/pixel.png)")]
    [InlineData("![x](/help/pictures/../../files/documents/1)")]
    [InlineData("![x](//help/pictures/0123456789abcdef0123456789abcdef)")]
    [InlineData("![x](data:image/svg+xml,<svg onload=alert(1)>)")]
    [InlineData("![x\" onerror=\"alert(1)](/help/pictures/0123456789abcdef0123456789abcdef)")]
    [InlineData("[x]: javascript:alert(1)\n\n[x]")]
    [InlineData("![x]\n\n[x]: https://evil.example/a.png")]
    [InlineData("# <b onclick=alert(1)> {#content onclick=alert(1)}")]
    [InlineData("|a|\n|-|\n|<script>alert(1)</script>|")]
    [InlineData("```html\" onclick=\"alert(1)\n<script>\n```")]
    [InlineData("a{onclick=alert(1)} ^^^ :::x onclick=alert(1)")]
    public void Html_OfHostileText_HoldsNothingThatRunsLoadsOrLeadsAway(string text)
    {
        var html = new HtmlParser().ParseDocument(ArticleMarkdown.ToHtml(text));

        Assert.All(html.All, element =>
        {
            Assert.Contains(element.LocalName, Allowed);
            Assert.DoesNotContain(element.Attributes, a => a.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase) || a.Name == "style");
            if (element.GetAttribute("href") is { } link)
                Assert.Matches("^(https?://shop.example/(help(/|$)|#)|https?://example.com|mailto:|tel:|https://x\\.)",
                    new Uri(new Uri("https://shop.example/"), link).AbsoluteUri);
            if (element.LocalName == "a") Assert.DoesNotContain("evil.example", element.GetAttribute("href") ?? "", StringComparison.Ordinal);
            if (element.GetAttribute("src") is { } source) Assert.Matches("^/help/pictures/[0-9a-f]{32}$", source);
        });
    }

    [Fact]
    public void Html_HasHeadingsWithIdsTablesPicturesAndLinks()
    {
        var html = new HtmlParser().ParseDocument(ArticleMarkdown.ToHtml($"""
            # Ärger, was nun?

            ## Twice
            ## Twice

            |a|b|
            |-|-|
            |1|2|

            ![A label](/help/pictures/{Key}) [there](/help/en/orders/x#part-twice) [here](#part-twice) [out](https://example.com) - [x] done
            """));

        Assert.Equal(["part-arger-was-nun", "part-twice", "part-twice-2"], html.QuerySelectorAll("h2").Select(h => h.Id!));
        Assert.Equal("2", html.QuerySelector(".article-table[tabindex='0'] td:last-child")!.TextContent);
        var picture = html.QuerySelector("img")!;
        Assert.Equal(("A label", "lazy"), (picture.GetAttribute("alt"), picture.GetAttribute("loading")));
        Assert.Equal(["/help/en/orders/x#part-twice", "#part-twice", "https://example.com"],
            html.QuerySelectorAll("a").Select(a => a.GetAttribute("href")!));
        Assert.Equal("noopener noreferrer", html.QuerySelectorAll("a")[2].GetAttribute("rel"));
    }

    [Fact]
    public void Text_OfHeadingsTablesCodeAndPictures_IsPlain() =>
        Assert.Equal("Title a b 1 2 code x < y A picture",
            ArticleMarkdown.ToPlain($"# Title\n\n|a|b|\n|-|-|\n|1|2|\n\n```\ncode x < y\n```\n\n![A picture](/help/pictures/{Key})"));

    [Fact]
    public void Pictures_AreKnownByTheirKeys() =>
        Assert.Equal([Key], ArticleMarkdown.Pictures($"![a](/help/pictures/{Key}) and ![again](/help/pictures/{Key}) ![no](/help/pictures/1)"));

    [Fact]
    public void Html_OfWhatIsNestedWithoutEnd_IsTheTextItself()
    {
        var deep = new string('>', 20_000) + " <b>deep</b>";

        Assert.Contains("&lt;b&gt;deep", ArticleMarkdown.ToHtml(deep), StringComparison.Ordinal);
        Assert.NotNull(ArticleMarkdown.ToPlain(deep));
        Assert.NotNull(ArticleMarkdown.ToHtml(new string('[', 20_000)));
        Assert.NotNull(ArticleMarkdown.ToHtml(string.Concat(Enumerable.Repeat("*a_ ", 8_000))));
    }
}
