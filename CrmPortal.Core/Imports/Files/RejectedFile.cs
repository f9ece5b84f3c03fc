using System.Globalization;
using System.Text;
using CrmPortal.Core.Platform.Exports;
using CsvHelper;
using CsvHelper.Configuration;

namespace CrmPortal.Core.Imports;

/// <summary>The rejected rows as they stood in the file, with row number and reason behind, to be mended and imported again.</summary>
public static class RejectedFile
{
    private const int FlushEvery = 500;

    /// <param name="translate">Says a heading or a reason's sentence, with its placeholders, in the language of the reader.</param>
    public static async Task WriteAsync(Stream target, ImportService imports, long importId, Func<string, string> translate,
        CancellationToken cancellationToken)
    {
        if (await imports.GetAsync(importId, cancellationToken) is not { } import) return;
        await using var text = new StreamWriter(target, new UTF8Encoding(true), 16 * 1024, leaveOpen: true);
        await using var csv = new CsvWriter(text,
            new CsvConfiguration(CultureInfo.InvariantCulture) { Delimiter = import.Format.Delimiter.ToString() });
        var written = 0;
        await foreach (var (cells, row) in imports.RejectedCellsAsync(importId, cancellationToken))
        {
            foreach (var cell in cells) csv.WriteField(FormulaGuard.Guard(FormulaGuard.Unguard(cell)));
            csv.WriteField(row is null ? translate("Row") : row.RowNumber.ToString(CultureInfo.InvariantCulture));
            csv.WriteField(row is null
                ? translate("Reason") : FormulaGuard
                .Guard(string.Format(CultureInfo.InvariantCulture, translate(row.Reason), [.. row.Arguments])));
            await csv.NextRecordAsync();
            if (++written % FlushEvery == 0) await csv.FlushAsync();
        }
    }
}
