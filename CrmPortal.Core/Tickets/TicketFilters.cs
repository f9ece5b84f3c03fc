using System.Linq.Expressions;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Filtering;

namespace CrmPortal.Core.Tickets;

/// <summary>The fields by which tickets are filtered: in lists, saved views and reports.</summary>
public static class TicketFilters
{
    public static FilterCatalogue<Ticket> Catalogue { get; } = new FilterCatalogue<Ticket>()
        .Choice("state", "State", t => t.State)
        .Choice("priority", "Priority", t => t.Priority)
        .Related("queue", "Queue", v => v.ToLowerInvariant(), name => t => t.Queue!.NameKey == name, name => t => t.Queue!.NameKey
            .StartsWith(name), t => t.QueueId > 0)
        .Related("assignee", "Assigned to", v => v, name => t => t.Assignee!.DisplayName == name,
            name => t => t.Assignee!.DisplayName.StartsWith(name), t => t.AssigneeId != null)
        .Tags("tags", "Tags", HasTag, tags => tags.Select(HasTag).Aggregate((left, right) => left.Joined(right, Expression.OrElse)))
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
        .Fallback((condition, context) => CustomFieldFilters.Build<Ticket, TicketFieldValue>(t => t.Fields, condition, context));

    /// <summary>The same with the shop's own fields of tickets.</summary>
    public static FilterCatalogue<Ticket> With(IReadOnlyList<CustomFieldDetails> fields) =>
        Catalogue.With(CustomFieldFilters.Fields(fields), "Custom fields");

    private static Expression<Func<Ticket, bool>> HasTag(string tag)
    {
        var marked = TicketTags.Marked(tag);
        return t => t.Tags.Contains(marked);
    }
}
