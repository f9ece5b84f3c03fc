using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>Something that happened to a ticket.</summary>
/// <param name="User">Who did it; null for a customer and for the program.</param>
/// <param name="SubjectId">The agent or the queue that it was given to.</param>
/// <param name="Subject">What that one is called now.</param>
public sealed record TicketEventDetails(long Id, TicketEventKind Kind, DateTimeOffset At, long? UserId, string? User, long? SubjectId,
    string? Subject);

/// <content>What happened to a ticket, and single messages of it.</content>
public sealed partial class TicketService
{
    private const int OpeningLength = 2_000;

    /// <summary>What happened to a ticket, oldest first.</summary>
    /// <returns>Null where there is no such ticket; else a page, and how many there are in all.</returns>
    /// <exception cref="RuleViolationException">The page is out of range.</exception>
    public async Task<(Page<TicketEventDetails> Page, int Total)?> EventsAsync(long ticketId, PageRequest page,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (!await db.Tickets.AnyAsync(t => t.Id == ticketId, cancellationToken)) return null;
        var events = db.TicketEvents.AsNoTracking().Where(e => e.TicketId == ticketId);
        var total = await events.CountAsync(cancellationToken);
        var rows = await events.OrderBy(e => e.Id).Skip(skip).Take(take).ToListAsync(cancellationToken);
        var people = rows.Select(e => e.UserId).Concat(rows.Where(e => e.Kind == TicketEventKind.Assigned).Select(e => e.SubjectId))
            .OfType<long>().Distinct().ToList();
        var names = await db.Users.Where(u => people.Contains(u.Id)).ToDictionaryAsync(u => u.Id, TicketQueries.NameOf, cancellationToken);
        var moved = rows.Where(e => e.Kind == TicketEventKind.Moved).Select(e => e.SubjectId).OfType<long>().Distinct().ToList();
        var queues = await db.TicketQueues.Where(q => moved.Contains(q.Id)).ToDictionaryAsync(q => q.Id, string? (q) => q.Name,
            cancellationToken);
        return (new([.. rows.Select(e => new TicketEventDetails(e.Id, e.Kind, e.At, e.UserId, Name(names, e.UserId), e.SubjectId,
            e.Kind == TicketEventKind.Assigned ? Name(names, e.SubjectId) : Name(queues, e.SubjectId)))], page.Number, take,
            skip + rows.Count < total), total);

        static string? Name(IReadOnlyDictionary<long, string?> found, long? id) => id is { } key ? found.GetValueOrDefault(key) : null;
    }

    /// <summary>One message of a ticket; null where there is none.</summary>
    public async Task<TicketMessageDetails?> MessageAsync(long ticketId, long messageId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var message = await db.TicketMessages.AsNoTracking().Include(m => m.Files.OrderBy(f => f.Id))
            .FirstOrDefaultAsync(m => m.Id == messageId && m.TicketId == ticketId, cancellationToken);
        return message is null ? null : Details(message, message.Files, grant);
    }

    /// <summary>What a ticket is about, in the words of its subject and its first message; null where there is none.</summary>
    public async Task<string?> OpeningAsync(long ticketId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Tickets.Where(t => t.Id == ticketId).Select(t => t.Subject + " " + db.Set<TicketMessage>()
            .Where(m => m.TicketId == ticketId).OrderBy(m => m.Id).Select(m => m.Text.Substring(0, OpeningLength)).FirstOrDefault())
            .FirstOrDefaultAsync(cancellationToken);
    }
}
