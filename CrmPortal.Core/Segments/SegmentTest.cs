using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Segments;

/// <summary>A customer of whom somebody knows that they must be in a segment, or must not be: by them rules are tried.</summary>
[AuditName("SegmentTest", Label = "Test of a segment")]
[OpenFields("SegmentId", "CustomerId", "IsIn")]
public sealed class SegmentTest : IAudited
{
    /// <summary>So many customers at most try the rules of one segment.</summary>
    public const int Most = 50;

    public long Id { get; internal init; }
    [AuditLabel("Segment")] public long SegmentId { get; init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }

    /// <summary>Whether the customer must be in the segment; else they must not be.</summary>
    [AuditLabel("must be in it")] public bool IsIn { get; set; }
}

internal sealed class SegmentTestConfiguration : IEntityTypeConfiguration<SegmentTest>
{
    public void Configure(EntityTypeBuilder<SegmentTest> builder)
    {
        builder.ToTable("SegmentTests");
        builder.HasOne<Customer>().WithMany().HasForeignKey(t => t.CustomerId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Segment>().WithMany().HasForeignKey(t => t.SegmentId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(t => new { t.SegmentId, t.CustomerId }).IsUnique();
        builder.HasIndex(t => t.CustomerId);
    }
}
