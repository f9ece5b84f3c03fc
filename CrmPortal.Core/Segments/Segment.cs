using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Segments;

/// <summary>Customers who fit some rules, under a name. Who is in it is always current: it is asked and not kept.</summary>
[AuditName("Segment")]
[OpenFields("Name", "NameKey", "Description", "Filter", "CreatedAt", "CreatedByName")]
public sealed class Segment : IAudited, IVersioned
{
    public const int NameLength = 80;
    public const int DescriptionLength = 500;
    public const int FilterLength = 4_000;

    public long Id { get; internal init; }
    public required string Name { get; set; }

    /// <summary>The name in lower case, unique.</summary>
    public required string NameKey { get; set; }

    /// <summary>What it is for.</summary>
    public string? Description { get; set; }

    /// <summary>The rules as the list of customers writes them; never empty.</summary>
    public required string Filter { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
    public required string CreatedByName { get; init; }

    /// <summary>How many customers were in it when they were last counted.</summary>
    [NotAudited] public int? Customers { get; set; }

    [NotAudited] public DateTimeOffset? CountedAt { get; set; }
    [NotAudited] public long Version { get; set; }
}

internal sealed class SegmentConfiguration : IEntityTypeConfiguration<Segment>
{
    public void Configure(EntityTypeBuilder<Segment> builder)
    {
        builder.ToTable("Segments");
        builder.Property(s => s.Name).HasMaxLength(Segment.NameLength);
        builder.Property(s => s.NameKey).HasMaxLength(Segment.NameLength);
        builder.Property(s => s.Description).HasMaxLength(Segment.DescriptionLength);
        builder.Property(s => s.Filter).HasMaxLength(Segment.FilterLength);
        builder.Property(s => s.CreatedByName).HasMaxLength(200);
        builder.HasIndex(s => s.NameKey).IsUnique();
    }
}
