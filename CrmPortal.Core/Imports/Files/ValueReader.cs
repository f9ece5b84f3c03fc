using System.Buffers;
using System.Globalization;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Imports;

/// <summary>Reads dates, numbers and names of countries as files write them.</summary>
internal static class ValueReader
{
    /// <summary>The ways in which dates are written; a time may follow each.</summary>
    public static readonly IReadOnlyList<string> DateFormats = ["yyyy-MM-dd", "dd/MM/yyyy", "MM/dd/yyyy", "dd.MM.yyyy", "yyyy/MM/dd",
        "yyyyMMdd", "dd-MM-yyyy", "dd/MM/yy", "MM/dd/yy", "dd.MM.yy", "dd MMM yyyy", "MMM dd, yyyy",
        "dd-MMM-yyyy", "dd-MMM-yy", "MMM-dd-yy"];

    /// <summary>Formats that read the same texts as other days.</summary>
    public static readonly IReadOnlyList<(string DayFirst, string MonthFirst)> Ambiguous = [("dd/MM/yyyy", "MM/dd/yyyy"),
        ("dd/MM/yy", "MM/dd/yy")];

    private static readonly SearchValues<char> NumberSigns = SearchValues.Create("0123456789.,-+");

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
        ["f"] = "Female", ["w"] = "Female", ["frau"] = "Female", ["weiblich"] = "Female", ["mujer"] = "Female",
        ["femenino"] = "Female", ["feminin"] = "Female", ["femme"] = "Female", ["femmina"] = "Female", ["femminile"] = "Female",
        ["vrouw"] = "Female", ["kobieta"] = "Female", ["feminino"] = "Female", ["woman"] = "Female",
        ["m"] = "Male", ["h"] = "Male", ["herr"] = "Male", ["mann"] = "Male", ["mannlich"] = "Male", ["hombre"] = "Male",
        ["masculino"] = "Male", ["masculin"] = "Male", ["homme"] = "Male", ["maschio"] = "Male", ["maschile"] = "Male",
        ["man"] = "Male", ["mezczyzna"] = "Male", ["d"] = "Diverse", ["divers"] = "Diverse", ["other"] = "Diverse",
        ["nonbinary"] = "Diverse", ["prefernottosay"] = "Unspecified", ["unknown"] = "Unspecified", ["notspecified"] = "Unspecified",
        ["redessociales"] = "SocialMedia", ["recomendacion"] = "Referral", ["sitioweb"] = "Website", ["otro"] = "Other",
    };

    private static readonly Dictionary<string, string> Languages = LanguageNames();

    /// <summary>A date, with a time where there is one; times without an offset are meant in the file's zone.</summary>
    public static bool TryDate(string text, string format, out DateTime value) =>
        // Between the time and its AM or PM some cultures put a narrow blank.
        DateTime.TryParseExact(
            text.Replace('\u202F', ' '), Patterns[format], CultureInfo.InvariantCulture,
            DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AdjustToUniversal, out value);

    /// <summary>The day of a date; a day has no zone, so an offset behind it does not move it.</summary>
    public static bool TryDay(string text, string format, out DateOnly day)
    {
        var isRead = DateTimeOffset.TryParseExact(text.Replace('\u202F', ' '), Patterns[format], CultureInfo.InvariantCulture,
            DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AssumeUniversal, out var value);
        day = new(value.Year, value.Month, value.Day);
        return isRead;
    }

    /// <summary>A number such as <c>1,234.50</c>, or <c>1.234,50</c> with a decimal comma, also as an amount with its currency.</summary>
    public static bool TryNumber(string text, bool isDecimalComma, out decimal value)
    {
        value = 0;
        if (text.Length > 40 || Bare(text) is not { Length: > 0 } bare) return false;
        var (group, point) = isDecimalComma ? ('.', ',') : (',', '.');
        var whole = bare.IndexOf(point) is >= 0 and var at ? bare[..at] : bare;
        // A group separator stands before three digits, and no group of thousands begins with a zero: else the sign is none.
        var groups = whole.TrimStart('-', '+').Split(group);
        if (groups.Length > 1 && (groups.Skip(1).Any(g => g.Length != 3) || groups[0].Length is 0 or > 3 || groups[0][0] == '0'))
            return false;
        if (bare.LastIndexOf(group) > bare.IndexOf(point) && bare.Contains(point, StringComparison.Ordinal)) return false;
        var plain = bare.Replace(group.ToString(), "", StringComparison.Ordinal).Replace(point, '.');
        return decimal.TryParse(plain, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out value);
    }

    /// <summary>The digits and signs of a number, without the currency around it and without blanks and apostrophes between
    /// thousands; a minus behind it, or brackets around it, are a minus.</summary>
    private static string Bare(string text)
    {
        text = text.Trim();
        // Most numbers need nothing of this.
        if (text.AsSpan().IndexOfAnyExcept(NumberSigns) < 0 && !text.EndsWith('-')) return text;
        if (text.Length > 3 && IsoCodes.Currencies.Contains(text[^3..].ToUpperInvariant())) text = text[..^3];
        else if (text.Length > 3 && IsoCodes.Currencies.Contains(text[..3].ToUpperInvariant())) text = text[3..];
        var isNegative = text is ['(', .., ')'];
        var bare = new System.Text.StringBuilder(text.Length);
        foreach (var sign in isNegative ? text[1..^1] : text)
        {
            if (char.IsWhiteSpace(sign) || sign is '\'' or '\u2019'
                || char.GetUnicodeCategory(sign) == UnicodeCategory.CurrencySymbol) continue;
            bare.Append(sign == '\u2212' ? '-' : sign);
        }

        if (bare.Length > 1 && bare[^1] == '-')
        {
            bare.Length--;
            isNegative = true;
        }

        return (isNegative ? "-" : "") + bare;
    }

    public static bool? YesNo(string text) => SearchText.Fold(text) switch
    {
        "yes" or "y" or "true" or "1" or "x" or "si" or "ja" or "oui" or "wahr" or "vrai" or "verdadero" or "vero" or "verdadeiro"
            or "sim" or "tak" or "subscribed" or "opted in" or "on" => true,
        "no" or "n" or "false" or "0" or "nein" or "non" or "falsch" or "faux" or "falso" or "nee" or "nie" or "nao"
            or "never_subscribed" or "never subscribed" or "unsubscribed" or "not_subscribed" or "not subscribed" or "opted out"
            or "off" => false,
        _ => null,
    };

    /// <summary>
    /// The tag of a language's English or native name, or of a locale such as <c>en_US</c>; what is none of these, as it is.
    /// </summary>
    public static string Language(string text)
    {
        text = text.Trim();
        if (Languages.TryGetValue(SearchText.Fold(text), out var named)) return named;
        // A locale names the country for its dates and numbers; "pt_BR" is a language of its own.
        if (text.Split('_') is [{ Length: 2 or 3 } language, { Length: 2 } region])
            return language.ToLowerInvariant() is "pt" or "zh" && region.ToUpperInvariant() is not ("PT" or "CN")
                ? $"{language.ToLowerInvariant()}-{region.ToUpperInvariant()}" : language.ToLowerInvariant();
        return text.Length is 2 or 3 ? text.ToLowerInvariant() : text;
    }

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
        var brief = format.Replace("dd", "d", StringComparison.Ordinal);
        if (!format.Contains("MMM", StringComparison.Ordinal)) brief = brief.Replace("MM", "M", StringComparison.Ordinal);
        var named = new[] { format, brief }.SelectMany(f => format.Contains("MMM", StringComparison.Ordinal)
            ? [f, f.Replace("MMM", "MMMM", StringComparison.Ordinal), f.Replace(",", "", StringComparison.Ordinal),
                f.Replace("MMM", "MMMM", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal)]
            : new[] { f }).Distinct().ToList();
        return [.. Times.SelectMany(time => named.Select(f => f + time)).Distinct()];
    }
}
