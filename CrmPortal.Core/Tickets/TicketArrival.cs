using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Tickets;

/// <summary>The hours of the shop's week in which tickets come.</summary>
public static class TicketArrival
{
    public const int HoursOfDay = 24;
    public const int DaysOfWeek = 7;

    /// <summary>The hour of the week on the clock of a zone, 0 for Monday from midnight to 167.</summary>
    public static int HourOf(LocalZone zone, DateTimeOffset at)
    {
        var time = zone.TimeOf(at);
        return (WeekdayOf(time.DayOfWeek) * HoursOfDay) + time.Hour;
    }

    /// <summary>0 for Monday to 6.</summary>
    public static int WeekdayOf(DayOfWeek day) => ((int)day + DaysOfWeek - 1) % DaysOfWeek;
}
