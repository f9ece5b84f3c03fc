using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Tickets;

/// <summary>A time of a day in which somebody works, as its clock shows it.</summary>
/// <param name="From">Minutes since midnight, the first that belongs to it.</param>
/// <param name="To">Minutes since midnight, the first that no longer does; 1,440 is the end of the day.</param>
public readonly record struct OpenTime(int From, int To);

/// <summary>
/// When a team works, and how much of that time lies between two instants. Time is what passes for real while the clock of the place
/// shows a time that is open: an hour that the clock skips is none, and one that it shows twice is two.
/// </summary>
public sealed partial class BusinessHours
{
    /// <summary>Whoever does not work within five years is taken to work never.</summary>
    private const int MostDays = (5 * 365) + 2;

    private static readonly TimeSpan MostTime = TimeSpan.FromDays(5 * 366);

    private readonly IReadOnlyList<OpenTime>[] _week;
    private readonly Dictionary<DateOnly, IReadOnlyList<OpenTime>> _special;

    /// <summary>Hours of a week, with days that differ.</summary>
    /// <param name="week">By weekday; one that is absent is closed.</param>
    /// <param name="holidays">Days that are closed whatever their weekday.</param>
    /// <param name="specialDays">Days with hours of their own, which count more than a holiday.</param>
    /// <exception cref="RuleViolationException">Times overlap, are out of order, or there are too many.</exception>
    public BusinessHours(LocalZone zone, IReadOnlyDictionary<DayOfWeek, IReadOnlyList<OpenTime>> week,
        IEnumerable<DateOnly>? holidays = null, IReadOnlyDictionary<DateOnly, IReadOnlyList<OpenTime>>? specialDays = null)
    {
        Zone = zone;
        _week = [.. Enum.GetValues<DayOfWeek>().Select(day => week.GetValueOrDefault(day) ?? [])];
        Holidays = new SortedSet<DateOnly>(holidays ?? []);
        _special = new(specialDays ?? new Dictionary<DateOnly, IReadOnlyList<OpenTime>>());
        Check();
    }

    /// <summary>Day and night, every day.</summary>
    public static BusinessHours Always { get; } = new(LocalZone.Utc,
        Enum.GetValues<DayOfWeek>().ToDictionary(day => day, IReadOnlyList<OpenTime> (_) => [new(0, MinutesOfDay)]));

    public LocalZone Zone { get; }

    public IReadOnlySet<DateOnly> Holidays { get; }

    public IReadOnlyDictionary<DateOnly, IReadOnlyList<OpenTime>> SpecialDays => _special;

    public IReadOnlyList<OpenTime> Of(DayOfWeek day) => _week[(int)day];

    /// <summary>The hours of one day.</summary>
    public IReadOnlyList<OpenTime> Of(DateOnly day) =>
        _special.TryGetValue(day, out var special) ? special : Holidays.Contains(day) ? [] : _week[(int)day.DayOfWeek];

    /// <summary>Whether somebody works at an instant.</summary>
    public bool IsOpen(DateTimeOffset instant)
    {
        var time = Zone.TimeOf(instant);
        var ticks = time.TimeOfDay.Ticks;
        return Of(Zone.DayOf(instant))
            .Any(open => ticks >= open.From * TimeSpan.TicksPerMinute && ticks < open.To * TimeSpan.TicksPerMinute);
    }

    /// <summary>How much working time passes from one instant to another; none where the second is not later.</summary>
    public TimeSpan Between(DateTimeOffset from, DateTimeOffset to)
    {
        if (to <= from) return TimeSpan.Zero;
        var sum = TimeSpan.Zero;
        // The day before as well: a zone may have put its date back.
        for (var day = DayBefore(Zone.DayOf(from)); Zone.StartOf(day) < to; day = day.AddDays(1))
        {
            foreach (var (start, end) in Spans(day)) sum += Overlap(start, end, from, to);
            if (day == DateOnly.MaxValue) break;
        }

        return sum;
    }

    /// <summary>
    /// The instant at which so much working time has passed. Without any to pass it is the instant itself, open or not.
    /// </summary>
    /// <returns>Null where that is not within five years, as where nobody ever works.</returns>
    public DateTimeOffset? After(DateTimeOffset from, TimeSpan time)
    {
        if (time <= TimeSpan.Zero) return from;
        if (time > MostTime) return null;
        var left = time;
        foreach (var (start, end) in SpansFrom(from))
        {
            var here = end - Later(start, from);
            if (here <= TimeSpan.Zero) continue;
            if (here >= left) return Later(start, from) + left;
            left -= here;
        }

        return null;
    }

    /// <summary>The first instant from this one on at which somebody works, which is this one where it is open.</summary>
    /// <returns>Null where nobody works within five years.</returns>
    public DateTimeOffset? NextOpening(DateTimeOffset instant)
    {
        foreach (var (start, end) in SpansFrom(instant)) if (end > instant) return Later(start, instant);
        return null;
    }

    /// <summary>
    /// The open times from the day before an instant on. Where a clock is put back over midnight, a day goes on after the next has begun:
    /// what begins later waits until the day it begins on has been looked at.
    /// </summary>
    private IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> SpansFrom(DateTimeOffset from)
    {
        var waiting = new List<(DateTimeOffset Start, DateTimeOffset End)>();
        var day = DayBefore(Zone.DayOf(from));
        for (var i = 0; i < MostDays && day < DateOnly.MaxValue.AddDays(-1); i++)
        {
            waiting.AddRange(Spans(day));
            day = day.AddDays(1);
            if (waiting.Count == 0) continue;
            var begun = Zone.StartOf(day);
            foreach (var span in waiting.Where(s => s.Start < begun).OrderBy(s => s.Start).ToList())
            {
                waiting.Remove(span);
                yield return span;
            }
        }
    }

    /// <summary>The open times of a day as instants, in their order; more than it has hours where a clock shows a time twice.</summary>
    private IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> Spans(DateOnly day)
    {
        var times = Of(day);
        if (times.Count == 0) yield break;
        // As long as the clocks of a day keep their distance from UTC, an open time is one span of instants.
        foreach (var (start, end, offset) in Zone.StretchesOf(day))
        {
            var midnight = day.ToDateTime(TimeOnly.MinValue).Ticks - offset.Ticks;
            foreach (var open in times)
            {
                var from = Later(At(midnight, open.From), start);
                var to = Earlier(At(midnight, open.To), end);
                if (to > from) yield return (from, to);
            }
        }
    }

    private static DateTimeOffset At(long midnight, int minutes) =>
        new(Math.Clamp(midnight + (minutes * TimeSpan.TicksPerMinute), 0, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);

    private static TimeSpan Overlap(DateTimeOffset start, DateTimeOffset end, DateTimeOffset from, DateTimeOffset to)
    {
        var overlap = Earlier(end, to) - Later(start, from);
        return overlap > TimeSpan.Zero ? overlap : TimeSpan.Zero;
    }

    private static DateOnly DayBefore(DateOnly day) => day == DateOnly.MinValue ? day : day.AddDays(-1);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
