using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Orders;

/// <summary>What a customer says of a product.</summary>
[AuditName("ProductReview", Label = "Review", PluralLabel = "Reviews", Permission = Permissions.OrdersView)]
[OpenFields("CustomerId", "ProductId", "Rating", "Title", "Text", "At")]
public sealed class ProductReview : ICustomerOwned, IVersioned
{
    public const int TitleLength = 200;
    public const int TextLength = 5_000;

    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    [AuditLabel("Product")] public long ProductId { get; init; }
    public Product? Product { get; set; }

    /// <summary>1 to 5.</summary>
    [AuditLabel("Rating")] public int Rating { get; set; }

    [AuditLabel("Title")] public string? Title { get; set; }
    [AuditLabel("Text")] public string? Text { get; set; }
    [AuditLabel("When")] public DateTimeOffset At { get; set; }
    public long Version { get; set; }
}
