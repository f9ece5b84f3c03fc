using System.Globalization;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Platform.Waiting;

namespace CrmPortal.Core.Tickets;

/// <summary>Tickets of one's own, or of nobody, whose customers wait for an answer.</summary>
internal sealed class WaitingTickets : IWaitingWork
{
    public string Kind => "tickets";

    public string Permission => Permissions.TicketsWork;

    public IQueryable<long> Subjects(CrmDbContext db, Grant grant) => db.Tickets
        .Where(t => t.UrgentAt != null && t.IsAnswerDue && (t.AssigneeId == null || t.AssigneeId == grant.Actor.UserId)
            && (t.State == TicketState.New || t.State == TicketState.Open)).OrderBy(t => t.UrgentAt).Select(t => t.Id);

    /// <summary>Of the view of what is to be done.</summary>
    public string Filter(Grant grant)
    {
        FilterExpression nobody = new FilterCondition(TicketFilters.Agent, FilterOperator.Empty, []);
        var mine = grant.Actor.UserId is { } me ? new FilterAny([nobody, new FilterCondition(TicketFilters.Agent, FilterOperator.Any,
            [me.ToString(CultureInfo.InvariantCulture)])]) : nobody;
        return new FilterAll([new FilterCondition("answer_due", FilterOperator.Yes, []), mine]).ToString();
    }
}
