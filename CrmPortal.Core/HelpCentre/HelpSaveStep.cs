using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CrmPortal.Core.HelpCentre;

/// <summary>
/// What follows a text of an article wherever it is changed, by a form, a program or an undo: the words that the search looks at, its
/// version, the pictures that it shows, and the version of the article. A name of a category raises that one's version.
/// </summary>
internal sealed class HelpSaveStep : ISaveStep
{
    private static readonly string[] Written = [nameof(ArticleTranslation.Title), nameof(ArticleTranslation.Summary),
        nameof(ArticleTranslation.Body)];

    public async Task DeriveAsync(CrmDbContext db, SaveEnvironment environment, CancellationToken cancellationToken)
    {
        var texts = db.ChangeTracker.Entries<ArticleTranslation>()
            .Where(e => e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted).ToList();
        foreach (var text in texts)
        {
            if (text.State == EntityState.Deleted) continue;
            text.Entity.Derive();
            text.DetectChanges();
            if (text.State != EntityState.Added && !Written.Any(w => text.Property(w).IsModified)) continue;
            // One that an undo brings back has its versions still.
            if (text.State != EntityState.Added || text.Entity.Id == 0) Keep(db, text.Entity);
            await ShowPicturesAsync(db, text, cancellationToken);
        }

        foreach (var id in texts.Select(t => t.Entity.ArticleId).Distinct())
        {
            var article = await db.Articles.FindAsync([id], cancellationToken);
            if (article is not null && db.Entry(article) is { State: EntityState.Unchanged } entry)
                entry.Property(a => a.UpdatedAt).IsModified = true;
        }

        foreach (var id in db.ChangeTracker.Entries<ArticleCategoryName>()
            .Where(e => e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted && e.Entity.CategoryId > 0)
            .Select(e => e.Entity.CategoryId).Distinct().ToList())
        {
            var category = await db.ArticleCategories.FindAsync([id], cancellationToken);
            if (category is not null && db.Entry(category) is { State: EntityState.Unchanged } entry)
                entry.Property(c => c.Position).IsModified = true;
        }
    }

    public Task<int> SaveInMassesAsync(CrmDbContext db, CancellationToken cancellationToken) => Task.FromResult(0);

    private static void Keep(CrmDbContext db, ArticleTranslation text) => db.ArticleVersions.Add(new()
    {
        ArticleId = text.ArticleId, Language = text.Language, Title = text.Title, Summary = text.Summary, Body = text.Body,
        SavedAt = text.UpdatedAt, SavedById = text.UpdatedById, SavedByName = text.UpdatedByName,
    });

    private static async Task ShowPicturesAsync(CrmDbContext db, EntityEntry<ArticleTranslation> text, CancellationToken cancellationToken)
    {
        var shown = ArticleMarkdown.Pictures(text.Entity.Body);
        var present = text.State == EntityState.Added ? []
            : await db.ArticlePictureUses.Where(u => u.TranslationId == text.Entity.Id).ToListAsync(cancellationToken);
        db.ArticlePictureUses.RemoveRange(present.Where(u => !shown.Contains(u.PictureKey)));
        db.ArticlePictureUses.AddRange(shown.Except(present.Select(u => u.PictureKey))
            .Select(key => new ArticlePictureUse { Translation = text.Entity, PictureKey = key }));
    }
}
