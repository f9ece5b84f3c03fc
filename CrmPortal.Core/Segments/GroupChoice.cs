using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Segments;

/// <summary>
/// What somebody said of a customer and a group: that they are in it, or that they are kept out. Rules do not overrule it.
/// </summary>
[AuditName("GroupChoice", Label = "Member of a group", ShortLabel = "Group")]
[OpenFields("SegmentId", "CustomerId", "IsIn", "At", "ByName")]
public sealed class GroupChoice : ICustomerOwned
{
    public long Id { get; internal init; }
    [AuditLabel("Group")] public long SegmentId { get; init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }

    /// <summary>False where the customer is kept out.</summary>
    [AuditLabel("is in it")] public bool IsIn { get; set; }

    [AuditLabel("When")] public DateTimeOffset At { get; set; }
    [AuditLabel("By")] public required string ByName { get; set; }
}

/// <summary>A customer whom something has changed of that rules may ask. Triggers write it in the transaction of the change.</summary>
public sealed class StaleCustomer
{
    /// <summary>The key of the customer, who may be gone.</summary>
    public long Marked { get; init; }

    /// <summary>The transaction that marked them, so that none waits for the mark of another; 0 where there is one at a time.</summary>
    public long Writer { get; init; }
}

internal sealed class GroupChoiceConfiguration : IEntityTypeConfiguration<GroupChoice>, IEntityTypeConfiguration<StaleCustomer>
{
    public void Configure(EntityTypeBuilder<GroupChoice> builder)
    {
        builder.ToTable("GroupChoices");
        builder.Property(c => c.ByName).HasMaxLength(SegmentMember.NameLength);
        builder.HasOne<Customer>().WithMany().HasForeignKey(c => c.CustomerId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Segment>().WithMany().HasForeignKey(c => c.SegmentId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(c => new { c.SegmentId, c.CustomerId }).IsUnique();
        builder.HasIndex(c => c.CustomerId);
    }

    public void Configure(EntityTypeBuilder<StaleCustomer> builder)
    {
        builder.ToTable("StaleCustomers");
        builder.HasKey(s => new { s.Marked, s.Writer });
        builder.Property(s => s.Marked).ValueGeneratedNever();
    }
}

/// <summary>A choice that would come again gives way to one that was made since.</summary>
internal sealed class GroupChoiceUndo : UndoRule<GroupChoice>
{
    public override bool IsReplaced(Platform.Data.CrmDbContext db, object row) => row is GroupChoice choice
        && db.GroupChoices.Any(c => c.SegmentId == choice.SegmentId && c.CustomerId == choice.CustomerId && c.Id != choice.Id);
}
