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
    public static IEnumerable<(string Name, string Code)> Translated(IReadOnlySet<string> codes) =>
        Languages.SelectMany(language => codes.Select(code => (SearchText.Fold(NameOf(language, code)), code)))
            .Where(n => n.Item1.Length > 0);

    /// <summary>The name of a country in a language, from that of the language as it is spoken there: <c>Deutsch (Spanien)</c>.</summary>
    private static string NameOf(string language, string code)
    {
        var name = NativeNameOf($"{language}-{code}");
        var (opens, closes) = (name.IndexOf('(', StringComparison.Ordinal), name.LastIndexOf(')'));
        return opens >= 0 && closes > opens ? name[(opens + 1)..closes] : "";
    }

    private static string NativeNameOf(string culture)
    {
        try
        {
            return CultureInfo.GetCultureInfo(culture).NativeName;
        }
        catch (CultureNotFoundException)
        {
            // No table has the language in that country.
            return "";
        }
    }

    [GeneratedRegex(@"\([^)]*\)")]
    private static partial Regex Brackets();

    [GeneratedRegex("""
        ^(the|republic\ of|kingdom\ of|state\ of)\s+
        |,?\s+(republic\ of|the|kingdom|federation|islamic\ republic\ of|province\ of\ china)$
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Around();
}
