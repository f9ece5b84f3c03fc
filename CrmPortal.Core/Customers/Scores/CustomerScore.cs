using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers;

/// <summary>
/// The scores that hold for a customer, each from 1 to 5. They are in a narrow table of their own, so that scoring everybody does not
/// rewrite the customers themselves.
/// </summary>
public sealed class CustomerScore
{
    public long CustomerId { get; init; }

    /// <summary>5 for the fifth of the customers whose last order is the newest.</summary>
    public int Recency { get; init; }

    /// <summary>5 for the fifth with the most orders.</summary>
    public int Frequency { get; init; }

    /// <summary>5 for the fifth that spent the most.</summary>
    public int Monetary { get; init; }

    public RfmSegment Segment { get; init; }

    /// <summary>The calculation since which these scores hold.</summary>
    public long RunId { get; init; }
}

/// <summary>The scores of a customer, each from 1 to 5, and the segment that they make.</summary>
public sealed record RfmScores(int Recency, int Frequency, int Monetary, RfmSegment Segment)
{
    internal static RfmScores? Of(CustomerScore? score) =>
        score is null ? null : new(score.Recency, score.Frequency, score.Monetary, score.Segment);

    /// <summary>Written as one word, such as 5-4-4.</summary>
    public override string ToString() => $"{Recency}-{Frequency}-{Monetary}";
}

/// <summary>Scores that held for a customer from one calculation up to another one.</summary>
public sealed class CustomerScoreChange
{
    public long CustomerId { get; init; }
    public int Recency { get; init; }
    public int Frequency { get; init; }
    public int Monetary { get; init; }
    public RfmSegment Segment { get; init; }

    /// <summary>The calculation that gave them.</summary>
    public long FromRunId { get; init; }

    /// <summary>The calculation that gave other ones, or none.</summary>
    public long UntilRunId { get; init; }
}

internal sealed class CustomerScoreConfiguration : IEntityTypeConfiguration<CustomerScore>, IEntityTypeConfiguration<CustomerScoreChange>
{
    public void Configure(EntityTypeBuilder<CustomerScore> builder)
    {
        builder.ToTable("CustomerScores");
        builder.HasKey(s => s.CustomerId);
        builder.Property(s => s.CustomerId).ValueGeneratedNever();
        builder.HasOne<Customer>().WithOne(c => c.Score).HasForeignKey<CustomerScore>(s => s.CustomerId).OnDelete(DeleteBehavior.Cascade);
        // A segment's customers are found, and counted by their scores, without a look at the rows.
        builder.HasIndex(s => new { s.Segment, s.CustomerId });
    }

    public void Configure(EntityTypeBuilder<CustomerScoreChange> builder)
    {
        builder.ToTable("CustomerScoreChanges");
        builder.HasKey(s => new { s.CustomerId, s.FromRunId });
        builder.HasOne<Customer>().WithMany().HasForeignKey(s => s.CustomerId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class CustomerScorePart : CustomerPart<CustomerScore>
{
    public override int Position => 222;

    public override bool IsComputed => true;
}

internal sealed class CustomerScoreChangePart : CustomerPart<CustomerScoreChange>
{
    public override int Position => 223;

    public override bool IsComputed => true;
}
