using CrmPortal.Core.Consents;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>Whoever complains is sent no advertising until that is solved.</summary>
internal sealed class ComplaintRest : IMarketingRest
{
    public async Task<IReadOnlyDictionary<long, long>> RestingAsync(CrmDbContext db, IReadOnlyCollection<long> customerIds,
        CancellationToken cancellationToken) =>
        await db.Tickets.Where(t => t.IsComplaint && t.UrgentAt != null && customerIds.Contains(t.CustomerId!.Value))
            .GroupBy(t => t.CustomerId!.Value).Select(g => new { CustomerId = g.Key, TicketId = g.Min(t => t.Id) })
            .ToDictionaryAsync(t => t.CustomerId, t => t.TicketId, cancellationToken);
}
