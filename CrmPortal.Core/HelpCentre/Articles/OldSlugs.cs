using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.HelpCentre;

/// <summary>Keeps the parts of addresses that something had before.</summary>
internal static class OldSlugs
{
    /// <summary>Of a category, whose address is the same in every language.</summary>
    public const string OfCategories = "";

    /// <summary>Lets the former part of an address lead to its subject; one that is in use again leads nowhere else.</summary>
    public static async Task MoveAsync(CrmDbContext db, string language, long subjectId, string before, string after,
        CancellationToken cancellationToken)
    {
        var known = await db.HelpOldSlugs.Where(s => s.Language == language && (s.Slug == before || s.Slug == after))
            .ToListAsync(cancellationToken);
        db.HelpOldSlugs.RemoveRange(known.Where(s => s.Slug == after));
        if (before == after) return;
        if (known.Find(s => s.Slug == before) is { } former) former.SubjectId = subjectId;
        else db.HelpOldSlugs.Add(new() { Language = language, Slug = before, SubjectId = subjectId });
    }
}
