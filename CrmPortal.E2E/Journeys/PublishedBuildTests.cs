using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using CrmPortal.E2E.Support;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Journeys;

/// <summary>
/// What is published runs in Production: the script reaches a gzip client whole, and the first start makes the first administrator.
/// </summary>
[Collection(typeof(Alone))]
public sealed partial class PublishedBuildTests(Site site) : BrowserTest(site)
{
    private const long MostBytesOfAFirstVisit = 300_000;

    [Fact]
    public async Task Published_FirstStartInProduction_MakesTheAdministratorOnce_AndThePagesLive()
    {
        // The set-up page answers 404 once it has been used, and a page may ask before the sign-in is over.
        Expecting("40[134]");
        Assert.NotNull(Site.Browser);
        var folder = Directory.CreateTempSubdirectory("crmportal-published-").FullName;
        try
        {
            await using var program = await PublishedNode.StartAsync(await Site.PublishedAsync(),
                new Dictionary<string, string> { ["Database__DataFolder"] = folder });
            var setupLink = await program.SetupLinkAsync();

            await AssertScriptReachesGzipClientAsync(program.Address);
            await AssertFirstVisitIsSmallAsync(program.Address);

            var page = await OpenAsync(null, "/account/login");
            await page.GotoAsync(setupLink);
            await page.GetByLabel("Name", new() { Exact = true }).FillAsync("First Administrator");
            await page.GetByLabel("E-mail").FillAsync("first@shop.example");
            await page.GetByLabel("Password").First.FillAsync("The first password of all");
            await page.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
            await page.WaitForURLAsync(u => !u.Contains("/setup", StringComparison.Ordinal));
            if (page.Url.Contains("/account/login", StringComparison.Ordinal))
                await Site.SignInAsync(page, "first@shop.example", "The first password of all");

            // Only a page whose script runs says so, and only one whose circuit lives opens the palette.
            await page.WaitForFunctionAsync("() => document.documentElement.dataset.interactive === 'true'");
            await page.Keyboard.PressAsync("Control+k");
            await Expect(page.GetByRole(AriaRole.Combobox)).ToBeFocusedAsync();
            await page.Keyboard.PressAsync("Escape");

            var again = await page.GotoAsync(setupLink);
            Assert.Equal(404, again!.Status);
            Assert.DoesNotContain("demo.example", await new HttpClient().GetStringAsync(program.Address + "/account/login"),
                StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task AssertScriptReachesGzipClientAsync(string address)
    {
        using var client = new HttpClient(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.None });
        var html = await client.GetStringAsync(address + "/account/login");
        var script = BlazorScript().Match(html).Value;
        Assert.NotEmpty(script);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{address}/{script}");
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("gzip", answer.Content.Headers.ContentEncoding);
        await using var unpacked = new System.IO.Compression.GZipStream(await answer.Content.ReadAsStreamAsync(),
            System.IO.Compression.CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked, Encoding.UTF8);
        Assert.True((await reader.ReadToEndAsync()).Length > 100_000);
    }

    /// <summary>Every sheet and script of a page comes compressed, and all together they are a picture's worth.</summary>
    private static async Task AssertFirstVisitIsSmallAsync(string address)
    {
        using var client = new HttpClient(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.None });
        client.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip");
        var html = await new HttpClient().GetStringAsync(address + "/account/login");
        var files = Linked().Matches(html).Select(m => m.Groups["file"].Value).ToList();
        Assert.True(files.Count > 4, html);
        var total = 0L;
        foreach (var file in files)
        {
            using var answer = await client.GetAsync($"{address}/{file.TrimStart('/')}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.True(answer.Content.Headers.ContentEncoding.Contains("gzip"), $"{file} is not compressed.");
            total += (await answer.Content.ReadAsByteArrayAsync()).LongLength;
        }

        Assert.InRange(total, 100_000, MostBytesOfAFirstVisit);
    }

    [GeneratedRegex("(?:href|src)=\"(?<file>[^\"]+\\.(?:css|js))\"")]
    private static partial Regex Linked();

    [GeneratedRegex("_framework/blazor\\.web\\.[^\"]*js")]
    private static partial Regex BlazorScript();
}
