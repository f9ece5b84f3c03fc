using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Tickets;

/// <summary>
/// The labels of a ticket in one column: each stands between two line feeds, in lower case, so that <c>"\nreturn\n"</c> is found in it and
/// no other one that holds the word.
/// </summary>
internal static class TicketTags
{
    public const int Most = 20;
    public const int Length = 40;
    private const char Mark = '\n';

    /// <summary>The form in which a label is looked for.</summary>
    public static string Marked(string tag) => $"{Mark}{Fold(tag)}{Mark}";

    public static IReadOnlyList<string> Read(string stored) => stored.Split(Mark, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The stored form, without repetitions and in the order of the alphabet.</summary>
    /// <exception cref="RuleViolationException">There are too many, or one is too long.</exception>
    public static string Write(IEnumerable<string> tags)
    {
        var all = tags.Select(Fold).Where(t => t.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (all.Count > Most) throw new RuleViolationException("Tags", "A ticket can have {0} tags.", Most);
        if (all.Exists(t => t.Length > Length))
            throw new RuleViolationException("Tags", "This is too long; {0} characters are allowed.", Length);
        return all.Count == 0 ? "" : Mark + string.Join(Mark, all) + Mark;
    }

    private static string Fold(string tag) => StoredText.IsUnstorable(tag) ? ""
        : StoredText.Composed(string.Join(' ', tag.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).ToLowerInvariant();
}
