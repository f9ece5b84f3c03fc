using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Orders;

/// <summary>What a customer says of a product.</summary>
[AuditName("ProductReview", Permission = Permissions.OrdersView)]
[OpenFields("CustomerId", "ProductId", "Rating", "Title", "Text", "At")]
public sealed class ProductReview : ICustomerOwned, IVersioned
{
    public const int TitleLength = 200;
    public const int TextLength = 5_000;

    public long Id { get; internal init; }
    public long CustomerId { get; set; }
    public long ProductId { get; init; }
    public Product? Product { get; set; }

    /// <summary>1 to 5.</summary>
    public int Rating { get; set; }

    public string? Title { get; set; }
    public string? Text { get; set; }
    public DateTimeOffset At { get; set; }
    public long Version { get; set; }
}
