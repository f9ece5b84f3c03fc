using System.Globalization;

namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>Lays a table out on the pages of a document: letterhead, charts, rows, what the figures mean.</summary>
internal sealed class PdfTable
{
    private const int Green = 0x17654F;
    private const double TallestLogo = 40;
    private const double WidestLogo = 160;
    private const double NameHeight = 12;
    private const double ChartGap = 20;
    private const double NoteSize = 8;
    private const int MostSubtitleLines = 6;

    private readonly ExportTable _table;
    private readonly PdfDocument _document;
    private readonly TableFrame _frame;
    private readonly TextLayout _layout;
    private readonly PdfFlow _flow;
    private readonly PdfRows _rows;

    public PdfTable(ExportTable table, PdfDocument document, TableFrame frame, TextLayout layout)
    {
        (_table, _document, _frame, _layout) = (table, document, frame, layout);
        _flow = new(table, document, frame, layout);
        _rows = new(table, document, _flow, frame, layout);
    }

    private int? Accent => _table.ShopColour is { } colour
        ? int.Parse(colour.AsSpan(1), NumberStyles.HexNumber, PdfOutput.Invariant) : null;

    private PageContent Content => _document.Content;

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        _flow.BeginPage();
        if (PdfLogo.Of(_table.Logo) is { } logo) await DrawAsync(logo, cancellationToken);
        await _flow.WriteAsync("P", _table.ShopName, 10, isBold: true, PdfFlow.Ink, 1, cancellationToken);
        Content.BeginArtifact();
        Content.Line(PdfFlow.Left, _flow.Right, _flow.Y + 3, Accent ?? PdfFlow.Ink, Accent is null ? 1 : 2);
        Content.End();
        _flow.Y += 16;
        await _flow.WriteAsync("H1", _table.Title, 17, isBold: true, PdfFlow.Ink, 3, cancellationToken);
        _flow.Y += 4;
        foreach (var line in _table.Subtitles)
            await _flow.WriteAsync("P", line, 8.5, isBold: false, PdfFlow.Faint, MostSubtitleLines, cancellationToken);
        await _flow.WriteAsync("P", $"{MadeText()} ({_table.Audience.Zone.Id})", 8.5, isBold: false, PdfFlow.Faint, 2, cancellationToken);
        _flow.Y += 8;
        await DrawChartsAsync(cancellationToken);
        await _rows.BeginAsync(cancellationToken);
    }

    public ValueTask AddAsync(IReadOnlyList<object?> row, bool isTotal, CancellationToken cancellationToken) =>
        _rows.AddAsync(row, isTotal, cancellationToken);

    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await _rows.EndAsync(cancellationToken);
        if (_rows.Count == 0)
        {
            _flow.Y += 8;
            await _flow.WriteAsync("P", _table.Audience.Words.Empty, 9, isBold: false, PdfFlow.Faint, 2, cancellationToken);
        }

        await NotesAsync(cancellationToken);
        await _document.EndPageAsync(cancellationToken);
    }

    /// <summary>Draws the foot of a page when it is known how many there are.</summary>
    public void Foot(int page)
    {
        var culture = _table.Audience.Culture;
        var text = string.Format(culture, _table.Audience.Words.Page, page.ToString("N0", culture),
            _document.PageCount.ToString("N0", culture));
        var line = _layout.Lines(text, false, int.MaxValue, 1);
        Content.Text(line, 0, _frame.PageHeight - TableFrame.Margin, 8, 8, PdfFlow.Faint, right: _flow.Right);
        var shop = _layout.Lines($"{_table.ShopName} · {MadeText()}", false, (int)((_flow.Right - PdfFlow.Left - 120) / 8 * 1000), 1);
        Content.Text(shop, PdfFlow.Left, _frame.PageHeight - TableFrame.Margin, 8, 8, PdfFlow.Faint);
    }

    /// <summary>Beside each other, as many as the page bears. For those who listen the table says the same.</summary>
    private async Task DrawChartsAsync(CancellationToken cancellationToken)
    {
        var beside = _frame.PageWidth > _frame.PageHeight && _table.Charts.Count == 3 ? 3 : 2;
        var width = (_flow.Right - PdfFlow.Left - ((beside - 1) * ChartGap)) / beside;
        foreach (var some in _table.Charts.Chunk(beside))
        {
            if (_flow.Room < PdfChart.Tall) await _flow.TurnAsync(cancellationToken);
            Content.BeginArtifact();
            foreach (var (i, chart) in some.Index())
                new PdfChart(chart, _layout, Accent ?? Green).Draw(Content, PdfFlow.Left + (i * (width + ChartGap)), _flow.Y, width);
            Content.End();
            _flow.Y += PdfChart.Tall;
        }
    }

    /// <summary>The picture in the right corner; the shop's name ends at its lower edge. For those who listen the name says it
    /// all.</summary>
    private async Task DrawAsync(PdfLogo logo, CancellationToken cancellationToken)
    {
        await _document.AddLogoAsync(logo, cancellationToken);
        var (width, tall) = logo.Within(WidestLogo, TallestLogo);
        Content.BeginArtifact();
        Content.Logo(_flow.Right - width, _flow.Y, width, tall);
        Content.End();
        _flow.Y += Math.Max(0, tall - NameHeight);
    }

    private async Task NotesAsync(CancellationToken cancellationToken)
    {
        _flow.Y += 12;
        foreach (var note in _table.Notes)
        {
            var lines = _layout.Lines(note, false, _flow.Width(NoteSize), MostSubtitleLines).Count;
            if (lines * NoteSize * PdfFlow.LineSpacing > _flow.Room) await _flow.TurnAsync(cancellationToken);
            await _flow.WriteAsync("P", note, NoteSize, isBold: false, PdfFlow.Faint, MostSubtitleLines, cancellationToken);
        }
    }

    private string MadeText() => string.Format(
        _table.Audience.Culture, _table.Audience.Words.Made, _table.Audience.Zone.TimeOf(_table.MadeAt)
            .ToString("g", _table.Audience.Culture));
}
