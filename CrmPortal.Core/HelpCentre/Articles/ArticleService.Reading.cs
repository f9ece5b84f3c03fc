using System.Linq.Expressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.HelpCentre;

/// <content>Lists, single articles and their versions.</content>
public sealed partial class ArticleService
{
    internal const int VoteDays = 90;

    /// <summary>Whoever has one of these reads what is published.</summary>
    private static readonly string[] Readers = [Permissions.ArticlesEdit, Permissions.TicketsWork, Permissions.CustomersView];

    /// <summary>Articles that whoever asks may read, those that were changed last first.</summary>
    /// <param name="language">In which titles and categories are called, where they are.</param>
    /// <exception cref="RuleViolationException">The page is out of range.</exception>
    public async Task<Page<ArticleRow>> ListAsync(ArticleQuery query, string language, PageRequest page,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAnyAsync(Readers, cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var found = await Matching(db, query, grant, now).OrderByDescending(a => a.UpdatedAt).ThenByDescending(a =>
            a.Id).Skip(skip).Take(take + 1)
            .Select(a => new
            {
                a.Id, a.CategoryId, a.State, a.PublishAt, a.UpdatedAt, a.Version,
                Texts = a.Translations.Select(t => new { t.Language, t.Title, t.Summary, t.UpdatedAt, t.UpdatedByName }).ToList(),
            }).ToListAsync(cancellationToken);
        var names = await CategoryNames.ReadAsync(db, language, cancellationToken);
        var ids = found.ConvertAll(a => a.Id);
        var since = LocalZone.Utc.DayOf(now).AddDays(-VoteDays);
        var votes = await db.ArticleVotes.Where(v => ids.Contains(v.ArticleId) && v.Day >= since).GroupBy(v => v.ArticleId)
            .Select(g => new { Id = g.Key, Helped = g.Sum(v => v.Helped), DidNot = g.Sum(v => v.DidNot) })
            .ToDictionaryAsync(v => v.Id, cancellationToken);
        return new([.. found.Take(take).Select(a =>
        {
            var shown = a.Texts.Find(t => t.Language == language) ?? a.Texts.OrderBy(t => t.Language).FirstOrDefault();
            var (last, vote) = (a.Texts.MaxBy(t => t.UpdatedAt), votes.GetValueOrDefault(a.Id));
            return new ArticleRow(a.Id, shown?.Title ?? "", shown?.Summary, a.CategoryId, names.GetValueOrDefault(a.CategoryId, ""),
                a.State, a.PublishAt, ArticleRow.StandingOf(a.State, a.PublishAt, now), [.. a.Texts.Select(t => t.Language).Order()],
                a.UpdatedAt, last?.UpdatedByName ?? "", vote?.Helped ?? 0, vote?.DidNot ?? 0, a.Version);
        })], page.Number, take, found.Count > take);
    }

    /// <summary>How many articles a list has.</summary>
    public async Task<int> CountAsync(ArticleQuery query, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAnyAsync(Readers, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await Matching(db, query, grant, clock.GetUtcNow()).Take(MostArticles).CountAsync(cancellationToken);
    }

    /// <summary>An article with all its texts; null where there is none that whoever asks may read.</summary>
    public async Task<ArticleDetails?> GetAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAnyAsync(Readers, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await Readable(db.Articles.AsNoTracking(), grant, clock.GetUtcNow()).AnyAsync(a => a.Id == id, cancellationToken)
            ? await DetailsAsync(db, id, cancellationToken) : null;
    }

    /// <summary>The saved texts of an article in a language, the newest first.</summary>
    public async Task<IReadOnlyList<ArticleVersionRow>> VersionsAsync(long id, string language, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ArticlesEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.ArticleVersions.Where(v => v.ArticleId == id && v.Language == language).OrderByDescending(v => v.Id)
            .Take(ArticleVersion.Most).Select(v => new ArticleVersionRow(v.Id, v.Title, v.SavedAt, v.SavedByName, v.Body.Length))
            .ToListAsync(cancellationToken);
    }

    /// <summary>One of the saved texts; null where there is none.</summary>
    public async Task<ArticleVersionDetails?> VersionAsync(long versionId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ArticlesEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.ArticleVersions.Where(v => v.Id == versionId).Select(v => new ArticleVersionDetails(v.Id, v.ArticleId, v.Language,
            v.Title, v.Summary, v.Body, v.SavedAt, v.SavedByName)).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Makes a saved text the present one again, as a new version; its address stays.</summary>
    /// <returns>Null where there is no such version, or its article is gone.</returns>
    /// <exception cref="ConcurrencyConflictException">Somebody else changed the article since <paramref name="version"/>.</exception>
    public async Task<Customers.PartChangeResult<ArticleDetails>?> RestoreAsync(long versionId, long? version,
        CancellationToken cancellationToken)
    {
        if (await VersionAsync(versionId, cancellationToken) is not { } kept) return null;
        if (await GetAsync(kept.ArticleId, cancellationToken) is not { } article) return null;
        return await SaveAsync(article.Id, new(article.CategoryId, article.State, article.PublishAt, article.Position,
            [new(kept.Language, kept.Title, null, kept.Summary, kept.Body)]), version ?? article.Version, cancellationToken);
    }

    private IQueryable<Article> Matching(CrmDbContext db, ArticleQuery query, Grant grant, DateTimeOffset now)
    {
        var articles = Readable(db.Articles.AsNoTracking(), grant, now);
        if (query.CategoryId is { } category) articles = articles.Where(a => a.CategoryId == category);
        if (query.Standing is { } standing) articles = articles.Where(At(standing, now));
        if (query.Language is { } language) articles = articles.Where(a => a.Translations.Any(t => t.Language == language));
        if (query.MissingIn is { } missing) articles = articles.Where(a => a.Translations.All(t => t.Language != missing));
        if (string.IsNullOrWhiteSpace(query.Search)) return articles;
        var terms = HelpWords.Terms(query.Search);
        if (terms.Count == 0) return articles.Where(a => false);
        var matches = provider.MatchArticles(db, terms, any: false);
        return articles.Where(a => matches.Any(m => m.Text.ArticleId == a.Id));
    }

    /// <summary>Those who write read everything, those who answer customers what is internal as well, others what is published.</summary>
    private static IQueryable<Article> Readable(IQueryable<Article> articles, Grant grant, DateTimeOffset now)
    {
        if (grant.Has(Permissions.ArticlesEdit)) return articles;
        var seesInternal = grant.Has(Permissions.TicketsWork);
        return articles.Where(a => (a.State == ArticleState.Published && a.PublishAt <= now)
            || (seesInternal && a.State == ArticleState.Internal));
    }

    private static Expression<Func<Article, bool>> At(ArticleStanding standing, DateTimeOffset now) => standing switch
    {
        ArticleStanding.Draft => a => a.State == ArticleState.Draft,
        ArticleStanding.Internal => a => a.State == ArticleState.Internal,
        ArticleStanding.Scheduled => a => a.State == ArticleState.Published && a.PublishAt > now,
        _ => a => a.State == ArticleState.Published && a.PublishAt <= now,
    };

    private static async Task<ArticleDetails?> DetailsAsync(CrmDbContext db, long id, CancellationToken cancellationToken)
    {
        var article = await db.Articles.AsNoTracking().Include(a => a.Translations).Include(a => a.Category)
            .FirstOrDefaultAsync(a => a.Id == id, cancellationToken);
        return article is null ? null : new(article.Id, article.CategoryId, article.Category!.Slug, article.State, article.PublishAt,
            article.Position, article.AuthorName, article.CreatedAt, article.UpdatedAt, article.Version, [.. article.Translations
                .OrderBy(t => t.Language, StringComparer.Ordinal).Select(t => new ArticleText(t.Language, t.Title, t.Slug, t.Summary,
                    t.Body, t.UpdatedAt, t.UpdatedByName))]);
    }
}
