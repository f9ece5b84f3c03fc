using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.HelpCentre;

/// <summary>What categories are called.</summary>
internal static class CategoryNames
{
    /// <summary>The names in a language; in another one where there is none.</summary>
    public static async Task<IReadOnlyDictionary<long, string>> ReadAsync(CrmDbContext db, string language,
        CancellationToken cancellationToken) => (await db.ArticleCategoryNames.AsNoTracking().OrderBy(n => n.Id)
            .Take(ArticleCategoryService.Most * HelpLanguages.All.Count).ToListAsync(cancellationToken))
        .GroupBy(n => n.CategoryId).ToDictionary(g => g.Key, g => Of(g, language));

    /// <summary>The name of one category.</summary>
    public static string Of(IEnumerable<ArticleCategoryName> names, string language)
    {
        var all = names.ToList();
        return (all.Find(n => n.Language == language) ?? all.Find(n => n.Language == HelpLanguages.Usual) ?? all.FirstOrDefault())?.Name
            ?? "";
    }
}
