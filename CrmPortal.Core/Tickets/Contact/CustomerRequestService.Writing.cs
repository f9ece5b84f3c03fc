using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <content>Writing: a new request, a further message, and that all is well.</content>
public sealed partial class CustomerRequestService
{
    private const string ChangeKind = "ticket.contact";

    /// <summary>Takes a request with its files. A file that is too large, or not clean, is left out, and staff are told.</summary>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    /// <exception cref="RuleViolationException">A field is wrong; nothing was taken.</exception>
    public async Task<ContactResult> WriteAsync(CustomerRequestInput input, IAsyncEnumerable<ContactFile> files,
        CancellationToken cancellationToken)
    {
        var (own, grant) = await access.DemandOwnAsync(cancellationToken);
        var errors = new List<FieldError>();
        var subject = TextRules.Required("Subject", input.Subject is null ? null : TicketRules.OneLine(input.Subject),
            Ticket.SubjectLength, "What is it about?", errors);
        var text = Text(input.Text, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        await tokens.PrepareAsync(cancellationToken);
        return await TakeAsync(files, async (db, kept) =>
        {
            var queue = await ContactQueues.UsualAsync(db, support.Value, cancellationToken);
            return await BeginAsync(db, new(own, grant.Actor, subject, text, queue, null), kept, input.Language, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Takes a further message. A request that is closed goes on as a new one.</summary>
    /// <returns>Where it stands, or null where there is no such request.</returns>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    /// <exception cref="RuleViolationException">There is no text; nothing was taken.</exception>
    public async Task<ContactResult?> AnswerAsync(long id, string? text, string language, IAsyncEnumerable<ContactFile> files,
        CancellationToken cancellationToken)
    {
        var (own, grant) = await access.DemandOwnAsync(cancellationToken);
        var errors = new List<FieldError>();
        var said = Text(text, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        await using (var look = await dbFactory.CreateDbContextAsync(cancellationToken))
        {
            if (await FindAsync(look, own, id, cancellationToken) is not { } found) return null;
            id = found.Id;
        }

        await tokens.PrepareAsync(cancellationToken);
        return await TakeAsync(files, async (db, kept) =>
        {
            await provider.LockAsync<Ticket>(db, [id], cancellationToken);
            // Merged or taken away at this very moment: the message begins a request of its own, so that it is not lost.
            var ticket = await db.Tickets.FirstOrDefaultAsync(t => t.Id == id && t.CustomerId == own && t.MergedIntoId == null,
                cancellationToken);
            if (ticket is null or { State: TicketState.Closed })
            {
                var before = ticket ?? await db.Tickets.AsNoTracking().FirstOrDefaultAsync(t => t.Id == id, cancellationToken);
                var queue = await db.TicketQueues.AsNoTracking().FirstOrDefaultAsync(q => before != null && q.Id == before.QueueId
                    && q.ArchivedAt == null, cancellationToken)
                    ?? await ContactQueues.UsualAsync(db, support.Value, cancellationToken);
                return await BeginAsync(db, new(own, grant.Actor, before?.Subject ?? said[..Math.Min(said.Length, Ticket.SubjectLength)],
                    said, queue, ticket?.Id), kept, language, cancellationToken);
            }

            ticket.IsByCustomer = true;
            if (ticket.State is TicketState.Pending or TicketState.OnHold or TicketState.Solved) ticket.State = TicketState.Open;
            var message = Message(grant.Actor, ticket.ContactEmail, said, TicketSearch.Of(said));
            ticket.Messages.Add(message);
            ticket.Messages.AddRange(kept.Notices(message.At));
            await db.SaveChangesAsync(cancellationToken);
            kept.Attach(db, ticket.Id, message.Id);
            await TicketNotices.TellAsync(db, ticket, await TicketNotices.ConcernedAsync(db, ticket, cancellationToken),
                NotificationKind.TicketAnswered, message.AuthorName, message.At, cancellationToken);
            return ticket.Id;
        }, cancellationToken);
    }

    /// <summary>Says that a request is settled.</summary>
    /// <returns>False where there is no such request that is open.</returns>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    public async Task<bool> SolveAsync(long id, CancellationToken cancellationToken)
    {
        var (own, _) = await access.DemandOwnAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.LockAsync<Ticket>(db, [id], cancellationToken);
        db.BeginChangeSet(ChangeKind, Permissions.TicketsWork);
        var ticket = await db.Tickets.FirstOrDefaultAsync(t => t.Id == id && t.CustomerId == own && t.MergedIntoId == null,
            cancellationToken);
        if (ticket is not { IsUnsolved: true }) return false;
        (ticket.IsByCustomer, ticket.State) = (true, TicketState.Solved);
        await db.SaveChangesAsync(cancellationToken);
        Tell(db, id);
        await db.SaveWithoutRecordAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static string Text(string? text, List<FieldError> errors) =>
        TextRules.Required("Text", text, ContactMessage.TextLength, "Write a message first.", errors);

    /// <summary>Keeps the files and stores the message in one transaction, or neither.</summary>
    private async Task<ContactResult> TakeAsync(IAsyncEnumerable<ContactFile> files, Func<CrmDbContext, ContactFiles, Task<long>> take,
        CancellationToken cancellationToken)
    {
        var kept = new ContactFiles(store, scanner, documents.Value.LargestFile, clock);
        try
        {
            await kept.TakeAsync(files, cancellationToken);
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            db.BeginChangeSet(ChangeKind, Permissions.TicketsWork);
            var ticket = await take(db, kept);
            Tell(db, ticket);
            await db.SaveWithoutRecordAsync(cancellationToken);
            await transaction.CommitWithFilesAsync();
            return new(ticket, kept.Refused);
        }
        catch (Exception fault) when (fault is not CommitLostException)
        {
            kept.Remove();
            throw;
        }
    }

    private async Task<long> BeginAsync(CrmDbContext db, NewRequest request, ContactFiles files, string language,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var email = await db.Users.Where(u => u.Id == request.Actor.UserId).Select(u => u.Email).FirstAsync(cancellationToken);
        email = email.ToLowerInvariant();
        var isConfirmed = request.Queue.SendsReceipt && !await ContactQueues.HadReceiptAsync(db, email, now, cancellationToken);
        var ticket = new Ticket
        {
            CustomerId = request.CustomerId, ContactEmail = email, ContactName = request.Actor.Name, Subject = request.Subject,
            Channel = TicketChannel.Web, QueueId = request.Queue.Id, State = TicketState.New, ParentId = request.ParentId, CreatedAt = now,
            LastMessageAt = now, IsByCustomer = true,
        };
        var message = Message(request.Actor, email, request.Text,
            TicketSearch.Of(request.Subject, request.Actor.Name, request.Text));
        ticket.Messages.Add(message);
        ticket.Messages.AddRange(files.Notices(now));
        db.Tickets.Add(ticket);
        await db.SaveChangesAsync(cancellationToken);
        files.Attach(db, ticket.Id, message.Id);
        if (!isConfirmed) return ticket.Id;
        var reference = await tokens.ReferenceAsync(ticket.Id, cancellationToken);
        var (subject, text) = words.Write(ticket.Name, reference, language);
        await letters.AddReceiptAsync(db, ticket, message.Id, request.Queue, subject, text, cancellationToken);
        return ticket.Id;
    }

    private TicketMessage Message(Actor actor, string? email, string text, string search) => new()
    {
        Kind = TicketMessageKind.Incoming, At = clock.GetUtcNow(), AuthorName = actor.Name, AuthorEmail = email, Text = text,
        SearchText = search,
    };

    private void Tell(CrmDbContext db, long ticketId) => db.OutboxEvents.Add(new OutboxEvent
    {
        Topic = TicketService.MessageTopic, SubjectId = ticketId, Payload = "{\"Fields\":[\"Messages\"],\"ActorName\":\"\"}",
        CreatedAt = clock.GetUtcNow(),
    });

    private sealed record NewRequest(long CustomerId, Actor Actor, string Subject, string Text, TicketQueue Queue, long? ParentId);
}
