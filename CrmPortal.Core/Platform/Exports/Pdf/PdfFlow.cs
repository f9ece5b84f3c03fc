namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>Where on the pages of a document the next thing is drawn.</summary>
internal sealed class PdfFlow(ExportTable table, PdfDocument document, TableFrame frame, TextLayout layout)
{
    public const int Ink = 0x1B1F24;
    public const int Faint = 0x57606A;
    public const double LineSpacing = 1.34;
    private const double FootSpace = 24;
    private const double HeaderSize = 9;
    private const double HeaderHeight = 16;

    /// <summary>From the upper edge of the page.</summary>
    public double Y { get; set; }

    public static double Left => TableFrame.Margin;

    public double Right => frame.PageWidth - TableFrame.Margin;

    /// <summary>What is below belongs to the foot of the page.</summary>
    public double Bottom => frame.PageHeight - TableFrame.Margin - FootSpace;

    /// <summary>How much room a page has that begins with the title of the table.</summary>
    public double Tallest => Bottom - TableFrame.Margin - HeaderHeight;

    public double Room => Bottom - Y;

    public PageContent Content => document.Content;

    public void BeginPage()
    {
        document.BeginPage();
        Y = TableFrame.Margin;
    }

    /// <summary>Goes on with a page that begins with the title of the table.</summary>
    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        await document.EndPageAsync(cancellationToken);
        BeginPage();
        Content.BeginArtifact("Header");
        Content.Text(layout.Lines(table.Title, true, Width(HeaderSize), 1), Left, Y + 6, HeaderSize, HeaderSize, Ink);
        Content.End();
        Y += HeaderHeight;
    }

    /// <summary>Text over the whole width.</summary>
    public async Task WriteAsync(string tag, string text, double size, bool isBold, int color, int mostLines,
        CancellationToken cancellationToken)
    {
        var lines = layout.Lines(text, isBold, Width(size), mostLines);
        if (lines.Count == 0) return;
        var lineHeight = size * LineSpacing;
        await document.AddAsync(tag, document.Root, () => Content.Text(lines, Left, Y + size, size, lineHeight, color), cancellationToken);
        Y += lines.Count * lineHeight;
    }

    /// <summary>The width of the page in thousandths of a size of letters.</summary>
    public int Width(double size) => (int)((Right - Left) / size * 1000);
}
