using System.Globalization;
namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>Lays a table out on the pages of a document: letterhead, headings on each page, rows, totals.</summary>
internal sealed class PdfTable
{
    private const int Ink = 0x1B1F24;
    private const int Green = 0x17654F;
    private const int Faint = 0x57606A;
    private const int Rule = 0xD0D7DE;
    private const int HeadFill = 0xE8ECF1;
    private const int StripeFill = 0xF6F8FA;
    private const double FootSpace = 24;
    private const double TallestLogo = 40;
    private const double WidestLogo = 160;
    private const double NameHeight = 12;
    private const double ChartGap = 20;
    private const double NoteSize = 8;
    private const double LineSpacing = 1.34;

    /// <summary>A cell that needs more ends with an ellipsis.</summary>
    private const int MostLines = 12;

    private const int MostSubtitleLines = 6;

    private readonly ExportTable _table;
    private readonly ExportColumn[] _columns;
    private readonly PdfDocument _document;
    private readonly TableFrame _frame;
    private readonly TextLayout _layout;
    private readonly List<TextLine>[] _heads;
    private readonly List<TextLine>[] _cells;
    private readonly PdfElement _element;
    private double _y;
    private int _rows;

    public PdfTable(ExportTable table, PdfDocument document, TableFrame frame, TextLayout layout)
    {
        (_table, _columns, _document, _frame, _layout) = (table, [.. table.Columns], document, frame, layout);
        _heads = [.. _columns.Select((c, i) => layout.Lines(c.Title, true, Width(i), MostLines))];
        _cells = new List<TextLine>[_columns.Length];
        _element = document.Begin("Table", document.Root);
    }

    private int? Accent => _table.ShopColour is { } colour
        ? int.Parse(colour.AsSpan(1), NumberStyles.HexNumber, PdfOutput.Invariant) : null;

    private double Bottom => _frame.PageHeight - TableFrame.Margin - FootSpace;

    private double Right => _frame.PageWidth - TableFrame.Margin;

    private PageContent Content => _document.Content;

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        _document.BeginPage();
        _y = TableFrame.Margin;
        if (PdfLogo.Of(_table.Logo) is { } logo) await DrawAsync(logo, cancellationToken);
        await WriteAsync("P", _table.ShopName, 10, isBold: true, Ink, 1, cancellationToken);
        Content.BeginArtifact();
        Content.Line(TableFrame.Margin, Right, _y + 3, Accent ?? Ink, Accent is null ? 1 : 2);
        Content.End();
        _y += 16;
        await WriteAsync("H1", _table.Title, 17, isBold: true, Ink, 3, cancellationToken);
        _y += 4;
        foreach (var line in _table.Subtitles) await WriteAsync("P", line, 8.5, isBold: false, Faint, MostSubtitleLines, cancellationToken);
        await WriteAsync("P", $"{MadeText()} ({_table.Audience.Zone.Id})", 8.5, isBold: false, Faint, 2, cancellationToken);
        _y += 8;
        DrawCharts();
        await HeadAsync(isFirst: true, cancellationToken);
    }

    /// <summary>Two beside each other. For those who listen the table says the same.</summary>
    private void DrawCharts()
    {
        var width = (Right - TableFrame.Margin - ChartGap) / 2;
        foreach (var pair in _table.Charts.Chunk(2))
        {
            Content.BeginArtifact();
            foreach (var (i, chart) in pair.Index())
                new PdfChart(chart, _layout, Accent ?? Green).Draw(Content, TableFrame.Margin + (i * (width + ChartGap)), _y, width);
            Content.End();
            _y += PdfChart.Tall;
        }
    }

    /// <summary>The picture in the right corner; the shop's name ends at its lower edge. For those who listen the name says it
    /// all.</summary>
    private async Task DrawAsync(PdfLogo logo, CancellationToken cancellationToken)
    {
        await _document.AddLogoAsync(logo, cancellationToken);
        var (width, tall) = logo.Within(WidestLogo, TallestLogo);
        Content.BeginArtifact();
        Content.Logo(Right - width, _y, width, tall);
        Content.End();
        _y += Math.Max(0, tall - NameHeight);
    }

    public async ValueTask AddAsync(IReadOnlyList<object?> row, bool isTotal, CancellationToken cancellationToken)
    {
        var lines = 1;
        for (var i = 0; i < _columns.Length; i++)
        {
            _cells[i] = _layout.Lines(ExportValues.Shown(row[i], _columns[i], _table.Audience), isTotal, Width(i), MostLines);
            lines = Math.Max(lines, _cells[i].Count);
        }

        var tall = RowHeight(lines);
        if (_y + tall > Bottom) await NextPageAsync(cancellationToken);
        _rows++;
        Content.BeginArtifact();
        if (!isTotal && _rows % 2 == 0) Content.Rectangle(TableFrame.Margin, _y, Right - TableFrame.Margin, tall, StripeFill);
        Content.Line(TableFrame.Margin, Right, isTotal ? _y : _y + tall, isTotal ? Ink : Rule, isTotal ? 1 : 0.4);
        Content.End();
        await CellsAsync(_cells, "TD", cancellationToken);
        _y += tall;
    }

    public async Task EndAsync(CancellationToken cancellationToken)
    {
        if (_rows == 0)
        {
            _y += 8;
            await WriteAsync("P", _table.Audience.Words.Empty, 9, isBold: false, Faint, 2, cancellationToken,
                beforeEnd: () => _document.EndAsync(_element, cancellationToken));
        }
        else
        {
            await _document.EndAsync(_element, cancellationToken);
        }

        await NotesAsync(cancellationToken);
        await _document.EndPageAsync(cancellationToken);
    }

    private async Task NotesAsync(CancellationToken cancellationToken)
    {
        _y += 12;
        foreach (var note in _table.Notes)
        {
            if (_y + (_layout.Lines(note, false, PageWidth(NoteSize), MostSubtitleLines).Count * NoteSize * LineSpacing) > Bottom)
            {
                await _document.EndPageAsync(cancellationToken);
                _document.BeginPage();
                _y = TableFrame.Margin;
            }

            await WriteAsync("P", note, NoteSize, isBold: false, Faint, MostSubtitleLines, cancellationToken);
        }
    }

    /// <summary>Draws the foot of a page when it is known how many there are.</summary>
    public void Foot(int page)
    {
        var culture = _table.Audience.Culture;
        var text = string.Format(culture, _table.Audience.Words.Page, page.ToString("N0", culture),
            _document.PageCount.ToString("N0", culture));
        var line = _layout.Lines(text, false, int.MaxValue, 1);
        Content.Text(line, 0, _frame.PageHeight - TableFrame.Margin, 8, 8, Faint, right: Right);
        var shop = _layout.Lines($"{_table.ShopName} · {MadeText()}", false, (int)((Right - TableFrame.Margin - 120) / 8 * 1000), 1);
        Content.Text(shop, TableFrame.Margin, _frame.PageHeight - TableFrame.Margin, 8, 8, Faint);
    }

    private string MadeText() => string.Format(
        _table.Audience.Culture, _table.Audience.Words.Made, _table.Audience.Zone.TimeOf(_table.MadeAt)
            .ToString("g", _table.Audience.Culture));

    private async Task NextPageAsync(CancellationToken cancellationToken)
    {
        await _document.EndPageAsync(cancellationToken);
        _document.BeginPage();
        _y = TableFrame.Margin;
        Content.BeginArtifact("Header");
        Content.Text(_layout.Lines(_table.Title, true, PageWidth(9), 1), TableFrame.Margin, _y + 6, 9, 9, Ink);
        Content.End();
        _y += 16;
        await HeadAsync(isFirst: false, cancellationToken);
    }

    /// <summary>The headings; on later pages they repeat what was said, so they are decoration for those who listen.</summary>
    private async Task HeadAsync(bool isFirst, CancellationToken cancellationToken)
    {
        var tall = RowHeight(Math.Max(1, _heads.Max(h => h.Count)));
        Content.BeginArtifact();
        Content.Rectangle(TableFrame.Margin, _y, Right - TableFrame.Margin, tall, HeadFill);
        Content.Line(TableFrame.Margin, Right, _y + tall, Faint, 0.8);
        Content.End();
        if (isFirst)
        {
            await CellsAsync(_heads, "TH", cancellationToken);
        }
        else
        {
            Content.BeginArtifact("Header");
            var x = TableFrame.Margin;
            for (var i = 0; i < _columns.Length; x += _frame.Widths[i++]) Draw(i, x, _heads[i]);
            Content.End();
        }

        _y += tall;
    }

    private async ValueTask CellsAsync(List<TextLine>[] cells, string tag, CancellationToken cancellationToken)
    {
        var row = _document.Begin("TR", _element);
        var x = TableFrame.Margin;
        for (var i = 0; i < _columns.Length; i++)
        {
            var (column, left) = (i, x);
            Action? draw = cells[i].Count == 0 ? null : () => Draw(column, left, cells[column]);
            var attributes = tag == "TH" ? "/A<</O/Table/Scope/Column>>" : "";
            await _document.AddAsync(tag, row, draw, cancellationToken, attributes);
            x += _frame.Widths[i];
        }

        await _document.EndAsync(row, cancellationToken);
    }

    private void Draw(int column, double x, List<TextLine> lines)
    {
        if (lines.Count == 0) return;
        double? right = _columns[column].IsRightAligned ? x + _frame.Widths[column] - TableFrame.Padding : null;
        Content.Text(lines, x + TableFrame.Padding, _y + Baseline, _frame.Size, _frame.LineHeight, Ink, right);
    }

    /// <summary>Text over the whole width, outside the table.</summary>
    private async Task WriteAsync(
        string tag, string text, double size, bool isBold, int color, int mostLines, CancellationToken cancellationToken,
            Func<ValueTask>? beforeEnd = null)
    {
        if (beforeEnd is not null) await beforeEnd();
        var lines = _layout.Lines(text, isBold, PageWidth(size), mostLines);
        if (lines.Count == 0) return;
        var lineHeight = size * LineSpacing;
        await _document.AddAsync(
            tag, _document.Root, () => Content.Text(lines, TableFrame.Margin, _y + size, size, lineHeight, color), cancellationToken);
        _y += lines.Count * lineHeight;
    }

    private double Baseline => (_frame.Size * 1.02) + (TableFrame.Padding / 2);

    private double RowHeight(int lines) => (lines * _frame.LineHeight) + TableFrame.Padding;

    private int Width(int column) => (int)((_frame.Widths[column] - (2 * TableFrame.Padding)) / _frame.Size * 1000);

    private int PageWidth(double size) => (int)((Right - TableFrame.Margin) / size * 1000);
}
