using System.IO.Compression;
using System.Text;
using CrmPortal.Api.Contracts;
using Swashbuckle.AspNetCore.ReDoc;

namespace CrmPortal.Api;

/// <summary>
/// The API reference of the ReDoc package, without what its own page asks of other servers: fonts, a logo, and reports of how
/// it is used.
/// </summary>
internal static class ApiReference
{
    private const string Folder = "/api/redoc";
    private const string Bundle = "redoc.standalone.js";
    private const string LogoAddress = "https://cdn.redoc.ly/redoc/logo-mini";
    private const string NoPicture = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>#";

    private const string Page = $$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
            <meta charset="utf-8">
            <title>{{ApiDocument.Title}}</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="icon" type="image/svg+xml" href="/favicon.svg">
            <link rel="stylesheet" href="index.css">
        </head>
        <body>
            <div id="redoc-container"></div>
            <script type="module" src="start.js"></script>
        </body>
        </html>
        """;

    private static readonly string Start = $$"""
        import { init } from './{{Bundle}}';

        init('{{ApiDocument.AddressOf(ApiContract.Core)}}', { disableTelemetry: true }, document.getElementById('redoc-container'));
        """;

    public static void MapReference(this WebApplication app)
    {
        var bundle = new Lazy<string>(ReadBundle);
        app.MapGet($"{Folder}/start.js", () => Results.Text(Start, "text/javascript", Encoding.UTF8)).AllowAnonymous()
            .ExcludeFromDescription().WithMetadata(ApiContract.Core);
        app.MapGet($"{Folder}/{Bundle}", () => Results.Text(bundle.Value, "text/javascript", Encoding.UTF8)).AllowAnonymous()
            .ExcludeFromDescription().WithMetadata(ApiContract.Core);
        app.MapReDoc(Folder.TrimStart('/'), o =>
        {
            o.SpecUrl = ApiDocument.AddressOf(ApiContract.Core);
            o.DocumentTitle = ApiDocument.Title;
            o.IndexStream = () => new MemoryStream(Encoding.UTF8.GetBytes(Page));
        }).AllowAnonymous().WithMetadata(ApiContract.Core);
    }

    private static string ReadBundle()
    {
        var assembly = typeof(ReDocOptions).Assembly;
        var name = assembly.GetManifestResourceNames().Single(n => n.Contains(Bundle, StringComparison.Ordinal));
        using var packed = assembly.GetManifestResourceStream(name)!;
        var isPacked = packed.ReadByte() == 0x1F;
        packed.Position = 0;
        using var reader = new StreamReader(isPacked ? new GZipStream(packed, CompressionMode.Decompress) : packed, Encoding.UTF8);
        return reader.ReadToEnd().Replace(LogoAddress, NoPicture, StringComparison.Ordinal);
    }
}
