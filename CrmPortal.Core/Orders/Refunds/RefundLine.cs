using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Orders;

/// <summary>A product that came back, with the order that it was bought in where that is known.</summary>
[AuditName("RefundLine", Label = "Refund line", Permission = Permissions.OrdersView)]
[OpenFields("RefundId", "OrderId", "OrderLineId", "ProductId", "Description", "Quantity", "UnitPrice", "Amount")]
public sealed class RefundLine : IAudited
{
    public long Id { get; internal init; }
    [AuditLabel("Refund")] public long RefundId { get; set; }
    public Refund? Refund { get; set; }
    [AuditLabel("Order")] public long? OrderId { get; set; }
    public Order? Order { get; set; }

    /// <summary>
    /// The key of the line that it was bought in, where that is known. No relation: adding one copies the table on SQLite.
    /// </summary>
    [AuditLabel("Order line")] public long? OrderLineId { get; set; }

    [AuditLabel("Product")] public long ProductId { get; set; }
    public Product? Product { get; set; }

    /// <summary>What the receipt said, where it differs from the product's name.</summary>
    [AuditLabel("Description")] public string? Description { get; set; }

    [AuditLabel("Quantity")] public int Quantity { get; set; }

    /// <summary>In 1/10,000 of the refund's currency.</summary>
    [AuditLabel("Unit price")] public long UnitPrice { get; set; }

    /// <summary>In minor units of the refund's currency.</summary>
    [AuditLabel("Amount")] public long Amount { get; set; }
}
