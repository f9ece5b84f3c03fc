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
        foreach (var delimiter in Delimiters)
        {
            var format = best with { Delimiter = delimiter };
            if (await SampleAsync(open, format, cancellationToken) is not { Count: > 0 } rows) continue;
            var score = Score(rows);
            if (score <= bestScore) continue;
            bestScore = score;
            best = format;
        }

        var sample = await SampleAsync(open, best, cancellationToken) ?? [];
        return best with { HasHeader = sample.Count > 0 && IsHeader(sample) };
    }

    private static async Task<List<string[]>?> SampleAsync(Func<Stream> open, FileFormat format, CancellationToken cancellationToken)
    {
        var rows = new List<string[]>();
        await using var file = open();
        try
        {
            await foreach (var row in CsvRows.ReadAsync(file, format, cancellationToken))
            {
                if (!row.IsBlank) rows.Add(row.Cells);
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
