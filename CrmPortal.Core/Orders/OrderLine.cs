using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Orders;

/// <summary>A product as it was bought.</summary>
[AuditName("OrderLine", Label = "Order line", Permission = Permissions.OrdersView)]
[OpenFields("OrderId", "ProductId", "Description", "Quantity", "UnitPrice", "Discount", "Tax", "Amount")]
public sealed class OrderLine : IAudited
{
    public const int DescriptionLength = 300;

    public long Id { get; internal init; }
    [AuditLabel("Order")] public long OrderId { get; set; }
    public Order? Order { get; set; }
    [AuditLabel("Product")] public long ProductId { get; set; }
    public Product? Product { get; set; }

    /// <summary>What the receipt said, where it differs from the product's name.</summary>
    [AuditLabel("Description")] public string? Description { get; set; }

    [AuditLabel("Quantity")] public int Quantity { get; set; }

    /// <summary>In 1/10,000 of the order's currency.</summary>
    [AuditLabel("Unit price")] public long UnitPrice { get; set; }

    /// <summary>What was taken off, in minor units of the order's currency.</summary>
    [AuditLabel("Discount")] public long Discount { get; set; }

    /// <summary>Tax that comes on top, in the same units; 0 where prices hold it.</summary>
    [AuditLabel("Tax")] public long Tax { get; set; }

    /// <summary>Quantity × unit price, less the discount, with the tax, in the same units.</summary>
    [AuditLabel("Amount")] public long Amount { get; set; }
}
