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
        var chats = await db.Chats.Where(c => c.CustomerId == lead).GroupBy(c => 1).Select(g => new
        {
            Count = g.Count(), Open = g.Count(c => c.State == ChatState.Waiting || c.State == ChatState.Active),
            Messages = g.Sum(c => c.MessageCount), Answers = g.Sum(c => c.AnswerCount), Seconds = g.Sum(c => c.AnswerSeconds),
            Scores = g.Count(c => c.Score != null), Score = g.Sum(c => c.Score ?? 0), Last = (DateTimeOffset?)g.Max(c => c.LastMessageAt),
        }).FirstOrDefaultAsync(cancellationToken);
        var tickets = await db.Tickets.CountAsync(t => t.CustomerId == lead, cancellationToken);
        var ratings = await db.TicketRatings.Where(r => r.Ticket!.CustomerId == lead && r.Score != null).GroupBy(r => 1)
            .Select(g => new { Count = g.Count(), Score = g.Sum(r => r.Score ?? 0) }).FirstOrDefaultAsync(cancellationToken);
        var scores = (chats?.Scores ?? 0) + (ratings?.Count ?? 0);
        return new(chats?.Count ?? 0, chats?.Open ?? 0, (chats?.Count ?? 0) - (chats?.Open ?? 0), chats?.Messages ?? 0, tickets,
            chats is { Answers: > 0 } ? (double)chats.Seconds / chats.Answers : null,
            scores > 0 ? (double)((chats?.Score ?? 0) + (ratings?.Score ?? 0)) / scores : null, chats?.Last);
    }
}
