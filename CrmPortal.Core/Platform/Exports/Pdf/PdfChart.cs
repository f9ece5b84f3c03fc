using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>Draws a chart: title, legend, the upright axis with its lines, columns, and the names of the places.</summary>
internal sealed class PdfChart(ExportChart chart, TextLayout layout, int accent)
{
    /// <summary>How much room it takes on the page, in points.</summary>
    public const double Tall = 168;

    private const double Size = 7;
    private const double HeadHeight = 30;
    private const double FootHeight = 24;
    private const double AxisWidth = 46;
    private const double KeySize = 6;
    private const double BarsTop = 18;
    private const double BarStep = 11;
    private const double BarGap = 6;
    private const double ValueWidth = 52;
    private const double NameGap = 4;

    /// <summary>How much of the width the names of bars take.</summary>
    private const double NameShare = 0.3;

    /// <summary>How much of the room of a place its columns take.</summary>
    private const double ColumnShare = 0.7;
    private const int Ink = 0x1B1F24;
    private const int Faint = 0x57606A;
    private const int Rule = 0xD0D7DE;
    private const int Second = 0x9AA7B2;
    private const int Third = 0xC58B2A;

    public void Draw(PageContent content, double x, double y, double width)
    {
        content.Text(layout.Lines(chart.Title, true, (int)(width / 9 * 1000), 1), x, y + 9, 9, 9, Ink);
        if (chart.IsOfNames)
        {
            DrawBars(content, x, y, width);
            return;
        }

        DrawLegend(content, x, y + 14);
        var scale = ChartScale.Of(chart.IsStacked ? Sums() : chart.Series.SelectMany(s => s.Values), chart.Unit);
        var (left, top, bottom) = (x + AxisWidth, y + HeadHeight, y + Tall - FootHeight);
        double At(decimal value) => bottom - (scale.Height(value) / 100 * (bottom - top));
        foreach (var tick in scale.Ticks)
        {
            content.Line(left, x + width, At(tick), tick == 0 ? Faint : Rule, tick == 0 ? 0.8 : 0.4);
            Text(content, chart.Say((long)tick), 0, At(tick) + 2.5, right: left - 5);
        }

        var place = (x + width - left) / chart.Places.Count;
        var names = chart.Places.Select(p => layout.Lines(p, false, int.MaxValue, 1)).ToList();
        // Names that would run into each other are left out evenly, the last one stays; the table has them all.
        var step = Math.Max(1, (int)Math.Ceiling((names.Max(n => n.Count == 0 ? 0 : n[0].Width * Size / 1000) + NameGap) / place));
        for (var i = 0; i < chart.Places.Count; i++)
        {
            DrawColumns(content, i, left + (i * place) + (place * (1 - ColumnShare) / 2), place * ColumnShare, At);
            if (names[i].Count == 0 || (chart.Places.Count - 1 - i) % step > 0) continue;
            content.Text(names[i], left + ((i + 0.5) * place) - (names[i][0].Width * Size / 2000), bottom + 10, Size, Size, Faint);
        }
    }

    /// <summary>A bar for each name, as many as there is room for; the first series alone.</summary>
    private void DrawBars(PageContent content, double x, double y, double width)
    {
        var (values, most) = (chart.Series[0].Values, Math.Max(1, chart.Series[0].Values.DefaultIfEmpty().Max()));
        var (top, shown) = (y + BarsTop, Math.Min(chart.Places.Count, (int)((Tall - BarsTop - BarGap) / BarStep)));
        var (left, right) = (x + (width * NameShare), x + width - ValueWidth);
        for (var i = 0; i < shown; i++, top += BarStep)
        {
            var name = layout.Lines(chart.Places[i], false, (int)((left - x - BarGap) / Size * 1000), 1);
            if (name.Count > 0) content.Text(name, x, top + Size, Size, Size, Faint);
            content.Rectangle(left, top, Math.Max(0, (right - left) * values[i] / most), Size, accent);
            Text(content, chart.Say(values[i]), 0, top + Size, right: x + width);
        }
    }

    private static int ToneOf(int series, int accent) => series switch { 0 => accent, 1 => Second, _ => Third };

    private void DrawLegend(PageContent content, double x, double y)
    {
        if (chart.Series.Count < 2) return;
        foreach (var (i, series) in chart.Series.Index())
        {
            content.Rectangle(x, y, KeySize, KeySize, ToneOf(i, accent));
            var name = layout.Lines(series.Name, false, int.MaxValue, 1);
            content.Text(name, x + KeySize + 3, y + 5.5, Size, Size, Faint);
            x += KeySize + 3 + (name.Count > 0 ? name[0].Width * Size / 1000 : 0) + 12;
        }
    }

    private void DrawColumns(PageContent content, int place, double left, double width, Func<decimal, double> at)
    {
        var (above, below) = (0L, 0L);
        var each = chart.IsStacked ? width : width / chart.Series.Count;
        foreach (var (i, series) in chart.Series.Index())
        {
            var value = series.Values[place];
            if (value == 0) continue;
            // Gains stand on the line and on each other, losses hang from it.
            var from = !chart.IsStacked ? 0 : value > 0 ? above : below;
            var (high, low) = (at(Math.Max(from, from + value)), at(Math.Min(from, from + value)));
            content.Rectangle(left + (chart.IsStacked ? 0 : i * each), high, each * (chart.IsStacked ? 1 : 0.92), low - high,
                ToneOf(i, accent));
            if (value > 0) above += value;
            else below += value;
        }
    }

    private IEnumerable<long> Sums() => Enumerable.Range(0, chart.Places.Count).SelectMany(place => new[]
    {
        chart.Series.Sum(s => Math.Max(0, s.Values[place])), chart.Series.Sum(s => Math.Min(0, s.Values[place])),
    });

    private void Text(PageContent content, string text, double x, double baseline, double? right = null)
    {
        var lines = layout.Lines(text, false, int.MaxValue, 1);
        if (lines.Count > 0) content.Text(lines, x, baseline, Size, Size, Faint, right);
    }
}
