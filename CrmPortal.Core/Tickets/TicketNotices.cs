using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>Tells of a ticket: pages that are open, and members of staff.</summary>
internal static class TicketNotices
{
    /// <summary>Lets open pages hear that something of a ticket is new; the caller saves.</summary>
    /// <param name="what">What they show anew.</param>
    public static void TellPages(CrmDbContext db, long ticketId, DateTimeOffset now, string what = "Messages") => db.OutboxEvents.Add(new()
    {
        Topic = TicketService.MessageTopic, SubjectId = ticketId, Payload = $$"""{"Fields":["{{what}}"],"ActorName":""}""", CreatedAt = now,
    });

    /// <summary>Tells members of staff. While one of a kind is unread, the same adds none.</summary>
    public static async Task TellAsync(CrmDbContext db, Ticket ticket, IReadOnlyCollection<long> users, NotificationKind kind, string by,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (users.Count == 0) return;
        var told = await db.Notifications.Where(n => users.Contains(n.UserId) && n.Kind == kind && n.TicketId == ticket.Id
            && n.ReadAt == null).Select(n => n.UserId).ToListAsync(cancellationToken);
        foreach (var user in users.Distinct().Except(told))
            db.Notifications.Add(new Notification
            {
                UserId = user, Kind = kind, CustomerId = ticket.CustomerId, TicketId = ticket.Id, ActorName = by,
                Text = ticket.Subject.Length > Notification.TextLength ? ticket.Subject[..Notification.TextLength] : ticket.Subject,
                CreatedAt = now,
            });
    }

    /// <summary>Whoever has the ticket, and those who follow it.</summary>
    public static async Task<IReadOnlyCollection<long>> ConcernedAsync(CrmDbContext db, Ticket ticket, CancellationToken cancellationToken)
    {
        var followers = await db.TicketFollowers.Where(f => f.TicketId == ticket.Id).OrderBy(f => f.UserId).Select(f => f.UserId).Take(100)
            .ToListAsync(cancellationToken);
        return ticket.AssigneeId is { } agent ? [agent, .. followers] : followers;
    }
}
