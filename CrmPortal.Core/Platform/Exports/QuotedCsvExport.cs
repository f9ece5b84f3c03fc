using System.Globalization;
using System.IO.Pipelines;

namespace CrmPortal.Core.Platform.Exports;

/// <summary>
/// CSV as document 4 prints it: bare names in the first line, every cell in quotation marks, instants with milliseconds, and a semicolon
/// between words; without the mark by which spreadsheets know <see cref="CsvExport"/>.
/// </summary>
public sealed class QuotedCsvExport : IExportFormat
{
    private const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public string Name => "csv";

    public string ContentType => "text/csv; charset=utf-8";

    public int? MostRows => null;

    public async Task WriteAsync(ExportTable table, PipeWriter output, CancellationToken cancellationToken)
    {
        var buffer = new Utf8Buffer();
        buffer.Write(string.Join(',', table.Columns.Select(c => c.Title)));
        buffer.Write("\r\n"u8);
        await foreach (var row in table.Rows.WithCancellation(cancellationToken))
        {
            for (var i = 0; i < table.Columns.Count; i++)
            {
                if (i > 0) buffer.Write((byte)',');
                WriteCell(buffer, Text(row[i]), table.Columns[i].Kind, table.IsRaw);
            }

            buffer.Write("\r\n"u8);
            if (buffer.IsFull) await buffer.DrainAsync(output, cancellationToken);
        }

        await buffer.DrainAsync(output, cancellationToken);
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        DateTimeOffset instant => instant.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture),
        IFormattable figure => figure.ToString(null, CultureInfo.InvariantCulture),
        _ => ExportValues.Joined(value, ";"),
    };

    private static void WriteCell(Utf8Buffer buffer, string text, ExportKind kind, bool isRaw)
    {
        buffer.Write((byte)'"');
        if (!isRaw && ExportValues.NeedsGuard(kind, text)) buffer.Write((byte)'\'');
        buffer.Write(text.Replace("\"", "\"\"", StringComparison.Ordinal));
        buffer.Write((byte)'"');
    }
}
