using System.Globalization;
using System.IO.Pipelines;
using CrmPortal.Account;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Layout.Theme;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;
using Microsoft.Net.Http.Headers;

namespace CrmPortal.Features.Exports;

/// <summary>Sends a table as a file to save; the same for every list.</summary>
internal static partial class ExportAnswer
{
    /// <summary>Prepares the table, which may still be refused with a sentence, and then writes it straight into the answer.</summary>
    /// <param name="name">The name of the file before the day and the ending.</param>
    public static async Task SendAsync(HttpContext context, string name, string format,
        Func<ExportAudience, CancellationToken, Task<ExportTable>> prepare)
    {
        var cancellation = context.RequestAborted;
        var texts = context.RequestServices.GetRequiredService<IStringLocalizer<Texts>>();
        var audience = Audience(context);
        ExportTable table;
        try
        {
            table = await prepare(audience, cancellation);
            table = Branded(table, context.RequestServices.GetRequiredService<ShopIdentity>());
            if (context.Request.Query["for"] == "people") table = table with { IsForPeople = true };
        }
        catch (RuleViolationException violation)
        {
            await SayAsync(context, StatusCodes.Status400BadRequest, FormErrors.Sentence(violation, texts));
            return;
        }
        catch (AccessDeniedException)
        {
            await RefuseAsync(context);
            return;
        }

        var kind = ExportFormats.Find(format)!;
        await WriteAsync(context, name, table, kind, (output, cancellationToken) => kind.WriteAsync(table, output, cancellationToken));
    }

    /// <summary>Writes a table that was prepared straight into the answer.</summary>
    /// <param name="name">The name of the file before the day and the ending.</param>
    public static async Task WriteAsync(HttpContext context, string name, ExportTable table, IExportFormat kind,
        Func<PipeWriter, CancellationToken, Task> write)
    {
        var cancellation = context.RequestAborted;
        var day = table.Audience.Zone.DayOf(table.MadeAt).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        context.Response.ContentType = kind.ContentType;
        context.Response.Headers.ContentDisposition =
            new ContentDispositionHeaderValue("attachment") { FileName = $"{name}-{day}.{kind.Name}" }.ToString();
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            await write(context.Response.BodyWriter, cancellation);
            await context.Response.CompleteAsync();
        }
        catch (Exception fault)
        {
            // An answer that ended as usual would pass for complete.
            if (!cancellation.IsCancellationRequested)
                LogBroken(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ExportAnswer)), name, kind.Name,
                fault);
            context.Abort();
        }
    }

    /// <summary>A table with the shop's letterhead.</summary>
    public static ExportTable Branded(ExportTable table, ShopIdentity identity)
    {
        var shop = identity.Current;
        return table with { ShopName = shop.Name, ShopColour = AccentPalette.Of(shop.Accent)?.Light.Accent, Logo = shop.Logo };
    }

    /// <summary>Refuses those who lack the permission, with a sentence.</summary>
    public static Task RefuseAsync(HttpContext context) => SayAsync(
        context, StatusCodes.Status403Forbidden,
            context.RequestServices.GetRequiredService<IStringLocalizer<Texts>>()["You may not export this list."]);

    private static Task SayAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(sentence, context.RequestAborted);
    }

    /// <summary>The person who asks: language and culture of the request, and the time zone that the screens use.</summary>
    private static ExportAudience Audience(HttpContext context)
    {
        var zone = context.User.TimeZone() ?? context.Request.Cookies["crm-zone"] ?? "";
        if (!LocalZone.TryFind(Uri.UnescapeDataString(zone), out var found))
            found = context.RequestServices.GetRequiredService<ShopClock>().Zone;
        return context.RequestServices.GetRequiredService<ExportAudiences>().In(found);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The export {Name} as {Format} broke off")]
    private static partial void LogBroken(ILogger logger, string name, string format, Exception fault);
}
