using CrmPortal.Core.History;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;

namespace CrmPortal.Core.Timeline;

/// <summary>What an entry of an order's timeline is; of one instant, what comes later here is newer.</summary>
public enum OrderMomentKind { Placed, Change, Refund, Points }

/// <summary>Something that happened with an order; what it is stands in the part that fits the kind, the others are null.</summary>
/// <param name="ActorName">Who did it; empty where that is not recorded.</param>
public sealed record OrderMoment(OrderMomentKind Kind, long Id, DateTimeOffset At, string ActorName)
{
    public ActorOrigin? Origin { get; init; }

    /// <summary>Whether the order was entered here by this change.</summary>
    public bool IsCreation { get; init; }

    public OrderStep? Step { get; init; }
    public OrderHandover? Handover { get; init; }

    /// <summary>Other fields of the order and its lines that changed.</summary>
    public IReadOnlyList<HistoryItem> Items { get; init; } = [];

    /// <summary>A refund that was given, or one that was taken back.</summary>
    public OrderRefundMoment? Refund { get; init; }

    public OrderPointsMoment? Points { get; init; }
}

/// <summary>From one status to another.</summary>
public sealed record OrderStep(OrderStatus Before, OrderStatus After);

/// <summary>From one customer to another; null is nobody.</summary>
public sealed record OrderHandover(OrderCustomer? Before, OrderCustomer? After);

/// <param name="Amount">In minor units of <paramref name="Currency"/>.</param>
public sealed record OrderRefundMoment(string Name, long Amount, string Currency, string? Reason, bool IsTakenBack);

/// <param name="Reason">In the words of who booked them, or a key of the texts on screens.</param>
public sealed record OrderPointsMoment(long Points, string Reason);

/// <param name="Next">Where older entries begin, or null at the end.</param>
public sealed record OrderTimelinePage(IReadOnlyList<OrderMoment> Entries, string? Next);
