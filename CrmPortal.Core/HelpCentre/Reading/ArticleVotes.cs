using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.HelpCentre;

/// <summary>
/// How many visitors said on a day that a text helped them, or did not, and how many wrote to us after it. Nothing tells who they were.
/// </summary>
public sealed class ArticleVote
{
    public long Id { get; internal init; }
    public long ArticleId { get; init; }
    public required string Language { get; init; }
    public DateOnly Day { get; init; }
    public int Helped { get; init; }
    public int DidNot { get; init; }

    /// <summary>Visitors who had opened it and sent a message all the same.</summary>
    public int AskedAfterReading { get; init; }

    /// <summary>Visitors to whom the contact form proposed it, and who sent their message.</summary>
    public int AskedAfterProposal { get; init; }
}

/// <summary>Why a text did not help a visitor, in their words.</summary>
public sealed class ArticleVoteReason
{
    public const int TextLength = 500;

    public long Id { get; internal init; }
    public long ArticleId { get; init; }
    public required string Language { get; init; }
    public DateOnly Day { get; init; }
    public required string Text { get; init; }
}

/// <summary>What visitors searched for on a day, and how much was found. Nothing tells who they were.</summary>
public sealed class HelpSearch
{
    public const int TextLength = 80;

    /// <summary>So many different searches of a day are kept; what comes then was noted often enough, or is no question.</summary>
    public const int MostOfADay = 2_000;

    public const int KeptDays = 180;

    public long Id { get; internal init; }
    public DateOnly Day { get; init; }
    public required string Language { get; init; }

    /// <summary>Folded, so that one question in two spellings is one.</summary>
    public required string Text { get; init; }

    public int Count { get; init; }

    /// <summary>How many articles the last search of the day found.</summary>
    public int Hits { get; init; }
}

internal sealed class ArticleVotesConfiguration : IEntityTypeConfiguration<ArticleVote>, IEntityTypeConfiguration<ArticleVoteReason>,
    IEntityTypeConfiguration<HelpSearch>
{
    public void Configure(EntityTypeBuilder<ArticleVote> builder)
    {
        builder.ToTable("ArticleVotes");
        builder.Property(v => v.Language).HasMaxLength(HelpLanguages.CodeLength);
        builder.HasIndex(v => new { v.ArticleId, v.Language, v.Day }).IsUnique();
        builder.HasIndex(v => v.Day);
    }

    public void Configure(EntityTypeBuilder<ArticleVoteReason> builder)
    {
        builder.ToTable("ArticleVoteReasons");
        builder.Property(r => r.Language).HasMaxLength(HelpLanguages.CodeLength);
        builder.Property(r => r.Text).HasMaxLength(ArticleVoteReason.TextLength);
        builder.HasIndex(r => new { r.ArticleId, r.Id });
        builder.HasIndex(r => r.Day);
    }

    public void Configure(EntityTypeBuilder<HelpSearch> builder)
    {
        builder.ToTable("HelpSearches");
        builder.Property(s => s.Language).HasMaxLength(HelpLanguages.CodeLength);
        builder.Property(s => s.Text).HasMaxLength(HelpSearch.TextLength);
        builder.HasIndex(s => new { s.Day, s.Language, s.Text }).IsUnique();
    }
}
