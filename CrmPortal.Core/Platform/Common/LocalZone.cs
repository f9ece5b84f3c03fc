using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using NodaTime;
using NodaTime.TimeZones;

namespace CrmPortal.Core.Platform.Common;

/// <summary>
/// A time zone by the IANA rules that come with the program: when its days begin and what its clocks show. The system's rules are not
/// asked, since they may be years old, and .NET sees neither the gap nor the repeated hour of zones whose winter time is written as an
/// exception, as Dublin's and Casablanca's are.
/// </summary>
public sealed class LocalZone
{
    private static readonly ConcurrentDictionary<string, LocalZone> Known = new(StringComparer.Ordinal);
    private static readonly Instant Earliest = Instant.FromDateTimeOffset(DateTimeOffset.MinValue);
    private static readonly Instant Latest = Instant.FromDateTimeOffset(DateTimeOffset.MaxValue);

    // A midnight that the clock skips gives way to the first instant after the gap, even where the gap is a whole day.
    private static readonly ZoneLocalMappingResolver DayStart =
        Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnStartOfIntervalAfter);

    private readonly DateTimeZone _zone;

    private LocalZone(DateTimeZone zone) => _zone = zone;

    public static LocalZone Utc { get; } = new(DateTimeZone.Utc);

    /// <summary>The release of the time zone data that the program carries, such as <c>2026f</c>.</summary>
    public static string Release => TzdbDateTimeZoneSource.Default.TzdbVersion;

    /// <summary>The names that people choose from: places, and UTC.</summary>
    public static IReadOnlyList<string> Places { get; } =
    [
        .. DateTimeZoneProviders.Tzdb.Ids.Where(id => id == "UTC" || (id.Contains('/') && !id.StartsWith("Etc/", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The IANA name.</summary>
    public string Id => _zone.Id;

    /// <summary>Whether a name is that of a time zone; Windows' names are understood too.</summary>
    public static bool IsKnown([NotNullWhen(true)] string? id) => TryFind(id, out _);

    /// <summary>The zone of a name.</summary>
    /// <exception cref="TimeZoneNotFoundException">There is no such zone.</exception>
    public static LocalZone Of(string id) => TryFind(id, out var zone)
        ? zone : throw new TimeZoneNotFoundException($"There is no time zone {id}.");

    /// <summary>Finds the zone of a name.</summary>
    public static bool TryFind([NotNullWhen(true)] string? id, [NotNullWhen(true)] out LocalZone? zone)
    {
        zone = null;
        if (string.IsNullOrEmpty(id)) return false;
        if (Known.TryGetValue(id, out zone)) return true;
        var provider = DateTimeZoneProviders.Tzdb;
        var found = provider.GetZoneOrNull(id);
        var windows = TzdbDateTimeZoneSource.Default.WindowsMapping.PrimaryMapping;
        if (found is null && windows.TryGetValue(id, out var iana)) found = provider.GetZoneOrNull(iana);
        // Offsets such as UTC+03:17 are zones too, but only the names of the list are kept.
        if (found is null) return false;
        zone = new(found);
        if (provider.Ids.Contains(id)) zone = Known.GetOrAdd(id, zone);
        return true;
    }

    /// <summary>The day that an instant falls on.</summary>
    public DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(TimeOf(instant));

    /// <summary>The same for millions of instants, which are looked up by the offsets that the zone ever had.</summary>
    /// <param name="until">Every instant that is asked lies before it.</param>
    /// <returns>For one thread.</returns>
    public Func<DateTimeOffset, DateOnly> DaysUntil(DateTimeOffset until)
    {
        (long Start, long Offset)[] spans = [.. _zone.GetZoneIntervals(Earliest, Instant.FromDateTimeOffset(until))
            .Select(i => (i.HasStart && i.Start > Earliest ? i.Start.ToDateTimeOffset().UtcTicks : long.MinValue, i.WallOffset.Ticks))];
        var at = spans.Length - 1;
        return instant =>
        {
            var ticks = instant.UtcTicks;
            while (ticks < spans[at].Start) at--;
            while (at + 1 < spans.Length && ticks >= spans[at + 1].Start) at++;
            var day = (ticks + spans[at].Offset) / TimeSpan.TicksPerDay;
            return DateOnly.FromDayNumber((int)Math.Clamp(day, 0, DateOnly.MaxValue.DayNumber));
        };
    }

    /// <summary>
    /// The first instant of a day: where the clock skips midnight, the first after the gap, and where midnight comes twice, the earlier.
    /// </summary>
    public DateTimeOffset StartOf(DateOnly day) =>
        Within(_zone.ResolveLocal(Local(day.ToDateTime(TimeOnly.MinValue)), DayStart).ToInstant());

    /// <summary>The instant at which a day is over, which is the first of the next.</summary>
    public DateTimeOffset EndOf(DateOnly day) => day == DateOnly.MaxValue ? DateTimeOffset.MaxValue : StartOf(day.AddDays(1));

    /// <summary>The first instant of the month that a day is in.</summary>
    public DateTimeOffset StartOfMonth(DateOnly day) => StartOf(new(day.Year, day.Month, 1));

    /// <summary>
    /// The instant of what a clock there shows. A time that comes twice is the first of the two; one that is skipped is taken as that much
    /// after the gap, as calendars do (RFC 5545).
    /// </summary>
    /// <param name="time">A <see cref="DateTimeKind.Utc"/> one is an instant already.</param>
    public DateTimeOffset InstantOf(DateTime time) =>
        time.Kind == DateTimeKind.Utc ? new(time) : Within(_zone.ResolveLocal(Local(time), Resolvers.LenientResolver).ToInstant());

    /// <summary>What a clock there shows at an instant.</summary>
    public DateTime TimeOf(DateTimeOffset instant)
    {
        var ticks = instant.UtcTicks + _zone.GetUtcOffset(Instant.FromDateTimeOffset(instant)).Ticks;
        return new(Math.Clamp(ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), DateTimeKind.Unspecified);
    }

    /// <summary>Whether a clock there shows this time twice, as in the hour that is repeated in autumn.</summary>
    public bool IsRepeated(DateTime time) => _zone.MapLocal(Local(time)).Count > 1;

    /// <summary>How far the clocks are ahead of UTC at an instant.</summary>
    public TimeSpan OffsetOf(DateTimeOffset instant) => _zone.GetUtcOffset(Instant.FromDateTimeOffset(instant)).ToTimeSpan();

    /// <summary>
    /// The instants at which a clock there shows a day, cut where it is put forward or back. Two pieces may show the same times; a day that
    /// the calendar skips has none, and neither have the last two that there are.
    /// </summary>
    public IEnumerable<(DateTimeOffset Start, DateTimeOffset End, TimeSpan Offset)> StretchesOf(DateOnly day)
    {
        if (day >= DateOnly.MaxValue.AddDays(-1)) yield break;
        var midnight = Instant.FromUtc(day.Year, day.Month, day.Day, 0, 0);
        // No clock is further from UTC than eighteen hours.
        var reach = Duration.FromHours(18);
        foreach (var interval in _zone.GetZoneIntervals(midnight - reach, midnight + Duration.FromDays(1) + reach))
        {
            var start = midnight - Duration.FromTicks(interval.WallOffset.Ticks);
            var end = start + Duration.FromDays(1);
            if (interval.HasStart && interval.Start > start) start = interval.Start;
            if (interval.HasEnd && interval.End < end) end = interval.End;
            if (start < end && Within(start) < Within(end)) yield return (Within(start), Within(end), interval.WallOffset.ToTimeSpan());
        }
    }

    public override string ToString() => Id;

    private static LocalDateTime Local(DateTime time) => LocalDateTime.FromDateTime(DateTime.SpecifyKind(time, DateTimeKind.Unspecified));

    /// <summary>The first and the last days of the calendar begin and end outside of it in some zones.</summary>
    private static DateTimeOffset Within(Instant instant) =>
        (instant < Earliest ? Earliest : instant > Latest ? Latest : instant).ToDateTimeOffset();
}
