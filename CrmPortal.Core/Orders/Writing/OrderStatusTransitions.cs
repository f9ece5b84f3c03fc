using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Orders;

/// <summary>Which status may follow which.</summary>
public static class OrderStatusTransitions
{
    private static readonly Dictionary<OrderStatus, OrderStatus[]> Allowed = new()
    {
        [OrderStatus.Pending] = [OrderStatus.Paid, OrderStatus.Cancelled],
        [OrderStatus.Paid] = [OrderStatus.Shipped, OrderStatus.Cancelled],
        [OrderStatus.Shipped] = [OrderStatus.Delivered, OrderStatus.Cancelled],
        [OrderStatus.Delivered] = [OrderStatus.Completed],
        [OrderStatus.Completed] = [],
        [OrderStatus.Cancelled] = [],
    };

    /// <summary>What may follow, the usual next status first.</summary>
    public static IReadOnlyList<OrderStatus> From(OrderStatus status) => Allowed[status];

    /// <exception cref="RuleViolationException">The one status does not follow the other.</exception>
    internal static void Demand(OrderStatus from, OrderStatus to)
    {
        if (!Allowed[from].Contains(to))
            throw new RuleViolationException(nameof(OrderInput.Status), "An order that is {0} cannot become {1}.", from.ToString()
            .ToLowerInvariant(), to.ToString().ToLowerInvariant());
    }
}
