using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.HelpCentre;

/// <summary>A picture that somebody put into articles. Visitors see it as long as an article that they may read shows it.</summary>
[AuditName("ArticlePicture", Label = "Picture of help articles")]
[OpenFields("Key", "ContentType", "Size", "Width", "Height", "CreatedAt", "CreatedByName")]
public sealed class ArticlePicture : IAudited
{
    public const int LargestBytes = 5 * 1024 * 1024;
    public const int KeyLength = 32;

    public long Id { get; internal init; }

    /// <summary>A hash of the content, which is its address: the same picture is kept once, and never changes under it.</summary>
    [AuditLabel("Part of the address")] public required string Key { get; init; }

    [AuditLabel("Type of file")] public required string ContentType { get; init; }
    [AuditLabel("Size in bytes")] public int Size { get; init; }
    [AuditLabel("Width")] public int Width { get; init; }
    [AuditLabel("Height")] public int Height { get; init; }
    [NotAudited] public required byte[] Content { get; init; }
    [AuditLabel("Created")] public DateTimeOffset CreatedAt { get; init; }
    [AuditLabel("Created by")] public required string CreatedByName { get; init; }
}

/// <summary>That a text shows a picture; follows the text by itself.</summary>
public sealed class ArticlePictureUse
{
    public long Id { get; internal init; }
    public long TranslationId { get; init; }
    public ArticleTranslation? Translation { get; init; }
    public required string PictureKey { get; init; }
}

internal sealed class ArticlePictureConfiguration : IEntityTypeConfiguration<ArticlePicture>, IEntityTypeConfiguration<ArticlePictureUse>
{
    public void Configure(EntityTypeBuilder<ArticlePicture> builder)
    {
        builder.ToTable("ArticlePictures");
        builder.Property(p => p.Key).HasMaxLength(ArticlePicture.KeyLength);
        builder.Property(p => p.ContentType).HasMaxLength(60);
        builder.Property(p => p.CreatedByName).HasMaxLength(Article.NameLength);
        builder.HasIndex(p => p.Key).IsUnique();
        builder.HasIndex(p => p.CreatedAt);
    }

    public void Configure(EntityTypeBuilder<ArticlePictureUse> builder)
    {
        builder.ToTable("ArticlePictureUses");
        builder.Property(u => u.PictureKey).HasMaxLength(ArticlePicture.KeyLength);
        builder.HasOne(u => u.Translation).WithMany().HasForeignKey(u => u.TranslationId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(u => new { u.PictureKey, u.TranslationId }).IsUnique();
        builder.HasIndex(u => u.TranslationId);
    }
}
