using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using CrmPortal.Core.Platform.Mail.Incoming;

namespace CrmPortal.Tests.Mail.Incoming;

/// <summary>Judged by the tree that a browser would make of what is left, and never by its letters.</summary>
public sealed class MailHtmlTests
{
    private static readonly string[] Safe =
    [
        "html", "head", "body", "a", "abbr", "address", "b", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup",
        "dd", "del", "dfn", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol",
        "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
        "tt", "u", "ul", "var", "wbr",
    ];

    public static TheoryData<string> Attacks =>
    [
        "<script>alert(1)</script>", "<SCRIPT SRC=//evil.example/x.js></SCRIPT>", "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<img src=x onerror=alert(1)>", "<img src=\"javascript:alert(1)\">", "<body onload=alert(1)>text", "<b onmouseover=\"alert(1)\">text</b>",
        "<a href=\"javascript:alert(1)\">text</a>", "<a href=\" jav&#x09;ascript:alert(1)\">text</a>", "<a href=\"java\0script:alert(1)\">text</a>",
        "<a href=\"&#106;&#97;vascript&colon;alert(1)\">text</a>", "<a href=\"data:text/html;base64,PHNjcmlwdD4=\">text</a>",
        "<a href=\"vbscript:msgbox(1)\">text</a>", "<a href=\"/settings/delete\">text</a>", "<a href=\"//evil.example\" ping=//evil.example>text</a>",
        "<svg onload=alert(1)><circle/></svg>", "<svg><script>alert(1)</script></svg>", "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>", "<svg><foreignObject><iframe src=//evil.example></foreignObject></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x</maction></math>",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<template><img src=x onerror=alert(1)></template>",
        "<textarea><p title=\"</textarea><img src=x onerror=alert(1)>\">", "<title><p title=\"</title><img src=x onerror=alert(1)>\">",
        "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">", "<noembed><p title=\"</noembed><img src=x onerror=alert(1)>\">",
        "<iframe src=\"//evil.example\"></iframe>", "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>", "<object data=//evil.example></object>",
        "<embed src=//evil.example>", "<applet code=x></applet>", "<meta http-equiv=refresh content=\"0;url=//evil.example\">",
        "<base href=\"//evil.example/\"><a href=\"x\">text</a>", "<link rel=stylesheet href=//evil.example/x.css>",
        "<style>@import '//evil.example/x.css'; body { background: url(//evil.example/x) }</style>",
        "<form action=\"//evil.example\"><input name=password autofocus onfocus=alert(1)><button formaction=javascript:alert(1)>Go</button></form>",
        "<isindex action=javascript:alert(1) type=submit>", "<div style=\"background:url(//evil.example/x)\">text</div>",
        "<div style=\"background-image:u\\72l(//evil.example/x)\">text</div>", "<div style=\"width: expression(alert(1))\">text</div>",
        "<div style=\"wid/**/th: exp/**/ression(alert(1))\">text</div>", "<div style=\"-moz-binding:url(//evil.example/x#y)\">text</div>",
        "<div style=\"behavior:url(x.htc)\">text</div>", "<div style=\"position:fixed;top:0;left:0;width:100%;height:100%\">text</div>",
        "<div style=\"margin-top:-500px\">text</div>", "<div style=\"color:red;}body{display:none\">text</div>",
        "<table background=//evil.example/x><tr><td background=//evil.example/y>text</td></tr></table>",
        "<img srcset=\"//evil.example/x 2x\">", "<picture><source srcset=//evil.example/x><img></picture>", "<video poster=//evil.example/x src=//evil.example/y>",
        "<audio src=//evil.example autoplay>", "<input type=image src=//evil.example/x>", "<img src=\"data:image/svg+xml;base64,PHN2Zz4=\">",
        "<img src=\"data:text/html,<script>alert(1)</script>\">", "<img name=getElementById id=body class=modal>", "<a id=x name=y href=#x>text</a>",
        "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->", "<!--><img src=x onerror=alert(1)>-->", "<![CDATA[<img src=x onerror=alert(1)>]]>",
        "<?xml-stylesheet href=\"javascript:alert(1)\"?>", "<div data-cid=\"x\" data-remote-src=\"javascript:alert(1)\" data-action=x>text</div>",
        "<img data-remote-src=\"javascript:alert(1)\" src=\"javascript:alert(1)\">", "<marquee onstart=alert(1)>x</marquee>", "<details open ontoggle=alert(1)>text",
        "<portal src=//evil.example>", "<a href=\"https://user@evil.example\" target=_top rel=opener onclick=alert(1)>text</a>",
        "<p title='\"><img src=x onerror=alert(1)>'>text</p>", "<img alt=\"`><img src=x onerror=alert(1)>\">", "<plaintext><img src=x onerror=alert(1)>",
        "<a href=\"https://evil.example/\u2028javascript:alert(1)\">text</a>", "<frameset onload=alert(1)><frame src=//evil.example></frameset>",
        "<slot name=x onslotchange=alert(1)></slot><x-widget onclick=alert(1)>text</x-widget>", "<p is=x-thing contenteditable tabindex=1 autofocus accesskey=x>text</p>",
    ];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Html_OfAnAttack_IsHarmless(string attack)
    {
        foreach (var html in new[] { attack, $"<table><tr><td>{attack}", $"<p><b>{attack}</b></p><div>after</div>", $"<select>{attack}</select>" })
        {
            var mail = Mails.Html(html);

            Assert.DoesNotContain(MailFault.HtmlRefused, mail.Faults);
            AssertHarmless(Tree(mail.Html!, scripting: false));
            AssertHarmless(Tree(mail.Html!, scripting: true));
        }
    }

    [Fact]
    public void Html_OfALetter_KeepsItsForm()
    {
        var body = Tree(Mails.Html("""
            <div style="font-family: Arial, sans-serif; color: #333; position: absolute; background-color: rgb(1, 2, 3)">
            <p align=center>Hello <b>you</b></p><a href="https://shop.example/a?b=1&amp;c=2">shop</a> <a href="mailto:help@shop.example">mail</a>
            <table width=600 cellpadding=0><tr><td colspan=2 bgcolor="#ffffff">cell</td></tr></table><o:p>kept</o:p>
            <form><section>in a form</section></form></div>
            """).Html!).Body!;

        Assert.Equal("font-family: Arial, sans-serif; color: #333; background-color: rgb(1, 2, 3)", body.QuerySelector("div")!.GetAttribute("style"));
        Assert.Equal(["https://shop.example/a?b=1&c=2", "mailto:help@shop.example"], body.QuerySelectorAll("a").Select(a => a.GetAttribute("href")));
        Assert.All(body.QuerySelectorAll("a"), a => Assert.Equal(("_blank", "noopener noreferrer nofollow"), (a.GetAttribute("target"), a.GetAttribute("rel"))));
        Assert.Equal(("2", "600"), (body.QuerySelector("td")!.GetAttribute("colspan"), body.QuerySelector("table")!.GetAttribute("width")));
        Assert.Contains("kept", body.TextContent, StringComparison.Ordinal);
        Assert.Contains("in a form", body.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_AreNotLoaded_UntilThePageSaysSo()
    {
        var mail = Mails.Html("""
            <img src="https://else.example/pixel.gif?id=1" width=1><img src="cid:logo%40else"><img src="//else.example/x.png">
            <img src="data:image/png;base64,iVBORw0KGgo="><img src="/own.png"><img src="file:///etc/passwd">
            """);

        Assert.True(mail.HasRemotePictures);
        var kept = Tree(mail.Html!).QuerySelectorAll("img").ToList();
        Assert.Equal(["https://else.example/pixel.gif?id=1", null, "https://else.example/x.png", null, null, null],
            kept.Select(i => i.GetAttribute("data-remote-src")));
        Assert.Equal([null, null, null, "data:image/png;base64,iVBORw0KGgo=", null, null], kept.Select(i => i.GetAttribute("src")));
        Assert.Equal("logo@else", kept[1].GetAttribute("data-cid"));

        var hidden = Tree(MailHtml.WithPictures(mail.Html!, id => $"/mails/1/{id}", showRemote: false)).QuerySelectorAll("img").ToList();
        Assert.Equal("/mails/1/logo@else", hidden[1].GetAttribute("src"));
        Assert.Null(hidden[0].GetAttribute("src"));

        var shown = Tree(MailHtml.WithPictures(mail.Html!, _ => null, showRemote: true)).QuerySelectorAll("img").ToList();
        Assert.Equal(("https://else.example/pixel.gif?id=1", "no-referrer"), (shown[0].GetAttribute("src"), shown[0].GetAttribute("referrerpolicy")));
        Assert.Null(shown[1].GetAttribute("src"));
    }

    [Fact]
    public void PlainText_BesideHtml_IsNoMarkup()
    {
        var mail = Mails.Read("""
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: text/html

            <p>one</p>
            --m
            Content-Type: text/plain

            <img src=x onerror=alert(1)>
            --m--
            """);

        Assert.Equal(2, Tree(mail.Html!).QuerySelectorAll("p").Length);
        Assert.Empty(Tree(mail.Html!).QuerySelectorAll("img"));
        Assert.Equal("one\n<img src=x onerror=alert(1)>", mail.Text);
    }

    public static TheoryData<string, int> Costly => new()
    {
        { "<div>", 100_000 }, { "<b>", 100_000 }, { "<a>", 100_000 }, { "<table><tr><td>", 60_000 }, { "<svg>", 100_000 }, { "<ul><li>", 100_000 },
        { "<font color=red><p>", 50_000 }, { "<object>", 100_000 }, { "<select><option>", 60_000 }, { "<template>", 90_000 },
    };

    [Theory]
    [MemberData(nameof(Costly))]
    public void Html_ThatIsBuiltToBeCostly_IsRefused_AndItsTextIsKept(string tag, int times)
    {
        var mail = Mails.Html("<p>words</p>" + string.Concat(Enumerable.Repeat(tag, times)));

        Assert.Equal([MailFault.HtmlRefused], mail.Faults);
        Assert.Null(mail.Html);
        Assert.Equal("words", mail.Text.Trim());
    }

    [Fact]
    public void Html_WhoseRepairMultipliesIt_IsRefused()
    {
        // Each paragraph gets every open element again: some kilobytes become millions of elements.
        var html = "<p>" + string.Concat(Enumerable.Range(0, 900).Select(i => $"<b a={i}>")) + string.Concat(Enumerable.Repeat("<p>x", 9_000));

        Assert.Equal([MailFault.HtmlRefused], Mails.Html(html).Faults);
    }

    [Fact]
    public void Html_OfManyParagraphs_IsShown()
    {
        var mail = Mails.Html(string.Concat(Enumerable.Repeat("<div><p>Some words of a <b>long</b> letter<br></p></div>", 4_000)));

        Assert.Empty(mail.Faults);
        Assert.Equal(4_000, Tree(mail.Html!).QuerySelectorAll("b").Length);
    }

    private static void AssertHarmless(IHtmlDocument document)
    {
        foreach (var element in document.All)
        {
            Assert.Contains(element.LocalName, Safe);
            Assert.Equal("http://www.w3.org/1999/xhtml", element.NamespaceUri);
            foreach (var attribute in element.Attributes) AssertHarmless(element, attribute);
        }

        Assert.Empty(document.Descendants<IComment>());
    }

    private static void AssertHarmless(IElement element, IAttr attribute)
    {
        Assert.False(attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase), attribute.Name);
        switch (attribute.Name)
        {
            case "href":
                Assert.Equal("a", element.LocalName);
                Assert.Matches("^(https?://|mailto:|tel:)", attribute.Value);
                Assert.Equal(("_blank", "noopener noreferrer nofollow"), (element.GetAttribute("target"), element.GetAttribute("rel")));
                break;
            case "src":
                Assert.Matches("^data:image/(png|gif|jpe?g|webp);base64,[A-Za-z0-9+/= ]*$", attribute.Value);
                break;
            case "data-remote-src":
                Assert.Matches("^https?://", attribute.Value);
                break;
            case "style":
                Assert.DoesNotMatch(@"(?i)url|expression|\\|/\*|@|[{}<>]|position|behavior|binding|margin[^;]*-\d", attribute.Value);
                break;
            default:
                Assert.Contains(attribute.Name, new[]
                {
                    "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "color", "colspan", "data-cid", "dir", "face", "height",
                    "hspace", "lang", "nowrap", "rel", "rowspan", "size", "start", "target", "title", "valign", "vspace", "width",
                });
                break;
        }
    }

    private static IHtmlDocument Tree(string html, bool scripting = false) =>
        new HtmlParser(new HtmlParserOptions { IsScripting = scripting }).ParseDocument(html);
}
