using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>What somebody outside wrote, from which a ticket begins.</summary>
/// <param name="Email">In lower case.</param>
/// <param name="Language">In which a receipt is written.</param>
internal sealed record ContactRequest(long? CustomerId, string? Name, string Email, string Subject, string Text, TicketQueue Queue,
    string Language)
{
    /// <summary>The closed ticket that it goes on from.</summary>
    public long? ParentId { get; init; }

    /// <summary>Whether a customer wrote it who is signed in.</summary>
    public bool IsByCustomer { get; init; }
}

/// <summary>Begins tickets of what visitors and customers write, and confirms them by mail where their queue wants it.</summary>
internal sealed class ContactTickets(TicketTokens tokens, TicketLetters letters, IContactLetters words, SupportOptions support,
    DateTimeOffset now)
{
    /// <summary>An address gets no more than one receipt in this time, whoever types it.</summary>
    private static readonly TimeSpan BetweenReceipts = TimeSpan.FromHours(1);

    /// <summary>The queue for messages that name none.</summary>
    public Task<TicketQueue> UsualQueueAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var wanted = support.ContactQueue.Trim().ToLowerInvariant();
        return db.TicketQueues.AsNoTracking().Where(q => q.ArchivedAt == null && (q.NameKey == wanted || q.IsUsual))
            .OrderByDescending(q => q.NameKey == wanted).FirstAsync(cancellationToken);
    }

    /// <summary>Stores the ticket with its first message and its files; the caller commits.</summary>
    /// <returns>The key of the ticket.</returns>
    public async Task<long> BeginAsync(CrmDbContext db, ContactRequest request, ContactFiles files, CancellationToken cancellationToken)
    {
        var isConfirmed = request.Queue.SendsReceipt && !await HadReceiptAsync(db, request.Email, cancellationToken);
        var ticket = new Ticket
        {
            CustomerId = request.CustomerId, ContactEmail = request.Email, ContactName = request.Name, Subject = request.Subject,
            Channel = TicketChannel.Web, QueueId = request.Queue.Id, State = TicketState.New, ParentId = request.ParentId,
            CreatedAt = now, LastMessageAt = now, IsByCustomer = request.IsByCustomer,
        };
        var said = new TicketMessage
        {
            Kind = TicketMessageKind.Incoming, At = now, AuthorName = request.Name ?? request.Email, AuthorEmail = request.Email,
            Text = request.Text, SearchText = TicketSearch.Of(request.Subject, request.Name, request.Text),
        };
        ticket.Messages.Add(said);
        ticket.Messages.AddRange(files.Notices(now));
        db.Tickets.Add(ticket);
        await db.SaveChangesAsync(cancellationToken);
        files.Attach(db, ticket.Id, said.Id);
        if (isConfirmed)
        {
            var reference = await tokens.ReferenceAsync(ticket.Id, cancellationToken);
            var (subject, text) = words.Write(ticket.Name, reference, request.Language);
            await letters.AddReceiptAsync(db, ticket, said.Id, request.Queue, subject, text, cancellationToken);
        }

        return ticket.Id;
    }

    /// <summary>Whether somebody wrote under this address a moment ago: then it had its receipt.</summary>
    private Task<bool> HadReceiptAsync(CrmDbContext db, string email, CancellationToken cancellationToken)
    {
        var since = now - BetweenReceipts;
        return db.Tickets.AnyAsync(t => t.CreatedAt > since && t.Channel == TicketChannel.Web && t.ContactEmail == email,
            cancellationToken);
    }
}
