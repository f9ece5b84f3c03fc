using System.Globalization;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Analytics;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Segments;

/// <summary>Lifetime value in words.</summary>
internal static class ValueLabels
{
    /// <summary>How far ahead it looks.</summary>
    public static string Horizon(int months, IStringLocalizer<Texts> L) => L["Next {0} months", months];

    /// <summary>A probability; one that is not quite nothing or not quite certain does not look as if it were.</summary>
    public static string Percent(double share) => share switch
    {
        > 0 and < 0.005 => "< " + 0.01.ToString("P0", CultureInfo.CurrentCulture),
        > 0.995 and < 1 => "> " + 0.99.ToString("P0", CultureInfo.CurrentCulture),
        _ => share.ToString("P0", CultureInfo.CurrentCulture),
    };

    /// <summary>A number of orders or purchase days.</summary>
    public static string Orders(double number) => number.ToString("N1", CultureInfo.CurrentCulture);

    /// <summary>An amount that a model reckons in major units.</summary>
    public static string Amount(double major, Display display) =>
        display.Amount((decimal)Math.Clamp(major, -1e12, 1e12));

    /// <summary>How far a sum was off, with its sign.</summary>
    public static string Off(double? percent) => percent is not { } known ? "–"
        : (known < 0 ? "−" : "+") + (Math.Abs(known) / 100).ToString("P0", CultureInfo.CurrentCulture);

    public static string Range(ForecastRange range, Display display, IStringLocalizer<Texts> L)
    {
        var from = Whole(range.From, display);
        return range switch
        {
            { Until: null } => L["{0} and more", from],
            { From: 0 } => L["below {0}", Whole(range.Until.Value, display)],
            _ => L["{0} to {1}", from, Whole(range.Until.Value, display)],
        };
    }

    private static string Whole(long major, Display display) => display.Amount(major);
}
