using CrmPortal.Core.Platform.Exports;
using CrmPortal.Hosting;

namespace CrmPortal.Layout;

/// <summary>
/// The face of the screens, and fonts for scripts that the reader's machine lacks; the style sheet names the machine's own before those.
/// </summary>
internal static class FontEndpoints
{
    public static void MapFonts(this WebApplication app) => app.MapGet("/fonts/{name}", Open).AllowAnonymous()
        .WithMetadata(new PrivatelyCached(TimeSpan.FromDays(365))).ExcludeFromDescription();

    private static IResult Open(string name) =>
        ScriptFonts.Open(name) is { } font ? Results.Stream(font, "font/ttf")
        : typeof(FontEndpoints).Assembly.GetManifestResourceStream("Fonts/" + name) is { } face ? Results.Stream(face, "font/woff2")
        : Results.NotFound();
}
