using CrmPortal.Core.Customers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Orders;

internal sealed class OrderConfiguration : IEntityTypeConfiguration<Order>, IEntityTypeConfiguration<OrderLine>,
    IEntityTypeConfiguration<Product>,
    IEntityTypeConfiguration<Refund>, IEntityTypeConfiguration<RefundLine>
{
    public void Configure(EntityTypeBuilder<Order> builder)
    {
        builder.ToTable("Orders");
        builder.Property(o => o.ExternalId).HasMaxLength(Order.ExternalIdLength);
        builder.Property(o => o.Channel).HasMaxLength(Order.ChannelLength);
        builder.Property(o => o.Status).HasConversion<string>().HasMaxLength(10);
        builder.Property(o => o.Currency).HasMaxLength(3);
        builder.Property(o => o.Rate).HasPrecision(18, 9);
        builder.Property(o => o.PaymentMethod).HasMaxLength(Order.PaymentLength);
        builder.Property(o => o.LoyaltyCard).HasMaxLength(Customer.LoyaltyCardLength);
        builder.Property(o => o.ContactEmail).HasMaxLength(Order.ContactLength);
        builder.Property(o => o.ContactPhone).HasMaxLength(Order.ContactLength);
        builder.Property(o => o.ShippingAddress).HasConversion(a => OrderAddress.Write(a), text => OrderAddress.Read(text));
        builder.Property(o => o.BillingAddress).HasConversion(a => OrderAddress.Write(a), text => OrderAddress.Read(text));
        // The customer goes, the order stays without them.
        builder.HasOne(o => o.Customer).WithMany().HasForeignKey(o => o.CustomerId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(o => o.ExternalId).IsUnique().HasFilter("\"ExternalId\" IS NOT NULL");
        builder.HasIndex(o => new { o.CustomerId, o.PlacedAt, o.Id });
        builder.HasIndex(o => new { o.PlacedAt, o.Id });
        builder.HasIndex(o => new { o.BaseTotal, o.Id });
        builder.HasIndex(o => new { o.Status, o.PlacedAt, o.Id });
    }

    public void Configure(EntityTypeBuilder<OrderLine> builder)
    {
        builder.ToTable("OrderLines");
        builder.Property(l => l.Description).HasMaxLength(OrderLine.DescriptionLength);
        builder.HasOne(l => l.Order).WithMany(o => o.Lines).HasForeignKey(l => l.OrderId);
        builder.HasOne(l => l.Product).WithMany().HasForeignKey(l => l.ProductId).OnDelete(DeleteBehavior.Restrict);
        // Whether an order holds a product is asked for every line that comes back.
        builder.HasIndex(l => new { l.OrderId, l.ProductId });
        builder.HasIndex(l => l.ProductId);
    }

    public void Configure(EntityTypeBuilder<Product> builder)
    {
        builder.ToTable("Products");
        builder.Property(p => p.Code).HasMaxLength(Product.CodeLength);
        builder.Property(p => p.Name).HasMaxLength(Product.NameLength);
        builder.Property(p => p.Category).HasMaxLength(Product.GroupLength);
        builder.Property(p => p.Brand).HasMaxLength(Product.GroupLength);
        builder.HasIndex(p => p.Code).IsUnique();
    }

    public void Configure(EntityTypeBuilder<Refund> builder)
    {
        builder.ToTable("Refunds");
        builder.Property(r => r.ExternalId).HasMaxLength(Order.ExternalIdLength);
        builder.Property(r => r.Currency).HasMaxLength(3);
        builder.Property(r => r.Rate).HasPrecision(18, 9);
        builder.Property(r => r.Reason).HasMaxLength(Refund.ReasonLength);
        builder.HasOne(r => r.Customer).WithMany().HasForeignKey(r => r.CustomerId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(r => r.ExternalId).IsUnique().HasFilter("\"ExternalId\" IS NOT NULL");
        builder.HasIndex(r => new { r.CustomerId, r.RefundedAt, r.Id });
        builder.HasIndex(r => new { r.RefundedAt, r.Id });
    }

    public void Configure(EntityTypeBuilder<RefundLine> builder)
    {
        builder.ToTable("RefundLines");
        builder.Property(l => l.Description).HasMaxLength(OrderLine.DescriptionLength);
        builder.HasOne(l => l.Refund).WithMany(r => r.Lines).HasForeignKey(l => l.RefundId);
        builder.HasOne(l => l.Order).WithMany().HasForeignKey(l => l.OrderId).OnDelete(DeleteBehavior.SetNull);
        builder.HasOne(l => l.Product).WithMany().HasForeignKey(l => l.ProductId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(l => l.RefundId);
        builder.HasIndex(l => l.OrderLineId);
        builder.HasIndex(l => l.OrderId);
    }
}
