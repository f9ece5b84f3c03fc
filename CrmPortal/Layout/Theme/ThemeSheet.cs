using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
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
internal sealed class ThemeSheet(IServiceScopeFactory scopes, ILoggerFactory logging)
{
    private readonly Lazy<Task<Sheet>> _sheet = new(() => WriteAsync(scopes, logging));

    public static void Map(WebApplication app) => app.MapGet("/theme/{name}", OpenAsync).AllowAnonymous()
        .WithMetadata(new PrivatelyCached(TimeSpan.FromDays(365))).ExcludeFromDescription();

    /// <summary>Where the sheet is; another one has another address.</summary>
    public async Task<string> AddressAsync() => (await _sheet.Value).Address;

    private static async Task<IResult> OpenAsync(string name, HttpContext context, ThemeSheet theme)
    {
        var sheet = await theme._sheet.Value;
        if (!sheet.Address.EndsWith("/" + name, StringComparison.Ordinal)) return Results.NotFound();
        context.Response.Headers.Vary = "Accept-Encoding";
        var isSmall = context.Request.GetTypedHeaders().AcceptEncoding.Any(e => e.Value == "gzip" && e.Quality is not 0);
        if (isSmall) context.Response.Headers.ContentEncoding = "gzip";
        return Results.Bytes(isSmall ? sheet.Compressed : sheet.Plain, "text/css; charset=utf-8");
    }

    private static async Task<Sheet> WriteAsync(IServiceScopeFactory scopes, ILoggerFactory logging)
    {
        var light = await VariablesAsync(scopes, logging, isDark: false);
        var dark = string.Join('\n', (await VariablesAsync(scopes, logging, isDark: true)).Except(light));
        var plain = Encoding.UTF8.GetBytes($$"""
            :root { {{string.Join('\n', light)}} }
            :root[data-theme="dark"] { {{dark}} }
            @media (prefers-color-scheme: dark) { :root:not([data-theme="light"], [data-theme="dark"]) { {{dark}} } }
            """);
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true)) await gzip.WriteAsync(plain);
        return new($"/theme/{Convert.ToHexStringLower(SHA256.HashData(plain))[..16]}.css", plain, compressed.ToArray());
    }

    /// <summary>The variables that the library's provider writes, each with its value.</summary>
    private static async Task<string[]> VariablesAsync(IServiceScopeFactory scopes, ILoggerFactory logging, bool isDark)
    {
        await using var scope = scopes.CreateAsyncScope();
        await using var renderer = new HtmlRenderer(scope.ServiceProvider, logging);
        var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<MudThemeProvider>(
            ParameterView.FromDictionary(new Dictionary<string, object?>
            {
                [nameof(MudThemeProvider.Theme)] = ShopTheme.Theme, [nameof(MudThemeProvider.IsDarkMode)] = isDark,
                [nameof(MudThemeProvider.DefaultScrollbar)] = true, [nameof(MudThemeProvider.ObserveSystemDarkModeChange)] = false,
            }))).ToHtmlString());
        var end = html.IndexOf('}', html.IndexOf("--mud-palette", StringComparison.Ordinal));
        return html[(html.LastIndexOf('{', end) + 1)..end]
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    private sealed record Sheet(string Address, byte[] Plain, byte[] Compressed);
}
