namespace CrmPortal.Core.Reports;

/// <summary>What is counted of some tickets in some days, until it is made figures.</summary>
internal sealed class SupportTally
{
    private const int MinutesOfDay = 1_440;
    private const int SecondsOfDay = 86_400;
    private const int SecondsOfHour = 3_600;

    private readonly SortedDictionary<int, long> _firstTimes = [];
    private readonly SortedDictionary<int, long> _solutionTimes = [];
    private readonly long[] _marks = new long[(int)SupportMark.Count];

    /// <summary>Seconds of all first answers together.</summary>
    private long _firstSeconds;

    private long _solutionSeconds;

    public long this[SupportMark mark]
    {
        get => _marks[(int)mark];
        set => _marks[(int)mark] = value;
    }

    public void Add(SupportTally other)
    {
        for (var i = 0; i < _marks.Length; i++) _marks[i] += other._marks[i];
        foreach (var (step, count) in other._firstTimes) _firstTimes[step] = _firstTimes.GetValueOrDefault(step) + count;
        foreach (var (step, count) in other._solutionTimes) _solutionTimes[step] = _solutionTimes.GetValueOrDefault(step) + count;
        _firstSeconds += other._firstSeconds;
        _solutionSeconds += other._solutionSeconds;
    }

    /// <summary>Adds times that were counted by their steps: minutes below a day, hours above.</summary>
    public void AddTimes(bool isFirst, int step, long count, long seconds)
    {
        var times = isFirst ? _firstTimes : _solutionTimes;
        times[step] = times.GetValueOrDefault(step) + count;
        if (isFirst) _firstSeconds += seconds;
        else _solutionSeconds += seconds;
    }

    /// <param name="backlog">What was unsolved at the end.</param>
    public SupportFigures Figures(long backlog) => new(this[SupportMark.New], this[SupportMark.Solved], this[SupportMark.Reopened], backlog,
        new(this[SupportMark.MessagesIn], this[SupportMark.TicketsIn]), new(this[SupportMark.MessagesOut], this[SupportMark.TicketsOut]),
        Times(_firstTimes, _firstSeconds), Times(_solutionTimes, _solutionSeconds),
        new(this[SupportMark.FirstKept], this[SupportMark.FirstMissed], this[SupportMark.FirstLate],
            ReportPartColumn.Ratio(this[SupportMark.FirstLateSeconds], this[SupportMark.FirstLate])),
        new(this[SupportMark.NextKept], this[SupportMark.NextMissed], 0, null),
        new(this[SupportMark.SolutionKept], this[SupportMark.SolutionMissed], this[SupportMark.SolutionLate],
            ReportPartColumn.Ratio(this[SupportMark.SolutionLateSeconds], this[SupportMark.SolutionLate])),
        new(this[SupportMark.Asked], this[SupportMark.Answered], this[SupportMark.Good], this[SupportMark.RatingSum]));

    private static SupportTimes Times(SortedDictionary<int, long> times, long seconds)
    {
        var count = times.Values.Sum();
        return new(count, ReportPartColumn.Ratio(seconds, count), At(times, count, 50), At(times, count, 90));
    }

    /// <summary>The time that so many percent do not exceed.</summary>
    private static long? At(SortedDictionary<int, long> times, long count, int percent)
    {
        if (count == 0) return null;
        var left = ((count * percent) + 99) / 100;
        foreach (var (step, some) in times)
        {
            left -= some;
            if (left <= 0) return step < MinutesOfDay ? step * 60L : SecondsOfDay + ((step - MinutesOfDay) * (long)SecondsOfHour);
        }

        return null;
    }
}

/// <summary>What is counted.</summary>
internal enum SupportMark
{
    New, NextKept, NextMissed, Solved, Reopened, Solutions, Reopenings, MessagesIn, MessagesOut, TicketsIn, TicketsOut, FirstKept,
    FirstMissed, FirstLate, FirstLateSeconds, SolutionKept, SolutionMissed, SolutionLate, SolutionLateSeconds, Asked, Answered, Good,
    RatingSum,

    /// <summary>Unsolved at this moment.</summary>
    Unsolved,

    Count,
}
