using CrmPortal.Core.Customers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Orders;

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
