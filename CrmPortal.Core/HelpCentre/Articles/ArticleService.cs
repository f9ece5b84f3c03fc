using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.HelpCentre;

/// <summary>The articles of the help centre for those who write them.</summary>
public sealed partial class ArticleService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    TimeProvider clock)
{
    public const int MostArticles = 5_000;
    private const string ChangeKind = "article.save";

    /// <summary>Adds an article, or changes one.</summary>
    /// <param name="id">The article, or null for a new one.</param>
    /// <param name="version">Where set, any change in between is a conflict.</param>
    /// <returns>Null where there is no such article.</returns>
    /// <exception cref="RuleViolationException">Something is wrong; errors of a text name it as <c>en.Title</c>.</exception>
    /// <exception cref="ConcurrencyConflictException">Somebody else changed it.</exception>
    public async Task<PartChangeResult<ArticleDetails>?> SaveAsync(long? id, ArticleInput input, long? version,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ArticlesEdit, cancellationToken);
        var errors = new List<FieldError>();
        var texts = ArticleRules.Texts(input.Texts, errors);
        if (!Enum.IsDefined(input.State)) errors.Add(new(nameof(input.State), "Choose a state."));
        if (input.Position is < 0 or > MostArticles)
            errors.Add(new(nameof(input.Position), "The place must be between 0 and {0}.", MostArticles));
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (id is { } known) await provider.LockAsync<Article>(db, [known], cancellationToken);
        var article = id is null ? null
            : await db.Articles.Include(a => a.Translations).FirstOrDefaultAsync(a => a.Id == id, cancellationToken);
        if (id is not null && article is null) return null;
        if (!await db.ArticleCategories.AnyAsync(c => c.Id == input.CategoryId, cancellationToken))
            errors.Add(new(nameof(input.CategoryId), "Choose a category."));
        if (texts.Count == 0 && article is not { Translations.Count: > 0 } && errors.Count == 0)
            errors.Add(new(ArticleRules.Field(HelpLanguages.Usual, nameof(ArticleTextInput.Title)), "Give the article a title."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        if (article is not null && version is { } seen && seen != article.Version) throw Conflict(article);

        db.BeginChangeSet(ChangeKind, Permissions.ArticlesEdit);
        try
        {
            article ??= await AddAsync(db, input.CategoryId, grant, cancellationToken);
            await PlaceAsync(db, article, input, cancellationToken);
            await WriteAsync(db, article, texts, grant, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw Conflict(article!);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            throw new RuleViolationException("", "Another article has this address already; choose another one.") { IsDuplicate = true };
        }

        await DropOldVersionsAsync(db, article.Id, texts, cancellationToken);
        var saved = await DetailsAsync(db, article.Id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(saved!, db.LastChangeSetId);
    }

    /// <summary>Removes an article in all its languages.</summary>
    /// <returns>The change set for undo, or null where there is no such article.</returns>
    public Task<long?> DeleteAsync(long id, CancellationToken cancellationToken) => RemoveAsync(id, "article.delete", (db, article) =>
    {
        db.ArticleTranslations.RemoveRange(article.Translations);
        db.Articles.Remove(article);
    }, cancellationToken);

    /// <summary>Removes what an article says in one language.</summary>
    /// <returns>The change set for undo, or null where there is no such text.</returns>
    /// <exception cref="RuleViolationException">It is the only one.</exception>
    public Task<long?> DeleteTextAsync(long id, string language, CancellationToken cancellationToken) => RemoveAsync(id, "article.text",
        (db, article) =>
        {
            if (article.Translations.Find(t => t.Language == language) is not { } text) return;
            if (article.Translations.Count == 1)
                throw new RuleViolationException("", "This is the only language of the article; remove the article instead.")
                {
                    IsRefusal = true,
                };
            db.ArticleTranslations.Remove(text);
        }, cancellationToken);

    private async Task<long?> RemoveAsync(long id, string kind, Action<CrmDbContext, Article> remove, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ArticlesEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet(kind, Permissions.ArticlesEdit);
        var article = await db.Articles.Include(a => a.Translations).FirstOrDefaultAsync(a => a.Id == id, cancellationToken);
        if (article is null) return null;
        remove(db, article);
        await db.SaveChangesAsync(cancellationToken);
        return db.LastChangeSetId;
    }

    private async Task<Article> AddAsync(CrmDbContext db, long categoryId, Grant grant, CancellationToken cancellationToken)
    {
        if (await db.Articles.Take(MostArticles).CountAsync(cancellationToken) >= MostArticles)
            throw new RuleViolationException("", "There can be at most {0} articles.", MostArticles);
        var last = await db.Articles.Where(a => a.CategoryId == categoryId).MaxAsync(a => (int?)a.Position, cancellationToken) ?? 0;
        var article = db.Articles.Add(new Article
        {
            CategoryId = categoryId, AuthorId = grant.Actor.UserId, AuthorName = grant.Actor.Name, CreatedAt = clock.GetUtcNow(),
            UpdatedAt = clock.GetUtcNow(), Position = Math.Min(last + 1, MostArticles),
        }).Entity;
        // Its versions are written by its key.
        await db.SaveChangesAsync(cancellationToken);
        return article;
    }

    private async Task PlaceAsync(CrmDbContext db, Article article, ArticleInput input, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (article.CategoryId != input.CategoryId && input.Position is null)
        {
            article.Position = Math.Min(MostArticles, 1 + (await db.Articles.Where(a => a.CategoryId == input.CategoryId)
                .MaxAsync(a => (int?)a.Position, cancellationToken) ?? 0));
        }

        var publishAt = input.State != ArticleState.Published ? input.PublishAt
            : input.PublishAt ?? (article.State == ArticleState.Published && article.PublishAt <= now ? article.PublishAt : now);
        (article.CategoryId, article.State, article.PublishAt, article.UpdatedAt) = (input.CategoryId, input.State, publishAt, now);
        article.Position = input.Position ?? article.Position;
    }

    /// <summary>Writes the texts that are new or changed, and keeps the addresses that they had.</summary>
    private async Task WriteAsync(CrmDbContext db, Article article, List<ArticleTextInput> texts, Grant grant,
        CancellationToken cancellationToken)
    {
        foreach (var typed in texts)
        {
            var present = article.Translations.Find(t => t.Language == typed.Language);
            var slug = await SlugAsync(db, article.Id, typed, present, cancellationToken);
            if (present is null)
            {
                present = new ArticleTranslation
                {
                    ArticleId = article.Id, Language = typed.Language, Title = typed.Title!, Slug = slug, Body = typed.Body!,
                    UpdatedByName = grant.Actor.Name,
                };
                article.Translations.Add(present);
            }
            else if ((present.Title, present.Slug, present.Summary, present.Body) == (typed.Title, slug, typed.Summary, typed.Body))
            {
                continue;
            }

            await OldSlugs.MoveAsync(db, typed.Language, article.Id, present.Slug, slug, cancellationToken);
            (present.Title, present.Slug, present.Summary, present.Body) = (typed.Title!, slug, typed.Summary, typed.Body!);
            (present.UpdatedAt, present.UpdatedById, present.UpdatedByName) = (clock.GetUtcNow(), grant.Actor.UserId, grant.Actor.Name);
        }
    }

    /// <summary>The address that was typed; else the one it has, or a new one of the title.</summary>
    private static async Task<string> SlugAsync(CrmDbContext db, long articleId, ArticleTextInput typed, ArticleTranslation? present,
        CancellationToken cancellationToken)
    {
        if (typed.Slug is null && present is not null) return present.Slug;
        var wanted = typed.Slug ?? Slugs.Of(typed.Title, ArticleTranslation.SlugLength);
        if (wanted == present?.Slug) return wanted;
        var taken = (await db.ArticleTranslations.Where(t => t.Language == typed.Language && t.ArticleId != articleId
            && t.Slug.StartsWith(wanted)).Select(t => t.Slug).Take(MostArticles).ToListAsync(cancellationToken)).ToHashSet();
        if (typed.Slug is null) return Slugs.Free(wanted, ArticleTranslation.SlugLength, taken);
        return !taken.Contains(wanted) ? wanted : throw new RuleViolationException(ArticleRules.Field(typed.Language, nameof(typed.Slug)),
            "Another article has this address already; choose another one.") { IsDuplicate = true };
    }

    private static async Task DropOldVersionsAsync(CrmDbContext db, long articleId, List<ArticleTextInput> texts,
        CancellationToken cancellationToken)
    {
        foreach (var language in texts.Select(t => t.Language))
        {
            var last = await db.ArticleVersions.Where(v => v.ArticleId == articleId && v.Language == language)
                .OrderByDescending(v => v.Id).Skip(ArticleVersion.Most).Select(v => (long?)v.Id).FirstOrDefaultAsync(cancellationToken);
            if (last is not null)
                await db.ArticleVersions.Where(v => v.ArticleId == articleId && v.Language == language && v.Id <= last)
                    .ExecuteDeleteAsync(cancellationToken);
        }
    }

    private static ConcurrencyConflictException Conflict(Article article)
    {
        var last = article.Translations.MaxBy(t => t.UpdatedAt);
        return new([], article.Version, last?.UpdatedByName, article.UpdatedAt);
    }
}
