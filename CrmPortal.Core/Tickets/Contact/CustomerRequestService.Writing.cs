using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Search;
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
            var tickets = Tickets();
            return await tickets.BeginAsync(db, new(own, grant.Actor.Name, await EmailAsync(db, grant.Actor, cancellationToken), subject,
                text, await tickets.UsualQueueAsync(db, cancellationToken), input.Language) { IsByCustomer = true }, kept,
                cancellationToken);
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
                return await GoOnAsync(db, own, grant.Actor, id, ticket, said, language, kept, cancellationToken);
            ticket.IsByCustomer = true;
            if (ticket.State is TicketState.Pending or TicketState.OnHold or TicketState.Solved) ticket.State = TicketState.Open;
            var message = new TicketMessage
            {
                Kind = TicketMessageKind.Incoming, At = clock.GetUtcNow(), AuthorName = grant.Actor.Name,
                AuthorEmail = ticket.ContactEmail, Text = said, SearchText = TicketSearch.Of(said),
            };
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

    /// <summary>What is written to a closed request, or to one that has just gone, begins one of its own in the same queue.</summary>
    /// <param name="closed">Null where it has gone.</param>
    private async Task<long> GoOnAsync(CrmDbContext db, long own, Actor actor, long id, Ticket? closed, string said, string language,
        ContactFiles files, CancellationToken cancellationToken)
    {
        var tickets = Tickets();
        var before = closed ?? await db.Tickets.AsNoTracking().FirstOrDefaultAsync(t => t.Id == id, cancellationToken);
        var queue = (before is null ? null : await db.TicketQueues.AsNoTracking().FirstOrDefaultAsync(q => q.Id == before.QueueId
            && q.ArchivedAt == null, cancellationToken)) ?? await tickets.UsualQueueAsync(db, cancellationToken);
        var subject = before?.Subject ?? SearchText.Cut(TicketRules.OneLine(said), Ticket.SubjectLength);
        return await tickets.BeginAsync(db, new(own, actor.Name, await EmailAsync(db, actor, cancellationToken), subject, said, queue,
            language) { ParentId = closed?.Id, IsByCustomer = true }, files, cancellationToken);
    }

    private ContactTickets Tickets() => new(tokens, letters, words, support.Value, clock.GetUtcNow());

    private static async Task<string> EmailAsync(CrmDbContext db, Actor actor, CancellationToken cancellationToken) =>
        (await db.Users.Where(u => u.Id == actor.UserId).Select(u => u.Email).FirstAsync(cancellationToken)).ToLowerInvariant();

    private void Tell(CrmDbContext db, long ticketId) => TicketNotices.TellPages(db, ticketId, clock.GetUtcNow());
}
