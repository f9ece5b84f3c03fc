using System.Globalization;
using System.Text;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Platform.Search;

/// <summary>Folds text once, in our code, so that SQLite and PostgreSQL find the same.</summary>
public static class SearchText
{
    /// <summary>Letters that Unicode does not take apart into a base letter and a mark.</summary>
    private static readonly Dictionary<char, string> Letters = new()
    {
        ['ß'] = "ss", ['æ'] = "ae", ['œ'] = "oe", ['ø'] = "o", ['đ'] = "d", ['ð'] = "d", ['þ'] = "th", ['ł'] = "l", ['ħ'] = "h",
            ['ı'] = "i", ['ς'] = "σ",
        ['\''] = "", ['’'] = "", ['ʼ'] = "", ['`'] = "", ['´'] = "",
    };

    /// <summary>Lower case without accents and apostrophes, white space folded to single blanks.</summary>
    public static string Fold(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return "";
        var folded = new StringBuilder(text.Length);
        var blank = false;
        foreach (var symbol in WithoutBroken(text).Normalize(NormalizationForm.FormKD))
        {
            if (char.IsWhiteSpace(symbol) || char.IsControl(symbol))
            {
                blank = folded.Length > 0;
                continue;
            }

            if (CharUnicodeInfo.GetUnicodeCategory(symbol) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format) continue;
            var lower = char.ToLowerInvariant(symbol);
            if (Letters.TryGetValue(lower, out var replacement) && replacement.Length == 0) continue;
            if (blank) folded.Append(' ');
            blank = false;
            if (replacement is not null) folded.Append(replacement);
            else folded.Append(lower);
        }

        return folded.ToString().Normalize(NormalizationForm.FormC);
    }

    /// <summary>The digits of a phone, or "" for none.</summary>
    public static string Digits(string? phone) => phone is null ? "" : string.Concat(phone.Where(char.IsAsciiDigit));

    /// <summary>
    /// The folded text for an index. It begins and ends with a blank, so that " ab" finds the beginning of a word, and holds the
    /// pairs of neighbouring characters of scripts that write no blanks, so that two of them are found anywhere.
    /// </summary>
    public static string ForIndex(params IEnumerable<string?> parts)
    {
        var text = Fold(string.Join(' ', parts));
        if (text.Length == 0) return "";
        var pairs = new StringBuilder();
        for (var i = 0; i + 1 < text.Length; i++)
            if (IsUnspaced(text[i]) && IsUnspaced(text[i + 1]))
                pairs.Append(' ').Append(text[i]).Append(text[i + 1]);
        return $" {text}{pairs} ";
    }

    /// <summary>What was typed, as folded terms; a phone in any spelling becomes its national digits.</summary>
    public static IReadOnlyList<string> Terms(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed)) return [];
        typed = typed.Length > 200 ? typed[..200] : typed;
        if (PhoneDigits(typed) is { } digits) return [digits];
        var folded = Fold(typed);
        var terms = Words(folded);
        if (terms.Count == 0) terms = [.. folded.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        return [.. terms.Distinct().Take(8)];
    }

    /// <summary>
    /// The words of a folded text without what stands between names in files and on letters: the comma of "Smith, John", the full stop
    /// of "J. Smith", the hyphen of "Anna-Maria", which others write with a blank. A sign that stands alone, or in a number, is kept.
    /// </summary>
    private static List<string> Words(string folded)
    {
        var text = new StringBuilder(folded);
        for (var i = 0; i < folded.Length; i++)
        {
            var (isAfterLetter, isBeforeLetter) = (i > 0 && char.IsLetter(folded[i - 1]), i + 1 < folded.Length
                && char.IsLetter(folded[i + 1]));
            var isBetween = folded[i] switch
            {
                ',' => isAfterLetter || isBeforeLetter,
                ';' or '.' => isAfterLetter && (i + 1 == folded.Length || folded[i + 1] is ' ' or ',' or ';'),
                '-' or '\u2010' or '\u2011' or '\u2013' => isAfterLetter && isBeforeLetter,
                _ => false,
            };
            if (isBetween) text[i] = ' ';
        }

        return [.. text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>The digits that a phone in any spelling has in common with its E.164 form, or null if the text is no phone.</summary>
    public static string? PhoneDigits(string typed)
    {
        if (PhoneNumber.Signs(typed)?.Replace("(0)", "", StringComparison.Ordinal) is not { } text) return null;
        var digits = Digits(text);
        if (digits.Length < 5) return null;
        if (text.StartsWith('+')) return digits;
        if (digits.StartsWith("00", StringComparison.Ordinal)) return digits[2..];
        return digits.StartsWith('0') ? digits[1..] : digits;
    }

    /// <summary>At most so many characters of a folded text, for columns of limited length: folding may make a text longer.</summary>
    public static string Cut(string text, int longest) =>
        text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];

    /// <summary>
    /// Half a surrogate pair and the signs that are none (U+FFFE, U+FFFF) cannot be normalised; nothing is found by them.
    /// </summary>
    private static string WithoutBroken(string text)
    {
        if (!text.Any(c => char.IsSurrogate(c) || c >= '\ufffe')) return text;
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (rune != Rune.ReplacementChar && rune.Value is not (0xfffe or 0xffff)) whole.Append(rune);
        return whole.ToString();
    }

    /// <summary>Whether a sign belongs to a script that writes no blanks between words.</summary>
    internal static bool IsUnspaced(char symbol) =>
        symbol is >= '\u3040' and <= '\u30ff' or >= '\u3400' and <= '\u9fff' or >= '\uf900' and <= '\ufaff' or >= '\u0e00' and <= '\u0eff'
            or >= '\uac00' and <= '\ud7a3';
}
