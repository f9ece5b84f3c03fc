using System.IO.Compression;
using System.IO.Pipelines;
using CrmPortal.Core.Exports.Xlsx;

namespace CrmPortal.Core.Exports;

/// <summary>
/// A workbook whose cells have types: numbers, amounts, days and instants are such, text is text. The parts go one after another
/// into a zip archive that is never read back, so a million rows take no more memory than ten.
/// </summary>
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
        await using var zip = await ZipArchive.CreateAsync(target, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        try
        {
            await WritePartAsync("[Content_Types].xml", XlsxParts.ContentTypes);
            await WritePartAsync("_rels/.rels", XlsxParts.Relationships);
            await WritePartAsync("docProps/core.xml", XlsxParts.Properties(table));
            await WritePartAsync("xl/styles.xml", XlsxStyles.Xml);

            var sheets = 0;
            await using var rows = table.Rows.GetAsyncEnumerator(cancellationToken);
            var hasMore = await rows.MoveNextAsync();
            do
            {
                sheets++;
                await using var part = await OpenAsync(XlsxParts.SheetName(sheets));
                var sheet = new XlsxSheet(table, part, isFirst: sheets == 1);
                await sheet.BeginAsync(cancellationToken);
                for (var row = 2; hasMore && row <= MostRowsOfSheet; row++)
                {
                    await sheet.AddAsync(rows.Current, cancellationToken);
                    hasMore = await rows.MoveNextAsync();
                }

                await sheet.EndAsync(cancellationToken);
            }
            while (hasMore);

            await WritePartAsync("xl/workbook.xml", XlsxParts.Workbook(table.Title, sheets));
            await WritePartAsync("xl/_rels/workbook.xml.rels", XlsxParts.WorkbookRelationships(sheets));
        }
        catch
        {
            // Closing the archive would end it as if it were whole.
            target.Drop();
            throw;
        }

        async Task<Stream> OpenAsync(string name)
        {
            var entry = zip.CreateEntry(name, CompressionLevel.Fastest);
            entry.LastWriteTime = table.MadeAt;
            return await entry.OpenAsync(cancellationToken);
        }

        async Task WritePartAsync(string name, string xml)
        {
            var buffer = new Utf8Buffer();
            buffer.Write(xml);
            await using var part = await OpenAsync(name);
            await buffer.DrainAsync(part, cancellationToken);
        }
    }
}
