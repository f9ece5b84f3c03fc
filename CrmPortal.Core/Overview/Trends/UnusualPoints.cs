namespace CrmPortal.Core.Overview;

/// <summary>Finds days and months that are not like those before them.</summary>
internal static class UnusualPoints
{
    public const int Weeks = 12;
    public const int Months = 12;
    private const int FewestCompared = 8;
    private const int Distances = 3;

    /// <param name="revenue">Of each day that had any.</param>
    /// <param name="first">The first day of which anything is known: before it nothing is a zero.</param>
    public static IEnumerable<UnusualPoint> OfDays(IReadOnlyDictionary<DateOnly, long> revenue, DayRange range, DateOnly first,
        DateOnly today)
    {
        for (var day = range.From; day <= range.To && day < today; day = day.AddDays(1))
        {
            var like = Enumerable.Range(1, Weeks).Select(w => day.AddDays(-7 * w)).Where(d => d >= first)
                .Select(d => revenue.GetValueOrDefault(d)).ToList();
            if (Of(day, day, revenue.GetValueOrDefault(day), like) is { } unusual) yield return unusual;
        }
    }

    /// <param name="revenue">By the first day of each month.</param>
    public static IEnumerable<UnusualPoint> OfMonths(IReadOnlyDictionary<DateOnly, long> revenue, DayRange range, DateOnly first,
        DateOnly today)
    {
        for (var month = new DateOnly(range.From.Year, range.From.Month, 1); month.AddMonths(1) <= today && month <= range.To;
            month = month.AddMonths(1))
        {
            var like = Enumerable.Range(1, Months).Select(m => month.AddMonths(-m)).Where(m => m >= first)
                .Select(m => revenue.GetValueOrDefault(m)).ToList();
            if (Of(month, month.AddMonths(1).AddDays(-1), revenue.GetValueOrDefault(month), like) is { } unusual) yield return unusual;
        }
    }

    private static UnusualPoint? Of(DateOnly from, DateOnly to, long value, List<long> like)
    {
        if (like.Count < FewestCompared) return null;
        var median = Median(like);
        var spread = Median(like.ConvertAll(v => Math.Abs(v - median)));
        // Where most are the same, any other one would be unusual.
        return spread == 0 || Math.Abs(value - median) <= Distances * spread ? null : new(from, to, value, median, spread, like.Count);
    }

    private static long Median(List<long> values)
    {
        var sorted = values.Order().ToList();
        return (long)Math.Round((sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2m, MidpointRounding.AwayFromZero);
    }
}
