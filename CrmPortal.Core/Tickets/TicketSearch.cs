using System.Text;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Tickets;

/// <summary>What the search in tickets asks of the engine; every <see cref="IDatabaseProvider"/> has it.</summary>
public interface ITicketSearch
{
    /// <summary>The newest messages in which every word begins one of the message's, by their keys.</summary>
    /// <param name="words">Folded, of letters and digits only.</param>
    IQueryable<long> FindMessages(CrmDbContext db, IReadOnlyList<string> words, int most);
}

/// <summary>The words of messages, and of what somebody looks for.</summary>
internal static class TicketSearch
{
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
