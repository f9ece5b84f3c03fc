namespace CrmPortal.Core.Imports;

/// <summary>
/// Whether blanks part the values of a cell, as some programs write tags. They do where no other sign does, and where the words of several
/// also stand alone or have an underscore where a blank would be.
/// </summary>
internal static class SpacedWords
{
    public static bool Are(IReadOnlyCollection<string> values)
    {
        if (values.Any(v => v.IndexOfAny([',', ';', '|', ':']) >= 0)) return false;
        var several = values.Where(v => v.Contains(' ', StringComparison.Ordinal)).ToList();
        if (several.Count == 0) return false;
        var alone = values.Where(v => !v.Contains(' ', StringComparison.Ordinal)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var told = several.Count(v => v.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Any(w => alone.Contains(w) || w.Contains('_', StringComparison.Ordinal)));
        return told * 2 > several.Count;
    }
}
