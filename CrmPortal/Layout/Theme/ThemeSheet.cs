using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Hosting;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;

namespace CrmPortal.Layout.Theme;

/// <summary>
/// The library's variables as one style sheet, light and dark. Its own provider writes them into each page for one of the two, and cannot
/// know the system's choice before the page lives; a sheet is kept by the browser, serves the pages without a circuit too, and turns dark
/// with the system by itself.
/// </summary>
internal sealed class ThemeSheet(IServiceScopeFactory scopes, ILoggerFactory logging, ShopIdentity shop)
{
    private const int MostKept = 8;

    /// <summary>A sheet for each colour that the shop had of late: a page that is open still asks for the one before.</summary>
    private readonly ConcurrentDictionary<string, Lazy<Task<Sheet>>> _sheets = [];

    public static void Map(WebApplication app) => app.MapGet("/theme/{name}", OpenAsync).AllowAnonymous()
        .WithMetadata(new PrivatelyCached(TimeSpan.FromDays(365))).ExcludeFromDescription();

    /// <summary>Where the sheet is; another one has another address.</summary>
    public async Task<string> AddressAsync() => (await SheetAsync()).Address;

    private static async Task<IResult> OpenAsync(string name, HttpContext context, ThemeSheet theme)
    {
        await theme.SheetAsync();
        Sheet? sheet = null;
        foreach (var kept in theme._sheets.Values)
            if (await kept.Value is var found && found.Address.EndsWith("/" + name, StringComparison.Ordinal)) sheet = found;
        if (sheet is null) return Results.NotFound();
        context.Response.Headers.Vary = "Accept-Encoding";
        var isSmall = context.Request.GetTypedHeaders().AcceptEncoding.Any(e => e.Value == "gzip" && e.Quality is not 0);
        if (isSmall) context.Response.Headers.ContentEncoding = "gzip";
        return Results.Bytes(isSmall ? sheet.Compressed : sheet.Plain, "text/css; charset=utf-8");
    }

    private Task<Sheet> SheetAsync()
    {
        var accent = shop.Current.Accent ?? "";
        if (_sheets.Count > MostKept) _sheets.Clear();
        return _sheets.GetOrAdd(accent, key => new(() => WriteAsync(AccentPalette.Of(key.Length == 0 ? null : key)))).Value;
    }

    private async Task<Sheet> WriteAsync(AccentPalette? accent)
    {
        var theme = ShopTheme.Of(accent);
        var light = await VariablesAsync(theme, isDark: false);
        var dark = string.Join('\n', (await VariablesAsync(theme, isDark: true)).Except(light));
        var plain = Encoding.UTF8.GetBytes($$"""
            :root { {{string.Join('\n', light)}} }
            :root[data-theme="dark"] { {{dark}} }
            @media (prefers-color-scheme: dark) { :root:not([data-theme="light"], [data-theme="dark"]) { {{dark}} } }
            {{Tokens(accent)}}
            """);
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true)) await gzip.WriteAsync(plain);
        return new($"/theme/{Convert.ToHexStringLower(SHA256.HashData(plain))[..16]}.css", plain, compressed.ToArray());
    }

    /// <summary>The tokens of the other style sheet that a chosen colour takes the place of; it comes later, so these must weigh
    /// more.</summary>
    private static string Tokens(AccentPalette? accent) => accent is not { Light: var light, Dark: var dark } ? "" : $$"""
        html:root {
          --accent: light-dark({{light.Accent}}, {{dark.Accent}}); --accent-hover: light-dark({{light.Hover}}, {{dark.Hover}});
          --on-accent: light-dark({{light.OnAccent}}, {{dark.OnAccent}});
          --surface-selected: light-dark({{light.Selected}}, {{dark.Selected}});
        }
        """;

    /// <summary>The variables that the library's provider writes, each with its value.</summary>
    private async Task<string[]> VariablesAsync(MudTheme theme, bool isDark)
    {
        await using var scope = scopes.CreateAsyncScope();
        await using var renderer = new HtmlRenderer(scope.ServiceProvider, logging);
        var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<MudThemeProvider>(
            ParameterView.FromDictionary(new Dictionary<string, object?>
            {
                [nameof(MudThemeProvider.Theme)] = theme, [nameof(MudThemeProvider.IsDarkMode)] = isDark,
                [nameof(MudThemeProvider.DefaultScrollbar)] = true, [nameof(MudThemeProvider.ObserveSystemDarkModeChange)] = false,
            }))).ToHtmlString());
        var end = html.IndexOf('}', html.IndexOf("--mud-palette", StringComparison.Ordinal));
        return html[(html.LastIndexOf('{', end) + 1)..end]
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    private sealed record Sheet(string Address, byte[] Plain, byte[] Compressed);
}
