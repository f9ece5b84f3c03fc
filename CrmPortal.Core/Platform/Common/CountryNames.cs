using System.Globalization;
using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Platform.Common;

/// <summary>Names of countries as other programs write them.</summary>
internal static partial class CountryNames
{
    /// <summary>The languages in which names of countries are known beside English and the country's own.</summary>
    private static readonly string[] Languages = ["de", "fr", "es", "it", "nl", "pl", "pt"];

    /// <summary>The name without what surrounds it, in the ways in which it may be meant, the likeliest first.</summary>
    /// <example><c>United Kingdom (UK)</c>, <c>The Netherlands</c>, <c>Schweiz/Suisse</c>, <c>Korea, Republic of</c>, <c>U.K.</c></example>
    public static IEnumerable<string> Spellings(string name)
    {
        yield return SearchText.Fold(name);
        var bare = SearchText.Fold(Brackets().Replace(name, " ")).Replace(".", "", StringComparison.Ordinal);
        yield return bare;
        yield return Around().Replace(bare, "").Trim(' ', ',');
        foreach (var part in name.Split(['/', '|', ';', '(', ')'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            yield return SearchText.Fold(part);
    }

    /// <summary>The names of countries in other languages, by their codes.</summary>
    public static IEnumerable<(string Name, string Code)> Translated(IEnumerable<string> codes)
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            var names = new List<(string, string)>();
            foreach (var language in Languages)
            {
                CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
                names.AddRange(codes.Select(code => (SearchText.Fold(NameOf(code)), code)).Where(n => n.Item1.Length > 0));
            }

            return names;
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    private static string? NameOf(string code)
    {
        try
        {
            return new RegionInfo(code).DisplayName;
        }
        catch (ArgumentException)
        {
            // Codes that only cultures know, and no table of regions.
            return null;
        }
    }

    [GeneratedRegex(@"\([^)]*\)")]
    private static partial Regex Brackets();

    [GeneratedRegex(@"^(the|republic of|kingdom of|state of)\s+|,?\s+(republic of|the|kingdom|federation|islamic republic of|province of china)$")]
    private static partial Regex Around();
}
