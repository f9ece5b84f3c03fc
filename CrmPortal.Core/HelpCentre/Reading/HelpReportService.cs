using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.HelpCentre;

/// <summary>A question of visitors.</summary>
/// <param name="Times">How often it was asked.</param>
/// <param name="LastDay">When it was asked last.</param>
public sealed record SearchedFor(string Text, string Language, int Times, DateOnly LastDay);

/// <summary>An article that many visitors were not helped by.</summary>
/// <param name="Reasons">In their words, the newest first.</param>
public sealed record PoorArticle(long Id, string Title, string Language, int Helped, int DidNot, IReadOnlyList<string> Reasons);

/// <summary>An article that did not save messages.</summary>
/// <param name="AfterReading">How many visitors opened it and wrote to us all the same.</param>
/// <param name="AfterProposal">How many were proposed it, and wrote.</param>
public sealed record AskedAnyway(long Id, string Title, string Language, int AfterReading, int AfterProposal);

/// <summary>What visitors looked for and what they said.</summary>
/// <param name="NotFound">Articles to write: searches without a hit.</param>
/// <param name="Poor">Articles to write better.</param>
/// <param name="Found">The questions that are answered and asked most.</param>
/// <param name="Asked">Articles after which visitors wrote to us all the same.</param>
public sealed record HelpReport(IReadOnlyList<SearchedFor> NotFound, IReadOnlyList<PoorArticle> Poor, IReadOnlyList<SearchedFor> Found,
    IReadOnlyList<AskedAnyway> Asked, int Searches, int Helped, int DidNot);

/// <summary>What the help centre still lacks, as its visitors say it.</summary>
public sealed class HelpReportService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, TimeProvider clock)
{
    public const int Days = 90;
    private const int MostShown = 20;

    /// <summary>An article is poor where more than one of so many visitors was not helped.</summary>
    private const int PoorShare = 5;

    private const int MostReasons = 5;
    private const int MostReasonsRead = 400;

    /// <summary>The last 90 days.</summary>
    public async Task<HelpReport> ReadAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ArticlesEdit, cancellationToken);
        var since = LocalZone.Utc.DayOf(clock.GetUtcNow()).AddDays(-Days);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var searches = db.HelpSearches.Where(s => s.Day >= since);
        var asked = searches.GroupBy(s => new { s.Text, s.Language }).Select(g => new
        {
            g.Key.Text, g.Key.Language, Times = g.Sum(s => s.Count), Last = g.Max(s => s.Day), Hits = g.Max(s => s.Hits),
        });
        var missing = await asked.Where(s => s.Hits == 0).OrderByDescending(s => s.Times).ThenBy(s => s.Text).Take(MostShown)
            .ToListAsync(cancellationToken);
        var found = await asked.Where(s => s.Hits > 0).OrderByDescending(s => s.Times).ThenBy(s => s.Text).Take(MostShown)
            .ToListAsync(cancellationToken);
        var votes = db.ArticleVotes.Where(v => v.Day >= since);
        var sums = await votes.GroupBy(_ => 1).Select(g => new { Helped = g.Sum(v => v.Helped), DidNot = g.Sum(v => v.DidNot) })
            .FirstOrDefaultAsync(cancellationToken);
        return new([.. missing.Select(s => new SearchedFor(s.Text, s.Language, s.Times, s.Last))],
            await PoorAsync(db, since, cancellationToken), [.. found.Select(s => new SearchedFor(s.Text, s.Language, s.Times, s.Last))],
            await AskedAsync(db, since, cancellationToken), await searches.SumAsync(s => s.Count, cancellationToken), sums?.Helped ?? 0,
                sums?.DidNot ?? 0);
    }

    private static async Task<IReadOnlyList<AskedAnyway>> AskedAsync(CrmDbContext db, DateOnly since,
        CancellationToken cancellationToken) =>
        await db.ArticleVotes.Where(v => v.Day >= since).GroupBy(v => new { v.ArticleId, v.Language })
            .Select(g => new
            {
                g.Key.ArticleId, g.Key.Language, Reading = g.Sum(v => v.AskedAfterReading), Proposal = g.Sum(v => v.AskedAfterProposal),
            })
            .Where(v => v.Reading + v.Proposal > 0)
            .Join(db.ArticleTranslations, v => new { v.ArticleId, v.Language }, t => new { t.ArticleId, t.Language },
                (v, t) => new { v.ArticleId, v.Language, v.Reading, v.Proposal, t.Title })
            .OrderByDescending(v => v.Reading).ThenByDescending(v => v.Proposal).ThenBy(v => v.ArticleId).ThenBy(v => v.Language)
            .Take(MostShown).Select(v => new AskedAnyway(v.ArticleId, v.Title, v.Language, v.Reading, v.Proposal))
            .ToListAsync(cancellationToken);

    private static async Task<IReadOnlyList<PoorArticle>> PoorAsync(CrmDbContext db, DateOnly since, CancellationToken cancellationToken)
    {
        var poor = await db.ArticleVotes.Where(v => v.Day >= since).GroupBy(v => new { v.ArticleId, v.Language })
            .Select(g => new { g.Key.ArticleId, g.Key.Language, Helped = g.Sum(v => v.Helped), DidNot = g.Sum(v => v.DidNot) })
            .Where(v => v.DidNot * PoorShare > v.Helped + v.DidNot)
            .Join(db.ArticleTranslations, v => new { v.ArticleId, v.Language }, t => new { t.ArticleId, t.Language },
                (v, t) => new { v.ArticleId, v.Language, v.Helped, v.DidNot, t.Title })
            .OrderByDescending(v => v.DidNot - v.Helped).ThenByDescending(v => v.DidNot).ThenBy(v => v.ArticleId).Take(MostShown)
            .ToListAsync(cancellationToken);
        var ids = poor.ConvertAll(p => p.ArticleId);
        var reasons = (await db.ArticleVoteReasons.Where(r => ids.Contains(r.ArticleId) && r.Day >= since).OrderByDescending(r => r.Id)
            .Take(MostReasonsRead).Select(r => new { r.ArticleId, r.Language, r.Text }).ToListAsync(cancellationToken))
            .ToLookup(r => (r.ArticleId, r.Language), r => r.Text);
        return [.. poor.Select(p => new PoorArticle(p.ArticleId, p.Title, p.Language, p.Helped, p.DidNot,
            [.. reasons[(p.ArticleId, p.Language)].Take(MostReasons)]))];
    }
}
