using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.HelpCentre;

/// <summary>
/// Removes searches, votes and reasons that are old, pictures that nothing shows, and what is left of articles whose removal can no longer
/// be undone.
/// </summary>
internal sealed class HelpCleanUp(IDatabaseProvider provider, TimeProvider clock) : IScheduledJob
{
    public const string Name = "clean-up.help";

    /// <summary>Longer than a removal can be undone.</summary>
    public const int RemainsDays = 40;

    private const int VoteDays = 730;
    private const int MostAtOnce = 200;

    public string Kind => Name;

    public string Cron => "35 3 * * *";

    public async Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var today = LocalZone.Utc.DayOf(now);
        await using var db = provider.CreateContext(null);
        var (searched, voted) = (today.AddDays(-HelpSearch.KeptDays), today.AddDays(-VoteDays));
        await db.HelpSearches.Where(s => s.Day < searched).ExecuteDeleteAsync(cancellationToken);
        await db.ArticleVoteReasons.Where(r => r.Day < searched).ExecuteDeleteAsync(cancellationToken);
        await db.ArticleVotes.Where(v => v.Day < voted).ExecuteDeleteAsync(cancellationToken);
        await RemoveRemainsAsync(db, now.AddDays(-RemainsDays), cancellationToken);
        await RemovePicturesAsync(db, now.AddDays(-RemainsDays), cancellationToken);
    }

    private static async Task RemoveRemainsAsync(CrmDbContext db, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var lost = await db.ArticleVersions.Select(v => v.ArticleId).Distinct().Where(id => !db.Set<Article>().Any(a => a.Id == id))
            .OrderBy(id => id).Take(MostAtOnce).ToListAsync(cancellationToken);
        var recent = await db.AuditEntries.Where(e => e.EntityType == nameof(Article) && lost.Contains(e.EntityId)
            && e.Action == AuditAction.Deleted && e.ChangeSet!.At >= before).Select(e => e.EntityId).ToListAsync(cancellationToken);
        var gone = lost.Except(recent).ToList();
        if (gone.Count == 0) return;
        await db.ArticleVersions.Where(v => gone.Contains(v.ArticleId)).ExecuteDeleteAsync(cancellationToken);
        await db.ArticleVotes.Where(v => gone.Contains(v.ArticleId)).ExecuteDeleteAsync(cancellationToken);
        await db.ArticleVoteReasons.Where(r => gone.Contains(r.ArticleId)).ExecuteDeleteAsync(cancellationToken);
        await db.HelpOldSlugs.Where(s => s.Language != OldSlugs.OfCategories && gone.Contains(s.SubjectId))
            .ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>A picture stays as long as a kept version shows it, since that may be restored.</summary>
    private static async Task RemovePicturesAsync(CrmDbContext db, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var unused = await db.ArticlePictures.Where(p => p.CreatedAt < before && !db.Set<ArticlePictureUse>()
            .Any(u => u.PictureKey == p.Key)).OrderBy(p => p.CreatedAt).Take(MostAtOnce).Select(p => p.Key).ToListAsync(cancellationToken);
        foreach (var key in unused)
        {
            var address = HelpAddresses.Picture(key);
            await db.ArticlePictures.Where(p => p.Key == key && !db.Set<ArticleVersion>().Any(v => v.Body.Contains(address)))
                .ExecuteDeleteAsync(cancellationToken);
        }
    }
}
