using CrmPortal.Core.Customers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Analytics;

/// <summary>A calculation of the scores.</summary>
public sealed class RfmRun
{
    public const int NameLength = 200;

    public long Id { get; internal init; }
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Null while it is at work, and for ever where it ended in the middle.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>The day of the shop from which days since the last order are counted.</summary>
    public DateOnly AsOf { get; init; }

    /// <summary>Who asked for it; null for the program itself.</summary>
    public long? ById { get; init; }

    public required string ByName { get; init; }

    /// <summary>Whether everybody got the scores of this calculation, and not only some.</summary>
    public bool IsOfAll { get; init; }

    /// <summary>Only orders and refunds of so many months up to now counted; null for all.</summary>
    public int? WindowMonths { get; init; }

    /// <summary>How many customers have orders, by whom each of them was ranked.</summary>
    public int Customers { get; set; }

    /// <summary>How many got other scores than before.</summary>
    public int Changed { get; set; }

    public List<RfmRunCell> Cells { get; } = [];
}

/// <summary>The customers whom a calculation gave the same three scores.</summary>
public sealed class RfmRunCell
{
    public long RunId { get; init; }
    public int Recency { get; init; }
    public int Frequency { get; init; }
    public int Monetary { get; init; }
    public int Customers { get; init; }

    /// <summary>Of all of them together.</summary>
    public long Orders { get; init; }

    /// <summary>What all of them spent, less refunds, in minor units of the shop's base currency.</summary>
    public long Spent { get; init; }

    public RfmSegment Segment => RfmSegments.Of(Recency, Frequency, Monetary);
}

internal sealed class RfmRunConfiguration : IEntityTypeConfiguration<RfmRun>, IEntityTypeConfiguration<RfmRunCell>
{
    public void Configure(EntityTypeBuilder<RfmRun> builder)
    {
        builder.ToTable("RfmRuns");
        builder.Property(r => r.ByName).HasMaxLength(RfmRun.NameLength);
        builder.HasMany(r => r.Cells).WithOne().HasForeignKey(c => c.RunId);
    }

    public void Configure(EntityTypeBuilder<RfmRunCell> builder)
    {
        builder.ToTable("RfmRunCells");
        builder.HasKey(c => new { c.RunId, c.Recency, c.Frequency, c.Monetary });
        builder.Ignore(c => c.Segment);
    }
}
