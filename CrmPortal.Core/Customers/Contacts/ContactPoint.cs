using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers;

public enum ContactKind { Email, Phone }

/// <summary>An e-mail or phone beside the primary one; it may repeat within a household.</summary>
[AuditName("ContactPoint", Label = "Additional contact", PluralLabel = "Additional contacts")]
[OpenFields("CustomerId", "Kind", "Label", "VerifiedAt")]
public sealed class ContactPoint : ICustomerOwned
{
    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    public Customer? Customer { get; set; }
    [AuditLabel("Kind")] public ContactKind Kind { get; set; }
    [Sensitive, AuditLabel("Value")] public required string Value { get; set; }
    [AuditLabel("Label")] public string? Label { get; set; }

    /// <summary>When the customer showed that it is theirs.</summary>
    [AuditLabel("Verified")] public DateTimeOffset? VerifiedAt { get; set; }

    /// <summary>The e-mail in lower case, or the phone, for a search by the complete value.</summary>
    [NotAudited] public string ValueKey { get; private set; } = "";

    internal void Derive() => ValueKey = Value.ToLowerInvariant();

    /// <summary>The same value with a key, for writing in masses.</summary>
    internal ContactPoint Placed(long id, long customerId)
    {
        var placed = new ContactPoint { Id = id, CustomerId = customerId, Kind = Kind, Value = Value, Label = Label };
        placed.Derive();
        return placed;
    }
}

internal sealed class ContactPointConfiguration : IEntityTypeConfiguration<ContactPoint>
{
    public void Configure(EntityTypeBuilder<ContactPoint> builder)
    {
        builder.ToTable("ContactPoints");
        builder.Property(p => p.Kind).HasConversion<string>().HasMaxLength(10);
        builder.Property(p => p.Value).HasMaxLength(CustomerRules.EmailLength);
        builder.Property(p => p.ValueKey).HasMaxLength(CustomerRules.EmailLength);
        builder.Property(p => p.Label).HasMaxLength(60);
        builder.HasOne(p => p.Customer).WithMany(c => c.ContactPoints).HasForeignKey(p => p.CustomerId);
        builder.HasIndex(p => new { p.ValueKey, p.CustomerId });
    }
}
