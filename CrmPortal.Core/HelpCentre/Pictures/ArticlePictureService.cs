using System.Security.Cryptography;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.HelpCentre;

/// <summary>A picture to be shown.</summary>
/// <param name="IsPublic">Whether everybody may see it.</param>
public sealed record ArticlePictureContent(string ContentType, byte[] Content, bool IsPublic);

/// <summary>The pictures of articles, checked by their content and cleaned as documents are.</summary>
public sealed class ArticlePictureService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    ICurrentUser currentUser, TimeProvider clock)
{
    /// <summary>So many pictures are kept at most.</summary>
    public const int Most = 2_000;

    private const int HeadBytes = 64;

    /// <summary>Takes a picture and answers its key; one that is there already is not taken twice.</summary>
    /// <exception cref="RuleViolationException">It is no picture, damaged, or too large.</exception>
    public async Task<string> AddAsync(Stream content, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ArticlesEdit, cancellationToken);
        var (picture, clean) = await ReadAsync(content, cancellationToken);
        var key = Convert.ToHexStringLower(SHA256.HashData(clean))[..ArticlePicture.KeyLength];
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await db.ArticlePictures.AnyAsync(p => p.Key == key, cancellationToken)) return key;
        if (await db.ArticlePictures.CountAsync(cancellationToken) >= Most)
            throw new RuleViolationException("File", "There can be at most {0} pictures.", Most);
        // Not undone: a picture that no text shows goes by itself.
        db.BeginChangeSet("article.picture");
        db.ArticlePictures.Add(new()
        {
            Key = key, ContentType = picture.ContentType, Size = clean.Length, Width = picture.Width, Height = picture.Height,
            Content = clean, CreatedAt = clock.GetUtcNow(), CreatedByName = grant.Actor.Name,
        });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            // Somebody else took the same picture at the same moment.
        }

        return key;
    }

    /// <summary>
    /// A picture that the reader may see: one of an article that they may read, or any for those who may edit articles; null for any other.
    /// </summary>
    public async Task<ArticlePictureContent?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (key.Length != ArticlePicture.KeyLength || !key.All(char.IsAsciiHexDigitLower)) return null;
        var now = clock.GetUtcNow();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var isPublic = await db.ArticlePictureUses.AnyAsync(u => u.PictureKey == key
            && u.Translation!.Article!.State == ArticleState.Published && u.Translation.Article.PublishAt <= now, cancellationToken);
        if (!isPublic && (await access.FindAsync(currentUser.Actor, cancellationToken))?.Has(Permissions.ArticlesEdit) != true) return null;
        return await db.ArticlePictures.Where(p => p.Key == key)
            .Select(p => new ArticlePictureContent(p.ContentType, p.Content, isPublic)).FirstOrDefaultAsync(cancellationToken);
    }

    private static async Task<(Picture Picture, byte[] Content)> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        using var raw = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (raw.Length + read > ArticlePicture.LargestBytes) throw DocumentStore.TooLarge(ArticlePicture.LargestBytes);
            raw.Write(buffer, 0, read);
        }

        var head = raw.GetBuffer().AsMemory(0, (int)Math.Min(HeadBytes, raw.Length));
        var picture = await Picture.ReadAsync(raw, head, cancellationToken)
            ?? throw new RuleViolationException("File", "Choose a picture: JPEG, PNG or WebP.");
        using var clean = new MemoryStream();
        try
        {
            await picture.WriteAsync(clean, cancellationToken);
        }
        catch (EndOfStreamException)
        {
            throw Picture.Damaged();
        }

        return (picture, clean.ToArray());
    }
}
