using System.Globalization;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Reports;

/// <summary>The periods that can be chosen; all but the last move on with the day.</summary>
public enum ReportPeriod
{
    Last30Days, Last90Days, ThisWeek, LastWeek, ThisMonth, LastMonth, ThisQuarter, LastQuarter, ThisYear, LastYear, Last12Months, Chosen,
}

/// <summary>The parts into which a period is divided.</summary>
public enum ReportGrouping { Day, Week, Month, Quarter, Year }

/// <summary>Some days of the shop's calendar, divided into parts.</summary>
/// <param name="From">The first day.</param>
/// <param name="Until">The last day, itself included.</param>
public sealed record ReportDates(DateOnly From, DateOnly Until, ReportGrouping By)
{
    /// <summary>A period is divided into so many parts at most.</summary>
    public const int MostRows = 400;

    /// <summary>A period has so many years at most.</summary>
    public const int MostYears = 20;

    /// <summary>Of which choice the names of the parts are.</summary>
    public const string Field = "report_part";

    private const int MonthsOfQuarter = 3;
    private const int DaysOfWeek = 7;

    /// <summary>As many days, or whole months, right before.</summary>
    public ReportDates Before
    {
        get
        {
            var isOfMonths = From.Day == 1 && Until.AddDays(1).Day == 1;
            var months = ((Until.Year - From.Year) * 12) + Until.Month - From.Month + 1;
            return isOfMonths ? this with { From = From.AddMonths(-months), Until = From.AddDays(-1) }
                : this with { From = From.AddDays(From.DayNumber - Until.DayNumber - 1), Until = From.AddDays(-1) };
        }
    }

    /// <summary>The parts, the earliest first; the outermost end with the period.</summary>
    public IReadOnlyList<ReportPart> Parts
    {
        get
        {
            List<ReportPart> parts = [];
            for (var start = StartOf(From); start <= Until; start = Next(start))
            {
                var (first, last) = (start < From ? From : start, Next(start).AddDays(-1));
                parts.Add(new(NameOf(start), first, last > Until ? Until : last));
            }

            return parts;
        }
    }

    /// <summary>A part for programs: <c>2026-11-28</c>, <c>2026-W48</c>, <c>2026-11</c>, <c>2026-Q4</c> or <c>2026</c>.</summary>
    public string NameOf(DateOnly day) => By switch
    {
        ReportGrouping.Day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ReportGrouping.Week => string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(day)}-W{ISOWeek.GetWeekOfYear(day):00}"),
        ReportGrouping.Month => day.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        ReportGrouping.Quarter => string.Create(CultureInfo.InvariantCulture, $"{day.Year}-Q{QuarterOf(day)}"),
        _ => day.Year.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>How people call a part: a day by its short date, a month by its name.</summary>
    public static string Said(string name, CultureInfo culture)
    {
        if (DateOnly.TryParseExact(name, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return day.ToString("d", culture);
        if (DateOnly.TryParseExact(name, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month))
            return month.ToString("MMM yyyy", culture);
        return name.Split('-') is [var year, var part] ? $"{part} {year}" : name;
    }

    /// <summary>What fits below a column of a chart: a month without its year, a day without either.</summary>
    public static string Abbreviated(string name, CultureInfo culture)
    {
        if (DateOnly.TryParseExact(name, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month))
            return month.ToString("MMM", culture).TrimEnd('.');
        if (DateOnly.TryParseExact(name, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return day.Day.ToString(culture);
        return name.Split('-') is [_, var part] ? part : name;
    }

    private DateOnly StartOf(DateOnly day) => By switch
    {
        ReportGrouping.Day => day,
        ReportGrouping.Week => WeekOf(day),
        ReportGrouping.Month => new(day.Year, day.Month, 1),
        ReportGrouping.Quarter => QuarterStart(day),
        _ => new(day.Year, 1, 1),
    };

    private DateOnly Next(DateOnly start) => By switch
    {
        ReportGrouping.Day => start.AddDays(1),
        ReportGrouping.Week => start.AddDays(DaysOfWeek),
        ReportGrouping.Month => start.AddMonths(1),
        ReportGrouping.Quarter => start.AddMonths(MonthsOfQuarter),
        _ => start.AddYears(1),
    };

    /// <summary>The days of a choice as they are on a day.</summary>
    /// <exception cref="RuleViolationException">The days are missing, wrong or too many.</exception>
    public static ReportDates Of(ReportChoice choice, DateOnly today)
    {
        var month = new DateOnly(today.Year, today.Month, 1);
        var quarter = QuarterStart(today);
        var (from, until) = (choice.Period ?? ReportPeriod.Last12Months) switch
        {
            ReportPeriod.Last30Days => (today.AddDays(-30), today.AddDays(-1)),
            ReportPeriod.Last90Days => (today.AddDays(-90), today.AddDays(-1)),
            ReportPeriod.ThisWeek => (WeekOf(today), today),
            ReportPeriod.LastWeek => (WeekOf(today).AddDays(-DaysOfWeek), WeekOf(today).AddDays(-1)),
            ReportPeriod.ThisMonth => (month, today),
            ReportPeriod.LastMonth => (month.AddMonths(-1), month.AddDays(-1)),
            ReportPeriod.ThisQuarter => (quarter, today),
            ReportPeriod.LastQuarter => (quarter.AddMonths(-MonthsOfQuarter), quarter.AddDays(-1)),
            ReportPeriod.ThisYear => (new DateOnly(today.Year, 1, 1), today),
            ReportPeriod.LastYear => (new DateOnly(today.Year - 1, 1, 1), new DateOnly(today.Year - 1, 12, 31)),
            ReportPeriod.Last12Months => (month.AddMonths(-11), today),
            _ => Chosen(choice),
        };
        return new ReportDates(from, until, choice.By ?? Usual(from, until)).Fitting();
    }

    private static (DateOnly From, DateOnly Until) Chosen(ReportChoice choice)
    {
        var errors = new List<FieldError>();
        if (choice.From is null) errors.Add(new(nameof(choice.From), "Choose the first day."));
        if (choice.Until is null) errors.Add(new(nameof(choice.Until), "Choose the last day."));
        if (choice is { From: { } from, Until: { } until })
        {
            if (until < from) errors.Add(new(nameof(choice.Until), "The last day must not be before the first one."));
            else if (from.Year < 1900 || until.Year > 2999) errors.Add(new(nameof(choice.From), "Choose days of the years 1900 to 2999."));
            else if (from.AddYears(MostYears) <= until)
                errors.Add(new(nameof(choice.Until), "A report covers at most {0} years.", MostYears));
        }

        return errors.Count > 0 ? throw new RuleViolationException(errors) : (choice.From!.Value, choice.Until!.Value);
    }

    private ReportDates Fitting()
    {
        var least = Until.DayNumber - From.DayNumber + 1;
        return By == ReportGrouping.Day && least > MostRows || Parts.Count > MostRows
            ? throw new RuleViolationException(nameof(ReportChoice.By), "This would be more than {0} rows; choose longer parts.", MostRows)
            : this;
    }

    private static ReportGrouping Usual(DateOnly from, DateOnly until) => (until.DayNumber - from.DayNumber) switch
    {
        <= 31 => ReportGrouping.Day,
        <= 100 => ReportGrouping.Week,
        <= 1_200 => ReportGrouping.Month,
        _ => ReportGrouping.Year,
    };

    private static int QuarterOf(DateOnly day) => ((day.Month - 1) / MonthsOfQuarter) + 1;

    private static DateOnly QuarterStart(DateOnly day) => new(day.Year, day.Month - ((day.Month - 1) % MonthsOfQuarter), 1);

    /// <summary>Weeks begin on Monday.</summary>
    private static DateOnly WeekOf(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + DaysOfWeek - 1) % DaysOfWeek));
}

/// <summary>A part of a period.</summary>
public sealed record ReportPart(string Name, DateOnly First, DateOnly Last);
