using System.Globalization;
using CrmPortal.Core.Loyalty;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Exports;

/// <summary>The loyalty overview and what-ifs as files.</summary>
internal static class LoyaltyExport
{
    public static string Url(LoyaltyReport report, string format) => $"{ExportEndpoints.Root}/loyalty-{Name(report)}.{format}";

    public static string WhatIfUrl(long programmeId, string format) =>
        string.Create(CultureInfo.InvariantCulture, $"{ExportEndpoints.Root}/what-if-{programmeId}.{format}");

    public static Task SendAsync(HttpContext context, string report, string format, LiabilityService figures, IStringLocalizer<Texts> texts)
    {
        var kind = Enum.GetValues<LoyaltyReport>().First(r => Name(r) == report);
        var title = kind switch { LoyaltyReport.Metrics => texts["Loyalty figures"], LoyaltyReport.Liability => texts["Loyalty liability"],
            _ => texts["Expiring points"] };
        return ExportAnswer.SendAsync(context, $"loyalty-{report}", format, (audience, cancellationToken) =>
            figures.ExportAsync(kind, format, title, audience, cancellationToken));
    }

    public static Task SendWhatIfAsync(HttpContext context, long version, string format, WhatIfService whatIfs,
        IStringLocalizer<Texts> texts) =>
        ExportAnswer.SendAsync(context, "what-if", format, (audience, cancellationToken) =>
            whatIfs.ExportAsync(version, format, texts["What if"], audience, cancellationToken));

    private static string Name(LoyaltyReport report) => report switch { LoyaltyReport.Metrics => "metrics", LoyaltyReport.Liability =>
        "liability", _ => "expiries" };
}
