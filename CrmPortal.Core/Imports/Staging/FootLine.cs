using System.Text.RegularExpressions;

namespace CrmPortal.Core.Imports;

/// <summary>Lines that stand below a table and are no rows of it: a total, a number of records, a copyright.</summary>
internal static partial class FootLine
{
    private const int FewestColumns = 3;

    public static bool Is(in CsvRow row, int columns)
    {
        if (columns < FewestColumns) return false;
        var filled = 0;
        string? first = null;
        foreach (var cell in row.Cells)
        {
            if (string.IsNullOrWhiteSpace(cell)) continue;
            if (++filled > 2 || cell.Contains('@', StringComparison.Ordinal)) return false;
            first ??= cell;
        }

        return first is not null && ((filled == 1 && row.Cells.Length < columns) || Words().IsMatch(first.Trim()));
    }

    [GeneratedRegex("""
        ^(grand\ |sub)?(totals?|totale[ns]?|total\ general|sum|summe|gesamt|gesamtsumme|insgesamt|somme|suma|razem|totaal)\b
        |^(record\ count|number\ of\ records|anzahl|copyright)\b|^©|^\(c\)\ 
        """, RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Words();
}
