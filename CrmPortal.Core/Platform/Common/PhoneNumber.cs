using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PhoneNumbers;

namespace CrmPortal.Core.Platform.Common;

/// <summary>
/// Phone numbers, stored as E.164, with an extension as RFC 3966 writes it (<c>+442079460958;ext=12</c>).
/// <para>
/// A number with its calling code is taken at its word: its shape must be that of E.164, and what the numbering plans of the library
/// know about it is used to leave out a trunk zero, not to refuse it, because a shop must be able to store a number of a range
/// that is newer than the library. A number without calling code is only accepted where it is valid in the country that it is read in:
/// everything else would be a guess, and a wrong guess is somebody else's number.
/// </para>
/// </summary>
public static partial class PhoneNumber
{
    /// <summary>The longest text that is read as a phone.</summary>
    public const int LongestTyped = 60;

    /// <summary>Digits of E.164, the plus and an extension of seven digits.</summary>
    public const int LongestStored = 32;

    private const int FewestDigits = 6;
    private const int MostDigits = 15;
    private const string ExtensionMark = ";ext=";
    private const string OptionalZero = "(0)";
    private const string Punctuation = " +-()/.";
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private static readonly PhoneNumberUtil Plans = PhoneNumberUtil.GetInstance();

    /// <summary>Writes a phone as it is stored, such as <c>+442079460958</c>.</summary>
    /// <param name="typed">
    /// With + or 00 and the calling code, or as it is written within <paramref name="country"/>; words around the number, signs that
    /// nobody sees and digits of any script do no harm.
    /// </param>
    /// <param name="country">
    /// ISO 3166-1 alpha-2 of the country that a number without calling code belongs to; null where it is not known, so that only a
    /// number with its calling code is accepted.
    /// </param>
    /// <returns>False if the text is no phone, or none in <paramref name="country"/>.</returns>
    public static bool TryNormalize(string typed, string? country, out string e164)
    {
        e164 = "";
        if (typed.Length > LongestTyped || !TrySplit(typed, out var text, out var extension)) return false;
        if (text.StartsWith("00", StringComparison.Ordinal)) text = "+" + text[2..];
        var number = text.StartsWith('+') ? International(text) : country is null ? null : National(text, country.ToUpperInvariant());
        if (number is null) return false;
        e164 = number + extension;
        return true;
    }

    /// <summary>Whether the numbering plan of its country knows a stored number.</summary>
    public static bool IsValid(string stored) => Parse(Bare(stored), null) is { } number && Plans.IsValidNumber(number);

    /// <summary>Whether the number ends behind a switchboard, where no short message arrives.</summary>
    public static bool HasExtension(string stored) => stored.Contains(ExtensionMark, StringComparison.Ordinal);

    /// <summary>A stored number as people in a country write it: without calling code where it belongs to that country.</summary>
    /// <param name="stored">What <see cref="TryNormalize"/> gave; anything else, such as a masked number, comes back as it is.</param>
    /// <param name="country">ISO 3166-1 alpha-2 of the country in which it is read.</param>
    [return: NotNullIfNotNull(nameof(stored))]
    public static string? Format(string? stored, string country)
    {
        if (stored is null || Parse(Bare(stored), null) is not { } number || !Plans.IsValidNumber(number)) return stored;
        var isHome = Plans.GetCountryCodeForRegion(country.ToUpperInvariant()) == number.CountryCode;
        if (HasExtension(stored))
        {
            var extension = stored[(stored.IndexOf('=', StringComparison.Ordinal) + 1)..];
            number = new PhoneNumbers.PhoneNumber.Builder().MergeFrom(number).SetExtension(extension).Build();
        }

        return Plans.Format(number, isHome ? PhoneNumberFormat.NATIONAL : PhoneNumberFormat.INTERNATIONAL);
    }

    /// <summary>
    /// What a stored number must have been where it was guessed wrong: the calling code occurs twice, a trunk prefix stayed, or a
    /// number of one country got the calling code of another.
    /// </summary>
    /// <param name="stored">A number as it was stored.</param>
    /// <param name="country">Where the customer lives, if that is known.</param>
    /// <returns>Null where the number is valid, or where it cannot be told for sure.</returns>
    public static string? Mend(string stored, string? country)
    {
        if (Bare(stored) is not ['+', .. var digits] bare) return null;
        // A trunk prefix behind the calling code: the library reads past it, other programs do not.
        if (International(bare) is { } plain && plain != bare && IsValid(plain)) return plain + stored[bare.Length..];
        if (Doubled(digits) is { } once) return once + stored[bare.Length..];
        if (IsValid(stored)) return null;
        var found = new HashSet<string>(StringComparer.Ordinal);
        for (var length = 1; length <= 3 && length < digits.Length; length++)
        {
            if (!int.TryParse(digits[..length], CultureInfo.InvariantCulture, out var code)) continue;
            var regions = Plans.GetRegionCodesForCountryCode(code);
            if (regions.Count == 0 || regions[0] == "001") continue;
            var national = digits[length..];
            if (national.StartsWith(digits[..length], StringComparison.Ordinal)) Add(International("+" + national));
            foreach (var region in regions.Append(country?.ToUpperInvariant()).OfType<string>().Distinct())
            {
                Add(National(national, region));
                Add(National("0" + national, region));
            }
        }

        return found.Count == 1 ? found.First() + stored[bare.Length..] : null;

        void Add(string? candidate)
        {
            if (candidate is not null && IsValid(candidate)) found.Add(candidate);
        }
    }

    /// <summary>
    /// The number behind a calling code that occurs twice. Only mobile numbers are told for sure: behind the code of Germany, 49 may
    /// as well begin an area code.
    /// </summary>
    private static string? Doubled(string digits)
    {
        for (var length = 1; length <= 3 && 2 * length < digits.Length; length++)
        {
            if (!digits.AsSpan(length).StartsWith(digits.AsSpan(0, length), StringComparison.Ordinal)) continue;
            if (!int.TryParse(digits[..length], CultureInfo.InvariantCulture, out var code)
                || Plans.GetRegionCodesForCountryCode(code).Count == 0) continue;
            var once = "+" + digits[length..];
            if (Parse(once, null) is { } number && Plans.IsValidNumber(number) && Plans.GetNumberType(number) == PhoneNumberType.MOBILE)
                return once;
        }

        return null;
    }

    /// <summary>
    /// The digits and the leading plus of what was typed into a search; null where there are words, which are searched for too.
    /// </summary>
    internal static string? Signs(string typed) =>
        typed.Length <= LongestTyped && !Scheme().Replace(typed, "").Any(char.IsLetter) && TrySplit(typed, out var text, out _)
            ? text
            : null;

    private static string? International(string text)
    {
        var asTyped = Parse(text, null);
        if (text.Contains(OptionalZero, StringComparison.Ordinal) && (asTyped is null || !Plans.IsValidNumber(asTyped)))
        {
            text = text.Replace(OptionalZero, "", StringComparison.Ordinal);
            asTyped = Parse(text, null);
        }

        var e164 = asTyped is null ? "+" + string.Concat(text.Where(char.IsAsciiDigit)) : Plans.Format(asTyped, PhoneNumberFormat.E164);
        return e164.Length - 1 is >= FewestDigits and <= MostDigits && e164[1] != '0' ? e164 : null;
    }

    private static string? National(string text, string country)
    {
        text = text.Replace(OptionalZero, "0", StringComparison.Ordinal);
        var code = Plans.GetCountryCodeForRegion(country);
        if (code == 0) return null;
        var number = Parse(text, country);
        var isNobodys = number is null || !(Plans.IsValidNumber(number) || IsExample(number));
        var national = isNobodys ? null : Plans.Format(number!, PhoneNumberFormat.E164);
        if (!text.StartsWith(code.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)) return national;
        // A spreadsheet takes the plus away. Where numbers begin with a trunk zero, one that begins with the calling code instead has lost
        // it.
        var isLikelier = national is null || Plans.GetNddPrefixForRegion(country, true) == "0";
        return isLikelier && International("+" + text) is { } withPlus && IsValid(withPlus) ? withPlus : national;
    }

    /// <summary>
    /// Whether a number lies in a range that its country keeps for examples and films, which the numbering plans leave out: nobody has
    /// it, and nobody else's is made of it.
    /// </summary>
    private static bool IsExample(PhoneNumbers.PhoneNumber number)
    {
        var digits = number.NationalNumber.ToString(CultureInfo.InvariantCulture);
        return number.CountryCode switch
        {
            33 => FrenchExample().IsMatch(digits),
            44 => BritishExample().IsMatch(digits),
            61 => AustralianExample().IsMatch(digits),
            353 => IrishExample().IsMatch(digits),
            _ => false,
        };
    }

    private static PhoneNumbers.PhoneNumber? Parse(string text, string? country)
    {
        try
        {
            return Plans.Parse(text, country);
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    private static string Bare(string stored) =>
        stored.IndexOf(ExtensionMark, StringComparison.Ordinal) is >= 0 and var at ? stored[..at] : stored;

    /// <summary>The number alone, as plus, digits and "(0)", and its extension as it is stored; false where there is more.</summary>
    private static bool TrySplit(string typed, out string number, out string extension)
    {
        (number, extension) = ("", "");
        var text = Label().Replace(Plain(typed), "");
        text = Decimals().Replace(text, "$1");
        text = text.TrimEnd('#', ' ');
        if (Extension().Match(text) is { Success: true } match)
        {
            extension = ExtensionMark + match.Groups["digits"].Value;
            text = text[..match.Index];
        }

        text = WordsBehind().Replace(text, "").Trim();
        if (text.LastIndexOf('+') > 0 || text.Any(c => !char.IsAsciiDigit(c) && !Punctuation.Contains(c, StringComparison.Ordinal)))
            return false;
        var parts = text.Split(OptionalZero).Select(p => string.Concat(p.Where(c => char.IsAsciiDigit(c) || c == '+')));
        number = string.Join(OptionalZero, parts);
        return number.Any(char.IsAsciiDigit);
    }

    /// <summary>The text with ASCII digits, plain dashes and blanks, without marks of writing direction and the like.</summary>
    private static string Plain(string typed)
    {
        var plain = new StringBuilder(typed.Length);
        foreach (var symbol in typed)
        {
            var category = CharUnicodeInfo.GetUnicodeCategory(symbol);
            if (category == UnicodeCategory.DecimalDigitNumber) plain.Append((char)('0' + CharUnicodeInfo.GetDecimalDigitValue(symbol)));
            else if (category == UnicodeCategory.DashPunctuation || symbol is '\u2212' or '\u30fc') plain.Append('-');
            else if (char.IsWhiteSpace(symbol)) plain.Append(' ');
            else if (symbol is > '\uff00' and < '\uff5f') plain.Append((char)(symbol - 0xfee0));
            else if (category is not (UnicodeCategory.Format or UnicodeCategory.Control)) plain.Append(symbol);
        }

        return plain.ToString().Trim();
    }

    [GeneratedRegex(@"^(tel|phone|telephone|telefon|telefono|teléfono|mobile|mobil|móvil|handy|cell|fax|whatsapp)\b[.:\s]*", AnyCase)]
    private static partial Regex Label();

    [GeneratedRegex(@"^(19900|26191|35301|46571|53649|63998)\d{4}$")]
    private static partial Regex FrenchExample();

    [GeneratedRegex(@"^(7700900|1632960|2079460|1(13|14|15|16|17|18|21|31|41|51|61)4960)\d{3}$")]
    private static partial Regex BritishExample();

    [GeneratedRegex(@"^([2378](5550|7010)\d{4}|491570(006|156|157|158|159|110))$")]
    private static partial Regex AustralianExample();

    [GeneratedRegex(@"^2091\d{5}$")]
    private static partial Regex IrishExample();

    [GeneratedRegex(@"^\W*tel:", AnyCase)]
    private static partial Regex Scheme();

    /// <summary>What a spreadsheet puts behind a number that it took for an amount.</summary>
    [GeneratedRegex(@"^(\+?[0-9]{6,})\.0+$")]
    private static partial Regex Decimals();

    [GeneratedRegex(@"(;ext=|[\s,;]*(ext(ension|n)?|x|int(erno)?|anexo|durchwahl|dw)[.:\s]*|\s*#\s*)(?<digits>[0-9]{1,7})$", AnyCase)]
    private static partial Regex Extension();

    /// <summary>Words behind a number that are not glued to it: "(private)", "Fax".</summary>
    [GeneratedRegex(@"(?<=[0-9])\s*(\(\s*\p{L}[\p{L}\s.]*\)|\s\p{L}[\p{L}\s.]*)$")]
    private static partial Regex WordsBehind();
}
