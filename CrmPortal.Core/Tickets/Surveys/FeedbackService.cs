using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>Which surveys are wanted; what is null does not matter.</summary>
/// <param name="From">Those that were sent at this time or later.</param>
/// <param name="To">Those that were sent before it.</param>
/// <param name="AgentId">Of tickets that this agent had solved.</param>
public sealed record FeedbackQuery(DateTimeOffset? From = null, DateTimeOffset? To = null, long? AgentId = null, long? QueueId = null,
    long? CustomerId = null, long? TicketId = null, int? Score = null, bool? IsAnswered = null);

/// <summary>A survey with its answer, if there is one.</summary>
/// <param name="Agent">Who had solved the ticket.</param>
/// <param name="Score">From 1 to 5.</param>
public sealed record FeedbackRow(long Id, long TicketId, string Subject, TicketRequester Requester, long? AgentId, string? Agent,
    long QueueId, string Queue, DateTimeOffset SentAt, int? Score, string? Comment, DateTimeOffset? AnsweredAt);

/// <summary>What customers say, in figures.</summary>
/// <param name="ResponseRate">Answers for each survey, from 0 to 1; null where none was sent.</param>
/// <param name="Average">Of the scores; null where nobody answered.</param>
/// <param name="SatisfiedShare">Of the answers those with a 4 or a 5, from 0 to 1.</param>
/// <param name="Scores">How many answers each score has, from 1 to 5.</param>
public sealed record FeedbackSummary(int Sent, int Answered, decimal? ResponseRate, decimal? Average, decimal? SatisfiedShare,
    IReadOnlyList<int> Scores);

/// <summary>The answers to surveys, for whoever looks after support; those of one ticket are for all who work on it.</summary>
public sealed class FeedbackService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access)
{
    private const int BestScore = 5;
    private const int SatisfiedFrom = 4;

    /// <summary>Surveys, those that were sent last first.</summary>
    /// <exception cref="RuleViolationException">The page is out of range, or the score is none.</exception>
    public async Task<Page<FeedbackRow>> ListAsync(FeedbackQuery query, PageRequest page, CancellationToken cancellationToken)
    {
        var grant = await DemandAsync(query, cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var rows = await Matching(db, query).OrderByDescending(r => r.SentAt).ThenByDescending(r => r.Id).Skip(skip).Take(take + 1)
            .Include(r => r.Ticket).ThenInclude(t => t!.Customer).Select(r => new
            {
                Rating = r,
                Agent = db.Set<User>().Where(u => u.Id == r.AgentId).Select(u => u.DisplayName.Length > 0 ? u.DisplayName : u.UserName)
                    .FirstOrDefault(),
                Queue = db.Set<TicketQueue>().Where(q => q.Id == r.QueueId).Select(q => q.Name).FirstOrDefault(),
            }).ToListAsync(cancellationToken);
        return new([.. rows.Take(take).Select(r => new FeedbackRow(r.Rating.Id, r.Rating.TicketId, r.Rating.Ticket!.Subject,
            TicketQueries.Requester(r.Rating.Ticket, grant), r.Rating.AgentId, r.Agent, r.Rating.QueueId, r.Queue ?? "", r.Rating.SentAt,
            r.Rating.Score, r.Rating.Comment, r.Rating.AnsweredAt))], page.Number, take, rows.Count > take);
    }

    /// <summary>How many surveys a list has.</summary>
    public async Task<int> CountAsync(FeedbackQuery query, CancellationToken cancellationToken)
    {
        await DemandAsync(query, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await Matching(db, query).CountAsync(cancellationToken);
    }

    /// <summary>Scores and the rate of answers of some surveys.</summary>
    public async Task<FeedbackSummary> SummaryAsync(FeedbackQuery query, CancellationToken cancellationToken)
    {
        await DemandAsync(query, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var counts = await Matching(db, query).GroupBy(r => r.Score).Select(g => new { Score = g.Key, Count = g.Count() })
            .ToListAsync(cancellationToken);
        var (sent, scored) = (counts.Sum(c => c.Count), counts.Where(c => c.Score is not null).ToList());
        var answered = scored.Sum(c => c.Count);
        return new(sent, answered, Share(answered, sent), Share(scored.Sum(c => c.Count * c.Score!.Value), answered),
            Share(scored.Where(c => c.Score >= SatisfiedFrom).Sum(c => c.Count), answered),
            [.. Enumerable.Range(1, BestScore).Select(score => scored.Where(c => c.Score == score).Sum(c => c.Count))]);
    }

    private static decimal? Share(int part, int whole) => whole == 0 ? null : Math.Round((decimal)part / whole, 4);

    private static IQueryable<TicketRating> Matching(CrmDbContext db, FeedbackQuery query)
    {
        if (query.Score is not (null or (>= 1 and <= BestScore))) throw new RuleViolationException("Score", "Choose one of the five.");
        var ratings = db.TicketRatings.AsNoTracking();
        if (query.TicketId is { } ticket) ratings = ratings.Where(r => r.TicketId == ticket);
        if (query.From is { } from) ratings = ratings.Where(r => r.SentAt >= from);
        if (query.To is { } to) ratings = ratings.Where(r => r.SentAt < to);
        if (query.AgentId is { } agent) ratings = ratings.Where(r => r.AgentId == agent);
        if (query.QueueId is { } queue) ratings = ratings.Where(r => r.QueueId == queue);
        if (query.CustomerId is { } customer) ratings = ratings.Where(r => r.Ticket!.CustomerId == customer);
        if (query.Score is { } score) ratings = ratings.Where(r => r.Score == score);
        if (query.IsAnswered is { } answered) ratings = ratings.Where(r => r.Score != null == answered);
        return ratings;
    }

    private Task<Grant> DemandAsync(FeedbackQuery query, CancellationToken cancellationToken) =>
        access.DemandAsync(query.TicketId is null ? Permissions.TicketsManage : Permissions.TicketsWork, cancellationToken);
}
