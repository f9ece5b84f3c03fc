namespace CrmPortal.Core.Analytics;

/// <summary>
/// All that the models ask of a customer's past (Fader, Hardie and Lee 2005): how often, how lately and for how long they bought.
/// The first purchase makes somebody a customer; the models speak of those after it.
/// </summary>
/// <param name="RepeatPurchases">x: days with a purchase, less the first.</param>
/// <param name="RecencyWeeks">t_x: weeks from the first purchase to the last; 0 without a repeat purchase.</param>
/// <param name="AgeWeeks">T: weeks from the first purchase to the end of the time that is looked at.</param>
/// <param name="MeanValue">m: mean value of the days with a repeat purchase; 0 without one.</param>
public readonly record struct PurchaseHistory(int RepeatPurchases, double RecencyWeeks, double AgeWeeks, double MeanValue)
{
    /// <summary>Days of a week: the models count in weeks, as the papers do.</summary>
    public const double DaysPerWeek = 7;

    /// <summary>The history of one customer up to a day, that day included; later purchases are left out.</summary>
    /// <param name="days">Days of one customer, in order of time.</param>
    /// <returns>Null where they had not bought by then.</returns>
    public static PurchaseHistory? Of(ReadOnlySpan<PurchaseDay> days, DateOnly end)
    {
        if (days.IsEmpty || days[0].Day > end) return null;
        var (first, last, repeats, value) = (days[0].Day, days[0].Day, 0, 0d);
        foreach (var day in days)
        {
            if (day.Day > end) break;
            if (day.Day != last) repeats++;
            last = day.Day;
            if (last != first) value += day.Value;
        }

        return new(repeats, Weeks(first, last), Weeks(first, end), repeats == 0 ? 0 : value / repeats);
    }

    /// <summary>From one day to another, in weeks.</summary>
    public static double Weeks(DateOnly from, DateOnly to) => (to.DayNumber - from.DayNumber) / DaysPerWeek;
}
