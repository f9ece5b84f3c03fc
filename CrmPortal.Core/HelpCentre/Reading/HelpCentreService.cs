using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.HelpCentre;

/// <summary>
/// The help centre for whoever reads it, with or without a sign-in: what is published, and what is internal for those who edit
/// articles or work on tickets.
/// </summary>
public sealed partial class HelpCentreService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    ICurrentUser currentUser, TimeProvider clock)
{
    /// <summary>So many articles of a category are listed.</summary>
    public const int MostOfACategory = 200;

    private const int MostListed = 2_000;
    private const int MostMapped = 20_000;
    private const int MostNews = 30;
    private const int MostRelated = 4;

    /// <summary>The categories that have articles in a language, with them, in their order.</summary>
    public async Task<IReadOnlyList<HelpCategory>> HomeAsync(string language, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var names = await CategoryNames.ReadAsync(db, language, cancellationToken);
        var texts = await Listed(await ReadableAsync(db, language, cancellationToken)).Take(MostListed).ToListAsync(cancellationToken);
        return [.. texts.GroupBy(t => t.CategoryId).Select(g => new HelpCategory(g.Key, names.GetValueOrDefault(g.Key, g.First().Category),
            g.First().Category, HelpAddresses.Category(language, g.First().Category), g.First().IsFaq,
            [.. g.Take(MostOfACategory).Select(t => Link(t, language))]))];
    }

    /// <summary>A category by its part of the address.</summary>
    public async Task<HelpFound<HelpCategoryContent>> CategoryAsync(string language, string slug, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var category = await db.ArticleCategories.AsNoTracking().Include(c => c.Names).FirstOrDefaultAsync(c => c.Slug == slug,
            cancellationToken);
        if (category is null)
        {
            var now = await db.HelpOldSlugs.Where(s => s.Language == OldSlugs.OfCategories && s.Slug == slug)
                .Join(db.ArticleCategories, s => s.SubjectId, c => c.Id, (_, c) => c.Slug).FirstOrDefaultAsync(cancellationToken);
            return now is null ? new HelpFound<HelpCategoryContent>(null, null) : new(null, HelpAddresses.Category(language, now));
        }

        var readable = await ReadableAsync(db, null, cancellationToken);
        var inCategory = readable.Where(t => t.Article!.CategoryId == category.Id);
        var languages = await inCategory.Select(t => t.Language).Distinct().ToListAsync(cancellationToken);
        if (!languages.Contains(language)) return new HelpFound<HelpCategoryContent>(null, null);
        var texts = await Listed(inCategory.Where(t => t.Language == language)).Take(MostOfACategory).ToListAsync(cancellationToken);
        var links = texts.ConvertAll(t => Link(t, language));
        var bodies = !category.IsFaq ? []
            : await inCategory.Where(t => t.Language == language).OrderBy(t => t.Article!.Position).ThenBy(t => t.ArticleId)
                .Take(MostOfACategory).Select(t => new { t.ArticleId, t.Body })
                .ToDictionaryAsync(t => t.ArticleId, t => t.Body, cancellationToken);
        return new(new(new(category.Id, CategoryNames.Of(category.Names, language), slug, HelpAddresses.Category(language, slug),
            category.IsFaq, links), [.. links.Where(l => bodies.ContainsKey(l.Id)).Select(l => new HelpQuestion(l, bodies[l.Id]))],
            languages.Order(StringComparer.Ordinal).ToDictionary(l => l, l => HelpAddresses.Category(l, slug))), null);
    }

    /// <summary>An article by its address.</summary>
    public async Task<HelpFound<HelpArticle>> ArticleAsync(string language, string category, string slug,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var readable = await ReadableAsync(db, null, cancellationToken);
        var found = await readable.Where(t => t.Language == language && t.Slug == slug).Select(t => new
        {
            Text = t, t.Article!.CategoryId, Category = t.Article.Category!.Slug, t.Article.Category.IsFaq, t.Article.State,
            t.Article.PublishAt, t.Article.CreatedAt, t.Article.Category.Names,
        }).FirstOrDefaultAsync(cancellationToken);
        if (found is null)
        {
            var moved = await db.HelpOldSlugs.Where(s => s.Language == language && s.Slug == slug)
                .Join(readable.Where(t => t.Language == language), s => s.SubjectId, t => t.ArticleId,
                    (_, t) => new { Category = t.Article!.Category!.Slug, t.Slug }).FirstOrDefaultAsync(cancellationToken);
            return moved is null ? new HelpFound<HelpArticle>(null, null)
                : new(null, HelpAddresses.Article(language, moved.Category, moved.Slug));
        }

        var address = HelpAddresses.Article(language, found.Category, slug);
        if (found.Category != category) return new(null, address);
        var others = await readable.Where(t => t.ArticleId == found.Text.ArticleId).Select(t => new { t.Language, t.Slug })
            .ToListAsync(cancellationToken);
        var related = await RelatedAsync(db, readable.Where(t => t.Language == language), found.Text, found.CategoryId, cancellationToken);
        return new(new(found.Text.ArticleId, language, found.Text.Title, found.Text.Summary, found.Text.Body,
            new(found.CategoryId, CategoryNames.Of(found.Names, language), found.Category,
                HelpAddresses.Category(language, found.Category), found.IsFaq, []),
            address, found.PublishAt ?? found.CreatedAt, found.Text.UpdatedAt, found.State == ArticleState.Internal,
            others.OrderBy(o => o.Language, StringComparer.Ordinal)
                .ToDictionary(o => o.Language, o => HelpAddresses.Article(o.Language, found.Category, o.Slug)), related), null);
    }

    /// <summary>All pages that anybody may read, for search engines.</summary>
    public async Task<IReadOnlyList<HelpMapEntry>> MapAsync(CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var texts = await Published(db).OrderBy(t => t.ArticleId).ThenBy(t => t.Language).Take(MostMapped)
            .Select(t => new { t.ArticleId, t.Language, t.Slug, t.UpdatedAt, Category = t.Article!.Category!.Slug })
            .ToListAsync(cancellationToken);
        var written = texts.Select(t => t.Language).Distinct().Order(StringComparer.Ordinal).ToList();
        var homes = written.ToDictionary(l => l, HelpAddresses.Home);
        var entries = homes.Select(h => new HelpMapEntry(h.Value, texts.Where(t => t.Language == h.Key).Max(t => t.UpdatedAt), homes))
            .ToList();
        foreach (var category in texts.GroupBy(t => t.Category))
        {
            var all = category.Select(t => t.Language).Distinct().ToDictionary(l => l, l => HelpAddresses.Category(l, category.Key));
            entries.AddRange(all.Select(c =>
                new HelpMapEntry(c.Value, category.Where(t => t.Language == c.Key).Max(t => t.UpdatedAt), all)));
        }

        foreach (var article in texts.GroupBy(t => t.ArticleId))
        {
            var all = article.ToDictionary(t => t.Language, t => HelpAddresses.Article(t.Language, t.Category, t.Slug));
            entries.AddRange(article.Select(t => new HelpMapEntry(all[t.Language], t.UpdatedAt, all)));
        }

        return entries;
    }

    /// <summary>The articles that were published last, for a feed.</summary>
    public async Task<IReadOnlyList<HelpNews>> NewestAsync(string language, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var names = await CategoryNames.ReadAsync(db, language, cancellationToken);
        return (await Published(db).Where(t => t.Language == language).OrderByDescending(t => t.Article!.PublishAt)
            .ThenByDescending(t => t.ArticleId).Take(MostNews).Select(t => new
            {
                t.ArticleId, t.Title, t.Summary, t.Slug, t.Article!.CategoryId, Category = t.Article.Category!.Slug, t.Article.PublishAt,
            }).ToListAsync(cancellationToken)).ConvertAll(t => new HelpNews(t.ArticleId, t.Title, t.Summary,
                HelpAddresses.Article(language, t.Category, t.Slug), names.GetValueOrDefault(t.CategoryId, t.Category),
                t.PublishAt!.Value));
    }

    /// <summary>A published article as it goes into a reply; null where there is none in this language.</summary>
    /// <param name="withInternal">Whether it goes to colleagues, who may be shown what is internal.</param>
    public async Task<HelpReply?> ForReplyAsync(long id, string language, CancellationToken cancellationToken, bool withInternal = false)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var texts = withInternal ? await ReadableAsync(db, null, cancellationToken) : Published(db);
        var found = await texts.Where(t => t.ArticleId == id && t.Language == language)
            .Select(t => new { t.Title, t.Slug, t.Body, Category = t.Article!.Category!.Slug }).FirstOrDefaultAsync(cancellationToken);
        return found is null ? null : new(id, language, found.Title, HelpAddresses.Article(language, found.Category, found.Slug),
            ArticleMarkdown.ToPlain(found.Body), found.Body);
    }

    /// <summary>What everybody may read at this moment.</summary>
    private IQueryable<ArticleTranslation> Published(CrmDbContext db)
    {
        var now = clock.GetUtcNow();
        return db.ArticleTranslations.AsNoTracking().Where(t => t.Article!.State == ArticleState.Published && t.Article.PublishAt <= now);
    }

    /// <summary>What whoever asks may read.</summary>
    private async Task<IQueryable<ArticleTranslation>> ReadableAsync(CrmDbContext db, string? language, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var grant = await access.FindAsync(currentUser.Actor, cancellationToken);
        var texts = grant is not null && (grant.Has(Permissions.ArticlesEdit) || grant.Has(Permissions.TicketsWork))
            ? db.ArticleTranslations.AsNoTracking().Where(t => t.Article!.State == ArticleState.Internal
                || (t.Article.State == ArticleState.Published && t.Article.PublishAt <= now))
            : Published(db);
        return language is null ? texts : texts.Where(t => t.Language == language);
    }

    /// <summary>The others of its category, then what has words of its title.</summary>
    private async Task<IReadOnlyList<HelpLink>> RelatedAsync(CrmDbContext db, IQueryable<ArticleTranslation> readable,
        ArticleTranslation text, long categoryId, CancellationToken cancellationToken)
    {
        var others = readable.Where(t => t.ArticleId != text.ArticleId);
        var near = await Listed(others.Where(t => t.Article!.CategoryId == categoryId)).Take(MostRelated - 1)
            .ToListAsync(cancellationToken);
        var terms = HelpWords.LooseTerms(text.Title);
        if (terms.Count > 0)
        {
            var shown = near.ConvertAll(t => t.ArticleId);
            var matches = provider.MatchArticles(db, terms, any: true);
            near.AddRange(await Listed(others.Where(t => !shown.Contains(t.ArticleId)).Join(matches, t => t.Id, m => m.Text.Id,
                (t, m) => new { Text = t, m.Score }).OrderByDescending(m => m.Score).ThenBy(m => m.Text.Id)
                .Take(MostRelated).Select(m => m.Text), isInOrder: true).ToListAsync(cancellationToken));
        }

        return [.. near.Take(MostRelated).Select(t => Link(t, text.Language))];
    }

    private static IQueryable<Listing> Listed(IQueryable<ArticleTranslation> texts, bool isInOrder = false)
    {
        if (!isInOrder)
        {
            texts = texts.OrderBy(t => t.Article!.Category!.Position).ThenBy(t => t.Article!.CategoryId).ThenBy(t => t.Article!.Position)
                .ThenBy(t => t.ArticleId);
        }

        return texts.Select(t => new Listing(t.ArticleId, t.Title, t.Summary, t.Slug, t.Article!.CategoryId, t.Article.Category!.Slug,
            t.Article.Category.IsFaq, t.Article.State));
    }

    private static HelpLink Link(Listing text, string language) => new(text.ArticleId, text.Title, text.Summary,
        HelpAddresses.Article(language, text.Category, text.Slug), text.State == ArticleState.Internal);

    private sealed record Listing(long ArticleId, string Title, string? Summary, string Slug, long CategoryId, string Category, bool IsFaq,
        ArticleState State);
}
