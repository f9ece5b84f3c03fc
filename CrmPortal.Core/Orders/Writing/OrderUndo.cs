using System.Text.Json;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Orders;

/// <summary>The payment of an order is not taken back once money of it was given back.</summary>
internal sealed class OrderUndo : UndoRule<Order>
{
    /// <summary>Whether a change moved an order to another status.</summary>
    public static bool IsStep(AuditEntry entry) => entry.EntityType == nameof(Order) && entry.Action == AuditAction.Updated
        && entry.Values is not null && entry.Fields.Split(' ').Contains(nameof(Order.Status));

    // The refunds of the orders were read with them.
    protected override UndoOutcome TakeBack(UndoStep step, Order? row) =>
        row is not null && IsStep(step.Entry) && Counts(row.Status) && !Counts(Before(step.Entry))
            && step.Db.RefundLines.Local.Any(l => l.OrderId == row.Id) ? UndoOutcome.Kept : UndoOutcome.Usual;

    public static bool Counts(OrderStatus? status) => status is { } known && Order.CountedStatuses.Contains(known);

    private static OrderStatus? Before(AuditEntry entry)
    {
        using var values = JsonDocument.Parse(entry.Values!);
        return values.RootElement.TryGetProperty(nameof(Order.Status), out var status)
            && Enum.TryParse<OrderStatus>(status[0].ToString(), true, out var before) ? before : null;
    }
}
