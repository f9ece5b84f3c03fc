using System.Net;
using System.Text.RegularExpressions;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Hosting;

/// <summary>Names in scripts of which a machine has no font are shown with one that the program brings along.</summary>
public sealed partial class FontTests(SharedApp shared) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task Font_ThatTheStyleSheetNames_IsServedToVisitors_AndKept()
    {
        var app = await shared.StartAsync();
        using var visitor = app.CreateClient();

        var names = Named().Matches(await visitor.GetStringAsync("/app.css")).Select(m => m.Groups[1].Value).ToList();

        Assert.Equal(9, names.Count);
        foreach (var name in names)
        {
            var answer = await visitor.GetAsync(name);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var (type, begin) = name.EndsWith(".ttf", StringComparison.Ordinal) ? ("font/ttf", "\0\u0001\0\0") : ("font/woff2", "wOF2");
            Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
            Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            Assert.Equal(begin, string.Concat((await answer.Content.ReadAsByteArrayAsync()).Take(4).Select(b => (char)b)));
        }
    }

    [Theory, InlineData("klingon.ttf"), InlineData("..%2Fcrm.key"), InlineData("DroidSansFallbackFull.ttf")]
    public async Task Font_OfNoName_IsNotThere(string name)
    {
        var app = await shared.StartAsync();
        using var visitor = app.CreateClient();

        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync("/fonts/" + name)).StatusCode);
    }

    [GeneratedRegex("url\\(\"(/fonts/[^\"]+)\"\\)")]
    private static partial Regex Named();
}
