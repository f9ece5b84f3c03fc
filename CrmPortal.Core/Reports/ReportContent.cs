using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Core.Reports;

/// <summary>Where and for when a report is made.</summary>
/// <param name="Dates">Null where the report shows what holds at the moment.</param>
/// <param name="Currency">The shop's base currency, ISO 4217, in whose minor units all amounts are.</param>
public sealed record ReportScope(CrmDbContext Db, ReportDates? Dates, ShopClock Clock, string Currency);

/// <summary>
/// The figures of a report as they were when it was made. Titles, definitions and notes are English, and keys of their translations.
/// </summary>
/// <param name="Figures">What one looks at first.</param>
/// <param name="Rows">The table behind the figures and the charts; at most <see cref="ReportDates.MostRows"/>.</param>
/// <param name="Notes">What is counted, and what is not.</param>
public sealed record ReportContent(IReadOnlyList<ReportFigure> Figures, IReadOnlyList<ReportColumn> Columns,
    IReadOnlyList<ReportRow> Rows, IReadOnlyList<ReportChart> Charts, IReadOnlyList<string> Notes)
{
    /// <summary>
    /// What closes the table, a value for each column but the first, where the whole is more than the sum of its rows: a ticket with two
    /// tags is one ticket, and a percentage of the whole is none of percentages. Null where the summed columns say it.
    /// </summary>
    public IReadOnlyList<object?>? Total { get; init; }
}

/// <summary>A figure above the table.</summary>
/// <param name="Kind">Text, number, money in minor units, or a day.</param>
/// <param name="Definition">What it is, in a sentence.</param>
/// <param name="Before">The same figure of the period before; null where there is none to compare.</param>
public sealed record ReportFigure(string Name, string Title, ExportKind Kind, object? Value, string Definition, object? Before = null);

/// <summary>A column of the table.</summary>
/// <param name="Name">In JSON and in charts.</param>
public sealed record ReportColumn(string Name, string Title, ExportKind Kind, int Width = 12)
{
    /// <summary>What the values are, in a sentence.</summary>
    public string? Definition { get; init; }

    /// <summary>Of which choice the values are, such as <c>tier</c>; <see cref="ReportDates.Field"/> for parts of a period.</summary>
    public string? Field { get; init; }

    public bool IsSummed { get; init; }
}

/// <summary>A row of the table.</summary>
/// <param name="Values">One for each column.</param>
/// <param name="List">Where the records behind it are: <c>customers</c> or <c>orders</c>; null where no list shows them.</param>
/// <param name="Filter">Which of that list.</param>
public sealed record ReportRow(IReadOnlyList<object?> Values, string? List = null, string? Filter = null);

/// <summary>A picture of some columns.</summary>
/// <param name="Place">The column below the picture.</param>
/// <param name="Values">The columns that are drawn: whole numbers or amounts.</param>
/// <param name="IsStacked">Whether the values of a place make one whole.</param>
/// <param name="IsLine">Whether a line is drawn, as suits what goes on over time.</param>
public sealed record ReportChart(string Title, string Place, IReadOnlyList<string> Values, bool IsStacked = false, bool IsLine = false);
