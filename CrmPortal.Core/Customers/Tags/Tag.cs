using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers;

/// <summary>A word put on customers; its case is kept but not compared.</summary>
[AuditName("Tag", Label = "Tag in the list")]
[OpenFields("Name", "NameKey", "Colour")]
public sealed class Tag : IAudited
{
    public long Id { get; internal init; }
    [AuditLabel("Name")] public required string Name { get; set; }

    /// <summary>The name in lower case, unique.</summary>
    [AuditLabel("Name for comparison")] public required string NameKey { get; set; }

    /// <summary>One of <see cref="TagColours"/>, or null for none.</summary>
    [AuditLabel("Colour")] public string? Colour { get; set; }
}

/// <summary>The colours a tag may have, by the names of the style sheet, which knows each for light and dark.</summary>
public static class TagColours
{
    public static IReadOnlyList<string> All { get; } = ["red", "orange", "yellow", "green", "teal", "blue", "violet", "pink"];
}

[AuditName("CustomerTag", Label = "Tag of a customer", ShortLabel = "Tag", PluralLabel = "Tags")]
[OpenFields("CustomerId", "TagId")]
public sealed class CustomerTag : ICustomerOwned
{
    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    public Customer? Customer { get; set; }
    [AuditLabel("Tag")] public long TagId { get; set; }
    public Tag? Tag { get; set; }
}

internal sealed class TagConfiguration : IEntityTypeConfiguration<Tag>, IEntityTypeConfiguration<CustomerTag>
{
    public void Configure(EntityTypeBuilder<Tag> builder)
    {
        builder.ToTable("Tags");
        builder.Property(t => t.Name).HasMaxLength(CustomerRules.TagLength);
        builder.Property(t => t.NameKey).HasMaxLength(CustomerRules.TagLength);
        builder.Property(t => t.Colour).HasMaxLength(10);
        builder.HasIndex(t => t.NameKey).IsUnique();
    }

    public void Configure(EntityTypeBuilder<CustomerTag> builder)
    {
        builder.ToTable("CustomerTags");
        builder.HasOne(t => t.Customer).WithMany(c => c.Tags).HasForeignKey(t => t.CustomerId);
        builder.HasOne(t => t.Tag).WithMany().HasForeignKey(t => t.TagId);
        builder.HasIndex(t => new { t.CustomerId, t.TagId }).IsUnique();
        builder.HasIndex(t => new { t.TagId, t.CustomerId });
    }
}
