using System.Linq.Expressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Filtering;

namespace CrmPortal.Core.Tickets;

/// <summary>The fields by which tickets are filtered: in lists, saved views and reports.</summary>
public static class TicketFilters
{
    /// <summary>The agent who has it, by their key; reports lead by it.</summary>
    public const string Agent = "agent";

    /// <summary>The queue in which it is, by its key.</summary>
    public const string InQueue = "queue_id";

    /// <summary>Who had solved it when the customer was asked how it was.</summary>
    public const string RatedAgent = "rated_agent";

    /// <summary>The queue in which it was then.</summary>
    public const string RatedQueue = "rated_queue";

    /// <summary>The segments and groups in which its customer is.</summary>
    public const string Segment = "segment";

    private static readonly TimeSpan Soon = TimeSpan.FromHours(1);
    private static readonly string[] DaysOfWeek = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    public static FilterCatalogue<Ticket> Catalogue { get; } = new FilterCatalogue<Ticket>()
        .Choice("state", "State", t => t.State)
        .Choice("priority", "Priority", t => t.Priority)
        .Related("queue", "Queue", v => v.ToLowerInvariant(), name => t => t.Queue!.NameKey == name, name => t => t.Queue!.NameKey
            .StartsWith(name), t => t.QueueId > 0)
        .Related("assignee", "Assigned to", v => v, name => t => t.Assignee!.DisplayName == name,
            name => t => t.Assignee!.DisplayName.StartsWith(name), t => t.AssigneeId != null)
        .Tags("tags", "Tags", HasTag, tags => tags.Select(HasTag).Aggregate((left, right) => left.Joined(right, Expression.OrElse)))
        .YesNo("tagged", "Has tags", t => t.Tags != "")
        .Choice("channel", "Channel", t => t.Channel)
        .Date("created", "Created", t => t.CreatedAt)
        .Date("activity", "Last message", t => t.LastMessageAt)
        .Date("due", "Due", t => t.NextDue)
        .YesNo("answer_due", "Waits for an answer", t => t.IsAnswerDue)
        .YesNo("late", "Missed a target", t => t.FirstResponseLate > 0 || t.ResolutionLate > 0)
        .YesNo("complaint", "Complaint", t => t.IsComplaint)
        .Number("reopened", "Times reopened", t => t.ReopenedCount)
        .Related("customer", "Customer number", v => v.ToUpperInvariant(), number => t => t.Customer!.Number == number,
            number => t => t.Customer!.Number.StartsWith(number), t => t.CustomerId != null)
        .YesNo("merged", "Merged into another ticket", t => t.MergedIntoId != null)
        .InstantsOf("solved", "Was solved", t => t.Events, e => e.At, e => e.Kind == TicketEventKind.Solved)
        .InstantsOf("reopened_on", "Was reopened", t => t.Events, e => e.At, e => e.Kind == TicketEventKind.Reopened)
        .Date("resolved", "Solved and not reopened", t => t.SolvedAt)
        .AtEndOf("unsolved_at", "Unsolved at the end of the day", WasUnsolved)
        .Date("first_response", "First response", t => t.FirstResponseAt)
        .InstantsOf("message_in", "Message of the customer", t => t.Messages, m => m.At, m => m.Kind == TicketMessageKind.Incoming)
        .InstantsOf("message_out", "Message to the customer", t => t.Messages, m => m.At, m => m.Kind == TicketMessageKind.Reply
            && m.Delivery != TicketDelivery.Scheduled && m.Delivery != TicketDelivery.Failed)
        .Derived("target", "Next target", NextTarget)
        .Derived("first_sla", "First response in time", FirstTarget)
        .Date("first_target", "First response decided", t => t.FirstTargetAt)
        .Derived("next_sla", "Later responses in time", NextTargets)
        .Derived("resolution_sla", "Resolution in time", ResolutionTarget)
        .Date("resolution_target", "Resolution decided", t => t.ResolutionTargetAt)
        .InstantsOf("survey", "Asked how it was", t => t.Ratings, r => r.SentAt, _ => true)
        .Number("rating", "Rating", t => t.Ratings.Max(r => r.Score))
        .Derived("weekday", "Came on", Weekdays())
        .Number("hour", "Came in the hour", t => t.ArrivedHour % TicketArrival.HoursOfDay)
        .Choices("rfm_segment", "RFM segment", RfmSegments.ByCode, segments => t => t.Customer!.Score != null
            && segments.Contains(t.Customer.Score.Segment), t => t.Customer!.Score != null)
        .Keyed(Agent, "Agent", ids => t => t.AssigneeId != null && ids.Contains(t.AssigneeId.Value), t => t.AssigneeId != null)
        .Keyed(InQueue, "Queue", ids => t => ids.Contains(t.QueueId), t => t.QueueId > 0)
        .Keyed(RatedAgent, "Solved by", ids => t => t.Ratings.Any(r => r.AgentId != null && ids.Contains(r.AgentId.Value)),
            t => t.Ratings.Any(r => r.AgentId != null))
        .Keyed(RatedQueue, "Solved in queue", ids => t => t.Ratings.Any(r => ids.Contains(r.QueueId)), t => t.Ratings.Any())
        .Keyed(Segment, "Segment or group", ids => t => t.Customer!.Memberships.Any(m => ids.Contains(m.SegmentId) && m.Until == null),
            t => t.Customer!.Memberships.Any(m => m.Until == null), Permissions.SegmentsView)
        .Fallback((condition, context) => CustomFieldFilters.Build<Ticket, TicketFieldValue>(t => t.Fields, condition, context));

    /// <summary>The same with the shop's own fields of tickets.</summary>
    public static FilterCatalogue<Ticket> With(IReadOnlyList<CustomFieldDetails> fields) =>
        Catalogue.With(CustomFieldFilters.Fields(fields), "Custom fields");

    /// <summary>When the earliest open target is due, seen from now.</summary>
    private static IReadOnlyDictionary<string, Func<FilterContext, Expression<Func<Ticket, bool>>>> NextTarget =>
        new Dictionary<string, Func<FilterContext, Expression<Func<Ticket, bool>>>>
        {
            ["overdue"] = context =>
            {
                var now = context.Now;
                return t => t.NextDue != null && t.NextDue <= now;
            },
            ["within_an_hour"] = context =>
            {
                var (now, soon) = (context.Now, context.Now + Soon);
                return t => t.NextDue != null && t.NextDue > now && t.NextDue <= soon;
            },
            ["later"] = context =>
            {
                var soon = context.Now + Soon;
                return t => t.NextDue != null && t.NextDue > soon;
            },
            ["none"] = _ => t => t.NextDue == null,
        };

    private static IReadOnlyDictionary<string, Func<FilterContext, Expression<Func<Ticket, bool>>>> FirstTarget =>
        new Dictionary<string, Func<FilterContext, Expression<Func<Ticket, bool>>>>
        {
            ["kept"] = _ => t => t.FirstResponseLate == 0,
            ["missed"] = context =>
            {
                var now = context.Now;
                return t => t.FirstResponseLate > 0 || (t.FirstResponseLate == null && t.FirstTargetAt <= now);
            },
            ["met_late"] = _ => t => t.FirstResponseLate > 0,
            ["open"] = context =>
            {
                var now = context.Now;
                return t => t.FirstResponseLate == null && t.FirstTargetAt > now;
            },
            ["none"] = _ => t => t.FirstTargetAt == null && t.FirstResponseLate == null,
        };

    private static IReadOnlyDictionary<string, Func<FilterContext, Expression<Func<Ticket, bool>>>> ResolutionTarget =>
        new Dictionary<string, Func<FilterContext, Expression<Func<Ticket, bool>>>>
        {
            ["kept"] = _ => t => t.ResolutionLate == 0,
            ["missed"] = context =>
            {
                var now = context.Now;
                return t => t.ResolutionLate > 0 || (t.ResolutionLate == null && t.ResolutionTargetAt <= now);
            },
            ["met_late"] = _ => t => t.ResolutionLate > 0,
            ["open"] = context =>
            {
                var now = context.Now;
                return t => t.ResolutionLate == null && t.ResolutionTargetAt > now;
            },
            ["none"] = _ => t => t.ResolutionTargetAt == null && t.ResolutionLate == null,
        };

    private static IReadOnlyDictionary<string, Func<FilterContext, Expression<Func<Ticket, bool>>>> NextTargets =>
        new Dictionary<string, Func<FilterContext, Expression<Func<Ticket, bool>>>>
        {
            ["kept"] = context =>
            {
                var now = context.Now;
                return t => t.NextKept > 0 && t.NextMissed == 0
                    && !(t.NextDue != null && t.NextResponseDue != null && t.NextResponseDue <= now);
            },
            ["missed"] = context =>
            {
                var now = context.Now;
                return t => t.NextMissed > 0 || (t.NextDue != null && t.NextResponseDue != null && t.NextResponseDue <= now);
            },
            ["none"] = context =>
            {
                var now = context.Now;
                return t => t.NextKept == 0 && t.NextMissed == 0
                    && !(t.NextDue != null && t.NextResponseDue != null && t.NextResponseDue <= now);
            },
        };

    private static Dictionary<string, Func<FilterContext, Expression<Func<Ticket, bool>>>> Weekdays() =>
        DaysOfWeek.Index().ToDictionary(day => day.Item, Func<FilterContext, Expression<Func<Ticket, bool>>> (day) =>
        {
            var (first, end) = (day.Index * TicketArrival.HoursOfDay, (day.Index + 1) * TicketArrival.HoursOfDay);
            return _ => t => t.ArrivedHour >= first && t.ArrivedHour < end;
        });

    /// <summary>Each solution that was taken back has a reopening after it: of one that stands there is one more than of these.</summary>
    private static Expression<Func<Ticket, bool>> WasUnsolved(DateTimeOffset end) => t => t.CreatedAt < end
        && t.Events.Count(e => e.Kind == TicketEventKind.Solved && e.At < end)
            <= t.Events.Count(e => e.Kind == TicketEventKind.Reopened && e.At < end);

    private static Expression<Func<Ticket, bool>> HasTag(string tag)
    {
        var marked = TicketTags.Marked(tag);
        return t => t.Tags.Contains(marked);
    }
}
