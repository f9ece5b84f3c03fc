using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Orders;

public enum OrderStatus { Pending, Paid, Shipped, Delivered, Completed, Cancelled }

/// <summary>A purchase. One without a customer is anonymous: bought without giving a name.</summary>
[AuditName("Order", Label = "Order", PluralLabel = "Orders", Permission = Permissions.OrdersView)]
[OpenFields("CustomerId", "ExternalId", "Channel", "Status", "PlacedAt", "Currency", "Rate", "Total", "BaseTotal", "PaymentMethod",
    "LoyaltyCard")]
public sealed class Order : ICustomerLinked, IVersioned
{
    public const int ExternalIdLength = 100;
    public const int ChannelLength = 40;
    public const int PaymentLength = 40;
    public const int ContactLength = 254;

    /// <summary>The orders that count in a customer's statistics: those that were paid.</summary>
    public static readonly IReadOnlyList<OrderStatus> CountedStatuses = [OrderStatus.Paid, OrderStatus.Shipped, OrderStatus.Delivered,
        OrderStatus.Completed];

    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long? CustomerId { get; set; }
    public Customer? Customer { get; set; }

    /// <summary>The number that the selling system gave; unique.</summary>
    [AuditLabel("External id")] public string? ExternalId { get; set; }

    /// <summary>Where it was sold, such as <c>web</c> or <c>shop</c>.</summary>
    [AuditLabel("Channel")] public string? Channel { get; set; }

    [AuditLabel("Status")] public OrderStatus Status { get; set; }
    [AuditLabel("Placed")] public DateTimeOffset PlacedAt { get; set; }

    /// <summary>ISO 4217.</summary>
    [AuditLabel("Currency")] public required string Currency { get; set; }

    /// <summary>
    /// What one unit of <see cref="Currency"/> cost in the shop's base currency that day; null where it is the base currency.
    /// </summary>
    [AuditLabel("Rate")] public decimal? Rate { get; set; }

    /// <summary>The sum of the lines, in minor units of <see cref="Currency"/>.</summary>
    [AuditLabel("Total")] public long Total { get; set; }

    /// <summary>The total in minor units of the shop's base currency.</summary>
    [AuditLabel("Total in base currency")] public long BaseTotal { get; set; }

    /// <summary>How it was paid, such as <c>card</c> or <c>cash</c>.</summary>
    [AuditLabel("Payment")] public string? PaymentMethod { get; set; }

    /// <summary>Where it was sent, as the address was that day.</summary>
    [Sensitive, AuditLabel("Shipping address")] public OrderAddress? ShippingAddress { get; set; }

    /// <summary>Where the invoice went, as the address was that day.</summary>
    [Sensitive, AuditLabel("Billing address")] public OrderAddress? BillingAddress { get; set; }

    /// <summary>The loyalty card that was shown, by which the customer is found.</summary>
    [AuditLabel("Loyalty card")] public string? LoyaltyCard { get; set; }

    /// <summary>The e-mail that the selling system gave, by which the customer is found.</summary>
    [Sensitive, AuditLabel("E-mail given with the order")] public string? ContactEmail { get; set; }

    /// <summary>The phone that it gave, in E.164.</summary>
    [Sensitive, AuditLabel("Phone given with the order")] public string? ContactPhone { get; set; }

    public long Version { get; set; }
    public List<OrderLine> Lines { get; } = [];

    /// <summary>What people call the order: the number of the selling system, else one of our own.</summary>
    public string Name => NameOf(Id, ExternalId);

    /// <summary>The key in a number of our own, or 0 where it is none.</summary>
    internal static long IdOf(string name) =>
        name.StartsWith("O-", StringComparison.OrdinalIgnoreCase)
            && long.TryParse(name.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;

    internal static string NameOf(long id, string? externalId) => externalId ?? string.Create(CultureInfo.InvariantCulture, $"O-{id}");
}
