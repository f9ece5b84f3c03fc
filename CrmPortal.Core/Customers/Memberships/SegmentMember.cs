using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers;

/// <summary>Why a customer came into a segment or a group, or left it; stored by its number, which never changes.</summary>
public enum MembershipCause
{
    /// <summary>They were in it when it was counted for the first time.</summary>
    FirstCount = 1,

    /// <summary>Something about them changed.</summary>
    Rules = 2,

    /// <summary>The rules changed.</summary>
    RulesChanged = 3,

    /// <summary>Found at night: a day went by, or what was not noticed in time.</summary>
    Night = 4,

    AddedByHand = 5,
    RemovedByHand = 6,

    /// <summary>The customer was put into the trash.</summary>
    Deleted = 7,

    /// <summary>The customer was merged into another one.</summary>
    Merged = 8,
}

/// <summary>
/// That a customer is, or was, in a segment or a group: from when until when, and why. The program writes these rows from the rules and
/// from what was said by hand; nobody else does.
/// </summary>
public sealed class SegmentMember
{
    public const int NameLength = 200;

    public long Id { get; internal init; }
    public long SegmentId { get; init; }
    public long CustomerId { get; init; }
    public DateTimeOffset Since { get; init; }

    /// <summary>Null as long as the customer is in it.</summary>
    public DateTimeOffset? Until { get; init; }

    public MembershipCause Cause { get; init; }

    /// <summary>Who added them by hand.</summary>
    public string? ByName { get; init; }

    public MembershipCause? EndCause { get; init; }

    /// <summary>Who removed them by hand.</summary>
    public string? EndByName { get; init; }
}

internal sealed class SegmentMemberConfiguration : IEntityTypeConfiguration<SegmentMember>
{
    public void Configure(EntityTypeBuilder<SegmentMember> builder)
    {
        builder.ToTable("SegmentMembers");
        builder.Property(m => m.ByName).HasMaxLength(SegmentMember.NameLength);
        builder.Property(m => m.EndByName).HasMaxLength(SegmentMember.NameLength);
        builder.HasOne<Customer>().WithMany(c => c.Memberships).HasForeignKey(m => m.CustomerId).OnDelete(DeleteBehavior.Cascade);
        // Nobody is in one segment twice; its members are read along this index too.
        builder.HasIndex(m => new { m.SegmentId, m.CustomerId }).IsUnique().HasFilter("\"Until\" IS NULL");
        builder.HasIndex(m => new { m.CustomerId, m.SegmentId });
        builder.HasIndex(m => new { m.SegmentId, m.Since, m.Id });
        builder.HasIndex(m => new { m.SegmentId, m.Until, m.Id }).HasFilter("\"Until\" IS NOT NULL");
    }
}
