using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.HelpCentre;

/// <summary>What articles are sorted under; it stands in their addresses.</summary>
[AuditName("ArticleCategory", Label = "Category of the help centre")]
[OpenFields("Slug", "Position", "IsFaq")]
public sealed class ArticleCategory : IAudited, IVersioned
{
    public const int NameLength = 80;
    public const int SlugLength = 80;

    public long Id { get; internal init; }

    /// <summary>Its part of addresses, the same in every language and unique.</summary>
    [AuditLabel("Part of the address")] public required string Slug { get; set; }

    /// <summary>Smaller ones come first.</summary>
    [AuditLabel("Place")] public int Position { get; set; }

    /// <summary>Whether its articles are questions with short answers, which stand on one page.</summary>
    [AuditLabel("Questions and answers")] public bool IsFaq { get; set; }

    [NotAudited] public long Version { get; set; }
    public List<ArticleCategoryName> Names { get; } = [];
}

/// <summary>What a category is called in a language.</summary>
[AuditName("ArticleCategoryName", Label = "Name of a category of the help centre")]
[OpenFields("CategoryId", "Language", "Name")]
public sealed class ArticleCategoryName : IAudited
{
    public long Id { get; internal init; }
    [AuditLabel("Category")] public long CategoryId { get; init; }
    [AuditLabel("Language")] public required string Language { get; init; }
    [AuditLabel("Name")] public required string Name { get; set; }
}

internal sealed class ArticleCategoryConfiguration : IEntityTypeConfiguration<ArticleCategory>,
    IEntityTypeConfiguration<ArticleCategoryName>
{
    public void Configure(EntityTypeBuilder<ArticleCategory> builder)
    {
        builder.ToTable("ArticleCategories");
        builder.Property(c => c.Slug).HasMaxLength(ArticleCategory.SlugLength);
        builder.HasIndex(c => c.Slug).IsUnique();
        builder.HasMany(c => c.Names).WithOne().HasForeignKey(n => n.CategoryId).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<ArticleCategoryName> builder)
    {
        builder.ToTable("ArticleCategoryNames");
        builder.Property(n => n.Language).HasMaxLength(HelpLanguages.CodeLength);
        builder.Property(n => n.Name).HasMaxLength(ArticleCategory.NameLength);
        builder.HasIndex(n => new { n.CategoryId, n.Language }).IsUnique();
    }
}
