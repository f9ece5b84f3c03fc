namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>
/// The rows of a table. Those of a page are gathered; where the columns are divided, each part of them draws these rows before the next
/// rows come, so that one reads on to the right by turning the page, and no more than a page is ever kept.
/// </summary>
internal sealed class PdfRows
{
    private const int Rule = 0xD0D7DE;
    private const int HeadFill = 0xE8ECF1;
    private const int StripeFill = 0xF6F8FA;
    private const double PartGap = 14;
    private const double PartSize = 7;
    private const double PartHeight = 12;

    /// <summary>A cell that needs more ends with an ellipsis.</summary>
    private const int MostLines = 12;

    /// <summary>With less room than this many lines the table begins on the next page.</summary>
    private const int LeastLines = 4;

    private readonly ExportTable _table;
    private readonly ExportColumn[] _columns;
    private readonly PdfDocument _document;
    private readonly PdfFlow _flow;
    private readonly TableFrame _frame;
    private readonly TextLayout _layout;
    private readonly Part[] _parts;
    private readonly List<Row> _page = [];
    private double _tall;
    private int _pages;

    public PdfRows(ExportTable table, PdfDocument document, PdfFlow flow, TableFrame frame, TextLayout layout)
    {
        (_table, _columns, _document, _flow, _frame, _layout) = (table, [.. table.Columns], document, flow, frame, layout);
        _parts = [.. frame.Parts.Select(p => new Part(p.Columns, p.Widths,
            [.. p.Columns.Select((c, i) => layout.Lines(_columns[c].Title, true, WidthOf(p.Widths[i]), MostLines))],
            document.Begin("Table", document.Root)))];
    }

    /// <summary>How many rows there are.</summary>
    public int Count { get; private set; }

    private double TallestHead => _parts.Max(HeadHeight);

    /// <summary>Turns the page where the table would begin at the foot of one, or its parts would each have a few rows there.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        var least = _parts.Length == 1 ? TallestHead + (LeastLines * RowHeight(1)) : _flow.Tallest / 2;
        if (_flow.Room < least) await _flow.TurnAsync(cancellationToken);
    }

    public async ValueTask AddAsync(IReadOnlyList<object?> values, bool isTotal, CancellationToken cancellationToken)
    {
        var cells = new List<TextLine>[_parts.Length][];
        var lines = 1;
        foreach (var (at, part) in _parts.Index())
        {
            cells[at] = [.. part.Columns.Select((c, i) => _layout.Lines(ExportValues.Shown(values[c], _columns[c], _table.Audience),
                isTotal, WidthOf(part.Widths[i]), MostLines))];
            foreach (var cell in cells[at]) lines = Math.Max(lines, cell.Count);
        }

        var tall = RowHeight(lines);
        if (_tall + tall > (_pages == 0 ? _flow.Room : _flow.Tallest) - TallestHead) await FlushAsync(cancellationToken);
        _page.Add(new(cells, tall, isTotal, ++Count % 2 == 0));
        _tall += tall;
    }

    /// <summary>Draws what is left; of a table without rows the headings.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        if (_page.Count > 0 || _pages == 0) await FlushAsync(cancellationToken);
        foreach (var part in _parts) await _document.EndAsync(part.Element, cancellationToken);
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var (at, part) in _parts.Index())
        {
            var isFull = at == 0 ? _pages > 0 : PartGap + HeadHeight(part) + _tall > _flow.Room;
            if (isFull) await _flow.TurnAsync(cancellationToken);
            else if (at > 0) _flow.Y += PartGap;
            await HeadAsync(part, isFirst: _pages == 0, cancellationToken);
            if (_page.Count > 0) DrawRules();
            var range = _document.BeginRows(part.Element, _page.Count, part.Columns.Count);
            foreach (var (index, row) in _page.Index())
            {
                await CellsAsync(part, range, index, row.Cells[at], "TD", cancellationToken);
                _flow.Y += row.Tall;
            }
        }

        _page.Clear();
        (_tall, _pages) = (0, _pages + 1);
    }

    /// <summary>The headings; on later pages they repeat what was said, so they are decoration for those who listen.</summary>
    private async Task HeadAsync(Part part, bool isFirst, CancellationToken cancellationToken)
    {
        var tall = HeadHeight(part) - (_parts.Length > 1 ? PartHeight : 0);
        _flow.Content.BeginArtifact();
        if (_parts.Length > 1)
        {
            // The first column stands in every part and is not counted.
            var culture = _table.Audience.Culture;
            var text = string.Format(culture, _table.Audience.Words.Columns, part.Columns[1].ToString("N0", culture),
                part.Columns[^1].ToString("N0", culture), (_columns.Length - 1).ToString("N0", culture));
            _flow.Content.Text(_layout.Lines(text, false, int.MaxValue, 1), 0, _flow.Y + PartSize, PartSize, PartSize, PdfFlow.Faint,
                right: _flow.Right);
            _flow.Y += PartHeight;
        }

        _flow.Content.Rectangle(PdfFlow.Left, _flow.Y, _flow.Right - PdfFlow.Left, tall, HeadFill);
        _flow.Content.Line(PdfFlow.Left, _flow.Right, _flow.Y + tall, PdfFlow.Faint, 0.8);
        _flow.Content.End();
        if (isFirst)
        {
            await CellsAsync(part, _document.BeginRows(part.Element, 1, part.Columns.Count), 0, part.Heads, "TH", cancellationToken);
        }
        else
        {
            _flow.Content.BeginArtifact("Header");
            for (var i = 0; i < part.Columns.Count; i++) Draw(part, i, part.Lefts[i], part.Heads[i]);
            _flow.Content.End();
        }

        _flow.Y += tall;
    }

    /// <summary>The stripes and rules of all rows of the page, before the text of any: the text is then in one piece.</summary>
    private void DrawRules()
    {
        var content = _flow.Content;
        var rows = _page.Where(r => !r.IsTotal).ToList();
        content.BeginArtifact();
        content.Rows(PdfFlow.Left, _flow.Y, _flow.Right - PdfFlow.Left, rows.Select(r => (r.Tall, r.IsStriped ? StripeFill : (int?)null)),
            Rule);
        // The total is below all others.
        if (_page[^1].IsTotal) content.Line(PdfFlow.Left, _flow.Right, _flow.Y + rows.Sum(r => r.Tall), PdfFlow.Ink, 1);
        content.End();
    }

    private ValueTask CellsAsync(Part part, PdfRowRange range, int row, List<TextLine>[] cells, string tag,
        CancellationToken cancellationToken) => _document.AddRowAsync(range, row, tag, i => cells[i].Count == 0,
            i => Draw(part, i, part.Lefts[i], cells[i]), cancellationToken, tag == "TH" ? "/A<</O/Table/Scope/Column>>" : "");

    private void Draw(Part part, int at, double x, List<TextLine> lines)
    {
        if (lines.Count == 0) return;
        double? right = _columns[part.Columns[at]].IsRightAligned ? x + part.Widths[at] - TableFrame.Padding : null;
        _flow.Content.Text(lines, x + TableFrame.Padding, _flow.Y + Baseline, _frame.Size, _frame.LineHeight, PdfFlow.Ink, right);
    }

    private double Baseline => (_frame.Size * 1.02) + (TableFrame.Padding / 2);

    private double RowHeight(int lines) => (lines * _frame.LineHeight) + TableFrame.Padding;

    private double HeadHeight(Part part) =>
        RowHeight(Math.Max(1, part.Heads.Max(h => h.Count))) + (_parts.Length > 1 ? PartHeight : 0);

    private int WidthOf(double width) => (int)((width - (2 * TableFrame.Padding)) / _frame.Size * 1000);

    private sealed record Part(IReadOnlyList<int> Columns, IReadOnlyList<double> Widths, List<TextLine>[] Heads, PdfElement Element)
    {
        /// <summary>Where each column begins.</summary>
        public IReadOnlyList<double> Lefts { get; } = [.. Widths.Select((_, i) => PdfFlow.Left + Widths.Take(i).Sum())];
    }

    /// <summary>A row that waits for its page.</summary>
    /// <param name="Cells">By the parts of the columns.</param>
    private sealed record Row(List<TextLine>[][] Cells, double Tall, bool IsTotal, bool IsStriped);
}
