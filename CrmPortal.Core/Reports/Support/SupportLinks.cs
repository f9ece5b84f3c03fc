using System.Globalization;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Tickets;

namespace CrmPortal.Core.Reports;

/// <summary>A figure that leads to its tickets.</summary>
public enum SupportFigure
{
    New, Solved, Reopened, Backlog, MessagesIn, MessagesOut, FirstResponse, Resolution,

    /// <summary>Targets that were kept or missed: what a percentage is of.</summary>
    FirstDecided, FirstMissed, NextDecided, NextMissed, SolutionDecided, SolutionMissed,

    /// <summary>Missed and met later, so that it is known by how much.</summary>
    SolutionMetLate,

    Asked, Answered, Good, NotGood,
}

/// <summary>The filters of the list of tickets that hold exactly those behind a figure.</summary>
internal static class SupportLinks
{
    public static string Of(SupportScope scope, SupportFigure figure, DateOnly from, DateOnly until)
    {
        var isOfRatings = figure is SupportFigure.Asked or SupportFigure.Answered or SupportFigure.Good or SupportFigure.NotGood;
        return new FilterAll([.. scope.Conditions(isOfRatings), .. Own(figure, from, until)]).ToString();
    }

    public static string OfHour(SupportScope scope, int hour, DateOnly from, DateOnly until) => new FilterAll(
    [
        .. scope.Conditions(false), In("created", from, until),
        new FilterCondition("weekday", FilterOperator.Any, [Weekday(hour / TicketArrival.HoursOfDay)]),
        new FilterCondition("hour", FilterOperator.Is, [(hour % TicketArrival.HoursOfDay).ToString(CultureInfo.InvariantCulture)]),
    ]).ToString();

    private static IEnumerable<FilterCondition> Own(SupportFigure figure, DateOnly from, DateOnly until) => figure switch
    {
        SupportFigure.New => [In("created", from, until)],
        SupportFigure.Solved => [In("solved", from, until)],
        SupportFigure.Reopened => [In("reopened_on", from, until)],
        SupportFigure.Backlog => [new("unsolved_at", FilterOperator.Is, [Day(until)])],
        SupportFigure.MessagesIn => [In("message_in", from, until)],
        SupportFigure.MessagesOut => [In("message_out", from, until)],
        SupportFigure.FirstResponse => [In("first_response", from, until)],
        SupportFigure.Resolution => [In("resolved", from, until)],
        SupportFigure.FirstDecided => [Is("first_sla", "kept", "missed"), In("first_target", from, until)],
        SupportFigure.FirstMissed => [Is("first_sla", "missed"), In("first_target", from, until)],
        SupportFigure.NextDecided => [Is("next_sla", "kept", "missed"), In("created", from, until)],
        SupportFigure.NextMissed => [Is("next_sla", "missed"), In("created", from, until)],
        SupportFigure.SolutionDecided => [Is("resolution_sla", "kept", "missed"), In("resolution_target", from, until)],
        SupportFigure.SolutionMissed => [Is("resolution_sla", "missed"), In("resolution_target", from, until)],
        SupportFigure.SolutionMetLate => [Is("resolution_sla", "met_late"), In("resolution_target", from, until)],
        SupportFigure.Asked => [In("survey", from, until)],
        SupportFigure.Answered => [In("survey", from, until), new("rating", FilterOperator.Present, [])],
        SupportFigure.Good => [In("survey", from, until), new("rating", FilterOperator.More, ["3"])],
        _ => [In("survey", from, until), new("rating", FilterOperator.Less, ["4"])],
    };

    private static FilterCondition In(string field, DateOnly from, DateOnly until) => new(field, FilterOperator.Between, [Day(from),
        Day(until)]);

    private static FilterCondition Is(string field, params string[] values) => new(field, FilterOperator.Any, values);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Weekday(int day) => ((DayOfWeek)((day + 1) % TicketArrival.DaysOfWeek)).ToString().ToLowerInvariant();
}
