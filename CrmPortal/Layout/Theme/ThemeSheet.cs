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
    private readonly Lazy<Task<(string Address, string Text)>> _sheet = new(() => WriteAsync(scopes, logging));

    public static void Map(WebApplication app) => app.MapGet("/theme/{name}", OpenAsync).AllowAnonymous()
        .WithMetadata(new PrivatelyCached(TimeSpan.FromDays(365))).ExcludeFromDescription();

    /// <summary>Where the sheet is; another one has another address.</summary>
    public async Task<string> AddressAsync() => (await _sheet.Value).Address;

    private static async Task<IResult> OpenAsync(string name, ThemeSheet theme)
    {
        var (address, text) = await theme._sheet.Value;
        return address.EndsWith("/" + name, StringComparison.Ordinal) ? Results.Text(text, "text/css", Encoding.UTF8) : Results.NotFound();
    }

    private static async Task<(string Address, string Text)> WriteAsync(IServiceScopeFactory scopes, ILoggerFactory logging)
    {
        var light = await VariablesAsync(scopes, logging, isDark: false);
        var dark = await VariablesAsync(scopes, logging, isDark: true);
        var text = $$"""
            :root { {{light}} }
            :root[data-theme="dark"] { {{dark}} }
            @media (prefers-color-scheme: dark) { :root:not([data-theme="light"], [data-theme="dark"]) { {{dark}} } }
            """;
        return ($"/theme/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]}.css", text);
    }

    /// <summary>The block of variables of those that the library's provider writes.</summary>
    private static async Task<string> VariablesAsync(IServiceScopeFactory scopes, ILoggerFactory logging, bool isDark)
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
        return html[(html.LastIndexOf('{', end) + 1)..end].Trim();
    }
}
