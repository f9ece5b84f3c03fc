using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Segments;

/// <summary>What a segment is for.</summary>
public enum SegmentKind
{
    /// <summary>Customers who fit rules, for looking and writing to.</summary>
    Segment = 0,

    /// <summary>Customers who have something from being in it; people may add and remove them by hand.</summary>
    Group = 1,
}

/// <summary>
/// Customers under a name: a segment, which is made of rules, or a group, which has perks and may have rules. Who is in it is kept as rows
/// (<see cref="SegmentMember"/>), which follow the rules within moments.
/// </summary>
[AuditName("Segment", Label = "Segment or group")]
[OpenFields("Name", "NameKey", "Description", "Filter", "CreatedAt", "CreatedByName", "Kind", "DiscountPercent", "PrioritySupport",
    "FreeShipping")]
public sealed class Segment : IAudited, IVersioned
{
    public const int NameLength = 80;
    public const int DescriptionLength = 500;
    public const int FilterLength = 4_000;

    public long Id { get; internal init; }
    [AuditLabel("Kind")] public SegmentKind Kind { get; init; }
    [AuditLabel("Name")] public required string Name { get; set; }

    /// <summary>The name in lower case, unique among segments and groups.</summary>
    [AuditLabel("Name for comparison")] public required string NameKey { get; set; }

    /// <summary>What it is for.</summary>
    [AuditLabel("Description")] public string? Description { get; set; }

    /// <summary>The rules as the list of customers writes them; empty for a group whose members are added by hand only.</summary>
    [AuditLabel("Rules")] public required string Filter { get; set; }

    /// <summary>Off each order, from 0 to 100 with two places.</summary>
    [AuditLabel("Discount in %")] public decimal DiscountPercent { get; set; }

    [AuditLabel("Priority support")] public bool PrioritySupport { get; set; }
    [AuditLabel("Free shipping")] public bool FreeShipping { get; set; }
    [AuditLabel("Created")] public DateTimeOffset CreatedAt { get; init; }
    [AuditLabel("Created by")] public required string CreatedByName { get; init; }

    /// <summary>How many customers are in it; null before the first count, or where the rules can no longer be asked.</summary>
    [NotAudited] public int? Customers { get; set; }

    [NotAudited] public DateTimeOffset? CountedAt { get; set; }

    /// <summary>The version whose rules were looked at; another one is looked at again.</summary>
    [NotAudited] public long? KeptVersion { get; set; }

    /// <summary>A print of the rules by which the rows were made, those of segments within it included.</summary>
    [NotAudited] public string? KeptRules { get; set; }

    /// <summary>Why all customers must be asked again, where they must.</summary>
    [NotAudited] public MembershipCause? Due { get; set; }

    [NotAudited] public long Version { get; set; }
}

internal sealed class SegmentConfiguration : IEntityTypeConfiguration<Segment>
{
    /// <summary>Percents are stored as whole numbers of hundredths.</summary>
    private const int Hundredths = 100;

    public void Configure(EntityTypeBuilder<Segment> builder)
    {
        builder.ToTable("Segments");
        builder.Property(s => s.Name).HasMaxLength(Segment.NameLength);
        builder.Property(s => s.NameKey).HasMaxLength(Segment.NameLength);
        builder.Property(s => s.Description).HasMaxLength(Segment.DescriptionLength);
        builder.Property(s => s.Filter).HasMaxLength(Segment.FilterLength);
        builder.Property(s => s.CreatedByName).HasMaxLength(200);
        builder.Property(s => s.KeptRules).HasMaxLength(64);
        builder.Property(s => s.DiscountPercent).HasConversion(p => (int)(p * Hundredths), stored => (decimal)stored / Hundredths);
        builder.HasIndex(s => s.NameKey).IsUnique();
        builder.HasMany<SegmentMember>().WithOne().HasForeignKey(m => m.SegmentId).OnDelete(DeleteBehavior.Cascade);
    }
}
