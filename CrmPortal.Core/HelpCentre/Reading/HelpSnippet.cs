using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.HelpCentre;

/// <summary>A piece of a text, and whether it is what was searched for.</summary>
public sealed record MarkedText(string Text, bool IsHit);

/// <summary>Finds in a text as it is written what the search found in its folded words.</summary>
internal static class HelpSnippet
{
    private const int Around = 240;

    /// <summary>The whole text with its hits.</summary>
    public static IReadOnlyList<MarkedText> Mark(string text, IReadOnlyList<string> terms)
    {
        var parts = new List<MarkedText>();
        var end = 0;
        foreach (var (start, length) in Hits(text, terms))
        {
            if (start > end) parts.Add(new(text[end..start], false));
            parts.Add(new(text.Substring(start, length), true));
            end = start + length;
        }

        if (end < text.Length) parts.Add(new(text[end..], false));
        return parts;
    }

    /// <summary>The part of a text around its first hit; its beginning where there is none.</summary>
    public static IReadOnlyList<MarkedText> Cut(string text, IReadOnlyList<string> terms)
    {
        if (text.Length <= Around) return Mark(text, terms);
        var at = Hits(text, terms).Select(h => h.Start).FirstOrDefault();
        var start = at < Around / 2 ? 0 : WordAt(text, at - (Around / 3));
        var end = start + Around >= text.Length ? text.Length : WordAt(text, start + Around);
        return Mark((start > 0 ? "… " : "") + text[start..end].Trim() + (end < text.Length ? " …" : ""), terms);
    }

    private static IEnumerable<(int Start, int Length)> Hits(string text, IReadOnlyList<string> terms)
    {
        foreach (var (start, length) in HelpWords.Places(text))
        {
            var word = text.Substring(start, length);
            if (HelpWords.IsUnspaced(word))
            {
                foreach (var (at, count) in HitsWithin(word, terms)) yield return (start + at, count);
            }
            else if (SearchText.Fold(word) is var folded && terms.Any(t => folded.StartsWith(t, StringComparison.Ordinal)))
            {
                yield return (start, length);
            }
        }
    }

    /// <summary>In scripts that write no blanks the terms are pairs, which overlap.</summary>
    private static IEnumerable<(int Start, int Length)> HitsWithin(string word, IReadOnlyList<string> terms)
    {
        var isHit = new bool[word.Length];
        foreach (var term in terms)
            for (var at = word.IndexOf(term, StringComparison.Ordinal); at >= 0; at = word.IndexOf(term, at + 1, StringComparison.Ordinal))
                Array.Fill(isHit, true, at, term.Length);
        for (var i = 0; i < word.Length; i++)
        {
            if (!isHit[i]) continue;
            var end = i;
            while (end < word.Length && isHit[end]) end++;
            yield return (i, end - i);
            i = end;
        }
    }

    /// <summary>The beginning of the word that a place is in, or the place itself in a text without blanks.</summary>
    private static int WordAt(string text, int at)
    {
        var blank = text.LastIndexOf(' ', at, Math.Min(at, Around / 4));
        var start = blank < 0 ? at : blank + 1;
        return start > 0 && char.IsLowSurrogate(text[start]) ? start - 1 : start;
    }
}
