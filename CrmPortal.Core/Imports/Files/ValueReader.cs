using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Imports;

/// <summary>Reads dates, numbers and names of countries as files write them.</summary>
internal static class ValueReader
{
    /// <summary>The ways in which dates are written; a time may follow each.</summary>
    public static readonly IReadOnlyList<string> DateFormats = ["yyyy-MM-dd", "dd/MM/yyyy", "MM/dd/yyyy", "dd.MM.yyyy", "yyyy/MM/dd",
        "yyyyMMdd", "dd-MM-yyyy"];

    private static readonly string[] Times =
    [
        "", " H:mm", " H:mm:ss", " HH:mm", " HH:mm:ss", "'T'HH:mm:ss", "'T'HH:mm:ssK", "'T'HH:mm:ss.FFFFFFFK", " HH:mm:ssK",
        " h:mm tt", " h:mm:ss tt",
        // Exports name the offset in the hour that the clock repeats in autumn.
        " H:mm zzz", " HH:mm zzz", " h:mm tt zzz",
    ];

    private static readonly Dictionary<string, string[]> Patterns = DateFormats.ToDictionary(f => f, Variants);

    /// <summary>What choices are called beside their names here, without blanks, as exports for people write them.</summary>
    private static readonly Dictionary<string, string> OtherChoiceNames = new()
    {
        ["redessociales"] = "SocialMedia", ["recomendacion"] = "Referral", ["sitioweb"] = "Website", ["otro"] = "Other",
    };

    private static readonly Dictionary<string, string> Languages = LanguageNames();

    /// <summary>A date, with a time where there is one; times without an offset are meant in the file's zone.</summary>
    public static bool TryDate(string text, string format, out DateTime value) =>
        // Between the time and its AM or PM some cultures put a narrow blank.
        DateTime.TryParseExact(
            text.Replace('\u202F', ' '), Patterns[format], CultureInfo.InvariantCulture,
            DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AdjustToUniversal, out value);

    /// <summary>A number such as <c>1,234.50</c>, or <c>1.234,50</c> with a decimal comma.</summary>
    public static bool TryNumber(string text, bool isDecimalComma, out decimal value)
    {
        value = 0;
        text = text.Trim().Replace("\u00a0", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        if (text.Length is 0 or > 40) return false;
        var (group, point) = isDecimalComma ? ('.', ',') : (',', '.');
        var whole = text.IndexOf(point) is >= 0 and var at ? text[..at] : text;
        // A group separator stands before three digits, or the sign is no group separator.
        var groups = whole.Split(group);
        if (groups.Length > 1 && groups.Skip(1).Any(g => g.Length != 3)) return false;
        if (text.LastIndexOf(group) > text.IndexOf(point) && text.Contains(point, StringComparison.Ordinal)) return false;
        var plain = text.Replace(group.ToString(), "", StringComparison.Ordinal).Replace(point, '.');
        return decimal.TryParse(plain, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out value);
    }

    public static bool? YesNo(string text) => SearchText.Fold(text) switch
    {
        "yes" or "y" or "true" or "1" or "x" or "si" or "ja" or "oui" => true,
        "no" or "n" or "false" or "0" or "nein" or "non" => false,
        _ => null,
    };

    /// <summary>The tag of a language's English or native name; what is none of these, as it is.</summary>
    public static string Language(string text) => Languages.GetValueOrDefault(SearchText.Fold(text.Trim())) ?? text;

    /// <summary>A choice by its name as programs write it or as people read it.</summary>
    public static bool TryChoice<T>(string text, out T value)
        where T : struct, Enum
    {
        var plain = string.Concat(text.Where(char.IsLetterOrDigit));
        value = default;
        return !int.TryParse(plain, out _)
            && (Enum.TryParse(plain, true, out value)
                || Enum.TryParse(OtherChoiceNames.GetValueOrDefault(SearchText.Fold(plain), ""), out value));
    }

    private static Dictionary<string, string> LanguageNames()
    {
        var names = new Dictionary<string, string>();
        var cultures = CultureInfo.GetCultures(CultureTypes.AllCultures).Where(c => c.Name.Length is > 0 and <= 5);
        foreach (var culture in cultures.OrderBy(c => c.Name.Length))
        {
            names.TryAdd(SearchText.Fold(culture.EnglishName), culture.Name);
            names.TryAdd(SearchText.Fold(culture.NativeName), culture.Name);
        }

        return names;
    }

    private static string[] Variants(string format)
    {
        var brief = format.Replace("dd", "d", StringComparison.Ordinal).Replace("MM", "M", StringComparison.Ordinal);
        return [.. Times.SelectMany(time => new HashSet<string> { format + time, brief + time })];
    }
}
