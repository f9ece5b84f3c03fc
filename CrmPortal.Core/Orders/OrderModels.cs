namespace CrmPortal.Core.Orders;

public enum OrderSort { Placed, Total }

/// <summary>Which orders a list shows, and in which order.</summary>
/// <param name="Search">An order's number, complete or its beginning.</param>
/// <param name="Filter">The text form of <see cref="Filtering.FilterExpression"/>.</param>
public sealed record OrderQuery(string? Search = null, string? Filter = null, OrderSort Sort = OrderSort.Placed, bool Descending = true);

/// <summary>Who bought. Without a name, and without the right to see more, he is shown by his number.</summary>
/// <param name="IsInTrash">Whether his page cannot be opened.</param>
public sealed record OrderCustomer(long Id, string Name, bool IsInTrash);

/// <summary>A line of the list of orders; the total in minor units of <paramref name="Currency"/>.</summary>
/// <param name="Name">The number that people call the order by.</param>
/// <param name="Customer">Null for an anonymous order.</param>
/// <param name="FirstProduct">What stands in its first line.</param>
public sealed record OrderRow(
    long Id, string Name, DateTimeOffset PlacedAt, OrderCustomer? Customer, int LineCount, string? FirstProduct, OrderStatus Status, string? Channel, long Total, string Currency);

/// <summary>A product that was bought or came back; the price in 1/10,000 of the currency, the amount in its minor units.</summary>
/// <param name="Order">The order that a returned product was bought in, where that is known.</param>
public sealed record OrderLineDetails(long Id, string ProductCode, string Name, int Quantity, long UnitPrice, long Amount, OrderLink? Order = null);

public sealed record OrderLink(long Id, string Name);

/// <summary>Money given back, with its lines.</summary>
public sealed record RefundDetails(long Id, string Name, DateTimeOffset RefundedAt, long Amount, string Currency, string? Reason, IReadOnlyList<OrderLineDetails> Lines);

/// <summary>An order with its lines and the refunds of which a line came from it.</summary>
/// <param name="Rate">What one unit of the currency cost in the shop's base currency that day; null where it is the base currency.</param>
/// <param name="BaseTotal">The total in minor units of the shop's base currency.</param>
public sealed record OrderDetails(
    long Id, string Name, string? ExternalId, string? Channel, OrderStatus Status, DateTimeOffset PlacedAt, OrderCustomer? Customer, string Currency, decimal? Rate, long Total, long BaseTotal,
    IReadOnlyList<OrderLineDetails> Lines, IReadOnlyList<RefundDetails> Refunds);

/// <summary>An order or a refund in a customer's stream; the amount in minor units of <paramref name="Currency"/>, positive for both.</summary>
/// <param name="Status">Null for a refund.</param>
/// <param name="Orders">The orders that a refund's products were bought in, where known.</param>
public sealed record CustomerPurchase(
    bool IsRefund, long Id, string Name, DateTimeOffset At, OrderStatus? Status, string? Channel, string? Reason, long Amount, string Currency, IReadOnlyList<OrderLineDetails> Lines, IReadOnlyList<OrderLink> Orders);
