using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Tickets;

/// <summary>The requests of the customer who is signed in. Those of others are not there for them.</summary>
public sealed partial class CustomerRequestService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider,
    AccessControl access, TicketTokens tokens, TicketLetters letters, IContactLetters words, DocumentStore store, IVirusScanner scanner,
    IOptions<SupportOptions> support, IOptions<DocumentOptions> documents, TimeProvider clock)
{
    /// <summary>So many messages of a request are shown, the newest.</summary>
    public const int MostMessages = 100;

    /// <summary>Of more requests than this the older ones are not listed.</summary>
    private const int MostListed = 500;

    /// <summary>A request that was merged leads to where it went on, through no more steps than this.</summary>
    private const int MostMerges = 20;

    /// <summary>Their requests, those with the latest word first.</summary>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    public async Task<Page<CustomerRequestRow>> ListAsync(PageRequest page, CancellationToken cancellationToken)
    {
        var (own, _) = await access.DemandOwnAsync(cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        // The newest by their keys first: asked for by the last word alone, an engine may read those of everybody in that order.
        var newest = db.Tickets.Where(t => t.CustomerId == own && t.MergedIntoId == null).OrderByDescending(t => t.Id).Take(MostListed);
        var rows = await newest.OrderByDescending(t => t.LastMessageAt).ThenByDescending(t => t.Id).Skip(skip).Take(take + 1)
            .Select(t => new CustomerRequestRow(t.Id, t.Subject, t.State, t.LastMessageAt, !t.IsAnswerDue)).ToListAsync(cancellationToken);
        return new([.. rows.Take(take)], page.Number, take, rows.Count > take);
    }

    /// <summary>How many requests the list has.</summary>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    public async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        var (own, _) = await access.DemandOwnAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Tickets.Where(t => t.CustomerId == own && t.MergedIntoId == null).Take(MostListed).CountAsync(cancellationToken);
    }

    /// <summary>One of their requests with what was said; null where there is none.</summary>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    public async Task<CustomerRequest?> GetAsync(long id, CancellationToken cancellationToken)
    {
        var (own, _) = await access.DemandOwnAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(db, own, id, cancellationToken) is not { } ticket) return null;
        var messages = await Visible(db).Where(m => m.TicketId == ticket.Id).OrderByDescending(m => m.Id).Take(MostMessages + 1)
            .Select(m => new { m.Id, m.Kind, m.At, m.AuthorName, m.Text, m.Quoted }).ToListAsync(cancellationToken);
        var ids = messages.ConvertAll(m => m.Id);
        var files = (await db.TicketFiles.AsNoTracking().Where(f => ids.Contains(f.MessageId!.Value)).OrderBy(f => f.Id)
            .Select(f => new { f.MessageId, Details = new TicketFileDetails(f.Id, f.Name, f.ContentType, f.Size, f.ContentId) })
            .ToListAsync(cancellationToken)).ToLookup(f => f.MessageId!.Value, f => f.Details);
        return new(ticket.Id, ticket.Subject, ticket.State, ticket.CreatedAt,
            [.. messages.Take(MostMessages).Reverse().Select(m => new CustomerRequestMessage(m.Id, m.Kind == TicketMessageKind.Incoming,
                m.At, m.AuthorName, m.Text, m.Quoted, [.. files[m.Id]]))], messages.Count > MostMessages);
    }

    /// <summary>Opens a file of one of their requests; null where there is none that they were sent or that they sent.</summary>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    public async Task<TicketFileContent?> OpenFileAsync(long ticketId, long fileId, CancellationToken cancellationToken)
    {
        var (own, _) = await access.DemandOwnAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (!await db.Tickets.AnyAsync(t => t.Id == ticketId && t.CustomerId == own, cancellationToken)) return null;
        var visible = Visible(db).Where(m => m.TicketId == ticketId).Select(m => (long?)m.Id);
        var file = await db.TicketFiles.AsNoTracking().FirstOrDefaultAsync(f => f.Id == fileId && f.TicketId == ticketId
            && visible.Contains(f.MessageId), cancellationToken);
        return file is null ? null : new(file.Name, file.ContentType, store.Open(file.StoredName, file.WrappedKey));
    }

    /// <summary>What was said between the customer and the shop; an answer that can still be taken back is none yet.</summary>
    private static IQueryable<TicketMessage> Visible(CrmDbContext db) => db.TicketMessages.Where(m => m.Kind == TicketMessageKind.Incoming
        || (m.Kind == TicketMessageKind.Reply && m.Delivery != TicketDelivery.Scheduled));

    /// <summary>Their request with this number, or the one that it was merged into.</summary>
    private static async Task<Ticket?> FindAsync(CrmDbContext db, long own, long id, CancellationToken cancellationToken)
    {
        for (var steps = 0; steps < MostMerges; steps++)
        {
            var ticket = await db.Tickets.FirstOrDefaultAsync(t => t.Id == id && t.CustomerId == own, cancellationToken);
            if (ticket?.MergedIntoId is not { } next) return ticket;
            id = next;
        }

        return null;
    }
}
