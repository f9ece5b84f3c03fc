using CrmPortal.Core.Reports;
using CrmPortal.Features.Exports;

namespace CrmPortal.Features.Reports;

/// <summary>The table of the page of support as a file.</summary>
internal static class SupportExport
{
    public static string Url(SupportQuery query, string format) => SupportUrls.With($"{ExportEndpoints.Root}/support.{format}", query);

    public static Task SendAsync(HttpContext context, string format, SupportReportService reports) =>
        ExportAnswer.SendAsync(context, SupportReportService.Name, format, (audience, cancellationToken) => reports.ExportAsync(
            SupportUrls.Read(name => context.Request.Query[name].FirstOrDefault()), format, audience, cancellationToken));
}
