using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

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

internal sealed class ShoppingConfiguration : IEntityTypeConfiguration<WishlistItem>, IEntityTypeConfiguration<Cart>,
    IEntityTypeConfiguration<CartLine>, IEntityTypeConfiguration<ProductReview>
{
    public void Configure(EntityTypeBuilder<WishlistItem> builder)
    {
        builder.ToTable("WishlistItems");
        builder.HasOne<Customer>().WithMany().HasForeignKey(i => i.CustomerId);
        builder.HasOne(i => i.Product).WithMany().HasForeignKey(i => i.ProductId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(i => new { i.CustomerId, i.ProductId }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<Cart> builder)
    {
        builder.ToTable("Carts");
        builder.Property(c => c.ExternalId).HasMaxLength(Order.ExternalIdLength);
        builder.Property(c => c.State).HasConversion<string>().HasMaxLength(10);
        builder.Property(c => c.Currency).HasMaxLength(3);
        builder.HasOne(c => c.Customer).WithMany().HasForeignKey(c => c.CustomerId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(c => c.ExternalId).IsUnique();
        builder.HasIndex(c => new { c.CustomerId, c.Id });
    }

    public void Configure(EntityTypeBuilder<CartLine> builder)
    {
        builder.ToTable("CartLines");
        builder.HasOne(l => l.Cart).WithMany(c => c.Lines).HasForeignKey(l => l.CartId);
        builder.HasOne(l => l.Product).WithMany().HasForeignKey(l => l.ProductId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(l => l.CartId);
    }

    public void Configure(EntityTypeBuilder<ProductReview> builder)
    {
        builder.ToTable("ProductReviews");
        builder.Property(r => r.Title).HasMaxLength(ProductReview.TitleLength);
        builder.Property(r => r.Text).HasMaxLength(ProductReview.TextLength);
        builder.HasOne<Customer>().WithMany().HasForeignKey(r => r.CustomerId);
        builder.HasOne(r => r.Product).WithMany().HasForeignKey(r => r.ProductId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(r => new { r.CustomerId, r.ProductId }).IsUnique();
        builder.HasIndex(r => r.ProductId);
    }
}
