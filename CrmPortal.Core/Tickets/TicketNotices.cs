using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>Tells members of staff of a ticket. While one of a kind is unread, the same adds none.</summary>
internal static class TicketNotices
{
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
