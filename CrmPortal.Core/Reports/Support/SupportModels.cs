using CrmPortal.Core.Tickets;

namespace CrmPortal.Core.Reports;

/// <summary>By what the tickets of a period are put side by side.</summary>
public enum SupportGrouping { Agent, Queue, Tag, Priority, Channel, Segment, RfmSegment }

/// <summary>What a report of support shows.</summary>
/// <param name="Choice">The period, and its parts.</param>
/// <param name="Scope">Which tickets.</param>
/// <param name="Group">What is put side by side; null for the parts of the period alone.</param>
public sealed record SupportQuery(ReportChoice Choice, SupportScope Scope, SupportGrouping? Group = null);

/// <summary>Times of tickets, by the calendar.</summary>
/// <param name="Tickets">How many tickets have one.</param>
/// <param name="Mean">In seconds; null without any. The same for the two others.</param>
/// <param name="Median">To the minute below a day, to the hour above.</param>
/// <param name="Ninety">What nine of ten did not exceed.</param>
public sealed record SupportTimes(long Tickets, long? Mean, long? Median, long? Ninety);

/// <summary>Targets that were decided.</summary>
/// <param name="MetLate">Of those missed, those that were met later.</param>
/// <param name="Late">The mean lateness of these in seconds of business time; null without any.</param>
public sealed record SupportTargets(long Kept, long Missed, long MetLate, long? Late)
{
    public long Decided => Kept + Missed;

    public decimal? Percent => ReportPartColumn.Percent(Kept, Decided);
}

/// <summary>What customers said who were asked in the period.</summary>
/// <param name="Asked">How many were asked.</param>
/// <param name="Answered">How many of them answered.</param>
/// <param name="Good">How many of these gave 4 or 5.</param>
/// <param name="Sum">All that they gave.</param>
public sealed record SupportSatisfaction(long Asked, long Answered, long Good, long Sum)
{
    /// <summary>Ratings of 4 and 5 in percent of all.</summary>
    public decimal? Score => ReportPartColumn.Percent(Good, Answered);

    public decimal? ResponseRate => ReportPartColumn.Percent(Answered, Asked);

    public decimal? Mean => Answered == 0 ? null : Math.Round((decimal)Sum / Answered, 2, MidpointRounding.AwayFromZero);
}

/// <summary>Messages of one direction, and in how many tickets they are.</summary>
public sealed record SupportMessages(long Messages, long Tickets);

/// <summary>The figures of some tickets in some days.</summary>
/// <param name="New">Tickets that came.</param>
/// <param name="Solved">Tickets that were solved, however often, and also where they were opened again since.</param>
/// <param name="Reopened">Tickets that were opened again.</param>
/// <param name="Backlog">Tickets that were unsolved at the end.</param>
/// <param name="Next">Of the tickets that came, those whose later answers were all in time, and those with one that was not.</param>
public sealed record SupportFigures(long New, long Solved, long Reopened, long Backlog, SupportMessages In, SupportMessages Out,
    SupportTimes FirstResponse, SupportTimes Resolution, SupportTargets First, SupportTargets Next, SupportTargets Solution,
    SupportSatisfaction Satisfaction)
{
    /// <summary>How many tickets are behind a figure: so many has the list to which it leads.</summary>
    public long Behind(SupportFigure figure) => figure switch
    {
        SupportFigure.New => New,
        SupportFigure.Solved => Solved,
        SupportFigure.Reopened => Reopened,
        SupportFigure.Backlog => Backlog,
        SupportFigure.MessagesIn => In.Tickets,
        SupportFigure.MessagesOut => Out.Tickets,
        SupportFigure.FirstResponse => FirstResponse.Tickets,
        SupportFigure.Resolution => Resolution.Tickets,
        SupportFigure.FirstDecided => First.Decided,
        SupportFigure.FirstMissed => First.Missed,
        SupportFigure.NextDecided => Next.Decided,
        SupportFigure.NextMissed => Next.Missed,
        SupportFigure.SolutionDecided => Solution.Decided,
        SupportFigure.SolutionMissed => Solution.Missed,
        SupportFigure.SolutionMetLate => Solution.MetLate,
        SupportFigure.Asked => Satisfaction.Asked,
        SupportFigure.Answered => Satisfaction.Answered,
        SupportFigure.Good => Satisfaction.Good,
        _ => Satisfaction.Answered - Satisfaction.Good,
    };
}

/// <summary>A line of a report of support: a part of the period, or one of the tickets' kinds in all of it.</summary>
/// <param name="Key">The name of the part, or the key of the kind; empty for tickets that are of none.</param>
/// <param name="Name">What people call it; null where <paramref name="Key"/> says it.</param>
public sealed record SupportRow(string Key, string? Name, SupportFigures Figures, DateOnly From, DateOnly Until)
{
    /// <summary>What a list of tickets asks for this line, beside its days.</summary>
    internal SupportScope Scope { get; init; } = new();

    /// <summary>The filter of the list of tickets that holds exactly those behind a figure.</summary>
    public string FilterOf(SupportFigure figure) => SupportLinks.Of(Scope, figure, From, Until);
}

/// <summary>What a period of support was like.</summary>
/// <param name="Total">The whole period.</param>
/// <param name="Parts">The parts of it.</param>
/// <param name="Groups">What is put side by side, those with the most new tickets first.</param>
/// <param name="Hours">How many tickets came in each hour of the shop's week, as <see cref="TicketArrival"/> counts them.</param>
/// <param name="IsOwn">Whether it is of the acting agent's own tickets, since they may not see those of all.</param>
public sealed record SupportReport(ReportDates Dates, SupportGrouping? Group, SupportRow Total, IReadOnlyList<SupportRow> Parts,
    IReadOnlyList<SupportRow> Groups, IReadOnlyList<long> Hours, bool IsOwn, DateTimeOffset MadeAt, string Zone)
{
    /// <summary>The filter of the tickets that came in one hour of the week.</summary>
    public string FilterOfHour(int hour) => SupportLinks.OfHour(Total.Scope, hour, Dates.From, Dates.Until);
}

/// <summary>What the tickets of a report can be narrowed to.</summary>
public sealed record SupportChoices(IReadOnlyList<(long Id, string Name)> Queues, IReadOnlyList<(long Id, string Name)> Agents,
    IReadOnlyList<(long Id, string Name)> Segments);
