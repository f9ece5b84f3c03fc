using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.HelpCentre;

/// <summary>
/// A text of an article as somebody saved it. It outlives its article for as long as a removal can be undone, so that it is there again
/// with it; the nightly clean-up removes it then.
/// </summary>
public sealed class ArticleVersion
{
    /// <summary>So many of a text are kept, the newest ones.</summary>
    public const int Most = 100;

    public long Id { get; internal init; }
    public long ArticleId { get; init; }
    public required string Language { get; init; }
    public required string Title { get; init; }
    public string? Summary { get; init; }
    public required string Body { get; init; }
    public DateTimeOffset SavedAt { get; init; }
    public long? SavedById { get; init; }
    public required string SavedByName { get; init; }
}

/// <summary>A part of an address that led to a category or an article before; visitors are led on from it.</summary>
public sealed class HelpOldSlug
{
    public long Id { get; internal init; }

    /// <summary>Of the article's text; empty for a category.</summary>
    public required string Language { get; init; }

    public required string Slug { get; init; }

    /// <summary>The article, or the category.</summary>
    public long SubjectId { get; set; }
}

internal sealed class ArticleVersionConfiguration : IEntityTypeConfiguration<ArticleVersion>, IEntityTypeConfiguration<HelpOldSlug>
{
    public void Configure(EntityTypeBuilder<ArticleVersion> builder)
    {
        builder.ToTable("ArticleVersions");
        builder.Property(v => v.Language).HasMaxLength(HelpLanguages.CodeLength);
        builder.Property(v => v.Title).HasMaxLength(ArticleTranslation.TitleLength);
        builder.Property(v => v.Summary).HasMaxLength(ArticleTranslation.SummaryLength);
        builder.Property(v => v.Body).HasMaxLength(ArticleTranslation.BodyLength);
        builder.Property(v => v.SavedByName).HasMaxLength(Article.NameLength);
        builder.HasIndex(v => new { v.ArticleId, v.Language, v.Id });
    }

    public void Configure(EntityTypeBuilder<HelpOldSlug> builder)
    {
        builder.ToTable("HelpOldSlugs");
        builder.Property(s => s.Language).HasMaxLength(HelpLanguages.CodeLength);
        builder.Property(s => s.Slug).HasMaxLength(ArticleTranslation.SlugLength);
        builder.HasIndex(s => new { s.Language, s.Slug }).IsUnique();
    }
}
