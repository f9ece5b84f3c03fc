using System.Globalization;
using CrmPortal.Core.Reports;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Reports;

/// <summary>The words around reports.</summary>
internal static class ReportLabels
{
    public static string Period(ReportPeriod period, IStringLocalizer<Texts> L) => period switch
    {
        ReportPeriod.Last30Days => L["Last 30 days"],
        ReportPeriod.Last90Days => L["Last 90 days"],
        ReportPeriod.ThisWeek => L["This week"],
        ReportPeriod.LastWeek => L["Last week"],
        ReportPeriod.ThisMonth => L["This month"],
        ReportPeriod.LastMonth => L["Last month"],
        ReportPeriod.ThisQuarter => L["This quarter"],
        ReportPeriod.LastQuarter => L["Last quarter"],
        ReportPeriod.ThisYear => L["This year"],
        ReportPeriod.LastYear => L["Last year"],
        ReportPeriod.Last12Months => L["Last 12 months"],
        _ => L["Chosen days"],
    };

    public static string Grouping(ReportGrouping grouping, IStringLocalizer<Texts> L) => grouping switch
    {
        ReportGrouping.Day => L["By day"],
        ReportGrouping.Week => L["By week"],
        ReportGrouping.Month => L["By month"],
        ReportGrouping.Quarter => L["By quarter"],
        _ => L["By year"],
    };

    public static string Frequency(ReportFrequency frequency, IStringLocalizer<Texts> L) => frequency switch
    {
        ReportFrequency.Daily => L["Every day"],
        ReportFrequency.Weekly => L["Every week"],
        ReportFrequency.Monthly => L["Every month"],
        _ => L["Only when somebody opens it"],
    };

    /// <summary>When a saved report is made by itself, in a few words.</summary>
    public static string Times(SavedReportDetails saved, IStringLocalizer<Texts> L) => saved.Frequency switch
    {
        ReportFrequency.Weekly => L["Every {0}", Weekday(saved.Day)],
        ReportFrequency.Monthly => L["On day {0} of the month", saved.Day],
        ReportFrequency.Never => "–",
        var frequency => Frequency(frequency, L),
    };

    /// <param name="day">1 for Monday to 7.</param>
    public static string Weekday(int day) => CultureInfo.CurrentCulture.DateTimeFormat.GetDayName((DayOfWeek)(day % 7));
}
