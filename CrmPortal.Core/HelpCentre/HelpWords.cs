using System.Globalization;
using System.Text;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.HelpCentre;

/// <summary>
/// Takes texts apart into the words that the search compares: folded, letters and digits only, so that both databases cut them alike.
/// Scripts that write no blanks are cut into pairs of neighbours.
/// </summary>
internal static class HelpWords
{
    private const int LongestWord = 40;
    private const int LongestIndexed = 120_000;
    private const int MostTerms = 12;
    private const int LongestTyped = 1_000;

    /// <summary>Words that stand in every text and say nothing about it.</summary>
    private static readonly HashSet<string> Fillers = [.. """
        a am an and any are as at be been but by can could dear do does for from get got had has have hello hi how i if in is it its me my
        need no not of on or our please regards so that the their them there they this thank thanks to want wanted wants was we were what
        when where which who why will with would you your
        al algo como con cual cuando de del desde donde el ella en entre es esta este esto gracias hay hola la las le lo los mas me mi mis
        muy necesito o para pero por porque puede puedo que quien quiero quisiera saludos se ser si sin sobre son su sus te tengo tu un una
        y ya yo
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>All words of a text in their order, with blanks between them.</summary>
    public static string ForIndex(string? text)
    {
        var words = new StringBuilder();
        foreach (var run in Runs(SearchText.Fold(text)))
        {
            foreach (var part in Parts(run, isIndex: true)) words.Append(words.Length == 0 ? "" : " ").Append(part);
            if (words.Length > LongestIndexed) break;
        }

        return words.ToString();
    }

    /// <summary>What was typed, as terms to look up; words that say nothing are left out while others remain.</summary>
    public static IReadOnlyList<string> Terms(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed)) return [];
        var all = Runs(SearchText.Fold(typed.Length > LongestTyped ? typed[..LongestTyped] : typed))
            .SelectMany(run => Parts(run, isIndex: false)).Distinct().ToList();
        var telling = all.Where(w => !Fillers.Contains(w)).ToList();
        return [.. (telling.Count > 0 ? telling : all).Take(MostTerms)];
    }

    /// <summary>The same for texts in which other forms of the words are enough: without the sign of the plural.</summary>
    public static IReadOnlyList<string> LooseTerms(string? typed) =>
        [.. Terms(typed).Where(t => t.Length > 2 || IsUnspaced(t)).Select(t => t.Length > 4 && t[^1] == 's' ? t[..^1] : t).Distinct()];

    /// <summary>The words of a text as they are written, each with its place, so that hits can be marked.</summary>
    public static IEnumerable<(int Start, int Length)> Places(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i += i < text.Length && char.IsSurrogatePair(text, i) ? 2 : 1)
        {
            var isWord = i < text.Length && (IsLetter(text, i) || (start >= 0 && IsWithin(text, i)));
            if (isWord && start < 0) start = i;
            if (isWord || start < 0) continue;
            yield return (start, i - start);
            start = -1;
        }
    }

    public static bool IsUnspaced(string word) => word.Any(SearchText.IsUnspaced);

    private static IEnumerable<string> Runs(string folded) => Places(folded).Select(p => folded.Substring(p.Start, p.Length));

    /// <summary>A word, or its pairs; the last sign stands alone as well, so that it is found by itself.</summary>
    private static List<string> Parts(string run, bool isIndex)
    {
        if (!IsUnspaced(run)) return [Cut(run)];
        var parts = new List<string>();
        for (var i = 0; i < run.Length;)
        {
            var end = i;
            var isUnspaced = SearchText.IsUnspaced(run[i]);
            while (end < run.Length && SearchText.IsUnspaced(run[end]) == isUnspaced) end++;
            if (!isUnspaced) parts.Add(Cut(run[i..end]));
            else
            {
                for (var at = i; at + 1 < end; at++) parts.Add(run.Substring(at, 2));
                if (isIndex || end - i == 1) parts.Add(run.Substring(end - 1, 1));
            }

            i = end;
        }

        return parts;
    }

    private static string Cut(string word) => SearchText.Cut(word, LongestWord);

    private static bool IsLetter(string text, int at) => Rune.TryGetRuneAt(text, at, out var rune) && Rune.IsLetterOrDigit(rune);

    /// <summary>Marks and apostrophes belong to the word that they stand in; folding takes them away.</summary>
    private static bool IsWithin(string text, int at) => text[at] is '\'' or '’'
        ? at + 1 < text.Length && IsLetter(text, at + 1)
        : CharUnicodeInfo.GetUnicodeCategory(text, at) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.Format;
}
