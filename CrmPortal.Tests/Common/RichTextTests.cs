using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Tests.Common;

/// <summary>Markdown of strangers becomes HTML that does nothing.</summary>
public sealed class RichTextTests
{
    [Theory]
    [InlineData("**bold**", "<p><strong>bold</strong></p>")]
    [InlineData("a\nb", "<p>a<br />\nb</p>")]
    [InlineData("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>")]
    [InlineData("# Head", "<h4>Head</h4>")]
    [InlineData("|a|\n|-|\n|1|", "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n</tr>\n</tbody>\n</table>")]
    [InlineData("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>")]
    [InlineData("[a](javascript:alert(1))", "<p>a</p>")]
    [InlineData("[a](/customers/1)", "<p>a</p>")]
    public void Html_OfMarkdown(string text, string expected) => Assert.Equal(expected, RichText.ToHtml(text).Trim());

    [Theory]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](JaVaScRiPt:alert(1))")]
    [InlineData("[x](data:text/html;base64,AAAA)")]
    [InlineData("[x](vbscript:x)")]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("![x](https://example.com/pixel.png)")]
    [InlineData("[x][1]\n\n[1]: javascript:alert(1)")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("<a href='https://x' onclick='y'>z</a>")]
    [InlineData("[x](https://a\"onmouseover=alert(1)//)")]
    public void Html_HoldsNoScript_NoPicture_NoHandler(string text)
    {
        var html = RichText.ToHtml(text);

        foreach (var tag in System.Text.RegularExpressions.Regex.Matches(html, "<[^>]*>").Select(m => m.Value))
        {
            Assert.DoesNotMatch("(?i)javascript:|data:|vbscript:|<img|<script|\\son\\w+=", tag);
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\n\n**bold** and *soft*\nsecond", "bold and soft")]
    [InlineData("# Head\n\ntext", "Head")]
    [InlineData("- one\n- two", "one")]
    [InlineData("```\ncode\n```", "code")]
    [InlineData("[a](javascript:alert(1)) <b>b</b> `c` https://example.com", "a <b>b</b> c https://example.com")]
    [InlineData("Fish &amp; chips", "Fish & chips")]
    [InlineData("123456789012345678901234567890123456789012345678901", "12345678901234567890123456789012345678901234567890…")]
    public void FirstLine_OfMarkdown_IsPlain(string text, string expected) => Assert.Equal(expected, RichText.FirstLine(text, 50));

    [Fact]
    public void Link_ToTheOutside_TellsNothingOfUs() => Assert.Contains("rel=\"noopener noreferrer nofollow\"",
        RichText.ToHtml("[x](https://example.com)"), StringComparison.Ordinal);
}
