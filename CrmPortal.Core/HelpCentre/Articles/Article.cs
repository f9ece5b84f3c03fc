using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.HelpCentre;

/// <summary>Who may read an article.</summary>
public enum ArticleState
{
    /// <summary>Nobody but those who write it.</summary>
    Draft,

    /// <summary>Members of staff who edit articles or work on tickets.</summary>
    Internal,

    /// <summary>Everybody, from <see cref="Article.PublishAt"/> on.</summary>
    Published,
}

/// <summary>An article of the help centre; what it says is in its translations.</summary>
[AuditName("Article", Label = "Help article", PluralLabel = "Help articles")]
[OpenFields("CategoryId", "State", "PublishAt", "Position", "AuthorId", "AuthorName", "CreatedAt")]
public sealed class Article : IAudited, IVersioned
{
    public const int NameLength = 200;

    public long Id { get; internal init; }
    [AuditLabel("Category")] public long CategoryId { get; set; }
    public ArticleCategory? Category { get; init; }
    [AuditLabel("State")] public ArticleState State { get; set; }

    /// <summary>From when on everybody may read it; set as soon as it is published.</summary>
    [AuditLabel("Published from")] public DateTimeOffset? PublishAt { get; set; }

    /// <summary>Its place in its category; smaller ones come first.</summary>
    [AuditLabel("Place")] public int Position { get; set; }

    [AuditLabel("Written by")] public long? AuthorId { get; init; }
    [AuditLabel("Written by")] public required string AuthorName { get; init; }
    [AuditLabel("Created")] public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it or a text of it was saved last; follows by itself, and raises the version with it.</summary>
    [NotAudited] public DateTimeOffset UpdatedAt { get; set; }

    [NotAudited] public long Version { get; set; }
    public List<ArticleTranslation> Translations { get; } = [];
}

/// <summary>What an article says in one language.</summary>
[AuditName("ArticleTranslation", Label = "Text of a help article", PluralLabel = "Texts of help articles")]
[OpenFields("ArticleId", "Language", "Title", "Slug", "Summary", "Body", "UpdatedAt", "UpdatedById", "UpdatedByName")]
public sealed class ArticleTranslation : IAudited
{
    public const int TitleLength = 160;
    public const int SlugLength = 120;
    public const int SummaryLength = 400;
    public const int BodyLength = 50_000;

    public long Id { get; internal init; }
    [AuditLabel("Help article")] public long ArticleId { get; init; }
    public Article? Article { get; init; }
    [AuditLabel("Language")] public required string Language { get; init; }
    [AuditLabel("Title")] public required string Title { get; set; }

    /// <summary>Its part of the address, unique in its language.</summary>
    [AuditLabel("Part of the address")] public required string Slug { get; set; }

    /// <summary>One or two sentences for lists and search engines.</summary>
    [AuditLabel("Summary")] public string? Summary { get; set; }

    /// <summary>Markdown.</summary>
    [AuditLabel("Text")] public required string Body { get; set; }

    [AuditLabel("Text changed")] public DateTimeOffset UpdatedAt { get; set; }
    [AuditLabel("Changed by")] public long? UpdatedById { get; set; }
    [AuditLabel("Changed by")] public required string UpdatedByName { get; set; }

    /// <summary>The words of the title as the search compares them.</summary>
    [NotAudited] public string TitleText { get; private set; } = "";

    [NotAudited] public string SummaryText { get; private set; } = "";
    [NotAudited] public string BodyText { get; private set; } = "";

    /// <summary>Completes what the search looks at.</summary>
    internal void Derive() => (TitleText, SummaryText, BodyText) =
        (HelpWords.ForIndex(Title), HelpWords.ForIndex(Summary), HelpWords.ForIndex(ArticleMarkdown.ToPlain(Body)));
}

internal sealed class ArticleConfiguration : IEntityTypeConfiguration<Article>, IEntityTypeConfiguration<ArticleTranslation>
{
    public void Configure(EntityTypeBuilder<Article> builder)
    {
        builder.ToTable("Articles");
        builder.Property(a => a.State).HasConversion<string>().HasMaxLength(12);
        builder.Property(a => a.AuthorName).HasMaxLength(Article.NameLength);
        builder.HasOne(a => a.Category).WithMany().HasForeignKey(a => a.CategoryId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(a => a.Translations).WithOne(t => t.Article).HasForeignKey(t => t.ArticleId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(a => new { a.CategoryId, a.Position, a.Id });
        builder.HasIndex(a => new { a.State, a.PublishAt });
        builder.HasIndex(a => new { a.UpdatedAt, a.Id });
    }

    public void Configure(EntityTypeBuilder<ArticleTranslation> builder)
    {
        builder.ToTable("ArticleTranslations");
        builder.Property(t => t.Language).HasMaxLength(HelpLanguages.CodeLength);
        builder.Property(t => t.Title).HasMaxLength(ArticleTranslation.TitleLength);
        builder.Property(t => t.Slug).HasMaxLength(ArticleTranslation.SlugLength);
        builder.Property(t => t.Summary).HasMaxLength(ArticleTranslation.SummaryLength);
        builder.Property(t => t.Body).HasMaxLength(ArticleTranslation.BodyLength);
        builder.Property(t => t.UpdatedByName).HasMaxLength(Article.NameLength);
        builder.HasIndex(t => new { t.ArticleId, t.Language }).IsUnique();
        builder.HasIndex(t => new { t.Language, t.Slug }).IsUnique();
    }
}
