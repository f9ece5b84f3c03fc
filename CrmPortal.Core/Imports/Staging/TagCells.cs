using CrmPortal.Core.Customers;

namespace CrmPortal.Core.Imports;

/// <summary>Reads the tags of a cell, whatever stands between them.</summary>
internal sealed class TagCells(RowReader row, bool areBetweenBlanks)
{
    private const int LongestCell = 4_000;

    /// <summary>The marks that address books set before groups of their own, which nobody gave.</summary>
    private const string GroupMark = "* ";

    public IReadOnlyList<string>? Read()
    {
        if (row.Optional(ImportFields.Tags, LongestCell) is not { } text) return null;
        var tags = new List<string>();
        foreach (var part in Split(text))
        {
            var tag = part.Trim(' ', '"', '\'');
            if (tag.Length == 0 || Placeholder.Is(tag) || part.StartsWith(GroupMark, StringComparison.Ordinal)) continue;
            if (tag.Length > CustomerRules.TagLength) row.Skip(Skipped.Tag, ImportFields.Tags, tag);
            else if (!tags.Exists(t => t.Equals(tag, StringComparison.OrdinalIgnoreCase))) tags.Add(tag);
        }

        return tags;
    }

    private string[] Split(string text)
    {
        // ["a", "b"] as programs write lists.
        if (text is ['[', .., ']']) text = text[1..^1];
        const StringSplitOptions bare = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        if (text.Contains(":::", StringComparison.Ordinal)) return text.Split(":::", bare);
        if (text.IndexOfAny([',', ';', '|', '\n']) >= 0) return text.Split([',', ';', '|', '\n', '\r'], bare);
        return areBetweenBlanks ? text.Split(' ', bare) : [text];
    }
}
