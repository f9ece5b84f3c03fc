using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <content>Moving many orders to another status.</content>
public sealed partial class OrderService
{
    /// <summary>
    /// Moves those of some orders to a status whose present one leads there, in the caller's transaction and change set; the others stay as
    /// they are, and so does, of what is to be cancelled, an order of which money was given back.
    /// </summary>
    /// <returns>How many were moved, and the change set of it.</returns>
    /// <exception cref="DbUpdateConcurrencyException">Somebody changed one of them at this moment; it can be asked again.</exception>
    internal async Task<(int Moved, long? ChangeSetId)> MoveManyAsync(CrmDbContext db, Grant grant, IReadOnlyList<long> ids,
        OrderStatus status, CancellationToken cancellationToken)
    {
        var buyers = await db.Orders.Where(o => ids.Contains(o.Id) && o.CustomerId != null).Select(o => o.CustomerId!.Value).Distinct()
            .ToListAsync(cancellationToken);
        if (buyers.Count > 0) await loyalty.LockAsync(db, buyers, cancellationToken);
        // As for one order: those without a customer have no other lock than their own row.
        await db.Orders.Where(o => ids.Contains(o.Id)).ExecuteUpdateAsync(o => o.SetProperty(x => x.Version, x => x.Version),
            cancellationToken);
        var orders = await db.Orders.Where(o => ids.Contains(o.Id)).OrderBy(o => o.Id).ToListAsync(cancellationToken);
        if (orders.Any(o => o.CustomerId is { } buyer && !buyers.Contains(buyer)))
            throw new DbUpdateConcurrencyException("An order went to another customer at this moment.");
        var refunded = status != OrderStatus.Cancelled ? [] : await db.RefundLines.Where(l => ids.Contains(l.OrderId!.Value))
            .Select(l => l.OrderId!.Value).Distinct().ToListAsync(cancellationToken);
        var moved = orders.FindAll(o => OrderStatusTransitions.From(o.Status).Contains(status) && !refunded.Contains(o.Id));
        if (moved.Count == 0) return (0, null);
        var settled = moved.FindAll(o => IsCounted(o) != Order.CountedStatuses.Contains(status));
        foreach (var order in moved) order.Status = status;
        await db.SaveChangesAsync(cancellationToken);
        var changeSet = db.LastChangeSetId;
        if (settled.Count == 0) return (moved.Count, changeSet);

        // Points are booked under a change set of their own: undoing gives the orders their status back, and books again what follows.
        db.BeginChangeSet("loyalty.earn");
        var touched = settled.Select(o => o.CustomerId).OfType<long>().Distinct().ToList();
        await OrderStatistics.RefreshAsync(db, touched, cancellationToken);
        foreach (var order in settled) await loyalty.SettleAsync(db, grant.Actor, order.Id, cancellationToken);
        await TellAsync(db, grant, settled[0], touched, nameof(Order), cancellationToken);
        return (moved.Count, changeSet);
    }
}
