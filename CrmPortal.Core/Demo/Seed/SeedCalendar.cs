namespace CrmPortal.Core.Demo;

/// <summary>
/// Turns the even time in which purchases are simulated into days and hours, of which some see more of them: a shop that grows
/// by a sixth each year, sells most in November and December, more at the weekend and in the evening.
/// </summary>
internal sealed class SeedCalendar
{
    private const int UsualYears = 5;
    private const double GrowthOfADay = 1.000423;
    private const int Day = 86_400;
    private static readonly double[] Months = [0.86, 0.82, 0.90, 0.95, 0.98, 0.93, 0.88, 0.90, 1.00, 1.06, 1.48, 1.66];
    private static readonly double[] Weekdays = [1.22, 0.98, 0.90, 0.92, 0.95, 1.02, 1.16];
    private static readonly double[] Hours = [3, 2, 1, 1, 1, 2, 5, 10, 16, 22, 27, 29, 28, 27, 26, 26, 28, 32, 37, 42, 44, 36, 21, 9];

    private readonly double[] _days;
    private readonly double[] _hours;

    /// <param name="until">The day after the last one.</param>
    /// <param name="years">How long the shop has been selling.</param>
    public SeedCalendar(DateOnly until, int years = UsualYears)
    {
        var first = until.AddYears(-years);
        Start = new(first, TimeOnly.MinValue, TimeSpan.Zero);
        _days = new double[until.DayNumber - first.DayNumber];
        var (sum, growth) = (0.0, 1.0);
        for (var i = 0; i < _days.Length; i++, growth *= GrowthOfADay)
        {
            var day = first.AddDays(i);
            // Little is bought from Christmas Eve to the end of the year.
            var rest = day is { Month: 12, Day: >= 24 } ? 0.35 : 1;
            _days[i] = sum += growth * rest * Months[day.Month - 1] * Weekdays[(int)day.DayOfWeek];
        }

        _hours = new double[Hours.Length];
        sum = 0;
        for (var i = 0; i < Hours.Length; i++) _hours[i] = sum += Hours[i];
        Seconds = _days.Length * Day;
    }

    public DateTimeOffset Start { get; }

    /// <summary>The length of the whole time.</summary>
    public int Seconds { get; }

    /// <summary>The second since the start at which a share of all purchases has been made.</summary>
    public int SecondAt(double share)
    {
        var (day, ofDay) = Find(_days, share * _days[^1]);
        var (hour, ofHour) = Find(_hours, ofDay * _hours[^1]);
        return Math.Min(day * Day + (int)((hour + ofHour) * 3600), Seconds - 1);
    }

    public DateTimeOffset At(int second) => Start.AddSeconds(second);

    private static (int Place, double Share) Find(double[] cumulative, double value)
    {
        var place = Array.BinarySearch(cumulative, value);
        place = Math.Min(place < 0 ? ~place : place + 1, cumulative.Length - 1);
        var below = place == 0 ? 0 : cumulative[place - 1];
        return (place, Math.Clamp((value - below) / (cumulative[place] - below), 0, 0.999999));
    }
}
