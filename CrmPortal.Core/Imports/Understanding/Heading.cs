using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Imports;

/// <summary>What stands before the name of a field in a heading, and so says whose or which it is.</summary>
internal enum HeadingGroup { None, Person, Primary, Second, Line, Order }

/// <summary>A way to read a heading: the name of a field, and what was left out around it.</summary>
/// <param name="Core">The name, folded, without blanks and signs.</param>
/// <param name="Group">What stood before it.</param>
/// <param name="Index">The number that tells one of several from the others, counted from 1.</param>
/// <param name="LeftOut">How many words were left out.</param>
internal readonly record struct HeadingReading(string Core, HeadingGroup Group, int Index, int LeftOut);

/// <summary>A heading taken apart into words, whatever way of writing it has: <c>addressCity</c>, <c>_address_city</c>, <c>Address City -
/// 1</c>.</summary>
internal sealed partial class Heading
{
    private const int MostGroups = 3;

    private Heading(List<string> words, bool isUtc) => (Words, IsUtc, Plain) = (words, isUtc, string.Concat(words));

    public IReadOnlyList<string> Words { get; }

    /// <summary>All words without blanks.</summary>
    public string Plain { get; }

    /// <summary>Whether it says that the times are in UTC.</summary>
    public bool IsUtc { get; }

    public static Heading Of(string name)
    {
        var text = Plural().Replace(name, "$1");
        var isUtc = Utc().IsMatch(text);
        // What is in brackets explains; where there is nothing else, it is the name.
        var bare = Brackets().Replace(text, " ");
        var words = WordsOf(bare);
        if (words.Count == 0) words = WordsOf(text);
        if (isUtc) words.RemoveAll(w => w is "utc" or "gmt");
        return new(words, isUtc);
    }

    /// <summary>The name without blanks and signs, folded.</summary>
    public static string PlainOf(string name) => string.Concat(SearchText.Fold(name).Where(char.IsLetterOrDigit));

    /// <summary>The ways to read it, those that leave out least first.</summary>
    public IReadOnlyList<HeadingReading> Readings()
    {
        var readings = new List<HeadingReading>();
        Add(Words, 0, 0);
        // "Address 1 - City": the number belongs to the group before it.
        for (var i = 1; i < Words.Count - 1; i++)
        {
            if (!IsNumber(Words[i], out var index)) continue;
            Add([.. Words.Where((_, at) => at != i)], index, 1);
            break;
        }

        return [.. readings.Distinct().OrderBy(r => r.LeftOut)];

        void Add(IReadOnlyList<string> words, int index, int leftOut)
        {
            var kept = words.ToList();
            while (kept.Count > 0)
            {
                Strip(string.Concat(kept), HeadingGroup.None, index, leftOut, 0);
                var last = kept[^1];
                if (kept.Count == 1 || !(IsNumber(last, out var number) || HeadingLexicon.Behind.Contains(last))) break;
                if (IsNumber(last, out number)) index = Math.Max(index, number);
                else if (HeadingLexicon.SecondBehind.Contains(last)) index = Math.Max(index, 3);
                kept.RemoveAt(kept.Count - 1);
                leftOut++;
            }
        }

        void Strip(string core, HeadingGroup group, int index, int leftOut, int groups)
        {
            readings.Add(new(core, group, index, leftOut));
            if (groups == MostGroups) return;
            foreach (var (word, meaning) in HeadingLexicon.Groups)
                if (core.Length > word.Length && core.StartsWith(word, StringComparison.Ordinal))
                    Strip(core[word.Length..], Wider(group, meaning), index, leftOut + 1, groups + 1);
        }
    }

    /// <summary>Of two groups before a name the one that says more: the delivery of an order is a delivery.</summary>
    private static HeadingGroup Wider(HeadingGroup one, HeadingGroup other) => one == HeadingGroup.None ? other
        : (one, other) switch
        {
            (HeadingGroup.Second, _) or (_, HeadingGroup.Second) => HeadingGroup.Second,
            (HeadingGroup.Line, _) or (_, HeadingGroup.Line) => HeadingGroup.Line,
            (HeadingGroup.Primary, _) or (_, HeadingGroup.Primary) => HeadingGroup.Primary,
            _ => one,
        };

    private static bool IsNumber(string word, out int number) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static List<string> WordsOf(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            // Marks belong to the letter before them, apostrophes to the word.
            if (letter is '\'' or '’' || CharUnicodeInfo.GetUnicodeCategory(letter) == UnicodeCategory.NonSpacingMark)
            {
                if (letter is not ('\'' or '’')) word.Append(letter);
                continue;
            }

            if (!char.IsLetterOrDigit(letter))
            {
                End();
                continue;
            }

            if (word.Length > 0 && IsBorder(text, i)) End();
            word.Append(letter);
        }

        End();
        return words;

        void End()
        {
            var folded = string.Concat(SearchText.Fold(word.ToString()).Where(char.IsLetterOrDigit));
            if (folded.Length > 0) words.Add(folded);
            word.Clear();
        }
    }

    /// <summary>Whether a new word begins: at a capital behind a small letter, at the last of several capitals, between letters and
    /// digits.</summary>
    private static bool IsBorder(string text, int at)
    {
        var (before, letter) = (text[at - 1], text[at]);
        if (char.IsDigit(before) != char.IsDigit(letter)) return true;
        if (!char.IsUpper(letter)) return false;
        return char.IsLower(before) || (char.IsUpper(before) && at + 1 < text.Length && char.IsLower(text[at + 1]) && at > 1
            && char.IsUpper(text[at - 2]));
    }

    [GeneratedRegex(@"(\p{L})\((?:s|es|n|en)\)", RegexOptions.IgnoreCase)]
    private static partial Regex Plural();

    [GeneratedRegex(@"\([^)]*\)|\[[^\]]*\]")]
    private static partial Regex Brackets();

    [GeneratedRegex(@"(?<!\p{L})(UTC|GMT)(?!\p{L})([+-]0{1,2}(:?00)?)?(?![+-]?\d)", RegexOptions.IgnoreCase)]
    private static partial Regex Utc();
}
