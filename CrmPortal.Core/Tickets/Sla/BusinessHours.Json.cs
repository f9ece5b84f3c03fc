using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Tickets;

public sealed partial class BusinessHours
{
    private const int MinutesOfDay = 24 * 60;
    private const int MostTimes = 10;
    private const int MostSpecialDays = 400;
    private const int LongestJson = 200_000;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        MaxDepth = 8,
    };

    /// <summary>
    /// Hours as they are stored, such as <c>{"zone":"Europe/Berlin","week":{"monday":["09:00-12:30","13:30-18:00"]},
    /// "holidays":["2026-12-25"],"specialDays":{"2026-12-24":["09:00-12:00"]}}</c>.
    /// </summary>
    /// <exception cref="RuleViolationException">It is not in this form, or the hours break a rule.</exception>
    public static BusinessHours Parse(string json)
    {
        var form = FormOf(json);
        if (!LocalZone.TryFind(form.Zone, out var zone)) throw Broken("Zone", "There is no time zone {0}.", form.Zone ?? "");
        var week = new Dictionary<DayOfWeek, IReadOnlyList<OpenTime>>();
        foreach (var (name, times) in form.Week ?? [])
        {
            if (!Enum.TryParse<DayOfWeek>(name, true, out var day) || char.IsDigit(name.FirstOrDefault()))
                throw Broken("Week", "There is no day {0} in a week.", name);
            if (!week.TryAdd(day, TimesOf(times))) throw Broken("Week", "The day {0} is given twice.", name);
        }

        var special = new Dictionary<DateOnly, IReadOnlyList<OpenTime>>();
        foreach (var (date, times) in form.SpecialDays ?? [])
            if (!special.TryAdd(DateOf(date), TimesOf(times))) throw Broken("SpecialDays", "The day {0} is given twice.", date);
        return new(zone, week, (form.Holidays ?? []).Select(DateOf), special);
    }

    /// <summary>The form that <see cref="Parse"/> reads; the same hours always give the same text.</summary>
    public string ToJson() => JsonSerializer.Serialize(new HoursForm
    {
        Zone = Zone.Id,
        // From Monday on, as a week is read.
        Week = Enum.GetValues<DayOfWeek>().OrderBy(day => ((int)day + 6) % 7).Where(day => Of(day).Count > 0)
            .ToDictionary(day => day.ToString().ToLowerInvariant(), day => TextsOf(Of(day))),
        Holidays = Holidays.Count == 0 ? null : [.. Holidays.Select(TextOf)],
        SpecialDays = _special.Count == 0 ? null : _special.OrderBy(d => d.Key).ToDictionary(d => TextOf(d.Key), d => TextsOf(d.Value)),
    }, Json);

    private void Check()
    {
        if (Holidays.Count > MostSpecialDays) throw Broken("Holidays", "At most {0} holidays can be kept.", MostSpecialDays);
        if (_special.Count > MostSpecialDays) throw Broken("SpecialDays", "At most {0} special days can be kept.", MostSpecialDays);
        foreach (var times in _week) Check("Week", times);
        foreach (var times in _special.Values) Check("SpecialDays", times);
    }

    private static void Check(string field, IReadOnlyList<OpenTime> times)
    {
        if (times.Count > MostTimes) throw Broken(field, "A day has at most {0} open times.", MostTimes);
        for (var i = 0; i < times.Count; i++)
        {
            var (from, to) = times[i];
            if (from < 0 || to > MinutesOfDay) throw Broken(field, "A day goes from 00:00 to 24:00.");
            if (to <= from) throw Broken(field, "An open time ends after it begins.");
            if (i > 0 && from < times[i - 1].To) throw Broken(field, "The open times of a day follow one another and do not overlap.");
        }
    }

    private static HoursForm FormOf(string json)
    {
        try
        {
            if (json.Length <= LongestJson && JsonSerializer.Deserialize<HoursForm>(json, Json) is { } form) return form;
        }
        catch (JsonException)
        {
            // Said below in words that help.
        }

        throw Broken("", "These are no business hours.");
    }

    private static IReadOnlyList<OpenTime> TimesOf(List<string>? texts) => [.. (texts ?? []).Select(TimeOf)];

    private static OpenTime TimeOf(string? text)
    {
        var ends = (text ?? "").Split('-');
        if (ends.Length == 2 && MinutesOf(ends[0]) is { } from && MinutesOf(ends[1]) is { } to) return new(from, to);
        throw Broken("Week", "{0} is no open time; write it as 09:00-17:30.", text ?? "");
    }

    private static int? MinutesOf(string text)
    {
        if (text is not [>= '0' and <= '9', >= '0' and <= '9', ':', >= '0' and <= '5', >= '0' and <= '9']) return null;
        var hours = int.Parse(text.AsSpan(0, 2), CultureInfo.InvariantCulture);
        var minutes = (hours * 60) + int.Parse(text.AsSpan(3), CultureInfo.InvariantCulture);
        return minutes <= MinutesOfDay ? minutes : null;
    }

    private static List<string> TextsOf(IReadOnlyList<OpenTime> times) => [.. times.Select(t => $"{Clock(t.From)}-{Clock(t.To)}")];

    private static string Clock(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60:00}:{minutes % 60:00}");

    private static DateOnly DateOf(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day : throw Broken("SpecialDays", "{0} is no date; write it as 2026-12-24.", text ?? "");

    private static string TextOf(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static RuleViolationException Broken(string field, string message, params object[] arguments) => new(field, message, arguments);

    private sealed class HoursForm
    {
        public string? Zone { get; set; }
        public Dictionary<string, List<string>>? Week { get; set; }
        public List<string>? Holidays { get; set; }
        public Dictionary<string, List<string>>? SpecialDays { get; set; }
    }
}
