using System.Globalization;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Reports;

/// <summary>What somebody chose of a report; what is left out is as usual.</summary>
/// <param name="From">The first day of a chosen period.</param>
/// <param name="Until">Its last day, itself included.</param>
public sealed record ReportChoice(ReportPeriod? Period = null, DateOnly? From = null, DateOnly? Until = null, ReportGrouping? By = null)
{
    public const int TextLength = 200;

    private const string Day = "yyyy-MM-dd";

    /// <summary>Reads it from an address; what is no choice is taken as left out.</summary>
    public static ReportChoice Of(string? period, string? from, string? until, string? by) =>
        new(Read<ReportPeriod>(period), ReadDay(from), ReadDay(until), Read<ReportGrouping>(by));

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static ReportChoice Parse(string? text)
    {
        var parts = (text ?? "").Split('&').Select(p => p.Split('=')).Where(p => p.Length == 2).DistinctBy(p => p[0])
            .ToDictionary(p => p[0], p => p[1]);
        return Of(parts.GetValueOrDefault("period"), parts.GetValueOrDefault("from"), parts.GetValueOrDefault("until"),
            parts.GetValueOrDefault("by"));
    }

    /// <summary>As the query of an address, such as <c>period=last_month&amp;by=week</c>; empty where everything is as usual.</summary>
    public override string ToString()
    {
        List<string> parts = [];
        if (Period is { } period) parts.Add("period=" + Written(period));
        if (Period == ReportPeriod.Chosen && From is { } from) parts.Add("from=" + from.ToString(Day, CultureInfo.InvariantCulture));
        if (Period == ReportPeriod.Chosen && Until is { } until) parts.Add("until=" + until.ToString(Day, CultureInfo.InvariantCulture));
        if (By is { } by) parts.Add("by=" + Written(by));
        return string.Join('&', parts);
    }

    /// <summary>How a choice is written in addresses: <c>last_30_days</c>.</summary>
    public static string Written<T>(T value)
        where T : struct, Enum
    {
        var name = value.ToString();
        return string.Concat(name.Select((c, i) => i == 0 ? char.ToLowerInvariant(c).ToString()
            : char.IsUpper(c) || (char.IsDigit(c) && !char.IsDigit(name[i - 1])) ? "_" + char.ToLowerInvariant(c) : c.ToString()));
    }

    private static T? Read<T>(string? text)
        where T : struct, Enum => Enum.GetValues<T>().Cast<T?>().FirstOrDefault(v => Written(v!.Value) == text);

    private static DateOnly? ReadDay(string? text) =>
        DateOnly.TryParseExact(text, Day, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
