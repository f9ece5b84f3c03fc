using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>The tickets of customers, for rules; one that was merged into another is no conversation of its own.</summary>
internal sealed class CustomerTicketRows : ICustomerRows
{
    public IQueryable Of(CrmDbContext db) =>
        from ticket in db.Set<Ticket>()
        where ticket.CustomerId != null && ticket.MergedIntoId == null
        select new CustomerTicket
        {
            CustomerId = ticket.CustomerId!.Value, CreatedAt = ticket.CreatedAt, IsComplaint = ticket.IsComplaint,
            IsUnsolved = ticket.State != TicketState.Solved && ticket.State != TicketState.Closed, Tags = ticket.Tags,
            // What passes while nobody changes the ticket is escalated, which does.
            IsLate = ticket.FirstResponseLate > 0 || ticket.ResolutionLate > 0 || ticket.NextMissed > 0 || ticket.EscalatedOf != null,
            Queue = ticket.Queue!.NameKey,
            Channel = ticket.Channel == TicketChannel.Web ? "web" : ticket.Channel == TicketChannel.Email ? "email"
                : ticket.Channel == TicketChannel.Chat ? "chat" : ticket.Channel == TicketChannel.Phone ? "phone" : "api",
        };
}

/// <summary>What customers answered, for rules.</summary>
internal sealed class CustomerRatingRows : ICustomerRows
{
    public IQueryable Of(CrmDbContext db) =>
        from rating in db.Set<TicketRating>()
        where rating.Score != null && rating.Ticket!.CustomerId != null
        select new CustomerRating
        {
            CustomerId = rating.Ticket!.CustomerId!.Value, Score = rating.Score!.Value,
            IsLast = !db.Set<TicketRating>().Any(o => o.Score != null && o.Ticket!.CustomerId == rating.Ticket!.CustomerId
                && (o.AnsweredAt > rating.AnsweredAt || (o.AnsweredAt == rating.AnsweredAt && o.Id > rating.Id))),
        };
}
