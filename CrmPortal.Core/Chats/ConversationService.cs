using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Chats;

/// <summary>A customer's conversations: their chats.</summary>
public sealed class ConversationService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access)
{
    /// <summary>The figures of a customer's conversations; null where there is no such customer.</summary>
    public async Task<ConversationFigures?> FiguresAsync(long customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var lead = await MergedCustomers.LeadAsync(db, customerId, cancellationToken);
        if (!await db.Customers.AnyAsync(c => c.Id == lead && c.DeletedAt == null, cancellationToken)) return null;
        return (await OfAsync(db, [lead], cancellationToken))[lead];
    }

    /// <summary>The figures of some customers, of each of them; a fixed number of statements for all.</summary>
    public async Task<IReadOnlyDictionary<long, ConversationFigures>> FiguresOfManyAsync(IReadOnlyList<long> customerIds,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(customerIds.Count, CustomerFinder.MostInFull);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await OfAsync(db, customerIds, cancellationToken);
    }

    private static async Task<Dictionary<long, ConversationFigures>> OfAsync(CrmDbContext db, IReadOnlyList<long> ids,
        CancellationToken cancellationToken)
    {
        var chats = await db.Chats.Where(c => ids.Contains(c.CustomerId!.Value)).GroupBy(c => c.CustomerId!.Value).Select(g => new
        {
            g.Key, Count = g.Count(), Open = g.Count(c => c.State == ChatState.Waiting || c.State == ChatState.Active),
            Messages = g.Sum(c => c.MessageCount), Answers = g.Sum(c => c.AnswerCount), Seconds = g.Sum(c => c.AnswerSeconds),
            Scores = g.Count(c => c.Score != null), Score = g.Sum(c => c.Score ?? 0), Last = (DateTimeOffset?)g.Max(c => c.LastMessageAt),
        }).ToDictionaryAsync(g => g.Key, cancellationToken);
        var tickets = await db.Tickets.Where(t => ids.Contains(t.CustomerId!.Value)).GroupBy(t => t.CustomerId!.Value)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var ratings = await db.TicketRatings.Where(r => ids.Contains(r.Ticket!.CustomerId!.Value) && r.Score != null)
            .GroupBy(r => r.Ticket!.CustomerId!.Value)
            .Select(g => new { g.Key, Count = g.Count(), Score = g.Sum(r => r.Score ?? 0) })
            .ToDictionaryAsync(g => g.Key, cancellationToken);
        return ids.Distinct().ToDictionary(id => id, id =>
        {
            var (said, rated) = (chats.GetValueOrDefault(id), ratings.GetValueOrDefault(id));
            var scores = (said?.Scores ?? 0) + (rated?.Count ?? 0);
            return new ConversationFigures(said?.Count ?? 0, said?.Open ?? 0, (said?.Count ?? 0) - (said?.Open ?? 0), said?.Messages ?? 0,
                tickets.GetValueOrDefault(id), said is { Answers: > 0 } ? (double)said.Seconds / said.Answers : null,
                scores > 0 ? (double)((said?.Score ?? 0) + (rated?.Score ?? 0)) / scores : null, said?.Last);
        });
    }
}
