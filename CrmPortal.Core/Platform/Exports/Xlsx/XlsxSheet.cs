using System.Globalization;
using SpreadCheetah;
using SpreadCheetah.Styling;
using SpreadCheetah.Worksheets;

namespace CrmPortal.Core.Platform.Exports.Xlsx;

/// <summary>What a sheet looks like, and the cells of its rows.</summary>
internal sealed class XlsxSheet(IReadOnlyList<SheetColumn> columns, XlsxStyles styles)
{
    private const int NarrowestColumn = 9;
    private const int WidestColumn = 60;

    /// <summary>Beyond, a spreadsheet rounds; such a number is kept as text.</summary>
    private const long LargestNumber = 999_999_999_999_999;

    /// <summary>Earlier days have other numbers, or none, since spreadsheets take 1900 for a leap year.</summary>
    private static readonly DateTime EarliestDay = new(1900, 3, 1);

    private static readonly DateTime DayZero = new(1899, 12, 30);

    /// <summary>The cells of a row, used again for the next.</summary>
    private readonly StyledCell[] _cells = new StyledCell[columns.Count];

    /// <summary>A fixed heading with a filter on it.</summary>
    /// <param name="rows">The last row that the filter may reach: how many there will be is not known when a sheet begins.</param>
    public WorksheetOptions Options(int rows)
    {
        var reach = string.Create(CultureInfo.InvariantCulture, $"A1:{Letters(columns.Count - 1)}{rows}");
        var options = new WorksheetOptions { FrozenRows = 1, AutoFilter = new(reach) };
        for (var i = 0; i < columns.Count; i++)
        {
            var wide = Math.Max(columns[i].Column.Width, columns[i].Title.Length) + 2;
            options.Column(i + 1).Width = Math.Clamp(wide, NarrowestColumn, WidestColumn);
        }

        return options;
    }

    public ReadOnlyMemory<StyledCell> Heading()
    {
        for (var i = 0; i < columns.Count; i++) _cells[i] = new(XlsxText.Of(columns[i].Title), styles.Heading);
        return _cells;
    }

    public ReadOnlyMemory<StyledCell> Row(object?[] row)
    {
        for (var i = 0; i < columns.Count; i++)
            _cells[i] = columns[i].Value(row) is { } value ? Cell(value, columns[i].Column) : new((string?)null, null);
        return _cells;
    }

    private StyledCell Cell(object value, ExportColumn column) => column.Kind switch
    {
        ExportKind.Number when value is decimal number => Number(number, null),
        ExportKind.Number when value is int number => new(number, styles.Whole),
        ExportKind.Number when value is >= -LargestNumber and <= LargestNumber => new((long)value, styles.Whole),
        ExportKind.Money when value is not string => Number(ExportValues.Amount(value, column, out var currency), Money(currency)),
        ExportKind.Date when value is DateOnly day && day.ToDateTime(TimeOnly.MinValue) is var date && date >= EarliestDay =>
            new(Days(date), styles.Day),
        ExportKind.Instant when value is DateTimeOffset instant && instant.UtcDateTime >= EarliestDay =>
            new(Days(instant.UtcDateTime), styles.Instant),
        ExportKind.YesNo when value is bool isYes => new(isYes, null),
        _ => new(XlsxText.Of(Text(value)), styles.Text),
    };

    private StyleId Money(string? currency) => styles.Money(ExportValues.MinorDigits(currency));

    private StyledCell Number(decimal number, StyleId? style) =>
        decimal.Abs(number) <= LargestNumber && new decimal((double)number) == number
            ? new((double)number, style)
            : new(number.ToString(CultureInfo.InvariantCulture), styles.Text);

    /// <summary>
    /// The number of a day with its time, to the last digit: of a rounded one, readers that cut where others round show a second too
    /// few. The library makes moments into numbers that can be the next smaller ones, so they are not left to it.
    /// </summary>
    private static double Days(DateTime moment) => (double)(moment - DayZero).Ticks / TimeSpan.TicksPerDay;

    private static string Text(object value) => value switch
    {
        string text => text,
        DateOnly day => day.ToString("O", CultureInfo.InvariantCulture),
        DateTimeOffset instant => instant.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        _ => ExportValues.Joined(value, ExportValues.WordSeparator),
    };

    /// <summary>The letters of a column, counted from 0: A to Z, then AA and so on.</summary>
    private static string Letters(int index) =>
        index < 26 ? ((char)('A' + index)).ToString() : Letters((index / 26) - 1) + (char)('A' + (index % 26));
}
