using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Orders;

public enum OrderSort { Placed, Total }

/// <summary>Which orders a list shows, and in which order.</summary>
/// <param name="Search">An order's number, complete or its beginning; a customer as in the list of customers; or a product's code or
/// name.</param>
/// <param name="Filter">The text form of <see cref="Filtering.FilterExpression"/>.</param>
/// <param name="CustomerId">Where set, only orders of this customer.</param>
public sealed record OrderQuery(string? Search = null, string? Filter = null, OrderSort Sort = OrderSort.Placed, bool Descending = true,
    long? CustomerId = null)
{
    /// <summary>By what those are sorted that are equal so far; for lists of at most <see cref="SecondOrder.MostRows"/>.</summary>
    public OrderSort? Then { get; init; }

    public bool ThenDescending { get; init; }

    internal ListOrder<OrderSort> Order => new(Sort, Descending, Then, ThenDescending);
}

/// <summary>Who bought. Without a name, and without the right to see more, they are shown by their number.</summary>
/// <param name="IsInTrash">Whether their page cannot be opened.</param>
public sealed record OrderCustomer(long Id, string Name, bool IsInTrash);

/// <summary>A line of the list of orders; the total in minor units of <paramref name="Currency"/>.</summary>
/// <param name="Name">The number that people call the order by.</param>
/// <param name="Customer">Null for an anonymous order.</param>
/// <param name="FirstProduct">What is in its first line.</param>
public sealed record OrderRow(
    long Id, string Name, DateTimeOffset PlacedAt, OrderCustomer? Customer, int LineCount, string? FirstProduct, OrderStatus Status,
        string? Channel, long Total, string Currency)
{
    /// <summary>How many pieces its lines have together.</summary>
    public long Pieces { get; init; }

    public string? PaymentMethod { get; init; }

    /// <summary>Where it was sent.</summary>
    public string? City { get; init; }

    /// <summary>ISO 3166-1 of where it was sent.</summary>
    public string? Country { get; init; }

    /// <summary>What came back of it, in minor units of its currency, where <see cref="OrderRowParts.Refunded"/> was asked for.</summary>
    public long Refunded { get; init; }

    /// <summary>When it was last changed, where that is recorded and <see cref="OrderRowParts.Changed"/> was asked for.</summary>
    public DateTimeOffset? ChangedAt { get; init; }
}

/// <summary>What is read for a list of orders only where it is shown.</summary>
[Flags]
public enum OrderRowParts { None = 0, Refunded = 1, Changed = 2 }

/// <summary>A product that was bought or came back; the price in 1/10,000 of the currency, the amount in its minor units.</summary>
/// <param name="Order">The order that a returned product was bought in, where that is known.</param>
public sealed record OrderLineDetails(long Id, string ProductCode, string Name, int Quantity, long UnitPrice, long Amount,
    OrderLink? Order = null)
{
    /// <summary>What was taken off, in minor units.</summary>
    public long Discount { get; init; }

    /// <summary>Tax on top, in minor units.</summary>
    public long Tax { get; init; }

    public string? Category { get; init; }
    public string? Brand { get; init; }

    /// <summary>Of a bought line: how many did not come back yet.</summary>
    public int QuantityLeft { get; init; }

    /// <summary>Of a bought line: what was not refunded yet, in minor units.</summary>
    public long AmountLeft { get; init; }

    /// <summary>Of a refunded line: the line that it was bought in, where that is known.</summary>
    public long? OrderLineId { get; init; }
}

public sealed record OrderLink(long Id, string Name);

/// <summary>Money given back, with its lines.</summary>
public sealed record RefundDetails(long Id, string Name, DateTimeOffset RefundedAt, long Amount, string Currency, string? Reason,
    IReadOnlyList<OrderLineDetails> Lines)
{
    public string? ExternalId { get; init; }

    /// <summary>Whether the goods came back.</summary>
    public bool IsReturn { get; init; }
}

/// <summary>An order with its lines and the refunds of which a line came from it.</summary>
/// <param name="Rate">What one unit of the currency cost in the shop's base currency that day; null where it is the base currency.</param>
/// <param name="BaseTotal">The total in minor units of the shop's base currency.</param>
public sealed record OrderDetails(
    long Id, string Name, string? ExternalId, string? Channel, OrderStatus Status, DateTimeOffset PlacedAt, OrderCustomer? Customer,
        string Currency, decimal? Rate, long Total, long BaseTotal,
    IReadOnlyList<OrderLineDetails> Lines, IReadOnlyList<RefundDetails> Refunds)
{
    public string? PaymentMethod { get; init; }

    /// <summary>Where it was sent; streets are masked for those who may not see them.</summary>
    public OrderAddress? ShippingAddress { get; init; }

    /// <summary>Where the invoice went; streets are masked for those who may not see them.</summary>
    public OrderAddress? BillingAddress { get; init; }

    /// <summary>What the selling system gave of the customer; masked for those who may not see it.</summary>
    public OrderContact Contact { get; init; } = new(null, null, null);

    /// <summary>Who bought, as a card beside the order shows them; null for an anonymous order and for those who may not see
    /// customers.</summary>
    public OrderBuyer? Buyer { get; init; }

    /// <summary>Whether streets, e-mail and phone are masked.</summary>
    public bool IsMasked { get; init; }

    public long Version { get; init; }

    /// <summary>What was refunded of it, in minor units.</summary>
    public long Refunded { get; init; }

    /// <summary>What can still be refunded, in minor units; 0 where it was not paid.</summary>
    public long Refundable { get; init; }

    /// <summary>Points that were booked for it, newest first.</summary>
    public IReadOnlyList<OrderBooking> Bookings { get; init; } = [];

    /// <summary>Points that it earned and that can still be reversed.</summary>
    public OrderPointsLeft Points { get; init; } = new(0, 0);
}

/// <summary>A customer as they stand beside their order; e-mail and phone are masked for those who may not see them.</summary>
/// <param name="Spent">Paid orders less refunds, in minor units of the shop's base currency.</param>
public sealed record OrderBuyer(string Number, long? AvatarId, bool IsVip, string? Email, string? Phone, int Orders, long Spent);

/// <summary>What the selling system gave of the customer.</summary>
public sealed record OrderContact(string? LoyaltyCard, string? Email, string? Phone);

/// <summary>Points booked for an order.</summary>
public sealed record OrderBooking(long Id, DateTimeOffset At, string Reason, long Points);

/// <summary>Points that an order earned, and how many of them were reversed.</summary>
public sealed record OrderPointsLeft(long Earned, long Reversed);

/// <summary>A customer who may have bought.</summary>
/// <param name="Key">By what they were found; null where they were searched for.</param>
public sealed record OrderCandidate(long Id, string Number, string Name, OrderMatchKey? Key);

/// <summary>A product as it is found while typing; the price of its last sale in the currency that was asked for, in 1/10,000.</summary>
public sealed record ProductRow(string Code, string Name, string? Category, string? Brand, long? LastPrice);

/// <summary>
/// An order or a refund in a customer's stream; the amount in minor units of <paramref name="Currency"/>, positive for both.
/// </summary>
/// <param name="Status">Null for a refund.</param>
/// <param name="Orders">The orders that a refund's products were bought in, where known.</param>
public sealed record CustomerPurchase(
    bool IsRefund, long Id, string Name, DateTimeOffset At, OrderStatus? Status, string? Channel, string? Reason, long Amount,
        string Currency, IReadOnlyList<OrderLineDetails> Lines, IReadOnlyList<OrderLink> Orders);
