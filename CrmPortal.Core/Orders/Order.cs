using System.Globalization;
using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Orders;

public enum OrderStatus { Pending, Paid, Shipped, Delivered, Completed, Cancelled }

/// <summary>A purchase. One without a customer is anonymous: bought without giving a name.</summary>
[AuditName("Order", Permission = Permissions.OrdersView)]
[OpenFields("CustomerId", "ExternalId", "Channel", "Status", "PlacedAt", "Currency", "Rate", "Total", "BaseTotal", "PaymentMethod",
    "LoyaltyCard")]
public sealed class Order : ICustomerLinked, IVersioned
{
    public const int ExternalIdLength = 100;
    public const int ChannelLength = 40;
    public const int PaymentLength = 40;
    public const int ContactLength = 254;

    /// <summary>The orders that count in a customer's statistics: those that were paid.</summary>
    public static readonly IReadOnlyList<OrderStatus> CountedStatuses = [OrderStatus.Paid, OrderStatus.Shipped, OrderStatus.Delivered,
        OrderStatus.Completed];

    public long Id { get; internal init; }
    public long? CustomerId { get; set; }
    public Customer? Customer { get; set; }

    /// <summary>The number that the selling system gave; unique.</summary>
    public string? ExternalId { get; set; }

    /// <summary>Where it was sold, such as <c>web</c> or <c>shop</c>.</summary>
    public string? Channel { get; set; }

    public OrderStatus Status { get; set; }
    public DateTimeOffset PlacedAt { get; set; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; set; }

    /// <summary>
    /// What one unit of <see cref="Currency"/> cost in the shop's base currency that day; null where it is the base currency.
    /// </summary>
    public decimal? Rate { get; set; }

    /// <summary>The sum of the lines, in minor units of <see cref="Currency"/>.</summary>
    public long Total { get; set; }

    /// <summary>The total in minor units of the shop's base currency.</summary>
    public long BaseTotal { get; set; }

    /// <summary>How it was paid, such as <c>card</c> or <c>cash</c>.</summary>
    public string? PaymentMethod { get; set; }

    /// <summary>Where it was sent, as the address was that day.</summary>
    [Sensitive] public OrderAddress? ShippingAddress { get; set; }

    /// <summary>Where the invoice went, as the address was that day.</summary>
    [Sensitive] public OrderAddress? BillingAddress { get; set; }

    /// <summary>The loyalty card that was shown, by which the customer is found.</summary>
    public string? LoyaltyCard { get; set; }

    /// <summary>The e-mail that the selling system gave, by which the customer is found.</summary>
    [Sensitive] public string? ContactEmail { get; set; }

    /// <summary>The phone that it gave, in E.164.</summary>
    [Sensitive] public string? ContactPhone { get; set; }

    public long Version { get; set; }
    public List<OrderLine> Lines { get; } = [];

    /// <summary>What people call the order: the number of the selling system, else one of our own.</summary>
    public string Name => NameOf(Id, ExternalId);

    /// <summary>The key in a number of our own, or 0 where it is none.</summary>
    internal static long IdOf(string name) =>
        name.StartsWith("O-", StringComparison.OrdinalIgnoreCase)
            && long.TryParse(name.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;

    internal static string NameOf(long id, string? externalId) => externalId ?? string.Create(CultureInfo.InvariantCulture, $"O-{id}");
}

/// <summary>An address as it was on the day of an order.</summary>
public sealed record OrderAddress(string? Name, string? Line1, string? Line2, string? City, string? State, string? PostalCode,
    string? Country)
{
    internal static string? Write(OrderAddress? address) => address is null ? null : JsonSerializer.Serialize(address);

    internal static OrderAddress? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<OrderAddress>(json);
}

/// <summary>A product as it was bought.</summary>
[AuditName("OrderLine", Permission = Permissions.OrdersView)]
[OpenFields("OrderId", "ProductId", "Description", "Quantity", "UnitPrice", "Discount", "Tax", "Amount")]
public sealed class OrderLine : IAudited
{
    public const int DescriptionLength = 300;

    public long Id { get; internal init; }
    public long OrderId { get; set; }
    public Order? Order { get; set; }
    public long ProductId { get; set; }
    public Product? Product { get; set; }

    /// <summary>What the receipt said, where it differs from the product's name.</summary>
    public string? Description { get; set; }

    public int Quantity { get; set; }

    /// <summary>In 1/10,000 of the order's currency.</summary>
    public long UnitPrice { get; set; }

    /// <summary>What was taken off, in minor units of the order's currency.</summary>
    public long Discount { get; set; }

    /// <summary>Tax that comes on top, in the same units; 0 where prices hold it.</summary>
    public long Tax { get; set; }

    /// <summary>Quantity × unit price, less the discount, with the tax, in the same units.</summary>
    public long Amount { get; set; }
}

/// <summary>Something that is sold.</summary>
public sealed class Product
{
    public const int CodeLength = 64;
    public const int NameLength = 300;
    public const int GroupLength = 100;

    public long Id { get; internal init; }

    /// <summary>The article number; unique.</summary>
    public required string Code { get; init; }

    public required string Name { get; set; }
    public string? Category { get; set; }
    public string? Brand { get; set; }
}

/// <summary>Money given back: a dated row of its own, which lowers what the customer spent and never their number of orders.</summary>
[AuditName("Refund", Permission = Permissions.OrdersView)]
[OpenFields("CustomerId", "ExternalId", "RefundedAt", "Currency", "Rate", "Amount", "BaseAmount", "Reason", "IsReturn")]
public sealed class Refund : ICustomerLinked, IVersioned
{
    public const int ReasonLength = 300;

    public long Id { get; internal init; }
    public long? CustomerId { get; set; }
    public Customer? Customer { get; set; }

    /// <summary>The number that the selling system gave; unique.</summary>
    public string? ExternalId { get; set; }

    public DateTimeOffset RefundedAt { get; set; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; set; }

    /// <summary>See <see cref="Order.Rate"/>.</summary>
    public decimal? Rate { get; set; }

    /// <summary>The sum of the lines, in minor units of <see cref="Currency"/>; positive.</summary>
    public long Amount { get; set; }

    /// <summary>The amount in minor units of the shop's base currency.</summary>
    public long BaseAmount { get; set; }

    public string? Reason { get; set; }

    /// <summary>Whether the goods came back, and not only money was given.</summary>
    public bool IsReturn { get; set; }

    public long Version { get; set; }
    public List<RefundLine> Lines { get; } = [];

    public string Name => ExternalId ?? string.Create(CultureInfo.InvariantCulture, $"R-{Id}");
}

/// <summary>A product that came back, with the order that it was bought in where that is known.</summary>
[AuditName("RefundLine", Permission = Permissions.OrdersView)]
[OpenFields("RefundId", "OrderId", "OrderLineId", "ProductId", "Description", "Quantity", "UnitPrice", "Amount")]
public sealed class RefundLine : IAudited
{
    public long Id { get; internal init; }
    public long RefundId { get; set; }
    public Refund? Refund { get; set; }
    public long? OrderId { get; set; }
    public Order? Order { get; set; }

    /// <summary>
    /// The key of the line that it was bought in, where that is known. No relation: adding one copies the table on SQLite.
    /// </summary>
    public long? OrderLineId { get; set; }

    public long ProductId { get; set; }
    public Product? Product { get; set; }

    /// <summary>What the receipt said, where it differs from the product's name.</summary>
    public string? Description { get; set; }

    public int Quantity { get; set; }

    /// <summary>In 1/10,000 of the refund's currency.</summary>
    public long UnitPrice { get; set; }

    /// <summary>In minor units of the refund's currency.</summary>
    public long Amount { get; set; }
}

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
