using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Search;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.HelpCentre;

/// <content>Searching, suggesting, and what visitors say of articles.</content>
public sealed partial class HelpCentreService
{
    /// <summary>So many articles a search shows.</summary>
    public const int MostHits = 30;

    /// <summary>So many articles are proposed at most: whoever writes to us reads no list.</summary>
    public const int MostSuggested = 5;

    private const int MostCandidates = 20;
    private const int MostNoted = 20;

    /// <summary>One telling word in the title or the summary, or two in the text.</summary>
    private const int LeastFit = 2;

    /// <summary>Articles in which all words occur, or some of them where none has all; the best first.</summary>
    /// <param name="isNoted">Whether the search is counted for the report; not for what is searched while somebody types.</param>
    public async Task<HelpResults> SearchAsync(string? text, string language, bool isNoted, CancellationToken cancellationToken)
    {
        var terms = HelpWords.Terms(text);
        if (terms.Count == 0) return new([], false);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var readable = await ReadableAsync(db, language, cancellationToken);
        var hits = await FindAsync(db, readable, terms, any: false, MostHits, cancellationToken);
        var loose = HelpWords.LooseTerms(text);
        var isLoose = hits.Count == 0 && loose.Count > 0;
        if (isLoose) hits = await FindAsync(db, readable, loose, any: true, MostHits, cancellationToken);
        if (isNoted) await NoteAsync(db, text!, language, isLoose ? 0 : hits.Count, cancellationToken);
        var names = hits.Count == 0 ? new Dictionary<long, string>() : await CategoryNames.ReadAsync(db, language, cancellationToken);
        var marked = isLoose ? loose : terms;
        return new([.. hits.Select(h => new HelpHit(Link(h.Listing, language),
            names.GetValueOrDefault(h.Listing.CategoryId, h.Listing.Category), HelpSnippet.Mark(h.Listing.Title, marked),
            HelpSnippet.Cut(ExtractOf(h.Listing.Summary, h.Body, marked), marked)))], isLoose && hits.Count > 0);
    }

    /// <summary>
    /// Published articles that may answer what somebody writes, the best first: for a contact form, and for agents. One that only has
    /// a word of it somewhere answers nothing, and none is better than one beside the point.
    /// </summary>
    /// <param name="text">A question, or a whole message.</param>
    /// <param name="most">So many at most, and no more than <see cref="MostSuggested"/>.</param>
    public async Task<IReadOnlyList<HelpSuggestion>> SuggestAsync(string? text, string language, int most,
        CancellationToken cancellationToken)
    {
        var terms = HelpWords.LooseTerms(text);
        if (terms.Count == 0 || most < 1) return [];
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var hits = await FindAsync(db, Published(db).Where(t => t.Language == language), terms, any: true, MostCandidates,
            cancellationToken);
        var fits = hits.ConvertAll(h => (h.Listing, Fit: FitOf(h.Listing, h.Body, terms)));
        var least = Math.Max(terms.Count == 1 ? 1 : LeastFit, (fits.Select(f => f.Fit).DefaultIfEmpty().Max() + 1) / 2);
        return [.. fits.Where(f => f.Fit >= least).OrderByDescending(f => f.Fit).Take(Math.Min(most, MostSuggested))
            .Select(f => new HelpSuggestion(f.Listing.ArticleId, f.Listing.Title, f.Listing.Summary, Link(f.Listing, language).Address))];
    }

    /// <summary>Counts what a visitor says of an article; the caller sees to it that a browser says it once.</summary>
    /// <param name="reason">Why it did not help, in their words.</param>
    /// <returns>Whether there is such an article for everybody.</returns>
    public async Task<bool> VoteAsync(long articleId, string language, bool hasHelped, string? reason, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (!await Published(db).AnyAsync(t => t.ArticleId == articleId && t.Language == language, cancellationToken)) return false;
        var day = Today;
        await CountAsync(db,
            () => db.ArticleVotes.Where(v => v.ArticleId == articleId && v.Language == language && v.Day == day).ExecuteUpdateAsync(
                v => v.SetProperty(x => x.Helped, x => x.Helped + (hasHelped ? 1 : 0))
                    .SetProperty(x => x.DidNot, x => x.DidNot + (hasHelped ? 0 : 1)), cancellationToken),
            () => db.ArticleVotes.Add(new() { ArticleId = articleId, Language = language, Day = day, Helped = hasHelped ? 1 : 0,
                DidNot = hasHelped ? 0 : 1 }), cancellationToken);
        var errors = new List<FieldError>();
        var words = hasHelped ? null : TextRules.Text("Reason", reason, int.MaxValue, errors).Value;
        if (words is null || errors.Count > 0) return true;
        db.ArticleVoteReasons.Add(new() { ArticleId = articleId, Language = language, Day = day,
            Text = SearchText.Cut(words, ArticleVoteReason.TextLength) });
        await db.SaveWithoutRecordAsync(cancellationToken);
        return true;
    }

    /// <summary>Counts for articles that they did not save a message: they were read or proposed, and the visitor wrote to us.</summary>
    /// <param name="read">The articles that were opened before.</param>
    /// <param name="proposed">Those that the contact form proposed.</param>
    public async Task NoteAskedAsync(IReadOnlyCollection<long> read, IReadOnlyCollection<long> proposed, string language,
        CancellationToken cancellationToken)
    {
        var ids = read.Concat(proposed).Distinct().Take(MostNoted).ToList();
        if (ids.Count == 0) return;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var day = Today;
        foreach (var id in await Published(db).Where(t => t.Language == language && ids.Contains(t.ArticleId)).Select(t => t.ArticleId)
            .OrderBy(id => id).ToListAsync(cancellationToken))
        {
            var (wasRead, wasProposed) = (read.Contains(id) ? 1 : 0, proposed.Contains(id) ? 1 : 0);
            await CountAsync(db,
                () => db.ArticleVotes.Where(v => v.ArticleId == id && v.Language == language && v.Day == day).ExecuteUpdateAsync(
                    v => v.SetProperty(x => x.AskedAfterReading, x => x.AskedAfterReading + wasRead)
                        .SetProperty(x => x.AskedAfterProposal, x => x.AskedAfterProposal + wasProposed), cancellationToken),
                () => db.ArticleVotes.Add(new() { ArticleId = id, Language = language, Day = day, AskedAfterReading = wasRead,
                    AskedAfterProposal = wasProposed }), cancellationToken);
        }
    }

    /// <summary>How many of the words an article has; those of its title count three times, those of its summary twice.</summary>
    private static int FitOf(Listing listing, string body, IReadOnlyList<string> terms)
    {
        var (title, summary, text) = (HelpWords.ForIndex(listing.Title).Split(' '), HelpWords.ForIndex(listing.Summary).Split(' '),
            HelpWords.ForIndex(body).Split(' '));
        return terms.Sum(term => Has(title, term) ? 3 : Has(summary, term) ? 2 : Has(text, term) ? 1 : 0);

        static bool Has(string[] words, string term) => Array.Exists(words, w => w.StartsWith(term, StringComparison.Ordinal));
    }

    private DateOnly Today => LocalZone.Utc.DayOf(clock.GetUtcNow());

    private async Task<List<(Listing Listing, string Body)>> FindAsync(CrmDbContext db, IQueryable<ArticleTranslation> readable,
        IReadOnlyList<string> terms, bool any, int most, CancellationToken cancellationToken) =>
        (await provider.MatchArticles(db, terms, any).Join(readable, m => m.Text.Id, t => t.Id, (m, t) => new { m.Score, Text = t })
            .OrderByDescending(m => m.Score).ThenBy(m => m.Text.Id).Take(most)
            .Select(m => new
            {
                m.Text.ArticleId, m.Text.Title, m.Text.Summary, m.Text.Slug, m.Text.Article!.CategoryId,
                Category = m.Text.Article.Category!.Slug, m.Text.Article.Category.IsFaq, m.Text.Article.State, m.Text.Body,
            }).ToListAsync(cancellationToken))
        .ConvertAll(t => (new Listing(t.ArticleId, t.Title, t.Summary, t.Slug, t.CategoryId, t.Category, t.IsFaq, t.State), t.Body));

    /// <summary>The summary where it has what was searched for, else the article itself.</summary>
    private static string ExtractOf(string? summary, string body, IReadOnlyList<string> terms) =>
        summary is not null && HelpSnippet.Mark(summary, terms).Any(m => m.IsHit) ? summary : ArticleMarkdown.ToPlain(body);

    /// <summary>Notes a search for the report. What may be somebody's address, number or order is not noted.</summary>
    private async Task NoteAsync(CrmDbContext db, string typed, string language, int hits, CancellationToken cancellationToken)
    {
        var text = SearchText.Cut(SearchText.Fold(typed), HelpSearch.TextLength).Trim();
        if (text.Length < 2 || text.Contains('@', StringComparison.Ordinal) || ManyDigits().IsMatch(text) || StoredText.IsUnstorable(text))
            return;
        var day = Today;
        var isFull = false;
        await CountAsync(db,
            () => db.HelpSearches.Where(s => s.Day == day && s.Language == language && s.Text == text).ExecuteUpdateAsync(
                s => s.SetProperty(x => x.Count, x => x.Count + 1).SetProperty(x => x.Hits, hits), cancellationToken),
            () =>
            {
                if (!isFull) db.HelpSearches.Add(new() { Day = day, Language = language, Text = text, Count = 1, Hits = hits });
            },
            cancellationToken, async () => isFull = await db.HelpSearches.Where(s => s.Day == day).Take(HelpSearch.MostOfADay)
                .CountAsync(cancellationToken) >= HelpSearch.MostOfADay);
    }

    /// <summary>Raises a row, or makes it where it is not there; two who make it at the same moment become one.</summary>
    private async Task CountAsync(CrmDbContext db, Func<Task<int>> raise, Action add, CancellationToken cancellationToken,
        Func<Task>? beforeAdding = null)
    {
        if (await raise() > 0) return;
        if (beforeAdding is not null) await beforeAdding();
        add();
        try
        {
            await db.SaveWithoutRecordAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            db.ChangeTracker.Clear();
            await raise();
        }
    }

    [GeneratedRegex(@"\d[\d\s.\-/]{3,}\d")]
    private static partial Regex ManyDigits();
}
