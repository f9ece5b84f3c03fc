using CrmPortal.Core.Platform.Access;

namespace CrmPortal.Core.Reports;

/// <summary>Load, times and satisfaction of support, by the parts of a period; the page of support shows more of it.</summary>
internal sealed class SupportOverTime : IReport
{
    public const string ReportTitle = "Support";
    public const string ReportPurpose = "How many tickets came and were solved, how fast, and what customers said of it.";

    public string Name => SupportReportService.Name;

    public string Title => ReportTitle;

    public string Purpose => ReportPurpose;

    public string? Permission => Permissions.TicketsWork;

    public ReportChoices Choices => ReportChoices.Period | ReportChoices.Grouping;

    public async Task<ReportContent> MakeAsync(ReportScope scope, CancellationToken cancellationToken)
    {
        var dates = scope.Dates!;
        SupportReportService.DemandDays(dates);
        var (total, parts) = await SupportReportService.PartsAsync(scope.Db, dates, scope.Clock, scope.Currency, cancellationToken);
        return SupportContent.OfParts(total, parts, true);
    }
}
