using System.Globalization;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Platform.Common;

/// <summary>Codes of countries (ISO 3166-1) and currencies (ISO 4217), as the culture tables know them.</summary>
public static class IsoCodes
{
    /// <summary>Names that data sets use beside the English ones of the culture tables.</summary>
    private static readonly Dictionary<string, string> OtherCountryNames = new()
    {
        ["uk"] = "GB", ["great britain"] = "GB", ["england"] = "GB", ["scotland"] = "GB", ["wales"] = "GB", ["usa"] = "US",
            ["u.s.a."] = "US", ["america"] = "US",
        ["eire"] = "IE", ["rsa"] = "ZA", ["czech republic"] = "CZ", ["hong kong"] = "HK", ["holland"] = "NL", ["korea"] = "KR",
            ["south korea"] = "KR", ["russia"] = "RU",
        ["turkey"] = "TR", ["vietnam"] = "VN", ["uae"] = "AE", ["taiwan"] = "TW", ["espana"] = "ES", ["deutschland"] = "DE",
            ["osterreich"] = "AT", ["schweiz"] = "CH",
        ["italia"] = "IT", ["polska"] = "PL", ["brasil"] = "BR", ["nippon"] = "JP", ["united states of america"] = "US",
            ["northern ireland"] = "GB", ["republic of ireland"] = "IE", ["viet nam"] = "VN", ["turkiye"] = "TR",
            ["russian federation"] = "RU", ["cote divoire"] = "CI", ["ivory coast"] = "CI", ["macedonia"] = "MK", ["swaziland"] = "SZ",
            ["burma"] = "MM",
            ["cape verde"] = "CV", ["suisse"] = "CH", ["svizzera"] = "CH", ["belgique"] = "BE", ["belgie"] = "BE",
    };

    private static readonly HashSet<string> KnownCurrencies =
    [
        .. CultureInfo.GetCultures(CultureTypes.SpecificCultures).Where(c => !c.IsNeutralCulture && c.Name.Length > 0)
            .Select(c => new RegionInfo(c.Name).ISOCurrencySymbol).Where(c => c.Length == 3),
        "EUR", "USD", "GBP",
    ];

    private static readonly HashSet<string> KnownCountries =
    [
        .. CultureInfo.GetCultures(CultureTypes.SpecificCultures).Where(c => c.Name.Length > 0)
            .Select(c => new RegionInfo(c.Name).TwoLetterISORegionName).Where(c => c.Length == 2 && c.All(char.IsAsciiLetterUpper)),
    ];

    private static readonly Dictionary<string, string> CountryByName = NamedCountries();

    /// <summary>Names in other languages, gathered when the first name is met that is none of the usual ones.</summary>
    private static readonly Lazy<Dictionary<string, string>> TranslatedNames = new(() => CountryNames.Translated(KnownCountries)
        .GroupBy(n => n.Name).ToDictionary(g => g.Key, g => g.First().Code));

    /// <summary>The codes of countries that addresses may hold.</summary>
    public static IReadOnlySet<string> Countries => KnownCountries;

    /// <summary>The codes of currencies that amounts may have.</summary>
    public static IReadOnlySet<string> Currencies => KnownCurrencies;

    /// <summary>The code of a country's code or of its name in English, in its own or in another usual language, or null.</summary>
    public static string? CountryOf(string text)
    {
        var name = text.Trim();
        if (name.Length == 2 && KnownCountries.Contains(name.ToUpperInvariant())) return name.ToUpperInvariant();
        if (CountryByName.TryGetValue(SearchText.Fold(name), out var known)) return known;
        var spellings = CountryNames.Spellings(name).Where(s => s.Length > 0).Distinct().ToList();
        foreach (var spelling in spellings)
            if (spelling.Length > 2 ? CountryByName.TryGetValue(spelling, out var code)
                : OtherCountryNames.TryGetValue(spelling, out code)) return code;
        return spellings.Select(s => TranslatedNames.Value.GetValueOrDefault(s)).FirstOrDefault(c => c is not null);
    }

    private static Dictionary<string, string> NamedCountries()
    {
        var names = new Dictionary<string, string>(OtherCountryNames);
        foreach (var culture in CultureInfo.GetCultures(CultureTypes.SpecificCultures).Where(c => c.Name.Length > 0))
        {
            var region = new RegionInfo(culture.Name);
            if (!KnownCountries.Contains(region.TwoLetterISORegionName)) continue;
            foreach (var name in new[] { region.EnglishName, region.NativeName, region.ThreeLetterISORegionName })
                names.TryAdd(SearchText.Fold(name), region.TwoLetterISORegionName);
        }

        return names;
    }
}
