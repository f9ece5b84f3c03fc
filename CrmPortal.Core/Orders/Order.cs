using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Orders;

public enum OrderStatus { Pending, Paid, Shipped, Delivered, Completed, Cancelled }

/// <summary>A purchase. One without a customer is anonymous: bought without giving a name.</summary>
[AuditName("Order", Permission = Permissions.OrdersView)]
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
    public long? CustomerId { get; set; }
    public Customer? Customer { get; set; }

    /// <summary>The number that the selling system gave; unique.</summary>
    public string? ExternalId { get; set; }

    /// <summary>Where it was sold, such as <c>web</c> or <c>shop</c>.</summary>
    public string? Channel { get; set; }

    public OrderStatus Status { get; set; }
    public DateTimeOffset PlacedAt { get; set; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; set; }

    /// <summary>
    /// What one unit of <see cref="Currency"/> cost in the shop's base currency that day; null where it is the base currency.
    /// </summary>
    public decimal? Rate { get; set; }

    /// <summary>The sum of the lines, in minor units of <see cref="Currency"/>.</summary>
    public long Total { get; set; }

    /// <summary>The total in minor units of the shop's base currency.</summary>
    public long BaseTotal { get; set; }

    /// <summary>How it was paid, such as <c>card</c> or <c>cash</c>.</summary>
    public string? PaymentMethod { get; set; }

    /// <summary>Where it was sent, as the address was that day.</summary>
    [Sensitive] public OrderAddress? ShippingAddress { get; set; }

    /// <summary>Where the invoice went, as the address was that day.</summary>
    [Sensitive] public OrderAddress? BillingAddress { get; set; }

    /// <summary>The loyalty card that was shown, by which the customer is found.</summary>
    public string? LoyaltyCard { get; set; }

    /// <summary>The e-mail that the selling system gave, by which the customer is found.</summary>
    [Sensitive] public string? ContactEmail { get; set; }

    /// <summary>The phone that it gave, in E.164.</summary>
    [Sensitive] public string? ContactPhone { get; set; }

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
