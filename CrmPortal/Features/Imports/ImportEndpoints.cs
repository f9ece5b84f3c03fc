using System.Globalization;
using System.Text;
using CrmPortal.Core.Access;
using CrmPortal.Core.Exports;
using CrmPortal.Core.Imports;
using CrmPortal.Resources;
using CsvHelper;
using CsvHelper.Configuration;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Imports;

/// <summary>What the browser downloads from an import.</summary>
internal static class ImportEndpoints
{
    private const int FlushEvery = 500;

    public static void MapImportDownloads(this WebApplication app) =>
        app.MapGet("/imports/{id:long}/rejected.csv", RejectedAsync).RequireAuthorization(Permissions.ImportsRun).ExcludeFromDescription();

    /// <summary>The rejected rows as they stood in the file, with row number and reason behind, to be mended and imported again.</summary>
    private static async Task RejectedAsync(long id, HttpContext context, ImportService imports, IStringLocalizer<Texts> texts)
    {
        var cancellation = context.RequestAborted;
        if (await imports.GetAsync(id, cancellation) is not { } import)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"rejected-{id.ToString(CultureInfo.InvariantCulture)}.csv\"";
        await using var text = new StreamWriter(context.Response.Body, new UTF8Encoding(true), 16 * 1024);
        await using var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { Delimiter = import.Format.Delimiter.ToString() });
        var written = 0;
        await foreach (var (cells, row) in imports.RejectedCellsAsync(id, cancellation))
        {
            foreach (var cell in cells) csv.WriteField(row is null ? cell : FormulaGuard.Guard(FormulaGuard.Unguard(cell)));
            csv.WriteField(row is null ? texts["Row"].Value : row.RowNumber.ToString(CultureInfo.InvariantCulture));
            csv.WriteField(row is null ? texts["Reason"].Value : ImportTexts.Sentence(texts, row.Reason, row.Arguments));
            await csv.NextRecordAsync();
            if (++written % FlushEvery == 0) await csv.FlushAsync();
        }
    }
}
