using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers;

/// <summary>A small picture of a customer; the one that is shown is named by <see cref="Customer.AvatarId"/>.</summary>
[AuditName("Avatar", Label = "Picture", PluralLabel = "Pictures")]
[OpenFields("CustomerId", "ContentType")]
public sealed class Avatar : ICustomerOwned
{
    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    [AuditLabel("Type of file")] public required string ContentType { get; init; }
    [NotAudited] public required byte[] Content { get; init; }
}

internal sealed class AvatarConfiguration : IEntityTypeConfiguration<Avatar>
{
    public void Configure(EntityTypeBuilder<Avatar> builder)
    {
        builder.ToTable("Avatars");
        builder.Property(a => a.ContentType).HasMaxLength(60);
        builder.HasOne<Customer>().WithMany().HasForeignKey(a => a.CustomerId);
    }
}
