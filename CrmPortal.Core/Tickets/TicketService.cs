using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Tickets;

/// <summary>Finds, reads, makes and changes tickets.</summary>
public sealed partial class TicketService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    CustomerFinder finder, DocumentStore store, IVirusScanner scanner, IOptions<ShopOptions> shop, IOptions<SupportOptions> support,
    IOptions<DocumentOptions> documents, TimeProvider clock)
{
    /// <summary>A search finds no more than this; anyone who wants others types more.</summary>
    public const int MostFound = 500;

    private const int MostMessages = 50;
    private const int MostTies = 50;

    /// <summary>One page of tickets.</summary>
    /// <exception cref="RuleViolationException">The page or the filter is wrong.</exception>
    public async Task<Page<TicketRow>> ListAsync(TicketQuery query, PageRequest page, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        page.Validated();
        await DemandMayAskAsync(query.Filter, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var context = await ContextAsync(db, query, grant, cancellationToken) with { Aim = QueryPurpose.OtherOrder };
        var matches = db.Matching(query, context, await FoundAsync(db, query, grant, cancellationToken), grant.Actor.UserId);
        var ids = await matches.Listed(query).ReadAsync(page, cancellationToken);
        return new(await db.TicketRowsAsync(ids.Keys, grant, cancellationToken), page.Number, page.Size, ids.HasMore);
    }

    /// <summary>How many tickets a query has.</summary>
    /// <param name="limit">Where set, counting stops there, and the answer says that it is not exact.</param>
    public async Task<RowCount> CountAsync(TicketQuery query, int? limit, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await DemandMayAskAsync(query.Filter, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await FoundAsync(db, query, grant, cancellationToken);
        var tickets = db.Matching(query, await ContextAsync(db, query, grant, cancellationToken), found, grant.Actor.UserId).Select(t =>
            t.Id);
        var isCut = found is { Count: >= MostFound };
        if (limit is not { } most) return new(await tickets.CountAsync(cancellationToken), !isCut);
        var counted = await tickets.Take(most + 1).CountAsync(cancellationToken);
        return new(Math.Min(counted, most), counted <= most && !isCut);
    }

    /// <summary>How many tickets each of the views of unsolved ones has; counting stops at 1,000.</summary>
    public async Task<IReadOnlyDictionary<TicketView, int>> CountViewsAsync(CancellationToken cancellationToken)
    {
        const int Most = 1_000;
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        var me = grant.Actor.UserId;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var unsolved = await db.Tickets.Where(t => t.UrgentAt != null).OrderBy(t => t.UrgentAt).Take(10 * Most)
            .GroupBy(t => new { t.State, IsMine = t.AssigneeId == me && me != null, IsFree = t.AssigneeId == null })
            .Select(g => new { g.Key.State, g.Key.IsMine, g.Key.IsFree, Count = g.Count() }).ToListAsync(cancellationToken);
        return new Dictionary<TicketView, int>
        {
            [TicketView.Open] = unsolved.Where(u => u.State is TicketState.New or TicketState.Open).Sum(u => u.Count),
            [TicketView.Mine] = unsolved.Where(u => u.IsMine).Sum(u => u.Count),
            [TicketView.Unassigned] = unsolved.Where(u => u.IsFree).Sum(u => u.Count),
            [TicketView.Waiting] = unsolved.Where(u => u.State is TicketState.Pending or TicketState.OnHold).Sum(u => u.Count),
        };
    }

    /// <summary>A ticket, or null where there is none.</summary>
    public async Task<TicketDetails?> GetAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await DetailsAsync(db, grant, id, cancellationToken);
    }

    /// <summary>The newest messages of a ticket, or those before one of them.</summary>
    /// <param name="before">Null for the newest.</param>
    public async Task<TicketConversation> MessagesAsync(long ticketId, long? before, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.TicketMessages.AsNoTracking().Where(m => m.TicketId == ticketId && (before == null || m.Id < before))
            .OrderByDescending(m => m.Id).Take(MostMessages + 1).ToListAsync(cancellationToken);
        var ids = found.ConvertAll(m => m.Id);
        var files = (await db.TicketFiles.AsNoTracking().Where(f => ids.Contains(f.MessageId!.Value)).OrderBy(f => f.Id)
            .ToListAsync(cancellationToken)).ToLookup(f => f.MessageId);
        return new([.. found.Take(MostMessages).Reverse().Select(m => Details(m, files[m.Id], grant))], found.Count > MostMessages);
    }

    private static TicketMessageDetails Details(TicketMessage m, IEnumerable<TicketFile> files, Grant grant)
    {
        var maySee = grant.Has(Permissions.CustomersSensitive);
        return new(m.Id, m.Kind, m.At, TicketQueries.Shown(m.AuthorName, maySee), maySee ? m.AuthorEmail : Masking.Email(m.AuthorEmail),
            m.Text, m.Quoted, m.Html,
            m.HasRemotePictures, maySee ? m.Recipient : Masking.Email(m.Recipient), m.Delivery, m.Failure,
            m.AuthorId is not null && m.AuthorId == grant.Actor.UserId, m.RawStoredName is not null, [.. files.Select(Details)]);
    }

    internal static TicketFileDetails Details(TicketFile f) => new(f.Id, f.Name, f.ContentType, f.Size, f.ContentId);

    private static async Task<TicketDetails?> DetailsAsync(CrmDbContext db, Grant grant, long id, CancellationToken cancellationToken)
    {
        var t = await db.Tickets.AsNoTracking().Include(x => x.Customer).Include(x => x.Queue).Include(x => x.Assignee)
            .FirstOrDefaultAsync(x => x.Id == id, cancellationToken);
        if (t is null) return null;
        var me = grant.Actor.UserId;
        var followers = await db.TicketFollowers.Where(f => f.TicketId == id).GroupBy(f => 1)
            .Select(g => new { Count = g.Count(), IsMine = g.Any(f => f.UserId == me) }).FirstOrDefaultAsync(cancellationToken);
        var beside = await db.Tickets.Where(x => x.Id == id).Select(x => new
        {
            Policy = db.Set<SlaPolicy>().Where(p => p.Id == x.PolicyId).Select(p => p.Name).FirstOrDefault(),
            OrderNumber = db.Set<Order>().Where(o => o.Id == x.OrderId).Select(o => o.ExternalId).FirstOrDefault(),
        }).FirstAsync(cancellationToken);
        var rating = await db.TicketRatings.Where(r => r.TicketId == id).OrderByDescending(r => r.Id)
            .Select(r => new TicketRatingDetails(r.Score, r.Comment, r.SentAt, r.AnsweredAt)).FirstOrDefaultAsync(cancellationToken);
        var targets = new TicketTargets(beside.Policy, t.FirstResponseDue, t.FirstResponseAt, t.FirstResponseLate, t.NextResponseDue,
            t.ResolutionDue, t.SolvedAt, t.ResolutionLate, t.HeldSeconds, t.CameOutsideHours);
        var order = grant.Has(Permissions.OrdersView) ? t.OrderId : null;
        return new(t.Id, t.Subject, TicketQueries.Requester(t, grant), t.Channel, t.QueueId, t.Queue!.Name, t.Priority, t.State,
            t.PendingUntil, t.AssigneeId, TicketQueries.NameOf(t.Assignee), TicketTags.Read(t.Tags), order,
            order is { } orderId ? Order.NameOf(orderId, beside.OrderNumber) : null, t.CreatedAt, t.CreatedByName, t.LastMessageAt,
                t.MessageCount,
            t.ReopenedCount, t.IsAnswerDue, targets, TicketUrgency.Read(t.Urgency), await TiesAsync(db, t, cancellationToken),
            followers?.IsMine == true, followers?.Count ?? 0, rating, t.IsComplaint, t.Version)
        {
            Language = t.Customer?.Language, Fields = await TicketFields.AnswersAsync(db, t.FieldsJson, cancellationToken),
        };
    }

    /// <summary>What the ticket has to do with others.</summary>
    private static async Task<IReadOnlyList<TicketTie>> TiesAsync(CrmDbContext db, Ticket ticket, CancellationToken cancellationToken)
    {
        var id = ticket.Id;
        var (merged, parent) = (ticket.MergedIntoId, ticket.ParentId);
        // Each by its own index: in one condition they would have every ticket read.
        var keys = await db.TicketLinks.Where(l => l.FirstId == id).Select(l => l.SecondId)
            .Concat(db.TicketLinks.Where(l => l.SecondId == id).Select(l => l.FirstId))
            .Concat(db.Tickets.Where(t => t.MergedIntoId == id).Select(t => t.Id))
            .Concat(db.Tickets.Where(t => t.ParentId == id).Select(t => t.Id)).Take(MostTies).ToListAsync(cancellationToken);
        keys.AddRange(new[] { merged, parent }.OfType<long>());
        if (keys.Count == 0) return [];
        var others = await db.Tickets.Where(t => keys.Contains(t.Id)).OrderBy(t => t.Id)
            .Select(t => new { t.Id, t.Subject, t.State, t.MergedIntoId, t.ParentId }).ToListAsync(cancellationToken);
        return [.. others.Select(t => new TicketTie(t.Id, t.Subject, t.State, t.MergedIntoId == id ? TicketTieKind.MergedHere
            : t.Id == merged ? TicketTieKind.MergedInto : t.Id == parent ? TicketTieKind.SplitFrom
            : t.ParentId == id ? TicketTieKind.SplitOff : TicketTieKind.Linked))];
    }

    private Task<FilterContext> ContextAsync(CrmDbContext db, TicketQuery query, Grant grant, CancellationToken cancellationToken) =>
        new FilterContext(clock.GetUtcNow(), shop.Value.Zone, grant.Has(Permissions.CustomersSensitive), shop.Value.Currency)
        {
            May = grant.Has,
        }.WithAddedAsync(db, query.Filter, cancellationToken, CustomFieldSubject.Ticket);

    /// <summary>
    /// The tickets that a search means: by their number, by words of subject and messages, by their customer as the list of customers finds
    /// them, or by the complete address they were written from; of many the newest. Null where nothing is searched for.
    /// </summary>
    private async Task<IReadOnlyList<long>?> FoundAsync(CrmDbContext db, TicketQuery query, Grant grant,
        CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(query.Search)) return null;
        if (StoredText.IsUnstorable(query.Search)) return [];
        var found = new HashSet<long>();
        if (Ticket.IdOf(query.Search) is { } number && await db.Tickets.AnyAsync(t => t.Id == number, cancellationToken))
        {
            found.Add(number);
            // Written as we write it, it means this one and nothing that happens to hold the same signs.
            if (!char.IsAsciiDigit(query.Search.TrimStart()[0])) return [number];
        }

        var words = TicketSearch.Terms(query.Search);
        if (words.Count > 0)
            found.UnionWith(await ((ITicketSearch)provider).FindAsync(db, words, MostFound, cancellationToken));

        var typed = query.Search.Trim().ToLowerInvariant();
        if (TextRules.IsEmail(typed))
            found.UnionWith(await db.Tickets.Where(t => t.CustomerId == null && t.ContactEmail == typed).OrderByDescending(t => t.Id)
                .Select(t => t.Id).Take(MostFound).ToListAsync(cancellationToken));
        if (query.CustomerId is null && grant.Has(Permissions.CustomersView))
        {
            var customers = (await finder.ListAsync(new(Search: query.Search), new(1, PageRequest.LargestSize), cancellationToken)).Items
                .Select(c => c.Id).ToList();
            found.UnionWith(await db.Tickets.Where(t => customers.Contains(t.CustomerId!.Value)).OrderByDescending(t => t.Id)
                .Select(t => t.Id).Take(MostFound).ToListAsync(cancellationToken));
        }

        return [.. found.OrderDescending().Take(MostFound)];
    }
}
