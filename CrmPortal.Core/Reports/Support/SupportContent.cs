using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Core.Reports;

/// <summary>A figure of support as a column of tables, files and mails.</summary>
/// <param name="Name">Stored, and in files for programs.</param>
/// <param name="Title">English, and the key of its translations.</param>
/// <param name="Figure">Where it leads: to the tickets that it is reckoned from, so a percentage to all of which it is a share.</param>
/// <param name="IsSummed">Whether lines can be added.</param>
public sealed record SupportColumn(string Name, string Title, string Definition, Func<SupportFigures, object?> Value, SupportFigure Figure,
    bool IsSummed = false);

/// <summary>Reports of support as tables: the screen, the files and the mails have the same columns with the same values.</summary>
public static class SupportContent
{
    /// <summary>The field of the choice by which lines that are no parts of the period are named.</summary>
    public const string GroupColumn = "group";

    public static IReadOnlyList<SupportColumn> Columns { get; } =
    [
        new("new", "New tickets", "Tickets that came in.", f => f.New, SupportFigure.New, true),
        new("solved", "Solved", "Tickets that were solved, also those that were reopened since; each once.", f => f.Solved,
            SupportFigure.Solved),
        new("reopened", "Reopened", "Tickets that were opened again after a solution; each once.", f => f.Reopened, SupportFigure.Reopened),
        new("backlog", "Unsolved at the end", "Tickets that were not solved at the end of the last day.", f => f.Backlog,
            SupportFigure.Backlog),
        new("messages_in", "Messages in", "Messages of customers.", f => f.In.Messages, SupportFigure.MessagesIn, true),
        new("messages_out", "Messages out", "Messages to customers that have left.", f => f.Out.Messages, SupportFigure.MessagesOut, true),
        new("first_response", "First response, median (min)",
            "Minutes by the calendar until the first answer that left in the period; half of them took no longer.",
            f => Minutes(f.FirstResponse.Median), SupportFigure.FirstResponse),
        new("first_response_mean", "First response, mean (min)", "The mean of the same minutes.", f => Minutes(f.FirstResponse.Mean),
            SupportFigure.FirstResponse),
        new("first_response_90", "First response, 9 of 10 (min)", "What nine of ten first answers did not exceed.",
            f => Minutes(f.FirstResponse.Ninety), SupportFigure.FirstResponse),
        new("first_sla", "First response in time (%)",
            "Targets for the first answer that were met, of those that were met or came due in the period.", f => f.First.Percent,
            SupportFigure.FirstDecided),
        new("first_missed", "First response too late", "Targets for the first answer that came due in the period and were not met in time.",
            f => f.First.Missed, SupportFigure.FirstMissed, true),
        new("next_sla", "Later responses in time (%)",
            "Tickets that came in the period and whose later answers were all in time, of those where one was promised.",
            f => f.Next.Percent, SupportFigure.NextDecided),
        new("next_missed", "Later response too late", "Tickets that came in the period and had a later answer that was too late.",
            f => f.Next.Missed, SupportFigure.NextMissed, true),
        new("resolution", "Resolution, median (min)",
            "Minutes by the calendar until the solution, of tickets that were solved in the period and not reopened since.",
            f => Minutes(f.Resolution.Median), SupportFigure.Resolution),
        new("resolution_mean", "Resolution, mean (min)", "The mean of the same minutes.", f => Minutes(f.Resolution.Mean),
            SupportFigure.Resolution),
        new("resolution_90", "Resolution, 9 of 10 (min)", "What nine of ten solutions did not exceed.", f => Minutes(f.Resolution.Ninety),
            SupportFigure.Resolution),
        new("resolution_sla", "Resolution in time (%)",
            "Targets for the solution that were met, of those that were met or came due in the period.", f => f.Solution.Percent,
            SupportFigure.SolutionDecided),
        new("resolution_missed", "Resolution too late", "Targets for the solution that came due in the period and were not met in time.",
            f => f.Solution.Missed, SupportFigure.SolutionMissed, true),
        new("late", "Resolution late by (min)", "The mean of business minutes by which solutions were late that were late.",
            f => Minutes(f.Solution.Late), SupportFigure.SolutionMetLate),
        new("asked", "Customers asked", "Customers who were asked in the period how it was.", f => f.Satisfaction.Asked,
            SupportFigure.Asked, true),
        new("answered", "Answers", "Those of them who answered.", f => f.Satisfaction.Answered, SupportFigure.Answered, true),
        new("response_rate", "Response rate (%)", "Answers divided by customers asked.", f => f.Satisfaction.ResponseRate,
            SupportFigure.Asked),
        new("satisfaction", "Satisfaction (%)", "Ratings of 4 and 5 divided by all answers.", f => f.Satisfaction.Score,
            SupportFigure.Answered),
        new("rating", "Mean rating", "The mean of all ratings from 1 to 5.", f => f.Satisfaction.Mean, SupportFigure.Answered),
    ];

    /// <summary>What is told where there is room for little.</summary>
    private static readonly string[] Short = ["new", "solved", "reopened", "backlog", "first_response", "first_sla", "resolution",
        "resolution_sla", "answered", "satisfaction"];

    private static readonly string[] Notes =
    [
        "A ticket counts for the agent and the queue that it has now; answers count for whoever had solved the ticket.",
        "Tickets that were merged into another one do not count.",
        "Median and nine of ten are exact to the minute up to a day, and to the hour beyond.",
    ];

    /// <summary>The parts of the period, with pictures.</summary>
    /// <param name="isShort">Whether a mail or a page of paper must hold it.</param>
    public static ReportContent OfParts(SupportRow total, IReadOnlyList<SupportRow> parts, bool isShort) =>
        Of(total, parts, new(ReportPartColumn.Name, "Period", ExportKind.Choice, 14) { Field = ReportDates.Field }, isShort,
        [
            new("New tickets", ReportPartColumn.Name, ["new"]), new("Solved tickets", ReportPartColumn.Name, ["solved"]),
            new("Unsolved tickets", ReportPartColumn.Name, ["backlog"], IsLine: true),
        ]);

    /// <summary>The kinds of tickets.</summary>
    /// <param name="title">What the lines are, as an English key.</param>
    public static ReportContent OfGroups(SupportRow total, IReadOnlyList<SupportRow> groups, string title) =>
        Of(total, groups, new(GroupColumn, title, ExportKind.Text, 20), false, [new("New tickets", GroupColumn, ["new"])]);

    private static ReportContent Of(SupportRow total, IReadOnlyList<SupportRow> rows, ReportColumn first, bool isShort,
        IReadOnlyList<ReportChart> charts)
    {
        var columns = Columns.Where(c => !isShort || Short.Contains(c.Name)).ToList();
        return new([.. Columns.Where(c => Short.Contains(c.Name)).Select(c => new ReportFigure(c.Name, c.Title, ExportKind.Number,
                c.Value(total.Figures), c.Definition))],
            [first, .. columns.Select(c => new ReportColumn(c.Name, c.Title, ExportKind.Number, 9)
                { IsSummed = c.IsSummed, Definition = Short.Contains(c.Name) ? null : c.Definition })],
            [.. rows.Select(r => new ReportRow([r.Name ?? r.Key, .. columns.Select(c => c.Value(r.Figures))], "tickets",
                r.FilterOf(SupportFigure.New)))],
            charts, Notes) { Total = [null, .. columns.Select(c => c.Value(total.Figures))] };
    }

    private static decimal? Minutes(long? seconds) => seconds is { } some
        ? Math.Round(some / 60m, 1, MidpointRounding.AwayFromZero) : null;
}
