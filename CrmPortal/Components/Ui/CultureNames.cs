using System.Collections.Concurrent;
using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Components.Ui;

/// <summary>
/// Names of countries, currencies and languages in the language of the screen, in the order of its alphabet.
/// </summary>
/// <remarks>
/// The framework's <c>RegionInfo.DisplayName</c> answers in the language of the country, whatever the screen speaks. The name
/// of a region in a language is the native one of the culture that joins the two: <c>es-DE</c> calls its own region Alemania.
/// </remarks>
public static class CultureNames
{
    private static readonly string[] CommonLanguages =
        ["en", "es", "fr", "de", "it", "pt", "nl", "pl", "sv", "ru", "uk", "tr", "ar", "he", "hi", "zh", "ja", "ko", "vi", "el", "da",
            "nb", "fi", "cs", "hu", "ro"];

    /// <summary>What countries are called in English and in the languages that are spoken there.</summary>
    private static readonly Lazy<ILookup<string, string>> OwnNames = new(() =>
        CultureInfo.GetCultures(CultureTypes.SpecificCultures).Where(c => c.Name.Length > 0).Select(c => new RegionInfo(c.Name))
            .SelectMany(region => new[] { region.EnglishName, region.NativeName }.Select(name => (region.TwoLetterISORegionName, name)))
            .Distinct().ToLookup(r => r.TwoLetterISORegionName, r => r.name));

    private static readonly ConcurrentDictionary<(string Language, string Kind), IReadOnlyList<Choice>> Lists = new();
    private static readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> CurrencyNames = new();

    private static CultureInfo Screen => CultureInfo.CurrentUICulture;

    /// <summary>Every country that a customer may have.</summary>
    public static IReadOnlyList<Choice> Countries => List("countries", () =>
        IsoCodes.Countries.Select(code => new Choice(code, Country(code), string.Join(' ', OwnNames.Value[code].Prepend(code)))));

    /// <summary>Every currency that a customer may have.</summary>
    public static IReadOnlyList<Choice> Currencies => List("currencies", () =>
        IsoCodes.Currencies.Select(code => new Choice(code, Currency(code), code)));

    /// <summary>The languages that shops mostly meet.</summary>
    public static IReadOnlyList<Choice> Languages => List("languages", () => CommonLanguages.Select(LanguageChoice));

    /// <summary>The same with one that may not be among them, such as the one that a record holds.</summary>
    public static IReadOnlyList<Choice> LanguagesWith(string? tag) =>
        string.IsNullOrWhiteSpace(tag) || Languages.Any(l => l.Value == tag) ? Languages
            : [.. Sorted(Languages.Append(LanguageChoice(tag)))];

    /// <summary>What the values of a field of filters are chosen from, or null where that is none of these lists.</summary>
    public static IReadOnlyList<Choice>? Of(string field) => field switch
    {
        "country" => Countries,
        "currency" => Currencies,
        "language" => Languages,
        _ => null,
    };

    /// <summary>A country's name, or the code where there is no such country.</summary>
    public static string Country(string code) =>
        IsoCodes.Countries.Contains(code) ? new RegionInfo($"{Screen.TwoLetterISOLanguageName}-{code}").NativeName : code;

    /// <summary>A currency's name with its code, such as <c>Euro (EUR)</c>.</summary>
    public static string Currency(string code) =>
        CurrencyNames.GetOrAdd(Screen.TwoLetterISOLanguageName, NamesOfCurrencies).TryGetValue(code, out var name) && name != code
            ? $"{Capital(name)} ({code})" : code;

    /// <summary>A language's name, or the tag where there is no such language.</summary>
    public static string Language(string tag)
    {
        try
        {
            return Capital(CultureInfo.GetCultureInfo(tag).DisplayName);
        }
        catch (CultureNotFoundException)
        {
            return tag;
        }
    }

    private static Choice LanguageChoice(string tag)
    {
        try
        {
            var culture = CultureInfo.GetCultureInfo(tag);
            return new(tag, Language(tag), $"{tag} {culture.EnglishName} {culture.NativeName}");
        }
        catch (CultureNotFoundException)
        {
            return new(tag, tag, tag);
        }
    }

    private static Dictionary<string, string> NamesOfCurrencies(string language) =>
        IsoCodes.Countries.Order(StringComparer.Ordinal).Select(code => new RegionInfo($"{language}-{code}"))
            .GroupBy(region => region.ISOCurrencySymbol).ToDictionary(g => g.Key, g => g.First().CurrencyNativeName);

    private static IReadOnlyList<Choice> List(string kind, Func<IEnumerable<Choice>> choices) =>
        Lists.GetOrAdd((Screen.Name, kind), _ => [.. Sorted(choices())]);

    private static IEnumerable<Choice> Sorted(IEnumerable<Choice> choices) => choices.OrderBy(c => c.Text, StringComparer.Create(Screen,
        ignoreCase: true));

    /// <summary>A name that stands alone begins with a capital, also where the language writes it small within a sentence.</summary>
    private static string Capital(string name) => name.Length == 0 ? name : char.ToUpper(name[0], Screen) + name[1..];
}
