using System.Globalization;
using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Core.Reports;

/// <summary>A report as the table that every format of files writes.</summary>
public static class ReportDocument
{
    /// <summary>A chart has so many places at most; the table has all of them.</summary>
    public const int MostPlaces = 62;

    /// <summary>The report for an audience: title, figures, charts and definitions in their language.</summary>
    public static ExportTable Of(ReportView view, string shopName, ExportAudience audience)
    {
        var columns = view.Content.Columns.Select(c => Column(c, view, audience));
        var table = InMemory.Table(TitleOf(view, audience), shopName, view.MadeAt, audience, columns,
            [.. view.Content.Rows.Select(r => r.Values.ToArray())]);
        return table with
        {
            Totals = view.Content.Total is null ? table.Totals : () => Totals(view, audience),
            Subtitles = [.. Subtitles(view, audience)], Notes = [.. Notes(view, audience)],
            Charts = view.Content.Rows.Count is > 0 and <= MostPlaces ? [.. view.Content.Charts.Select(c => Chart(c, view, audience))] : [],
        };
    }

    /// <summary>The name under which it was saved, or else that of its kind.</summary>
    public static string TitleOf(ReportView view, ExportAudience audience) => view.Heading ?? audience.Title(view.Report.Title);

    /// <summary>A figure as people of the audience read it.</summary>
    public static string Shown(ReportFigure figure, object? value, string currency, ExportAudience audience) => ExportValues.Shown(value,
        new(figure.Name, figure.Title, figure.Kind) { Currency = figure.Kind == ExportKind.Money ? currency : null }, audience);

    /// <summary>A cell as people of the audience read it, on screens and in documents.</summary>
    /// <param name="column">Its place in the row.</param>
    public static string Cell(ReportView view, int column, object? value, ExportAudience audience) =>
        ExportValues.Shown(value, Column(view.Content.Columns[column], view, audience), audience);

    /// <summary>The row that closes the table; null where nothing is summed.</summary>
    public static IReadOnlyList<object?>? Totals(ReportView view, ExportAudience audience)
    {
        if (view.Content.Total is { } whole) return view.Content.Rows.Count == 0 ? null : [audience.Title("Whole period"), .. whole.Skip(1)];
        var totals = new RunningTotals([.. view.Content.Columns.Select(c => Column(c, view, audience))], audience.Words.Total);
        foreach (var row in view.Content.Rows) totals.Add(row.Values);
        return totals.Row();
    }

    private static ExportColumn Column(ReportColumn column, ReportView view, ExportAudience audience)
    {
        var made = new ExportColumn(column.Name, column.Title, column.Kind, column.Width)
        {
            Currency = column.Kind == ExportKind.Money ? view.Currency : null, IsSummed = column.IsSummed,
            Show = column.Field is { } field ? value => Said(field, value, audience) : null,
        };
        // Nobody reads a day in two lines.
        return column.Field == ReportDates.Field ? made with { IsWhole = true } : made;
    }

    private static string Said(string field, string value, ExportAudience audience) =>
        field == ReportDates.Field ? ReportDates.Said(value, audience.Culture) : audience.Choice(field, value);

    /// <summary>The period, and the figures in words.</summary>
    private static IEnumerable<string> Subtitles(ReportView view, ExportAudience audience)
    {
        if (view.Dates is { } dates)
        {
            yield return string.Format(audience.Culture, audience.Title("{0} to {1}"), dates.From.ToString("d", audience.Culture),
                dates.Until.ToString("d", audience.Culture));
        }

        foreach (var figure in view.Content.Figures)
        {
            var now = Shown(figure, figure.Value, view.Currency, audience);
            var said = figure.Before is null ? now : string.Format(audience.Culture, audience.Title("{0} (before: {1})"), now,
                Shown(figure, figure.Before, view.Currency, audience));
            yield return $"{audience.Title(figure.Title)}: {(said.Length == 0 ? "–" : said)}";
        }

    }

    /// <summary>All that one must know to read the figures.</summary>
    private static IEnumerable<string> Notes(ReportView view, ExportAudience audience)
    {
        yield return view.HasAmounts
            ? string.Format(audience.Culture, audience.Title("Days begin in the time zone {0}; amounts are in {1}."), view.Zone,
                view.Currency)
            : string.Format(audience.Culture, audience.Title("Days begin in the time zone {0}."), view.Zone);
        foreach (var note in view.Content.Notes) yield return audience.Title(note);
        foreach (var figure in view.Content.Figures) yield return $"{audience.Title(figure.Title)}: {audience.Title(figure.Definition)}";
        foreach (var column in view.Content.Columns.Where(c => c.Definition is not null))
            yield return $"{audience.Title(column.Title)}: {audience.Title(column.Definition!)}";
    }

    private static ExportChart Chart(ReportChart chart, ReportView view, ExportAudience audience)
    {
        var (content, place) = (view.Content, IndexOf(view.Content, chart.Place));
        var isMoney = chart.Values.Any(v => content.Columns[IndexOf(content, v)].Kind == ExportKind.Money);
        var unit = isMoney ? (long)Math.Pow(10, ExportValues.MinorDigits(view.Currency)) : 1;
        var field = content.Columns[place].Field;
        return new(audience.Title(chart.Title) + (isMoney ? $" ({view.Currency})" : ""),
            [.. content.Rows.Select(r => r.Values[place] is string name
                ? field is null ? name : field == ReportDates.Field
                    ? ReportDates.Abbreviated(name, audience.Culture) : Said(field, name, audience)
                : "")],
            [.. chart.Values.Select(v => new ExportSeries(audience.Title(content.Columns[IndexOf(content, v)].Title),
                [.. content.Rows.Select(r => Convert.ToInt64(r.Values[IndexOf(content, v)] ?? 0L, CultureInfo.InvariantCulture))]))],
            chart.IsStacked, value => (value < 0 ? "−" : "") + Math.Abs(value / unit).ToString("N0", audience.Culture), unit)
        {
            IsOfNames = field != ReportDates.Field,
        };
    }

    private static int IndexOf(ReportContent content, string column) => content.Columns.ToList().FindIndex(c => c.Name == column);
}
