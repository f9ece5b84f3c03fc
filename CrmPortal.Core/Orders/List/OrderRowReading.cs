using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <summary>What a list of orders shows of other tables, read for a page at once.</summary>
internal static class OrderRowReading
{
    public static async Task<IReadOnlyList<OrderRow>> WithPartsAsync(this CrmDbContext db, List<OrderRow> rows, OrderRowParts parts,
        CancellationToken cancellationToken)
    {
        if (rows.Count == 0 || parts == OrderRowParts.None) return rows;
        var (refunded, changed) = await db.PartsOfAsync(rows.ConvertAll(r => r.Id), parts, cancellationToken);
        return rows.ConvertAll(r => r with
        {
            Refunded = refunded.GetValueOrDefault(r.Id),
            ChangedAt = changed.TryGetValue(r.Id, out var at) ? at : null,
        });
    }

    /// <summary>What is asked for of some orders, by their keys.</summary>
    public static async Task<(Dictionary<long, long> Refunded, Dictionary<long, DateTimeOffset> Changed)> PartsOfAsync(
        this CrmDbContext db, List<long> ids, OrderRowParts parts, CancellationToken cancellationToken) =>
        (parts.HasFlag(OrderRowParts.Refunded) ? await RefundedAsync(db, ids, cancellationToken) : [],
            parts.HasFlag(OrderRowParts.Changed) ? await ChangedAsync(db, ids, cancellationToken) : []);

    /// <summary>What came back of each, in the order's currency: a refund may be written in another.</summary>
    private static async Task<Dictionary<long, long>> RefundedAsync(CrmDbContext db, List<long> ids, CancellationToken cancellationToken)
    {
        var lines = await db.RefundLines.Where(l => ids.Contains(l.OrderId!.Value))
            .Select(l => new { Id = l.OrderId!.Value, l.Amount, From = l.Refund!.Currency, FromRate = l.Refund.Rate, To = l.Order!.Currency,
                ToRate = l.Order.Rate }).ToListAsync(cancellationToken);
        return lines.GroupBy(l => l.Id)
            .ToDictionary(g => g.Key, g => g.Sum(l => Money.Convert(l.Amount, l.From, l.FromRate, l.To, l.ToRate)));
    }

    private static async Task<Dictionary<long, DateTimeOffset>> ChangedAsync(CrmDbContext db, List<long> ids,
        CancellationToken cancellationToken)
    {
        var last = await db.AuditEntries.Where(e => e.EntityType == nameof(Order) && ids.Contains(e.EntityId)
            && e.Action != AuditAction.Viewed).GroupBy(e => e.EntityId).Select(g => g.Max(e => e.Id)).ToListAsync(cancellationToken);
        return await db.AuditEntries.Where(e => last.Contains(e.Id))
            .Select(e => new { e.EntityId, e.ChangeSet!.At }).ToDictionaryAsync(e => e.EntityId, e => e.At, cancellationToken);
    }
}
