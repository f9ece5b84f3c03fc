using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Orders;

/// <summary>A product that a customer would like to have.</summary>
[AuditName("WishlistItem", Label = "Wishlist item", PluralLabel = "Wishlist", Permission = Permissions.OrdersView)]
[OpenFields("CustomerId", "ProductId", "AddedAt")]
public sealed class WishlistItem : ICustomerOwned
{
    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    [AuditLabel("Product")] public long ProductId { get; init; }
    public Product? Product { get; set; }
    [AuditLabel("Added on")] public DateTimeOffset AddedAt { get; init; }
}
