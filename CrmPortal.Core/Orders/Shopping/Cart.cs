using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Orders;

public enum CartState { Open, Abandoned, Ordered }

/// <summary>What a customer put together and has not bought, or not yet.</summary>
[AuditName("Cart", Permission = Permissions.OrdersView)]
[OpenFields("CustomerId", "ExternalId", "State", "Currency", "Total", "ChangedAt")]
public sealed class Cart : ICustomerLinked, IVersioned
{
    public long Id { get; internal init; }
    public long? CustomerId { get; set; }
    public Customer? Customer { get; set; }

    /// <summary>The number that the selling system gave; unique.</summary>
    public required string ExternalId { get; init; }

    public CartState State { get; set; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; set; }

    /// <summary>The sum of the lines, in minor units of <see cref="Currency"/>.</summary>
    public long Total { get; set; }

    /// <summary>When the customer last changed it.</summary>
    public DateTimeOffset ChangedAt { get; set; }

    public long Version { get; set; }
    public List<CartLine> Lines { get; } = [];
}

/// <summary>A product in a cart.</summary>
[AuditName("CartLine", Permission = Permissions.OrdersView)]
[OpenFields("CartId", "ProductId", "Quantity", "UnitPrice", "Amount")]
public sealed class CartLine : IAudited
{
    public long Id { get; internal init; }
    public long CartId { get; set; }
    public Cart? Cart { get; set; }
    public long ProductId { get; set; }
    public Product? Product { get; set; }
    public int Quantity { get; set; }

    /// <summary>In 1/10,000 of the cart's currency.</summary>
    public long UnitPrice { get; set; }

    /// <summary>In minor units of the cart's currency.</summary>
    public long Amount { get; set; }
}
