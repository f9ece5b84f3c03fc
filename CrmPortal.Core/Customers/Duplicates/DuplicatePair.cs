using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers.Duplicates;

public enum DuplicateState { Open, NotDuplicate, Merged }

/// <summary>Two customers who may be the same person, and what was decided about them.</summary>
[AuditName("DuplicatePair", Label = "Possible duplicate")]
[OpenFields("FirstId", "SecondId", "State", "FoundAt", "DecidedByName", "DecidedAt")]
public sealed class DuplicatePair : IAudited
{
    public long Id { get; internal init; }

    /// <summary>The one with the smaller key.</summary>
    [AuditLabel("First customer")] public long FirstId { get; init; }

    public Customer? First { get; init; }
    [AuditLabel("Second customer")] public long SecondId { get; init; }
    public Customer? Second { get; init; }

    /// <summary>The confidence, from 0 to 1,000.</summary>
    [NotAudited] public int Score { get; set; }

    /// <summary>What speaks for it, as JSON.</summary>
    [NotAudited] public string Reasons { get; set; } = "[]";

    [AuditLabel("Status")] public DuplicateState State { get; set; }
    [AuditLabel("Found on")] public DateTimeOffset FoundAt { get; init; }
    [AuditLabel("Decided by")] public string? DecidedByName { get; set; }
    [AuditLabel("Decided on")] public DateTimeOffset? DecidedAt { get; set; }
}

internal sealed class DuplicatePairConfiguration : IEntityTypeConfiguration<DuplicatePair>
{
    public void Configure(EntityTypeBuilder<DuplicatePair> builder)
    {
        builder.ToTable("DuplicatePairs");
        builder.Property(p => p.State).HasConversion<string>().HasMaxLength(12);
        builder.Property(p => p.DecidedByName).HasMaxLength(200);
        builder.HasOne(p => p.First).WithMany().HasForeignKey(p => p.FirstId);
        builder.HasOne(p => p.Second).WithMany().HasForeignKey(p => p.SecondId);
        builder.HasIndex(p => new { p.FirstId, p.SecondId }).IsUnique();
        builder.HasIndex(p => new { p.State, p.Score, p.Id });
    }
}
