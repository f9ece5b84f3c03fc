namespace CrmPortal.Core.Analytics;

/// <summary>Months counted through, so that the distance between two is a difference: January of year 1 is 12.</summary>
public static class CalendarMonth
{
    public static int Of(DateOnly day) => (day.Year * 12) + day.Month - 1;

    public static DateOnly FirstDay(int month) => new(month / 12, (month % 12) + 1, 1);

    public static DateOnly LastDay(int month) => FirstDay(month).AddMonths(1).AddDays(-1);
}
