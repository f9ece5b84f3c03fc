using System.IO.Compression;
using System.IO.Pipelines;
using CrmPortal.Core.Platform.Exports.Xlsx;
using SpreadCheetah;
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

    public async Task WriteAsync(ExportTable table, PipeWriter output, CancellationToken cancellationToken)
    {
        await using var target = new PipeOutputStream(output);
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

            await workbook.FinishAsync(cancellationToken);
        }
        catch
        {
            // Closing the archive would end it as if it were whole.
            target.Drop();
            throw;
        }
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
