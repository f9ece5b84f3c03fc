using System.Text.Json;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <content>Taking the last step of an order back.</content>
public sealed partial class OrderService
{
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
            .Select(e => e.Values).FirstOrDefaultAsync(cancellationToken);
        if (StatusBefore(last, order.Status) is not { } before)
            throw new RuleViolationException("", "There is no status change of this order to undo.");
        var wasCounted = IsCounted(order);
        order.Status = before;
        if (wasCounted && !IsCounted(order) && await db.RefundLines.AnyAsync(l => l.OrderId == id, cancellationToken))
            throw new RuleViolationException("", "Part of this order was refunded; its payment cannot be undone.");
        await db.SaveChangesAsync(cancellationToken);
        if (wasCounted != IsCounted(order)) await SettleAsync(db, grant, order, [order.CustomerId], cancellationToken);
        var details = await DetailsAsync(db, grant, id, cancellationToken);
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
