using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using CrmPortal.Layout.Theme;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Utilities;

namespace CrmPortal.Tests.Layout;

/// <summary>One look for the library's components and for everything that the style sheet draws.</summary>
public sealed partial class ThemeTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private static readonly Dictionary<string, (string Light, string Dark)> Tokens = Token()
        .Matches(File.ReadAllText(Path.Combine(Repository.Root, "CrmPortal", "wwwroot", "app.css")))
        .ToDictionary(m => m.Groups["name"].Value, m => (m.Groups["light"].Value, m.Groups["dark"].Value));

    public static TheoryData<string, Func<Palette, MudColor>> Shared => new()
    {
        { "accent", p => p.Primary }, { "on-accent", p => p.PrimaryContrastText }, { "surface", p => p.Surface },
        { "surface-page", p => p.Background }, { "surface-page", p => p.AppbarBackground }, { "surface", p => p.DrawerBackground },
        { "surface-hover", p => p.TableHover }, { "text", p => p.TextPrimary }, { "text-muted", p => p.TextSecondary },
        { "line", p => p.TableLines }, { "line-strong", p => p.LinesInputs }, { "danger", p => p.Error }, { "warning", p => p.Warning },
        { "success", p => p.Success }, { "info", p => p.Info },
    };

    [Theory, MemberData(nameof(Shared))]
    public void Colour_OfTheLibrary_IsTheToken(string token, Func<Palette, MudColor> colour)
    {
        Assert.Equal(Tokens[token].Light, Hex(colour(ShopTheme.Theme.PaletteLight)));
        Assert.Equal(Tokens[token].Dark, Hex(colour(ShopTheme.Theme.PaletteDark)));
    }

    [Fact]
    public async Task Sheet_HasBothPalettes_AndIsKeptUnderItsOwnAddress()
    {
        var app = await shared.StartAsync();
        using var client = app.CreateClient();
        var address = await app.Services.GetRequiredService<ThemeSheet>().AddressAsync();

        using var answer = await client.GetAsync(address, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, "text/css"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains("immutable", answer.Headers.GetValues("Cache-Control").Single(), StringComparison.Ordinal);
        // Light once; dark where it was chosen, and where the system is.
        Assert.Equal(1, Regex.Count(text, "--mud-palette-primary: rgba\\(23,101,79,1\\)"));
        Assert.Equal(2, Regex.Count(text, "--mud-palette-primary: rgba\\(98,205,173,1\\)"));
        Assert.Contains(address, await client.GetStringAsync("/account/login", TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        using var small = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "Accept-Encoding", "br, gzip" } } };
        using var compressed = await client.SendAsync(small, TestContext.Current.CancellationToken);
        await using var unpacked = new GZipStream(
            await compressed.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), CompressionMode.Decompress);
        Assert.Equal(text, await new StreamReader(unpacked).ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.NotFound,
            (await client.GetAsync("/theme/0123456789abcdef.css", TestContext.Current.CancellationToken)).StatusCode);
    }

    private static string Hex(MudColor colour) => colour.ToString(MudColorOutputFormats.Hex);

    [GeneratedRegex("--(?<name>[a-z-]+): light-dark\\((?<light>#[0-9a-f]{6}), (?<dark>#[0-9a-f]{6})\\);")]
    private static partial Regex Token();
}
