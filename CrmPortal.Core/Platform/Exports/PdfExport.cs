using System.IO.Pipelines;
using CrmPortal.Core.Platform.Exports.Pdf;

namespace CrmPortal.Core.Platform.Exports;

/// <summary>
/// A document to print or to send: A4 with the shop's letterhead, the filters in words, headings on every page, totals and page
/// numbers, readable aloud and with text that can be searched in any script. Pages go out as they fill.
/// </summary>
public sealed class PdfExport : IExportFormat
{
    public string Name => "pdf";

    public string ContentType => "application/pdf";

    /// <summary>More than a thousand pages help nobody.</summary>
    public int? MostRows => 50_000;

    public async Task WriteAsync(ExportTable table, PipeWriter output, CancellationToken cancellationToken)
    {
        // The widths of headings are measured with fonts that leave no trace in the document.
        var measure = new TextLayout(new DocumentFonts());
        var frame = TableFrame.For(table.Columns, c => measure.WidestWord(c.Title, true));
        var document = new PdfDocument(table, output, frame.PageWidth, frame.PageHeight);
        var pages = new PdfTable(table, document, frame, new TextLayout(document.Fonts));
        await document.BeginAsync(cancellationToken);
        await pages.BeginAsync(cancellationToken);
        await foreach (var row in table.Rows.WithCancellation(cancellationToken))
            await pages.AddAsync(row, isTotal: false, cancellationToken);
        if (table.Totals() is { } totals) await pages.AddAsync(totals, isTotal: true, cancellationToken);
        await pages.EndAsync(cancellationToken);
        await document.EndAsync(pages.Foot, cancellationToken);
    }
}
