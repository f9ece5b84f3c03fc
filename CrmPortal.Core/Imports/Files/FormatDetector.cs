using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Imports;

/// <summary>Guesses delimiter and header from the beginning of a file.</summary>
internal static class FormatDetector
{
    public static readonly IReadOnlyList<char> Delimiters = [',', ';', '\t', '|'];
    private const int RowsLookedAt = 50;

    public static async Task<FileFormat> DetectAsync(Func<Stream> open, string encoding, CancellationToken cancellationToken)
    {
        var best = new FileFormat(encoding);
        var bestScore = 0.0;
        var said = Said(await SampleAsync(open, best, cancellationToken) ?? []);
        if (said is not null) best = best with { SkippedRows = 1 };
        foreach (var delimiter in said is { } sign ? [sign] : Delimiters)
        {
            var format = best with { Delimiter = delimiter };
            if (await SampleAsync(open, format, cancellationToken) is not { Count: > 0 } rows) continue;
            var score = Score([.. rows.Select(r => r.Cells)]);
            if (score <= bestScore) continue;
            bestScore = score;
            best = format;
        }

        var sample = await SampleAsync(open, best, cancellationToken) ?? [];
        var above = Above(sample);
        if (above > 0) best = best with { SkippedRows = sample[above - 1].Number };
        return best with { HasHeader = sample.Count > above && IsHeader([.. sample.Skip(above).Select(r => r.Cells)]) };
    }

    /// <summary>The separator that a spreadsheet wrote into a line of its own, such as <c>sep=;</c>.</summary>
    private static char? Said(List<CsvRow> rows)
    {
        if (rows.Count == 0 || !rows[0].Cells[0].Trim('\ufeff').StartsWith("sep=", StringComparison.OrdinalIgnoreCase)) return null;
        var sign = rows[0].Cells[0].Trim('\ufeff') is { Length: > 4 } line ? line[4] : ',';
        return Delimiters.Contains(sign) ? sign : null;
    }

    /// <summary>How many rows with a single cell, such as a title, stand above the table.</summary>
    private static int Above(List<CsvRow> rows)
    {
        if (rows.Count < 3) return 0;
        var usual = rows.GroupBy(r => r.Cells.Length).MaxBy(g => g.Count())!.Key;
        if (usual < 3) return 0;
        var first = rows.FindIndex(r => Filled(r) * 2 >= usual && Filled(r) > 1);
        return first is > 0 and < 10 && rows.Take(first).All(r => Filled(r) == 1) ? first : 0;

        static int Filled(CsvRow row) => row.Cells.Count(c => !string.IsNullOrWhiteSpace(c));
    }

    private static async Task<List<CsvRow>?> SampleAsync(Func<Stream> open, FileFormat format, CancellationToken cancellationToken)
    {
        var rows = new List<CsvRow>();
        await using var file = open();
        try
        {
            await foreach (var row in CsvRows.ReadAsync(file, format, cancellationToken))
            {
                if (!row.IsBlank) rows.Add(row);
                if (rows.Count == RowsLookedAt) break;
            }
        }
        catch (RuleViolationException)
        {
            // With this delimiter it is no table; another one may fit.
            return null;
        }

        return rows;
    }

    /// <summary>Many columns, and the same number in every row.</summary>
    private static double Score(List<string[]> rows)
    {
        var usual = rows.GroupBy(r => r.Length).MaxBy(g => g.Count())!;
        return usual.Key < 2 ? 0.1 : (double)usual.Count() / rows.Count * (1 + Math.Log(usual.Key));
    }

    /// <summary>A header names every column, twice the same seldom, and has neither numbers nor dates nor mail addresses.</summary>
    private static bool IsHeader(List<string[]> rows)
    {
        var first = rows[0].Select(c => c.Trim()).ToList();
        if (first.Any(c => c.Length is 0 or > 80 && rows.Count > 1) && first.Count(c => c.Length == 0) * 2 > first.Count) return false;
        return first.TrueForAll(c => !LooksLikeData(c));
    }

    private static bool LooksLikeData(string cell) =>
        cell.Contains('@', StringComparison.Ordinal) || decimal.TryParse(cell, out _)
            || (cell.Length >= 6 && ValueReader.DateFormats.Any(f => ValueReader.TryDate(cell, f, out _)));
}
