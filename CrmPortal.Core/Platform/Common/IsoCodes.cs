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
        ["italia"] = "IT", ["polska"] = "PL", ["brasil"] = "BR", ["nippon"] = "JP",
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

    private static readonly Dictionary<string, string> CountryByName = CountryNames();

    /// <summary>The codes of countries that addresses may hold.</summary>
    public static IReadOnlySet<string> Countries => KnownCountries;

    /// <summary>The codes of currencies that amounts may have.</summary>
    public static IReadOnlySet<string> Currencies => KnownCurrencies;

    /// <summary>The code of a country's code or of its name in English or in its own language, or null.</summary>
    public static string? CountryOf(string text)
    {
        var name = text.Trim();
        if (name.Length == 2 && KnownCountries.Contains(name.ToUpperInvariant())) return name.ToUpperInvariant();
        return CountryByName.GetValueOrDefault(SearchText.Fold(name));
    }

    private static Dictionary<string, string> CountryNames()
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
