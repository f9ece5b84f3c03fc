using System.ComponentModel;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.Orders;

/// <summary>To whom an order belongs.</summary>
internal sealed record MatchInput
{
    [Description("The customer's id; null unassigns the order. If absent, the customer is looked up.")]
    public Optional<long?> CustomerId { get; init; }
}

/// <summary>A line of the list.</summary>
internal sealed record OrderItem(long Id, string Number, DateTimeOffset PlacedAt, long? CustomerId, string? CustomerName,
    OrderStatus Status, string? Channel, int LineCount, decimal Total, string Currency)
{
    public static OrderItem Of(OrderRow row) =>
        new(row.Id, row.Name, row.PlacedAt, row.Customer?.Id, row.Customer?.Name, row.Status, row.Channel, row.LineCount,
            Money.ToDecimal(row.Total, row.Currency), row.Currency);
}

/// <summary>An order in full; amounts are in major units of its currency.</summary>
internal sealed record OrderAnswer
{
    public required long Id { get; init; }

    [Description("The order number shown to people: the external id, or a generated number.")]
    public required string Number { get; init; }

    public required string? ExternalId { get; init; }
    public required OrderStatus Status { get; init; }
    public required string? Channel { get; init; }
    public required DateTimeOffset PlacedAt { get; init; }
    public required long? CustomerId { get; init; }
    public required string? CustomerName { get; init; }
    public required string? LoyaltyCard { get; init; }
    public required string? Email { get; init; }
    public required string? Phone { get; init; }
    public required string? PaymentMethod { get; init; }
    public required OrderAddress? ShippingAddress { get; init; }
    public required OrderAddress? BillingAddress { get; init; }
    public required bool IsMasked { get; init; }
    public required string Currency { get; init; }
    public required decimal? Rate { get; init; }
    public required decimal Total { get; init; }

    [Description("The total in the shop's base currency.")]
    public required decimal BaseTotal { get; init; }

    public required decimal Refunded { get; init; }

    [Description("Points that the order earned, less reversals.")]
    public required long Points { get; init; }

    public required IReadOnlyList<OrderLineAnswer> Lines { get; init; }
    public required IReadOnlyList<RefundAnswer> Refunds { get; init; }
    public required long Version { get; init; }

    /// <param name="currency">The shop's base currency.</param>
    public static OrderAnswer Of(OrderDetails o, string currency) => new()
    {
        Id = o.Id, Number = o.Name, ExternalId = o.ExternalId, Status = o.Status, Channel = o.Channel, PlacedAt = o.PlacedAt,
            CustomerId = o.Customer?.Id, CustomerName = o.Customer?.Name,
        LoyaltyCard = o.Contact.LoyaltyCard, Email = o.Contact.Email, Phone = o.Contact.Phone, PaymentMethod = o.PaymentMethod,
            ShippingAddress = o.ShippingAddress, BillingAddress = o.BillingAddress, IsMasked = o.IsMasked,
        Currency = o.Currency, Rate = o.Rate, Total = Money.ToDecimal(o.Total, o.Currency),
            BaseTotal = Money.ToDecimal(o.BaseTotal, currency), Refunded = Money.ToDecimal(o.Refunded, o.Currency),
        Points = o.Points.Earned - o.Points.Reversed, Lines = [.. o.Lines.Select(l => OrderLineAnswer.Of(l, o.Currency))],
            Refunds = [.. o.Refunds.Select(RefundAnswer.Of)], Version = o.Version,
    };
}

/// <summary>A product that was bought.</summary>
/// <param name="QuantityLeft">How many did not come back.</param>
/// <param name="AmountLeft">What was not refunded.</param>
internal sealed record OrderLineAnswer(
    long Id, string ProductCode, string Name, string? Category, string? Brand, int Quantity, decimal UnitPrice, decimal Discount,
        decimal Tax, decimal Amount, int QuantityLeft, decimal AmountLeft)
{
    public static OrderLineAnswer Of(OrderLineDetails l, string currency) => new(
        l.Id, l.ProductCode, l.Name, l.Category, l.Brand, l.Quantity, l.UnitPrice / (decimal)Money.PriceScale,
            Money.ToDecimal(l.Discount, currency), Money.ToDecimal(l.Tax, currency), Money.ToDecimal(l.Amount, currency),
        l.QuantityLeft, Money.ToDecimal(l.AmountLeft, currency));
}

/// <summary>Money given back; amounts are in major units of its currency.</summary>
internal sealed record RefundAnswer(long Id, string Number, string? ExternalId, DateTimeOffset RefundedAt, decimal Amount, string Currency,
    string? Reason, bool IsReturn, IReadOnlyList<RefundLineAnswer> Lines)
{
    public static RefundAnswer Of(RefundDetails r) => new(
        r.Id, r.Name, r.ExternalId, r.RefundedAt, Money.ToDecimal(r.Amount, r.Currency), r.Currency, r.Reason, r.IsReturn,
        [.. r.Lines.Select(l => new RefundLineAnswer(l.OrderLineId, l.ProductCode, l.Name, l.Quantity,
            Money.ToDecimal(l.Amount, r.Currency)))]);
}

/// <summary>A product that came back.</summary>
/// <param name="LineId">The order's line, where it is known.</param>
internal sealed record RefundLineAnswer(long? LineId, string ProductCode, string Name, int Quantity, decimal Amount);
