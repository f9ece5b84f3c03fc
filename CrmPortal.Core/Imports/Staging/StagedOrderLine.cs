using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Imports;

/// <summary>A line of an order or of a refund, with what its row says about the order and the customer.</summary>
internal sealed record StagedOrderLine
{
    public required string Order { get; init; }
    public bool IsRefund { get; init; }
    public DateTimeOffset At { get; init; }
    public OrderStatus? Status { get; init; }
    public string? Channel { get; init; }
    public string? Currency { get; init; }
    public decimal? Rate { get; init; }
    public required string Product { get; init; }
    public string? Description { get; init; }
    public string? Category { get; init; }
    public string? Brand { get; init; }
    public int Quantity { get; init; }

    /// <summary>In 1/10,000 of the currency.</summary>
    public long UnitPrice { get; init; }

    /// <summary>In minor units of the currency.</summary>
    public long Discount { get; init; }

    /// <summary>In minor units of the currency; comes on top.</summary>
    public long Tax { get; init; }

    /// <summary>What was taken off the whole order, in minor units; it is spread over the lines.</summary>
    public long OrderDiscount { get; init; }

    /// <summary>How the order was paid.</summary>
    public string? Payment { get; init; }

    /// <summary>Whether all of the order was given back.</summary>
    public bool IsGivenBack { get; init; }

    /// <summary>Null for an anonymous sale.</summary>
    public StagedCustomer? Customer { get; init; }

    /// <summary>What the line comes to, in minor units.</summary>
    public long Amount(string currency) => Money.LineAmount(Quantity, UnitPrice, currency) - Discount + Tax;
}
