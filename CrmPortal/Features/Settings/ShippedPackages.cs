using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace CrmPortal.Features.Settings;

/// <summary>Something that others made and that comes with the program.</summary>
internal sealed record ShippedPackage(string Name, string Version, string Licence);

/// <summary>
/// The packages that come with the program: versions from the list that the build goes by, licences from here. A test holds the two
/// together.
/// </summary>
internal static partial class ShippedPackages
{
    private const string Mit = "MIT";
    private const string Apache = "Apache-2.0";

    private static readonly Dictionary<string, string> Licences = new(StringComparer.Ordinal)
    {
        ["AngleSharp"] = Mit,
        ["AngleSharp.Css"] = Mit,
        ["Cronos"] = Mit,
        ["CsvHelper"] = "MS-PL or Apache-2.0",
        ["DocumentFormat.OpenXml"] = Mit,
        ["HarfBuzzSharp"] = Mit,
        ["HarfBuzzSharp.NativeAssets.Linux"] = Mit,
        ["HtmlSanitizer"] = Mit,
        ["libphonenumber-csharp"] = Apache,
        ["MailKit"] = Mit,
        ["MathNet.Numerics"] = Mit,
        ["Markdig"] = "BSD-2-Clause",
        ["Microsoft.AspNetCore.Identity.EntityFrameworkCore"] = Mit,
        ["Microsoft.AspNetCore.OpenApi"] = Mit,
        ["Microsoft.EntityFrameworkCore.Sqlite"] = Mit,
        ["Microsoft.IdentityModel.JsonWebTokens"] = Mit,
        ["MimeKit"] = Mit,
        ["MudBlazor"] = Mit,
        ["NodaTime"] = Apache,
        ["Npgsql.EntityFrameworkCore.PostgreSQL"] = "PostgreSQL",
        ["OpenTelemetry.Exporter.OpenTelemetryProtocol"] = Apache,
        ["OpenTelemetry.Extensions.Hosting"] = Apache,
        ["OpenTelemetry.Instrumentation.AspNetCore"] = Apache,
        ["OpenTelemetry.Instrumentation.Http"] = Apache,
        ["OpenTelemetry.Instrumentation.Runtime"] = Apache,
        ["QRCoder"] = Mit,
        ["SpreadCheetah"] = Mit,
        ["SQLitePCLRaw.bundle_e_sqlite3"] = Apache,
        ["SQLitePCLRaw.lib.e_sqlite3"] = "Apache-2.0, SQLite in the public domain",
        ["Swashbuckle.AspNetCore.ReDoc"] = Mit,
        ["Swashbuckle.AspNetCore.SwaggerUI"] = Mit,
        ["System.IO.Packaging"] = Mit,
    };

    /// <summary>The fonts, each with its licence beside it in the sources.</summary>
    public static IReadOnlyList<ShippedPackage> Fonts { get; } =
    [
        new("DejaVu Sans", "", "Bitstream Vera, public domain"), new("Droid Sans Fallback", "", Apache),
        new("Inter", "", "OFL-1.1"), new("Lohit, Nanum Square, Noto, Symbola", "", "OFL-1.1 and others"),
    ];

    public static IReadOnlyList<ShippedPackage> All { get; } = Read();

    private static List<ShippedPackage> Read()
    {
        using var stream = typeof(ShippedPackages).Assembly.GetManifestResourceStream("packages.xml")!;
        var list = XDocument.Load(stream).Root!;
        var shared = list.Elements("PropertyGroup").Elements().ToDictionary(p => p.Name.LocalName, p => p.Value);
        return [.. list.Descendants("PackageVersion")
            .Select(p => (Name: p.Attribute("Include")!.Value, Version: p.Attribute("Version")!.Value))
            .Where(p => Licences.ContainsKey(p.Name)).OrderBy(p => p.Name, StringComparer.OrdinalIgnoreCase)
            .Select(p => new ShippedPackage(p.Name, Shared().Replace(p.Version, m => shared[m.Groups[1].Value]), Licences[p.Name]))];
    }

    [GeneratedRegex(@"\$\((\w+)\)")]
    private static partial Regex Shared();
}
