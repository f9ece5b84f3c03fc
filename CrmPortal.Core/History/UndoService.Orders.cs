using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.History;

/// <content>Taking steps of many orders back, with the points that follow from them.</content>
public sealed partial class UndoService
{
    /// <summary>Reads the orders of a batch, and what was refunded of them, at once.</summary>
    private static async Task PreloadOrdersAsync(CrmDbContext db, List<AuditEntry> entries, CancellationToken cancellationToken)
    {
        var ids = entries.Where(OrderUndo.IsStep).Select(e => e.EntityId).Distinct().ToList();
        await db.Orders.Where(o => ids.Contains(o.Id)).LoadAsync(cancellationToken);
        await db.RefundLines.Where(l => ids.Contains(l.OrderId!.Value)).LoadAsync(cancellationToken);
    }

    /// <summary>The orders that count now and did not before, or the other way round.</summary>
    private static List<long> Recounted(CrmDbContext db) => [.. db.ChangeTracker.Entries<Order>()
        .Where(e => e.State == EntityState.Modified
            && OrderUndo.Counts(e.Property(o => o.Status).OriginalValue) != OrderUndo.Counts(e.Entity.Status))
        .Select(e => e.Entity.Id)];

    /// <summary>Books what follows for points, under a change set of its own: bookings stay when the undoing is undone.</summary>
    private async Task SettleOrdersAsync(CrmDbContext db, List<long> ids, UndoOperation undo, CancellationToken cancellationToken)
    {
        if (ids.Count == 0) return;
        db.BeginChangeSet("loyalty.earn");
        var points = new OrderPoints(db, provider, undo.Grant.Actor, shop.Value, clock.GetUtcNow());
        foreach (var id in ids.Order())
        {
            var status = await db.Orders.Where(o => o.Id == id).Select(o => o.Status).FirstAsync(cancellationToken);
            // The same points again, with the days they had left, rather than new ones.
            if (OrderUndo.Counts(status)) await points.RestoreAsync(id, cancellationToken);
            await points.SettleAsync(id, cancellationToken);
        }
    }
}
