using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Orders;

/// <summary>A product that a customer would like to have.</summary>
[AuditName("WishlistItem", Permission = Permissions.OrdersView)]
[OpenFields("CustomerId", "ProductId", "AddedAt")]
public sealed class WishlistItem : ICustomerOwned
{
    public long Id { get; internal init; }
    public long CustomerId { get; set; }
    public long ProductId { get; init; }
    public Product? Product { get; set; }
    public DateTimeOffset AddedAt { get; init; }
}
