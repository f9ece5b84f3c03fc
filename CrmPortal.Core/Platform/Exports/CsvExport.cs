using System.Buffers;
using System.IO.Pipelines;

namespace CrmPortal.Core.Platform.Exports;

/// <summary>
/// RFC 4180 in UTF-8, with the byte order mark by which spreadsheets know it. Values are as programs read them (numbers with a
/// point, days and instants as ISO 8601 writes them), or as people do where the table is for them.
/// </summary>
/// <remarks>
/// Cells are quoted here and not by the library that reads CSV for us: at a million rows its way by characters and records costs
/// several times what the database does. The tests read everything back with the library.
/// </remarks>
public sealed class CsvExport : IExportFormat
{
    private static readonly SearchValues<char> ToQuote = SearchValues.Create("\",;\r\n\t\0");

    public string Name => "csv";

    public string ContentType => "text/csv; charset=utf-8";

    public int? MostRows => null;

    public async Task WriteAsync(ExportTable table, PipeWriter output, CancellationToken cancellationToken)
    {
        var buffer = new Utf8Buffer();
        var columns = SheetColumn.Of(table);
        var separator = (byte)Separator(table);
        buffer.Write("\uFEFF");
        for (var i = 0; i < columns.Count; i++)
        {
            if (i > 0) buffer.Write(separator);
            WriteText(buffer, columns[i].Title, ExportKind.Text, table.IsRaw);
        }

        buffer.Write("\r\n"u8);
        await foreach (var row in table.Rows.WithCancellation(cancellationToken))
        {
            for (var i = 0; i < columns.Count; i++)
            {
                if (i > 0) buffer.Write(separator);
                if (columns[i].Value(row) is not { } value) continue;
                if (table.IsForPeople) WriteShown(buffer, value, columns[i].Column, table);
                else WriteValue(buffer, value, columns[i].Column, table.IsRaw);
            }

            buffer.Write("\r\n"u8);
            if (buffer.IsFull) await buffer.DrainAsync(output, cancellationToken);
        }

        await buffer.DrainAsync(output, cancellationToken);
    }

    private static void WriteValue(Utf8Buffer buffer, object value, ExportColumn column, bool isRaw)
    {
        if (value is string text)
        {
            WriteText(buffer, text, column.Kind, isRaw);
            return;
        }

        switch (column.Kind)
        {
            case ExportKind.Number: WriteNumber(buffer, value); break;
            case ExportKind.Money: buffer.Write(ExportValues.Amount(value, column, out _)); break;
            case ExportKind.Date when value is DateOnly day: buffer.Write(day); break;
            case ExportKind.Instant when value is DateTimeOffset instant: buffer.Write(instant); break;
            case ExportKind.YesNo: buffer.Write(value is true ? "true"u8 : "false"u8); break;
            default: WriteText(buffer, ExportValues.Joined(value, ExportValues.WordSeparator), column.Kind, isRaw); break;
        }
    }

    private static void WriteShown(Utf8Buffer buffer, object value, ExportColumn column, ExportTable table)
    {
        if (ExportValues.Figure(value, column, table.Audience.Culture) is { } figure) buffer.Write(figure);
        else WriteText(buffer, ExportValues.Shown(value, column, table.Audience), column.Kind, table.IsRaw);
    }

    /// <summary>Where people write a decimal comma, their spreadsheets part cells by semicolons.</summary>
    private static char Separator(ExportTable table) =>
        table.IsForPeople && table.Audience.Culture.NumberFormat.NumberDecimalSeparator == "," ? ';' : ',';

    private static void WriteNumber(Utf8Buffer buffer, object value)
    {
        if (value is decimal number) buffer.Write(number);
        else buffer.Write(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
    }

    private static void WriteText(Utf8Buffer buffer, string text, ExportKind kind, bool isRaw)
    {
        var isGuarded = !isRaw && ExportValues.NeedsGuard(kind, text);
        if (!MustBeQuoted(text))
        {
            if (isGuarded) buffer.Write((byte)'\'');
            buffer.Write(text);
            return;
        }

        buffer.Write((byte)'"');
        if (isGuarded) buffer.Write((byte)'\'');
        var rest = text.AsSpan();
        for (var quote = rest.IndexOf('"'); quote >= 0; quote = rest.IndexOf('"'))
        {
            buffer.Write(rest[..(quote + 1)]);
            buffer.Write((byte)'"');
            rest = rest[(quote + 1)..];
        }

        buffer.Write(rest);
        buffer.Write((byte)'"');
    }

    /// <summary>Blanks at the edges are quoted too, since some readers cut them off otherwise.</summary>
    private static bool MustBeQuoted(string text) =>
        text.Length > 0 && (text.AsSpan().ContainsAny(ToQuote) || char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]));
}
