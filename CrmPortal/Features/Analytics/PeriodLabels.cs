using System.Globalization;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Overview;
using CrmPortal.Layout;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Analytics;

/// <summary>Times in addresses and in words, and the lists of what lies in them.</summary>
internal static class PeriodLabels
{
    private static readonly Dictionary<PeriodKind, string> Codes = new()
    {
        [PeriodKind.Month] = "month", [PeriodKind.Quarter] = "quarter", [PeriodKind.Year] = "year", [PeriodKind.LastYear] = "12m",
        [PeriodKind.Own] = "own",
    };

    public static PeriodKind KindOf(string? code) => Codes.FirstOrDefault(c => c.Value == code, new(PeriodKind.Month, "")).Key;

    public static string CodeOf(PeriodKind kind) => Codes[kind];

    public static string Of(PeriodKind kind, IStringLocalizer<Texts> L) => kind switch
    {
        PeriodKind.Month => L["Month"],
        PeriodKind.Quarter => L["Quarter"],
        PeriodKind.Year => L["Year"],
        PeriodKind.LastYear => L["Last 12 months"],
        _ => L["Own dates"],
    };

    public static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    public static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Range(DayRange days, Display display) =>
        days.Days == 1 ? display.Date(days.From) : $"{display.Date(days.From)} – {display.Date(days.To)}";

    /// <summary>The orders that count and were placed in these days.</summary>
    public static string Orders(DayRange days) =>
        CrmUrls.OrdersFiltered("status:any:paid,shipped,delivered,completed;" + Within("placed", days));

    /// <summary>The customers whose first order was placed in these days.</summary>
    public static string FirstOrders(DayRange days) => CrmUrls.CustomersWith(Within("first_order", days));

    private static string Within(string field, DayRange days) =>
        $"{field}:after:{Text(days.From.AddDays(-1))};{field}:before:{Text(days.To.AddDays(1))}";
}
