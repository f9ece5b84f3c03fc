using System.ComponentModel;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Orders;

/// <summary>What may be said of an order; what is absent stays as it is.</summary>
public sealed record OrderInput
{
    /// <summary>The number in the selling system; unique.</summary>
    [Description("The number in your system; unique. If an order with it exists, that order is changed instead.")]
    public Optional<string?> ExternalId { get; init; }

    [Description("Where it was sold, such as web or shop.")]
    public Optional<string?> Channel { get; init; }
    [Description("pending, paid, shipped, delivered, completed or cancelled; an existing order moves one step at a time.")]
    public Optional<OrderStatus> Status { get; init; }

    /// <summary>When it was placed; now, without it.</summary>
    [Description("When the order was placed; defaults to now.")]
    public Optional<DateTimeOffset?> PlacedAt { get; init; }

    /// <summary>ISO 4217; the shop's base currency, without it.</summary>
    [Description("ISO 4217; defaults to the shop's base currency.")]
    public Optional<string?> Currency { get; init; }

    /// <summary>What one unit of the currency cost in the base currency that day; demanded for any other than the base currency.</summary>
    [Description("What one unit of the currency was worth in the shop's base currency on that day; required for any other currency.")]
    public Optional<decimal?> Rate { get; init; }

    public Optional<string?> PaymentMethod { get; init; }
    public Optional<OrderAddress?> ShippingAddress { get; init; }
    public Optional<OrderAddress?> BillingAddress { get; init; }

    /// <summary>Who bought; without them they are looked for by card, e-mail and phone.</summary>
    [Description("The customer; without it, they are looked up by loyalty_card, email and phone.")]
    public Optional<long?> CustomerId { get; init; }

    public Optional<string?> LoyaltyCard { get; init; }
    public Optional<string?> Email { get; init; }
    public Optional<string?> Phone { get; init; }
    [Description("The products bought, 1 to 500 lines; can be changed while the order is pending.")]
    public Optional<IReadOnlyList<OrderLineInput>?> Lines { get; init; }
}

/// <summary>A product that is bought; amounts in major units of the order's currency.</summary>
public sealed record OrderLineInput
{
    /// <summary>The article number; a product that is not known yet is added.</summary>
    [Description("The product code; an unknown product is added.")]
    public string? ProductCode { get; init; }

    /// <summary>What the receipt says; a new product gets it as its name.</summary>
    [Description("The product name on the receipt.")]
    public string? Name { get; init; }

    /// <summary>Of a product that is new.</summary>
    public string? Category { get; init; }

    /// <summary>Of a product that is new.</summary>
    public string? Brand { get; init; }

    public long Quantity { get; init; } = 1;
    [Description("In major units of the currency, with at most four decimals.")]
    public decimal? UnitPrice { get; init; }

    /// <summary>What is taken off the line.</summary>
    [Description("The discount on the line.")]
    public decimal Discount { get; init; }

    /// <summary>Tax that comes on top; 0 where prices hold it.</summary>
    [Description("Tax on top of the price; 0 if prices include it.")]
    public decimal Tax { get; init; }
}

/// <summary>Money to be given back.</summary>
public sealed record RefundInput
{
    /// <summary>The number in the selling system; the same refund twice is one.</summary>
    public string? ExternalId { get; init; }

    public string? Reason { get; init; }

    /// <summary>Whether the goods came back.</summary>
    public bool IsReturn { get; init; }

    /// <summary>What is refunded; without it, all that is left of the order.</summary>
    [Description("What to refund; defaults to everything that is left of the order.")]
    public IReadOnlyList<RefundLineInput>? Lines { get; init; }
}

/// <summary>A line of an order that is refunded in part or in full.</summary>
public sealed record RefundLineInput
{
    /// <summary>The key of the order's line.</summary>
    [Description("The id of the order's line.")]
    public long LineId { get; init; }

    /// <summary>How many are refunded; 0 where only money is given.</summary>
    public long Quantity { get; init; }

    /// <summary>In major units of the order's currency; without it, what so many cost.</summary>
    [Description("In major units of the currency; defaults to the price of the quantity.")]
    public decimal? Amount { get; init; }
}

/// <summary>An order as it is after a change.</summary>
/// <param name="IsChanged">False where everything was so before.</param>
public sealed record OrderChangeResult(OrderDetails Order, bool IsCreated, bool IsChanged);

/// <summary>A refund, with the order as it is after it.</summary>
/// <param name="IsRepeat">Whether it had been made before under the same external id.</param>
public sealed record OrderRefunded(OrderDetails Order, RefundDetails Refund, bool IsRepeat);
