using System.Globalization;
using System.Runtime.CompilerServices;
using CrmPortal.Core.Platform.Common;
using CsvHelper;
using CsvHelper.Configuration;

namespace CrmPortal.Core.Imports;

/// <summary>A row of a file.</summary>
/// <param name="Number">As people count in a spreadsheet: the header is row 1.</param>
/// <param name="HasStrayQuote">A quotation mark stands where none may be, so that the cells may be cut wrongly.</param>
internal readonly record struct CsvRow(int Number, string[] Cells, bool HasStrayQuote)
{
    public bool IsBlank => Cells.All(string.IsNullOrWhiteSpace);
}

/// <summary>Reads rows of cells, one at a time.</summary>
internal static class CsvRows
{
    public const int LongestCell = 100_000;
    public const int MostColumns = 500;

    /// <exception cref="RuleViolationException">A cell is endless, which a quotation mark that is never closed makes it.</exception>
    public static async IAsyncEnumerable<CsvRow> ReadAsync(Stream file, FileFormat format,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var hasStrayQuote = false;
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = format.Delimiter.ToString(),
            IgnoreBlankLines = false,
            DetectColumnCountChanges = false,
            MaxFieldSize = LongestCell,
            ProcessFieldBufferSize = 1024,
            // A mark within a cell that does not begin with one is a mark like any other sign, such as the inches of 5" nails.
            BadDataFound = bad => hasStrayQuote |= bad.Field.StartsWith('"') || bad.Field.Length == 0,
        };
        using var reader = new StreamReader(file, FileSniffer.EncodingOf(format.Encoding), detectEncodingFromByteOrderMarks: true,
            bufferSize: 64 * 1024, leaveOpen: true);
        using var parser = new CsvParser(reader, configuration);
        for (var number = 1; ; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string[] cells;
            try
            {
                if (!await parser.ReadAsync()) yield break;
                cells = parser.Record ?? [];
            }
            catch (MaxFieldSizeException)
            {
                throw new RuleViolationException("File",
                    "Row {0}: a cell is longer than {1} characters; probably a quotation mark is not closed.", number, LongestCell);
            }

            if (cells.Length > MostColumns)
                throw new RuleViolationException("File", "Row {0} has {1} columns; at most {2} are read.", number, cells.Length,
                MostColumns);
            if (number > format.SkippedRows) yield return new(number, cells, hasStrayQuote);
            hasStrayQuote = false;
        }
    }
}
