using System.Text.Json;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <content>Taking back the last step of an order, or a refund that was entered by mistake.</content>
public sealed partial class OrderService
{
    internal const string RefundUndoKind = "order.refund.undo";

    /// <summary>
    /// Takes the last step of an order back, such as a payment that was noted by mistake: it has the status again that it had, with what
    /// follows for points and figures. Null where there is no such order.
    /// </summary>
    /// <param name="expectedVersion">Of the order as the step left it; any change since is a conflict.</param>
    /// <exception cref="RuleViolationException">The last change was no step, or money was given back since.</exception>
    /// <exception cref="ConcurrencyConflictException">Somebody changed the order since.</exception>
    public async Task<OrderChangeResult?> TakeBackStepAsync(long id, long expectedVersion, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.OrdersEdit, cancellationToken);
        return await RetriedAsync(() => TakeBackOnceAsync(grant, id, expectedVersion, cancellationToken));
    }

    private async Task<OrderChangeResult?> TakeBackOnceAsync(Grant grant, long id, long expectedVersion,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("order.edit");
        if (await LockAsync(db, id, null, cancellationToken) is not { } order) return null;
        if (expectedVersion != order.Version) throw new ConcurrencyConflictException([], order.Version, null, null);
        var last = await db.AuditEntries.AsNoTracking().Where(e => e.EntityType == nameof(Order) && e.EntityId == id
            && e.Action == AuditAction.Updated).OrderByDescending(e => e.Id)
            .Select(e => new { e.Values, e.ChangeSetId }).FirstOrDefaultAsync(cancellationToken);
        if (StatusBefore(last?.Values, order.Status) is not { } before)
            throw new RuleViolationException("", "There is no status change of this order to undo.");
        var wasCounted = IsCounted(order);
        order.Status = before;
        if (wasCounted && !IsCounted(order) && await db.RefundLines.AnyAsync(l => l.OrderId == id, cancellationToken))
            throw new RuleViolationException("", "Part of this order was refunded; its payment cannot be undone.");
        await db.SaveChangesAsync(cancellationToken);
        if (!wasCounted && IsCounted(order))
            await loyalty.RestoreAsync(db, grant.Actor, id, last!.ChangeSetId, cancellationToken);
        if (wasCounted != IsCounted(order)) await SettleAsync(db, grant, order, [order.CustomerId], cancellationToken);
        var details = await DetailsAsync(db, grant, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(details!, false, true);
    }

    /// <summary>
    /// Takes back a refund that was entered by mistake: it is gone, and the points that it took are there again. Its history stays in
    /// the audit. Null where the order has no such refund.
    /// </summary>
    /// <param name="expectedVersion">Of the order as it was seen; any change since is a conflict.</param>
    /// <exception cref="RuleViolationException">The refund is of other orders as well.</exception>
    /// <exception cref="ConcurrencyConflictException">Somebody changed the order since.</exception>
    public async Task<OrderChangeResult?> TakeBackRefundAsync(long orderId, long refundId, long expectedVersion,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.OrdersRefund, cancellationToken);
        return await RetriedAsync(() => TakeBackRefundOnceAsync(grant, orderId, refundId, expectedVersion, cancellationToken));
    }

    private async Task<OrderChangeResult?> TakeBackRefundOnceAsync(Grant grant, long orderId, long refundId, long expectedVersion,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet(RefundUndoKind);
        if (await LockAsync(db, orderId, null, cancellationToken) is not { } order) return null;
        var refund = await db.Refunds.Include(r => r.Lines).FirstOrDefaultAsync(r => r.Id == refundId
            && r.Lines.Any(l => l.OrderId == orderId), cancellationToken);
        if (expectedVersion != order.Version) throw new ConcurrencyConflictException([], order.Version, null, null);
        if (refund is null) return null;
        if (refund.Lines.Exists(l => l.OrderId != orderId))
            throw new RuleViolationException("", "This refund includes products of other orders; it cannot be undone here.");
        db.RefundLines.RemoveRange(refund.Lines);
        db.Refunds.Remove(refund);
        await db.SaveChangesAsync(cancellationToken);
        // The order's own row stays as it is; its history says what happened to it all the same.
        db.AuditEntries.Add(new AuditEntry
        {
            ChangeSet = await db.StartChangeSetAsync(cancellationToken), EntityType = AuditNames.Of(typeof(Order)), EntityId = orderId,
            CustomerId = order.CustomerId, Action = AuditAction.Updated,
        });
        long[] touched = [.. new[] { refund.CustomerId, order.CustomerId }.OfType<long>().Distinct()];
        await OrderStatistics.RefreshAsync(db, touched, cancellationToken);
        await loyalty.RestoreRefundedAsync(db, grant.Actor, orderId, cancellationToken);
        await db.Orders.Where(o => o.Id == orderId)
            .ExecuteUpdateAsync(o => o.SetProperty(x => x.Version, x => x.Version + 1), cancellationToken);
        await TellAsync(db, grant, order, touched, nameof(Refund), cancellationToken);
        var details = await DetailsAsync(db, grant, orderId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(details!, false, true);
    }

    /// <summary>The status before the change that led to the present one; null where that was another change.</summary>
    private static OrderStatus? StatusBefore(string? values, OrderStatus present)
    {
        if (values is null) return null;
        using var changed = JsonDocument.Parse(values);
        return changed.RootElement.TryGetProperty(nameof(Order.Status), out var status) && Read(status[1]) == present ? Read(status[0])
            : null;

        static OrderStatus? Read(JsonElement value) => Enum.TryParse<OrderStatus>(value.ToString(), true, out var status) ? status : null;
    }
}
