using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>Where messages of customers and visitors go, and whether they are confirmed by mail.</summary>
internal static class ContactQueues
{
    /// <summary>An address gets no more than one receipt in this time, whoever types it.</summary>
    private static readonly TimeSpan BetweenReceipts = TimeSpan.FromHours(1);

    /// <summary>The queue for messages that name none.</summary>
    public static Task<TicketQueue> UsualAsync(CrmDbContext db, SupportOptions support, CancellationToken cancellationToken)
    {
        var wanted = support.ContactQueue.Trim().ToLowerInvariant();
        return db.TicketQueues.AsNoTracking().Where(q => q.ArchivedAt == null && (q.NameKey == wanted || q.IsUsual))
            .OrderByDescending(q => q.NameKey == wanted).FirstAsync(cancellationToken);
    }

    /// <summary>Whether somebody wrote under this address a moment ago: then it had its receipt.</summary>
    public static Task<bool> HadReceiptAsync(CrmDbContext db, string email, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now - BetweenReceipts;
        return db.Tickets.AnyAsync(t => t.CreatedAt > since && t.Channel == TicketChannel.Web && t.ContactEmail == email,
            cancellationToken);
    }
}
