using System.Globalization;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Reports;
using CrmPortal.Features.Exports;

namespace CrmPortal.Features.Reports;

/// <summary>Reports as files.</summary>
internal static class ReportExport
{
    public static string Url(string name, ReportChoice choice, long? saved, string format) =>
        ReportUrls.With($"{ExportEndpoints.Root}/reports/{name}.{format}", choice, saved);

    public static string KeptUrl(long id, string format) =>
        string.Create(CultureInfo.InvariantCulture, $"{ExportEndpoints.Root}/kept-reports/{id}.{format}");

    public static Task SendAsync(HttpContext context, string name, string format, string? period, string? from, string? until, string? by,
        long? saved, ReportService reports) =>
        ExportAnswer.SendAsync(context, name, format, async (audience, cancellationToken) =>
            await reports.ExportAsync(name, ReportChoice.Of(period, from, until, by), saved, format, audience, cancellationToken)
                ?? throw Gone());

    public static Task SendKeptAsync(HttpContext context, long id, string format, ReportService reports) =>
        ExportAnswer.SendAsync(context, "report", format, async (audience, cancellationToken) =>
            await reports.ExportRunAsync(id, format, audience, cancellationToken) ?? throw Gone());

    private static RuleViolationException Gone() => new("", "There is no such report.");
}
