using System.Diagnostics;
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

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Published_FirstStartInProduction_MakesTheAdministratorOnce_AndThePagesLive()
    {
        // The set-up page answers 404 once it has been used, and a page may ask before the sign-in is over.
        Expecting("40[134]");
        Assert.NotNull(Site.Browser);
        var folder = Directory.CreateTempSubdirectory("crmportal-published-").FullName;
        try
        {
            await PublishAsync(Path.Combine(folder, "program"));
            await using var program = await Started.Async(Path.Combine(folder, "program"), Path.Combine(folder, "data"));

            await AssertScriptReachesGzipClientAsync(program.Address);
            await AssertFirstVisitIsSmallAsync(program.Address);

            var page = await OpenAsync(null, "/account/login");
            await page.GotoAsync(program.SetupLink);
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

            var again = await page.GotoAsync(program.SetupLink);
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

    private static async Task PublishAsync(string folder)
    {
        var project = Path.Combine(Path.GetDirectoryName(Site.Artifacts)!, "CrmPortal");
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}",
            StringComparison.Ordinal) ? "Release" : "Debug";
        using var publish = Process
            .Start(new ProcessStartInfo("dotnet", ["publish", project, "--no-build", "-c", configuration, "-o", folder, "-nologo", "-v",
            "q"]) { RedirectStandardOutput = true })!;
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        Assert.True(publish.ExitCode == 0, output);
    }

    [GeneratedRegex("(?:href|src)=\"(?<file>[^\"]+\\.(?:css|js))\"")]
    private static partial Regex Linked();

    [GeneratedRegex("_framework/blazor\\.web\\.[^\"]*js")]
    private static partial Regex BlazorScript();

    /// <summary>The published program as a process of its own.</summary>
    private sealed partial class Started : IAsyncDisposable
    {
        private readonly Process _process;

        private Started(Process process, string address, string setupLink) => (_process, Address, SetupLink) = (process, address,
            setupLink);

        public string Address { get; }

        public string SetupLink { get; }

        public static async Task<Started> Async(string program, string data)
        {
            var start = new ProcessStartInfo("dotnet", [Path.Combine(program, "CrmPortal.dll"), "--urls", "http://127.0.0.1:0",
                "--environment", "Production", "--Database:DataFolder", data])
            {
                WorkingDirectory = program, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            start.Environment.Remove("ASPNETCORE_ENVIRONMENT");
            var process = Process.Start(start)!;
            try
            {
                var output = new StringBuilder();
                using var patience = new CancellationTokenSource(Patience);
                while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
                {
                    output.AppendLine(line);
                    if (Link().Match(line) is not { Success: true } link) continue;
                    // Reading goes on, so that the program never waits for its reader.
                    _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                    _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
                    var address = new Uri(link.Value);
                    return new(process, $"http://localhost:{address.Port}", $"http://localhost:{address.Port}{address.PathAndQuery}");
                }

                throw new InvalidOperationException("The program ended: " + output);
            }
            catch
            {
                process.Kill(entireProcessTree: true);
                process.Dispose();
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        [GeneratedRegex("http://[^\\s\"]+/setup\\?code=[^\\s\"]+")]
        private static partial Regex Link();
    }
}
