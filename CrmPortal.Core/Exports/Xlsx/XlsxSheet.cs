using System.Globalization;

namespace CrmPortal.Core.Exports.Xlsx;

/// <summary>One sheet while it is written: a fixed heading with a filter on it, then the rows.</summary>
internal sealed class XlsxSheet
{
    private const int NarrowestColumn = 9;
    private const int WidestColumn = 60;

    /// <summary>Beyond, a spreadsheet rounds; such a number is kept as text.</summary>
    private const long LargestNumber = 999_999_999_999_999;

    /// <summary>Earlier days have other numbers, or none, since spreadsheets take 1900 for a leap year.</summary>
    private static readonly DateTime EarliestDay = new(1900, 3, 1);

    private static readonly DateTime DayZero = new(1899, 12, 30);

    private readonly ExportTable _table;
    private readonly ExportColumn[] _columns;
    private readonly byte[][] _letters;
    private readonly Stream _output;
    private readonly bool _isFirst;
    private readonly Utf8Buffer _buffer = new();
    private long _row = 1;

    public XlsxSheet(ExportTable table, Stream output, bool isFirst)
    {
        (_table, _columns, _output, _isFirst) = (table, [.. table.Columns], output, isFirst);
        _letters = [.. Enumerable.Range(0, _columns.Length).Select(i => Letters(i).Select(c => (byte)c).ToArray())];
    }

    public async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        _buffer.Write("""<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0" """u8);
        if (_isFirst) _buffer.Write("tabSelected=\"1\""u8);
        _buffer.Write("""><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>"""u8);
        for (var i = 0; i < _columns.Length; i++)
        {
            var width = Math.Clamp(Math.Max(_columns[i].Width, _columns[i].Title.Length) + 2, NarrowestColumn, WidestColumn);
            _buffer.Write(string.Create(CultureInfo.InvariantCulture, $"""<col min="{i + 1}" max="{i + 1}" width="{width}" customWidth="1"/>"""));
        }

        _buffer.Write("</cols><sheetData>"u8);
        BeginRow();
        for (var i = 0; i < _columns.Length; i++) WriteText(i, _columns[i].Title, ExportKind.Text, XlsxStyles.Heading);
        _buffer.Write("</row>"u8);
        await _buffer.DrainAsync(_output, cancellationToken);
    }

    public ValueTask AddAsync(object?[] row, CancellationToken cancellationToken)
    {
        _row++;
        BeginRow();
        for (var i = 0; i < _columns.Length; i++)
        {
            if (row[i] is { } value) WriteValue(i, value, _columns[i]);
        }

        _buffer.Write("</row>"u8);
        return _buffer.IsFull ? _buffer.DrainAsync(_output, cancellationToken) : ValueTask.CompletedTask;
    }

    public ValueTask EndAsync(CancellationToken cancellationToken)
    {
        _buffer.Write("</sheetData>"u8);
        _buffer.Write(string.Create(CultureInfo.InvariantCulture, $"""<autoFilter ref="A1:{Letters(_columns.Length - 1)}{_row}"/></worksheet>"""));
        return _buffer.DrainAsync(_output, cancellationToken);
    }

    private void BeginRow()
    {
        _buffer.Write("<row r=\""u8);
        _buffer.Write(_row);
        _buffer.Write("\">"u8);
    }

    private void WriteValue(int index, object value, ExportColumn column)
    {
        switch (column.Kind)
        {
            case ExportKind.Number when value is decimal number: BeginNumber(index, XlsxStyles.Usual); _buffer.Write(number); EndNumber(); break;
            case ExportKind.Number when value is int or long && Convert.ToInt64(value, CultureInfo.InvariantCulture) is >= -LargestNumber and <= LargestNumber and var whole:
                BeginNumber(index, XlsxStyles.Whole);
                _buffer.Write(whole);
                EndNumber();
                break;
            case ExportKind.Money when value is not string:
                var amount = ExportValues.Amount(value, column, out var currency);
                BeginNumber(index, XlsxStyles.Money(ExportValues.MinorDigits(currency)));
                _buffer.Write(amount);
                EndNumber();
                break;
            case ExportKind.Date when value is DateOnly day && day.ToDateTime(TimeOnly.MinValue) is var date && date >= EarliestDay: WriteDay(index, date, XlsxStyles.Day); break;
            case ExportKind.Instant when value is DateTimeOffset instant && instant.UtcDateTime >= EarliestDay: WriteDay(index, instant.UtcDateTime, XlsxStyles.Instant); break;
            case ExportKind.YesNo when value is bool isYes:
                BeginCell(index, XlsxStyles.Usual);
                _buffer.Write(isYes ? " t=\"b\"><v>1</v></c>"u8 : " t=\"b\"><v>0</v></c>"u8);
                break;
            default:
                WriteText(index, value switch
                {
                    string text => text,
                    DateOnly day => day.ToString("O", CultureInfo.InvariantCulture),
                    DateTimeOffset instant => instant.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                    _ => ExportValues.Joined(value, ExportValues.WordSeparator),
                }, column.Kind, XlsxStyles.Text);
                break;
        }
    }

    private void WriteDay(int index, DateTime day, int style)
    {
        BeginNumber(index, style);
        _buffer.Write(Math.Round((day - DayZero).TotalDays, 9));
        EndNumber();
    }

    private void WriteText(int index, string text, ExportKind kind, int style)
    {
        // A number that is text because it is long is no formula, and the heading is ours.
        var isGuarded = !_table.IsRaw && kind != ExportKind.Number && ExportValues.NeedsGuard(kind, text);
        BeginCell(index, isGuarded && style == XlsxStyles.Text ? XlsxStyles.GuardedText : style);
        _buffer.Write(" t=\"inlineStr\"><is><t xml:space=\"preserve\">"u8);
        if (isGuarded) _buffer.Write((byte)'\'');
        var longest = XlsxText.Longest - (isGuarded ? 1 : 0);
        XlsxText.Write(_buffer, text.Length <= longest ? text : text.AsSpan(0, longest));
        _buffer.Write("</t></is></c>"u8);
    }

    private void BeginCell(int index, int style)
    {
        _buffer.Write("<c r=\""u8);
        _buffer.Write(_letters[index]);
        _buffer.Write(_row);
        _buffer.Write("\""u8);
        if (style == XlsxStyles.Usual) return;
        _buffer.Write(" s=\""u8);
        _buffer.Write(style);
        _buffer.Write((byte)'"');
    }

    private void BeginNumber(int index, int style)
    {
        BeginCell(index, style);
        _buffer.Write("><v>"u8);
    }

    private void EndNumber() => _buffer.Write("</v></c>"u8);

    /// <summary>The letters of a column, counted from 0: A to Z, then AA and so on.</summary>
    private static string Letters(int index) => index < 26 ? ((char)('A' + index)).ToString() : Letters((index / 26) - 1) + (char)('A' + (index % 26));
}
