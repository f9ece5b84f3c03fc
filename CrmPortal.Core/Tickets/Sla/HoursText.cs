using System.Globalization;
using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Tickets;

/// <summary>Business hours as people write them: <c>9:00-13:00, 14:00-18:00</c>.</summary>
public static partial class HoursText
{
    /// <summary>The hours of a day; empty where it is closed.</summary>
    public static string Of(IEnumerable<OpenTime> times) => string.Join(", ", times.Select(t => $"{Clock(t.From)}-{Clock(t.To)}"));

    /// <summary>Reads the hours of a day; nothing written means closed.</summary>
    /// <param name="field">What is named where it cannot be read.</param>
    /// <exception cref="RuleViolationException">It cannot be read.</exception>
    public static IReadOnlyList<OpenTime> Read(string field, string? text) => string.IsNullOrWhiteSpace(text) ? []
        : [.. text.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(part =>
        {
            var match = Interval().Match(part);
            if (!match.Success) throw Unreadable(field);
            var (from, to) = (Minutes(match, "fh", "fm"), Minutes(match, "th", "tm"));
            return from < to && to <= 24 * 60 ? new OpenTime(from, to) : throw Unreadable(field);
        })];

    /// <summary>Reads days, one on each line, such as <c>2026-12-25</c>.</summary>
    /// <exception cref="RuleViolationException">A line is no day.</exception>
    public static IReadOnlyList<DateOnly> ReadDays(string field, string? text) =>
        [.. Lines(text).Select(line => Day(field, line)).Distinct().Order()];

    /// <summary>Reads days with hours of their own, one on each line, such as <c>2026-12-24 9:00-12:00</c>.</summary>
    /// <exception cref="RuleViolationException">A line cannot be read.</exception>
    public static IReadOnlyDictionary<DateOnly, IReadOnlyList<OpenTime>> ReadSpecialDays(string field, string? text) =>
        Lines(text).Select(line => line.Split(' ', 2, StringSplitOptions.TrimEntries))
            .GroupBy(parts => Day(field, parts[0])).ToDictionary(g => g.Key, g => Read(field, g.Last().ElementAtOrDefault(1)));

    private static string[] Lines(string? text) =>
        (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static DateOnly Day(string field, string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
            : throw new RuleViolationException(field, "Write each day on a line of its own, such as 2026-12-25.");

    private static RuleViolationException Unreadable(string field) =>
        new(field, "Write hours such as 9:00-13:00, 14:00-18:00, or nothing for closed.");

    private static string Clock(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60}:{minutes % 60:00}");

    private static int Minutes(Match match, string hour, string minute) =>
        (int.Parse(match.Groups[hour].ValueSpan, CultureInfo.InvariantCulture) * 60)
        + (match.Groups[minute].Success ? int.Parse(match.Groups[minute].ValueSpan, CultureInfo.InvariantCulture) : 0);

    [GeneratedRegex(@"^(?<fh>[0-9]{1,2})([:.](?<fm>[0-5][0-9]))?\s*[-–]\s*(?<th>[0-9]{1,2})([:.](?<tm>[0-5][0-9]))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Interval();
}
