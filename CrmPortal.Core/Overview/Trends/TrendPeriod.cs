using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Overview;

public enum PeriodKind { Month, Quarter, Year, LastYear, Own }

/// <summary>Some days of the shop's calendar, both ends included.</summary>
public sealed record DayRange(DateOnly From, DateOnly To)
{
    public int Days => To.DayNumber - From.DayNumber + 1;
}

/// <summary>A time that is looked at, and the times with which it is compared.</summary>
/// <param name="Shown">As far as time has come, of a period that still runs.</param>
/// <param name="Whole">The same to its end.</param>
/// <param name="Before">The period before it; only as many days where it still runs.</param>
/// <param name="YearBefore">The same days a year ago; null where that is the period before.</param>
public sealed record TrendPeriod(PeriodKind Kind, DayRange Shown, DayRange Whole, DayRange Before, DayRange? YearBefore)
{
    /// <summary>A time of one's own has at most so many days.</summary>
    public const int MostDays = 1_830;

    private static readonly DateOnly Earliest = new(1970, 1, 1);

    public bool IsRunning => Shown != Whole;

    /// <summary>A month, quarter or year is the one in which <paramref name="at"/> lies.</summary>
    /// <param name="at">Today where it is null.</param>
    /// <exception cref="RuleViolationException">The days lie too far away, or in the wrong order.</exception>
    public static TrendPeriod Of(PeriodKind kind, DateOnly? at, DateOnly? from, DateOnly? to, DateOnly today)
    {
        var day = at ?? today;
        if (day < Earliest || day > today.AddYears(1)) throw new RuleViolationException("At", "This day is too far away.");
        var whole = kind switch
        {
            PeriodKind.Month => new(new(day.Year, day.Month, 1), new DateOnly(day.Year, day.Month, 1).AddMonths(1).AddDays(-1)),
            PeriodKind.Quarter => Quarter(day),
            PeriodKind.Year => new(new(day.Year, 1, 1), new(day.Year, 12, 31)),
            PeriodKind.LastYear => new(today.AddYears(-1).AddDays(1), today),
            _ => Own(from, to, today),
        };
        var shown = whole.To > today && whole.From <= today ? whole with { To = today } : whole;
        return new(kind, shown, whole, Previous(kind, shown, whole), kind is PeriodKind.LastYear or PeriodKind.Year ? null
            : new(shown.From.AddYears(-1), shown.To.AddYears(-1)));
    }

    private static DayRange Quarter(DateOnly day)
    {
        var first = new DateOnly(day.Year, ((day.Month - 1) / 3 * 3) + 1, 1);
        return new(first, first.AddMonths(3).AddDays(-1));
    }

    private static DayRange Own(DateOnly? from, DateOnly? to, DateOnly today)
    {
        if (from is not { } first || to is not { } last) throw new RuleViolationException("From", "Choose the first and the last day.");
        if (last < first) throw new RuleViolationException("To", "The last day is before the first one.");
        if (first < Earliest || last > today.AddYears(1)) throw new RuleViolationException("From", "This day is too far away.");
        if (last.DayNumber - first.DayNumber >= MostDays)
            throw new RuleViolationException("To", "Choose at most {0} days.", MostDays);
        return new(first, last);
    }

    private static DayRange Previous(PeriodKind kind, DayRange shown, DayRange whole)
    {
        var first = kind switch
        {
            PeriodKind.Month => whole.From.AddMonths(-1),
            PeriodKind.Quarter => whole.From.AddMonths(-3),
            PeriodKind.Year or PeriodKind.LastYear => whole.From.AddYears(-1),
            _ => shown.From.AddDays(-shown.Days),
        };
        var end = whole.From.AddDays(-1);
        if (shown == whole) return new(first, end);
        var last = first.AddDays(shown.Days - 1);
        return new(first, last > end ? end : last);
    }
}
