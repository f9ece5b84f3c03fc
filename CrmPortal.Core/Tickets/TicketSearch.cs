using System.Text;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Tickets;

/// <summary>What the search in tickets asks of the engine; every <see cref="IDatabaseProvider"/> has it.</summary>
public interface ITicketSearch
{
    /// <summary>The tickets of the newest messages that hold all the terms, one for each message.</summary>
    /// <param name="most">So many messages are found.</param>
    Task<IReadOnlyList<long>> FindTicketsAsync(CrmDbContext db, IReadOnlyList<TicketTerm> terms, int most,
        CancellationToken cancellationToken);
}

/// <summary>A word that is looked for.</summary>
/// <param name="Word">Folded, of letters and digits only.</param>
/// <param name="IsWhole">Whether longer words that begin with it are not meant.</param>
public readonly record struct TicketTerm(string Word, bool IsWhole);

/// <summary>The words of messages, and of what somebody looks for.</summary>
internal static class TicketSearch
{
    /// <summary>Beginnings of up to so many letters have an index of their own where the engine needs one.</summary>
    public const int IndexedLetters = 6;

    private const int LongestWord = 60;
    private const int MostWords = 8;

    /// <summary>Each word once, folded, between blanks; cut where a text is very long.</summary>
    public static string Of(params IEnumerable<string?> parts)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var text = new StringBuilder();
        foreach (var word in Words(SearchText.ForIndex(parts)))
        {
            if (!found.Add(word)) continue;
            if (text.Length + word.Length >= TicketMessage.SearchLength) break;
            text.Append(word).Append(' ');
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>The words that are looked for; none where the text has no letter and no digit.</summary>
    public static IReadOnlyList<string> Terms(string typed) =>
        [.. Words(SearchText.Fold(typed.Length > 200 ? typed[..200] : typed)).Distinct().Take(MostWords)];

    /// <summary>
    /// The tickets of the newest messages in which every word begins one of the message's. What is found often enough as a whole word is
    /// not looked for as the beginning of others: an engine would have to gather every message that holds any of them.
    /// </summary>
    public static async Task<IReadOnlyList<long>> FindAsync(this ITicketSearch search, CrmDbContext db, IReadOnlyList<string> words,
        int most, CancellationToken cancellationToken)
    {
        if (words.Any(IsLong))
        {
            var whole = await search.FindTicketsAsync(db, [.. words.Select(w => new TicketTerm(w, IsLong(w)))], most, cancellationToken);
            if (whole.Count == most) return whole;
        }

        return await search.FindTicketsAsync(db, [.. words.Select(w => new TicketTerm(w, false))], most, cancellationToken);

        static bool IsLong(string word) => word.EnumerateRunes().Count() > IndexedLetters;
    }

    private static IEnumerable<string> Words(string folded)
    {
        var word = new StringBuilder();
        foreach (var rune in folded.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                word.Append(rune);
                continue;
            }

            if (word.Length > 0) yield return SearchText.Cut(word.ToString(), LongestWord);
            word.Clear();
        }

        if (word.Length > 0) yield return SearchText.Cut(word.ToString(), LongestWord);
    }
}
