using System.IO.Compression;
using System.IO.Pipelines;
using CrmPortal.Core.Platform.Exports.Xlsx;
using SpreadCheetah;
using SpreadCheetah.Worksheets;
using SpreadCheetah.Metadata;

namespace CrmPortal.Core.Platform.Exports;

/// <summary>
/// A workbook whose cells have types: numbers, amounts, days and instants are such, text is text. It is only written forward, so a
/// million rows take no more memory than ten.
/// </summary>
/// <remarks>
/// A text cell is never computed, whatever it begins with, so it holds the very text, without the apostrophe of
/// <see cref="FormulaGuard"/>.
/// </remarks>
public sealed class XlsxExport : IExportFormat
{
    public string Name => "xlsx";

    public string ContentType => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    public int? MostRows => null;

    /// <summary>The rows of one sheet with its heading; more go on to a further sheet. Set by tests.</summary>
    internal int MostRowsOfSheet { get; init; } = 1_048_576;

    private const int NoteWidth = 100;

    public async Task WriteAsync(ExportTable table, PipeWriter output, CancellationToken cancellationToken)
    {
        if (table.Charts.Count == 0)
        {
            await using var target = new PipeOutputStream(output);
            await WriteAsync(table, target, target.Drop, cancellationToken);
            return;
        }

        // Charts are put into the workbook when it is done. Only small tables have any.
        using var whole = new MemoryStream();
        await WriteAsync(table, whole, () => { }, cancellationToken);
        XlsxCharts.Draw(whole, table);
        await output.WriteAsync(whole.ToArray(), cancellationToken);
    }

    private async Task WriteAsync(ExportTable table, Stream target, Action drop, CancellationToken cancellationToken)
    {
        await using var workbook = await Spreadsheet.CreateNewAsync(target, Options(table), cancellationToken);
        try
        {
            var sheet = new XlsxSheet(SheetColumn.Of(table), new XlsxStyles(workbook));
            var sheets = 0;
            await using var rows = table.Rows.GetAsyncEnumerator(cancellationToken);
            var hasMore = await rows.MoveNextAsync();
            do
            {
                var name = XlsxText.TabName(table.Title, ++sheets);
                await workbook.StartWorksheetAsync(name, sheet.Options(MostRowsOfSheet), cancellationToken);
                await workbook.AddRowAsync(sheet.Heading(), cancellationToken);
                for (var row = 2; hasMore && row <= MostRowsOfSheet; row++)
                {
                    await workbook.AddRowAsync(sheet.Row(rows.Current), cancellationToken);
                    hasMore = await rows.MoveNextAsync();
                }
            }
            while (hasMore);

            if (table.Charts.Count > 0) await XlsxCharts.WriteAsync(workbook, table, cancellationToken);
            if (table.Notes.Count > 0) await WriteNotesAsync(workbook, table, cancellationToken);
            await workbook.FinishAsync(cancellationToken);
        }
        catch
        {
            // Closing the archive would end it as if it were whole.
            drop();
            throw;
        }
    }

    /// <summary>What the figures are, in a sheet of its own.</summary>
    private static async Task WriteNotesAsync(Spreadsheet workbook, ExportTable table, CancellationToken cancellationToken)
    {
        var options = new WorksheetOptions();
        options.Column(1).Width = NoteWidth;
        await workbook.StartWorksheetAsync(XlsxText.TabName(table.Audience.Title("About these figures"), 1), options, cancellationToken);
        foreach (var line in table.Subtitles.Prepend(table.Title).Concat(table.Notes))
            await workbook.AddRowAsync([new Cell(XlsxText.Of(line))], cancellationToken);
    }

    private static SpreadCheetahOptions Options(ExportTable table) => new()
    {
        CompressionLevel = SpreadCheetahCompressionLevel.Fastest,
        // Some readers find cells by name, and trim texts unless spaces are marked as significant.
        WriteCellReferenceAttributes = true,
        PreserveStringWhitespace = true,
        DocumentProperties = new DocumentProperties
        {
            Title = XlsxText.Plain(table.Title),
            Author = XlsxText.Plain(table.ShopName),
            Subject = XlsxText.Plain(string.Join(". ", table.Subtitles)),
        },
    };
}
