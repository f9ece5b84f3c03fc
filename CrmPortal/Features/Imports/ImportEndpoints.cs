using System.Globalization;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Imports;

/// <summary>What the browser downloads from an import.</summary>
internal static class ImportEndpoints
{
    public static void MapImportDownloads(this WebApplication app) =>
        app.MapGet("/imports/{id:long}/rejected.csv", RejectedAsync).RequireAuthorization(Permissions.ImportsRun).ExcludeFromDescription();

    /// <summary>The rejected rows as they stood in the file, with row number and reason behind, to be mended and imported again.</summary>
    private static async Task RejectedAsync(long id, HttpContext context, ImportService imports, IStringLocalizer<Texts> texts)
    {
        var cancellation = context.RequestAborted;
        if (await imports.GetAsync(id, cancellation) is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await WriteRejectedAsync(context, id, imports, sentence => texts[sentence]);
    }

    /// <summary>Writes them straight into the answer.</summary>
    /// <param name="say">The reasons in the reader's language.</param>
    public static async Task WriteRejectedAsync(HttpContext context, long id, ImportService imports, Func<string, string> say)
    {
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"rejected-{id.ToString(CultureInfo.InvariantCulture)}.csv\"";
        await RejectedFile.WriteAsync(context.Response.Body, imports, id, say, context.RequestAborted);
    }
}
