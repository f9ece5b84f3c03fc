using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Orders;

public enum CartState { Open, Abandoned, Ordered }

/// <summary>What a customer put together and has not bought, or not yet.</summary>
[AuditName("Cart", Label = "Cart", PluralLabel = "Carts", Permission = Permissions.OrdersView)]
[OpenFields("CustomerId", "ExternalId", "State", "Currency", "Total", "ChangedAt")]
public sealed class Cart : ICustomerLinked, IVersioned
{
    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long? CustomerId { get; set; }
    public Customer? Customer { get; set; }

    /// <summary>The number that the selling system gave; unique.</summary>
    [AuditLabel("External id")] public required string ExternalId { get; init; }

    [AuditLabel("Status")] public CartState State { get; set; }

    /// <summary>ISO 4217.</summary>
    [AuditLabel("Currency")] public required string Currency { get; set; }

    /// <summary>The sum of the lines, in minor units of <see cref="Currency"/>.</summary>
    [AuditLabel("Total")] public long Total { get; set; }

    /// <summary>When the customer last changed it.</summary>
    [AuditLabel("Changed on")] public DateTimeOffset ChangedAt { get; set; }

    public long Version { get; set; }
    public List<CartLine> Lines { get; } = [];
}

/// <summary>A product in a cart.</summary>
[AuditName("CartLine", Label = "Cart line", Permission = Permissions.OrdersView)]
[OpenFields("CartId", "ProductId", "Quantity", "UnitPrice", "Amount")]
public sealed class CartLine : IAudited
{
    public long Id { get; internal init; }
    [AuditLabel("Cart")] public long CartId { get; set; }
    public Cart? Cart { get; set; }
    [AuditLabel("Product")] public long ProductId { get; set; }
    public Product? Product { get; set; }
    [AuditLabel("Quantity")] public int Quantity { get; set; }

    /// <summary>In 1/10,000 of the cart's currency.</summary>
    [AuditLabel("Unit price")] public long UnitPrice { get; set; }

    /// <summary>In minor units of the cart's currency.</summary>
    [AuditLabel("Amount")] public long Amount { get; set; }
}
