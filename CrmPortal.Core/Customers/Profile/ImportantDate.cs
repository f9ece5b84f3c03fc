using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers;

/// <summary>A day that matters to a customer, such as a wedding day.</summary>
[AuditName("ImportantDate", Label = "Important date", PluralLabel = "Important dates")]
[OpenFields("CustomerId", "Label", "Day", "IsYearly")]
public sealed class ImportantDate : ICustomerOwned
{
    public const int LabelLength = 100;

    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    [AuditLabel("Label")] public required string Label { get; set; }
    [AuditLabel("Day")] public DateOnly Day { get; set; }

    /// <summary>Whether it comes again each year.</summary>
    [AuditLabel("Repeats every year")] public bool IsYearly { get; set; }
}

/// <summary>What somebody is to somebody; each has its converse.</summary>
public enum RelationshipKind { Other, Spouse, Partner, Parent, Child, Sibling, Friend, Neighbour, Colleague, Referrer, Referred }

/// <summary>A tie between two customers, said from the first one's side: the other is their parent.</summary>
[AuditName("Relationship", Label = "Related customer", PluralLabel = "Relationships")]
[OpenFields("CustomerId", "OtherId", "Kind", "Label")]
public sealed class Relationship : ICustomerOwned
{
    public const int LabelLength = 100;

    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    public Customer? Customer { get; private set; }
    [AuditLabel("Related customer")] public long OtherId { get; set; }
    public Customer? Other { get; private set; }
    [AuditLabel("Relationship")] public RelationshipKind Kind { get; set; }

    /// <summary>A custom label beside or instead of the type.</summary>
    [AuditLabel("Label")] public string? Label { get; set; }

    /// <summary>What the first is to the other.</summary>
    public static RelationshipKind ConverseOf(RelationshipKind kind) => kind switch
    {
        RelationshipKind.Parent => RelationshipKind.Child,
        RelationshipKind.Child => RelationshipKind.Parent,
        RelationshipKind.Referrer => RelationshipKind.Referred,
        RelationshipKind.Referred => RelationshipKind.Referrer,
        _ => kind,
    };
}

internal sealed class ImportantDateConfiguration : IEntityTypeConfiguration<ImportantDate>, IEntityTypeConfiguration<Relationship>
{
    public void Configure(EntityTypeBuilder<ImportantDate> builder)
    {
        builder.ToTable("ImportantDates");
        builder.Property(d => d.Label).HasMaxLength(ImportantDate.LabelLength);
        builder.HasOne<Customer>().WithMany(c => c.ImportantDates).HasForeignKey(d => d.CustomerId);
    }

    public void Configure(EntityTypeBuilder<Relationship> builder)
    {
        builder.ToTable("Relationships");
        builder.Property(r => r.Kind).HasConversion<string>().HasMaxLength(12);
        builder.Property(r => r.Label).HasMaxLength(Relationship.LabelLength);
        builder.HasOne(r => r.Customer).WithMany(c => c.Relationships).HasForeignKey(r => r.CustomerId);
        builder.HasOne(r => r.Other).WithMany(c => c.RelationshipsOfOthers).HasForeignKey(r => r.OtherId);
        builder.HasIndex(r => new { r.CustomerId, r.OtherId }).IsUnique();
    }
}
