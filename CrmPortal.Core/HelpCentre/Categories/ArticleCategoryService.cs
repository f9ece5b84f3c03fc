using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.HelpCentre;

/// <summary>What somebody typed of a category.</summary>
/// <param name="Names">By language; those that are blank are taken away.</param>
/// <param name="Slug">Its part of addresses; made of the first name where it is blank.</param>
public sealed record ArticleCategoryInput(IReadOnlyDictionary<string, string?> Names, string? Slug, bool IsFaq);

/// <summary>A category with how many articles it has.</summary>
public sealed record ArticleCategoryDetails(long Id, string Slug, int Position, bool IsFaq, IReadOnlyDictionary<string, string> Names,
    int Articles, long Version)
{
    /// <summary>The name in a language; in another one where there is none.</summary>
    public string NameIn(string language) => Names.GetValueOrDefault(language) ?? Names.GetValueOrDefault(HelpLanguages.Usual)
        ?? Names.Values.FirstOrDefault() ?? Slug;
}

/// <summary>The categories of the help centre.</summary>
public sealed class ArticleCategoryService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access)
{
    public const int Most = 60;

    /// <summary>All categories in their order.</summary>
    public async Task<IReadOnlyList<ArticleCategoryDetails>> ListAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ArticlesEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await ReadAsync(db, db.ArticleCategories, cancellationToken);
    }

    /// <summary>Adds a category behind the others, or changes one.</summary>
    /// <param name="id">The category, or null for a new one.</param>
    /// <param name="version">Where set, any change in between is a conflict.</param>
    /// <returns>Null where there is no such category.</returns>
    /// <exception cref="RuleViolationException">Something is wrong; errors of a name are at <c>Names.en</c>.</exception>
    /// <exception cref="ConcurrencyConflictException">Somebody else changed it.</exception>
    public async Task<PartChangeResult<ArticleCategoryDetails>?> SaveAsync(long? id, ArticleCategoryInput input, long? version,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ArticlesEdit, cancellationToken);
        var (names, slug) = Check(input);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("article.category", Permissions.ArticlesEdit);
        var category = id is null ? null
            : await db.ArticleCategories.Include(c => c.Names).FirstOrDefaultAsync(c => c.Id == id, cancellationToken);
        if (id is not null && category is null) return null;
        if (category is not null && version is { } seen && seen != category.Version)
            throw new ConcurrencyConflictException([], category.Version, null, null);
        slug ??= category?.Slug;
        var others = await db.ArticleCategories.Where(c => c.Id != id).Select(c => new { c.Slug, c.Position })
            .ToListAsync(cancellationToken);
        if (category is null && others.Count >= Most)
            throw new RuleViolationException("", "There can be at most {0} categories.", Most);
        slug ??= Slugs.Free(Slugs.Of(names.Values.First(), ArticleCategory.SlugLength), ArticleCategory.SlugLength,
            others.Select(o => o.Slug).ToHashSet());
        if (others.Exists(o => o.Slug == slug)) throw Taken();
        category ??= db.ArticleCategories.Add(new ArticleCategory
        {
            Slug = slug, Position = others.Count == 0 ? 1 : others.Max(o => o.Position) + 1,
        }).Entity;
        if (category.Id > 0)
            await OldSlugs.MoveAsync(db, OldSlugs.OfCategories, category.Id, category.Slug, slug, cancellationToken);
        (category.Slug, category.IsFaq) = (slug, input.IsFaq);
        Rename(db, category, names);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            throw Taken();
        }

        var saved = await ReadAsync(db, db.ArticleCategories.Where(c => c.Id == category.Id), cancellationToken);
        return new(saved[0], db.LastChangeSetId);
    }

    /// <summary>Moves a category before the one in front of it, or behind the next.</summary>
    /// <returns>The change set for undo, or null where there is nothing to move.</returns>
    public async Task<long?> MoveAsync(long id, bool isUp, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ArticlesEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("article.category", Permissions.ArticlesEdit);
        var all = await db.ArticleCategories.OrderBy(c => c.Position).ThenBy(c => c.Id).Take(Most).ToListAsync(cancellationToken);
        var at = all.FindIndex(c => c.Id == id);
        var to = isUp ? at - 1 : at + 1;
        if (at < 0 || to < 0 || to >= all.Count) return null;
        (all[at], all[to]) = (all[to], all[at]);
        foreach (var (i, category) in all.Index()) category.Position = i + 1;
        await db.SaveChangesAsync(cancellationToken);
        return db.LastChangeSetId;
    }

    /// <summary>Removes a category without articles.</summary>
    /// <returns>The change set for undo, or null where there is no such category.</returns>
    /// <exception cref="RuleViolationException">There are articles in it.</exception>
    public async Task<long?> DeleteAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ArticlesEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("article.category", Permissions.ArticlesEdit);
        var category = await db.ArticleCategories.Include(c => c.Names).FirstOrDefaultAsync(c => c.Id == id, cancellationToken);
        if (category is null) return null;
        if (await db.Articles.AnyAsync(a => a.CategoryId == id, cancellationToken))
            throw new RuleViolationException("", "There are articles in this category; move them to another one first.")
            {
                IsRefusal = true,
            };
        db.ArticleCategoryNames.RemoveRange(category.Names);
        db.ArticleCategories.Remove(category);
        await db.SaveChangesAsync(cancellationToken);
        return db.LastChangeSetId;
    }

    private static void Rename(CrmDbContext db, ArticleCategory category, Dictionary<string, string> names)
    {
        foreach (var gone in category.Names.Where(n => !names.ContainsKey(n.Language)).ToList()) db.ArticleCategoryNames.Remove(gone);
        foreach (var (language, name) in names)
        {
            if (category.Names.Find(n => n.Language == language) is { } present) present.Name = name;
            else category.Names.Add(new() { Language = language, Name = name });
        }
    }

    private static (Dictionary<string, string> Names, string? Slug) Check(ArticleCategoryInput input)
    {
        var errors = new List<FieldError>();
        var names = new Dictionary<string, string>();
        foreach (var language in HelpLanguages.All)
        {
            var typed = input.Names.GetValueOrDefault(language);
            var name = TextRules.Text($"Names.{language}", typed, ArticleCategory.NameLength, errors).Value;
            if (name is not null) names[language] = name;
        }

        if (names.Count == 0 && errors.Count == 0) errors.Add(new($"Names.{HelpLanguages.Usual}", "Name the category."));
        var slug = Slugs.Checked(nameof(input.Slug), input.Slug, ArticleCategory.SlugLength, errors);
        return errors.Count > 0 ? throw new RuleViolationException(errors) : (names, slug);
    }

    private static RuleViolationException Taken() =>
        new("Slug", "Another category has this address already; choose another one.") { IsDuplicate = true };

    private static async Task<List<ArticleCategoryDetails>> ReadAsync(CrmDbContext db, IQueryable<ArticleCategory> categories,
        CancellationToken cancellationToken) => (await categories.AsNoTracking().OrderBy(c => c.Position).ThenBy(c => c.Id).Take(Most)
            .Select(c => new { Category = c, c.Names, Articles = db.Set<Article>().Count(a => a.CategoryId == c.Id) })
            .ToListAsync(cancellationToken))
        .ConvertAll(c => new ArticleCategoryDetails(c.Category.Id, c.Category.Slug, c.Category.Position, c.Category.IsFaq,
            c.Names.ToDictionary(n => n.Language, n => n.Name), c.Articles, c.Category.Version));
}
