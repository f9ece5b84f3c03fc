using CrmPortal.Core.Exports;
using Microsoft.Net.Http.Headers;

namespace CrmPortal.Layout;

/// <summary>Fonts for scripts that the reader's machine lacks; the style sheet names the machine's own before them.</summary>
internal static class FontEndpoints
{
    private const string Forever = "public, max-age=31536000, immutable";

    public static void MapFonts(this WebApplication app) => app.MapGet("/fonts/{name}", Open).AllowAnonymous().ExcludeFromDescription();

    private static IResult Open(string name, HttpContext context)
    {
        if (ScriptFonts.Open(name) is not { } font) return Results.NotFound();
        context.Response.Headers[HeaderNames.CacheControl] = Forever;
        return Results.Stream(font, "font/ttf");
    }
}
