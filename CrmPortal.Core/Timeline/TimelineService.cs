using CrmPortal.Core.Chats;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.History;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Network;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Search;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Timeline;

/// <summary>
/// One stream of everything that happened with a customer, newest first. Each kind is read along an index of its own, a page from
/// each at most, and joined by time: the number of statements and their cost do not depend on how long the stream is.
/// </summary>
public sealed class TimelineService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, HistoryService history)
{
    /// <summary>A search looks at no more than this many pages at once; anyone who wants to go on asks for older ones.</summary>
    private const int MostSearchedPages = 40;

    /// <summary>So much of a message is shown.</summary>
    private const int TextShown = 300;

    private static readonly TicketEventKind[] TicketSteps =
        [TicketEventKind.Created, TicketEventKind.Begun, TicketEventKind.Solved, TicketEventKind.Reopened];

    /// <exception cref="RuleViolationException">The size or the place is wrong.</exception>
    public async Task<TimelinePage> ReadAsync(long customerId, TimelineQuery query, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        if (query.Size is < 1 or > PageRequest.LargestSize)
            throw new RuleViolationException("Limit", "The limit must be between 1 and {0}.", PageRequest.LargestSize);
        var place = TimelinePlace.Parse(query.Before);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (!await db.Customers.AnyAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken)) return new([], null);

        var wanted = SearchText.Fold(query.Text?.Trim() ?? "");
        var found = new List<TimelineEntry>();
        for (var pages = 0; pages < (wanted.Length == 0 ? 1 : MostSearchedPages); pages++)
        {
            var (entries, next) = await PageAsync(db, customerId, query, place, grant, cancellationToken);
            foreach (var (entry, after) in entries.Where(e => wanted.Length == 0 || SearchText.Fold(Words(e.Entry))
                .Contains(wanted, StringComparison.Ordinal)))
            {
                found.Add(entry);
                if (found.Count == query.Size) return new(found, next is null && entry == entries[^1].Entry ? null : after.ToString());
            }

            if (next is null) return new(found, null);
            place = next;
        }

        return new(found, place.ToString());
    }

    private async Task<(List<(TimelineEntry Entry, TimelinePlace After)> Entries, TimelinePlace? Next)> PageAsync(
        CrmDbContext db, long customerId, TimelineQuery query, TimelinePlace place, Grant grant, CancellationToken cancellationToken)
    {
        var take = query.Size + 1;
        var candidates = new List<TimelineEntry>();
        foreach (var kind in Enum.GetValues<TimelineKind>().Where(k => (query.Kinds.Count == 0 || query.Kinds.Contains(k))
            && MaySee(k, grant)))
            candidates.AddRange(kind switch
            {
                TimelineKind.Change => await ChangesAsync(customerId, place, query.Size, cancellationToken),
                TimelineKind.Ticket => await TicketsAsync(db, customerId, place, take, cancellationToken),
                _ => await KeysAsync(db, kind, customerId, place, take, grant, cancellationToken),
            });
        var page = candidates.OrderByDescending(e => e.At).ThenByDescending(e => (int)e.Kind).ThenByDescending(e => e.Id).ToList();
        var hasMore = page.Count > query.Size;
        page = page.GetRange(0, Math.Min(page.Count, query.Size));

        var audit = place.AuditBefore;
        var entries = new List<(TimelineEntry, TimelinePlace)>();
        foreach (var entry in await FilledAsync(db, page, grant, cancellationToken))
        {
            if (entry.Kind == TimelineKind.Change) audit = entry.Id;
            entries.Add((entry, new(entry.At, (int)entry.Kind, entry.Id, audit)));
        }

        return (entries, hasMore && entries.Count > 0 ? entries[^1].Item2 : null);
    }

    private static bool MaySee(TimelineKind kind, Grant grant) => kind switch
    {
        TimelineKind.Order or TimelineKind.Refund => grant.Has(Permissions.OrdersView),
        TimelineKind.Document => grant.Has(Permissions.DocumentsView),
        TimelineKind.Ticket => grant.Has(Permissions.TicketsWork),
        TimelineKind.Chat => grant.Has(Permissions.ChatWork),
        _ => true,
    };

    /// <summary>The newest of one kind that come after a place: those at its instant only where their kind and key are smaller.</summary>
    private static async Task<List<TimelineEntry>> KeysAsync(CrmDbContext db, TimelineKind kind, long customerId, TimelinePlace place,
        int take, Grant grant, CancellationToken cancellationToken)
    {
        var me = grant.Actor.UserId;
        var stream = kind switch
        {
            TimelineKind.Order => db.Orders.Where(o => o.CustomerId == customerId).Select(o => new Moment { At = o.PlacedAt, Id = o.Id }),
            TimelineKind.Refund => db.Refunds.Where(r => r.CustomerId == customerId)
                .Select(r => new Moment { At = r.RefundedAt, Id = r.Id }),
            TimelineKind.Note => db.Notes.Where(n => n.CustomerId == customerId && (!n.IsPrivate || n.AuthorId == me))
                .Select(n => new Moment { At = n.CreatedAt, Id = n.Id }),
            TimelineKind.Points => db.LoyaltyEntries.Where(e => e.Account!.CustomerId == customerId)
                .Select(e => new Moment { At = e.At, Id = e.Id }),
            TimelineKind.Chat => db.Chats.Where(c => c.CustomerId == customerId).Select(c => new Moment { At = c.StartedAt, Id = c.Id }),
            TimelineKind.Network => db.NetworkUsages.Join(db.NetworkConnections.Where(c => c.CustomerId == customerId), u => u.ConnectionId,
                c => c.Id, (u, _) => new Moment { At = u.LastAt, Id = u.Id }),
            TimelineKind.Consent => db.Consents.Where(c => c.CustomerId == customerId).Select(c => new Moment { At = c.At, Id = c.Id }),
            _ => db.Documents.Where(d => d.CustomerId == customerId).Select(d => new Moment { At = d.UploadedAt, Id = d.Id }),
        };
        return await ReadAsync(stream, kind, place, take, cancellationToken);
    }

    private static async Task<List<TimelineEntry>> ReadAsync(IQueryable<Moment> stream, TimelineKind kind, TimelinePlace place, int take,
        CancellationToken cancellationToken)
    {
        // Of the instant itself: kinds that come later in the order of a page are still to come, of the same kind the smaller keys.
        var limit = (int)kind < place.Kind ? long.MaxValue : (int)kind == place.Kind ? place.Id : long.MinValue;
        var at = place.At;
        var found = await stream.Where(m => m.At <= at && (m.At < at || m.Id < limit)).OrderByDescending(m => m.At)
            .ThenByDescending(m => m.Id).Take(take).ToListAsync(cancellationToken);
        return [.. found.Select(m => new TimelineEntry(kind, m.Id, m.At))];
    }

    /// <summary>What happened to tickets, by twice its key, and what was written in them after their first message, by twice its key and
    /// one: so that each has a key among them.</summary>
    private static async Task<List<TimelineEntry>> TicketsAsync(CrmDbContext db, long customerId, TimelinePlace place, int take,
        CancellationToken cancellationToken)
    {
        var events = db.TicketEvents.Where(e => TicketSteps.Contains(e.Kind))
            .Join(db.Tickets.Where(t => t.CustomerId == customerId), e => e.TicketId, t => t.Id, (e, _) => e)
            .Select(e => new Moment { At = e.At, Id = 2 * e.Id });
        var messages = db.TicketMessages.Where(m => m.Ticket!.CustomerId == customerId
                && (m.Kind == TicketMessageKind.Incoming || m.Kind == TicketMessageKind.Reply) && m.Delivery != TicketDelivery.Scheduled
                && db.Set<TicketMessage>().Any(o => o.TicketId == m.TicketId && o.Id < m.Id))
            .Select(m => new Moment { At = m.At, Id = (2 * m.Id) + 1 });
        return [.. await ReadAsync(events, TimelineKind.Ticket, place, take, cancellationToken),
            .. await ReadAsync(messages, TimelineKind.Ticket, place, take, cancellationToken)];
    }

    /// <summary>Change sets, each by its smallest audit row, which says where to go on.</summary>
    private async Task<List<TimelineEntry>> ChangesAsync(long customerId, TimelinePlace place, int size,
        CancellationToken cancellationToken) =>
        [.. (await history.NewestAsync(customerId, place.AuditBefore, size + 1, cancellationToken))
            .Select(c => new TimelineEntry(TimelineKind.Change, c.LastRow, c.Entry.At) { Change = c.Entry })];

    /// <summary>Reads what the entries of a page are, each kind at once.</summary>
    private static async Task<IEnumerable<TimelineEntry>> FilledAsync(CrmDbContext db, List<TimelineEntry> page, Grant grant,
        CancellationToken cancellationToken)
    {
        List<long> Of(TimelineKind kind) => [.. page.Where(e => e.Kind == kind).Select(e => e.Id)];
        var (orderIds, refundIds, noteIds, consentIds, documentIds) = (Of(TimelineKind.Order), Of(TimelineKind.Refund),
            Of(TimelineKind.Note), Of(TimelineKind.Consent), Of(TimelineKind.Document));
        var orders = (await db.RowsAsync(orderIds, OrderService.Sight(grant), cancellationToken)).ToDictionary(o => o.Id);
        var refunds = refundIds.Count == 0 ? [] : await db.Refunds.AsNoTracking().Where(r => refundIds.Contains(r.Id))
            .ToDictionaryAsync(r => r.Id, cancellationToken);
        var lines = refundIds.Count == 0 ? null : await db.RefundLinesAsync(refundIds, cancellationToken);
        var notes = noteIds.Count == 0 ? [] : await db.Notes.AsNoTracking().Where(n => noteIds.Contains(n.Id))
            .ToDictionaryAsync(n => n.Id, cancellationToken);
        var consents = consentIds.Count == 0 ? [] : await db.Consents.AsNoTracking().Where(c => consentIds.Contains(c.Id))
            .ToDictionaryAsync(c => c.Id, cancellationToken);
        var documents = documentIds.Count == 0 ? [] : await db.Documents.AsNoTracking().Where(d => documentIds.Contains(d.Id))
            .ToDictionaryAsync(d => d.Id, cancellationToken);
        var entryIds = Of(TimelineKind.Points);
        var points = entryIds.Count == 0 ? [] : await db.LoyaltyEntries.AsNoTracking().Include(e => e.Booking)
            .Where(e => entryIds.Contains(e.Id)).ToDictionaryAsync(e => e.Id, cancellationToken);
        var tickets = await TicketsAsync(db, Of(TimelineKind.Ticket), cancellationToken);
        var chats = await ChatsAsync(db, Of(TimelineKind.Chat), cancellationToken);
        var network = await NetworkAsync(db, Of(TimelineKind.Network), cancellationToken);
        return page.Select(e => e.Kind switch
        {
            TimelineKind.Chat => e with { Chat = chats.GetValueOrDefault(e.Id) },
            TimelineKind.Network => e with { Network = network.GetValueOrDefault(e.Id) },
            TimelineKind.Ticket => e with { Ticket = tickets.GetValueOrDefault(e.Id) },
            TimelineKind.Order => e with { Order = orders.GetValueOrDefault(e.Id) },
            TimelineKind.Refund when refunds.TryGetValue(e.Id, out var r) =>
                e with { Refund = new(r.Id, r.Name, r.RefundedAt, r.Amount, r.Currency, r.Reason, [.. lines![r.Id]]) },
            TimelineKind.Note when notes.TryGetValue(e.Id, out var n) => e with { Note = NoteService.Details(n, grant) },
            TimelineKind.Consent when consents.TryGetValue(e.Id, out var c) =>
                e with { Consent = new(c.Purpose, c.Channel, c.State, c.Source, c.ActorName) },
            TimelineKind.Points when points.TryGetValue(e.Id, out var p) =>
                e with { Points = new(p.Kind, p.Points, p.Booking!.Reason, p.Booking.ActorName) },
            TimelineKind.Document when documents.TryGetValue(e.Id, out var d) =>
                e with { Document = new(d.Name, d.Kind, d.Status, d.UploadedByName, d.DeletedAt is not null) },
            _ => e,
        });
    }

    private static async Task<Dictionary<long, NetworkDay>> NetworkAsync(CrmDbContext db, List<long> ids,
        CancellationToken cancellationToken) => ids.Count == 0 ? []
        : await db.NetworkUsages.Where(u => ids.Contains(u.Id)).Join(db.NetworkConnections, u => u.ConnectionId, c => c.Id,
            (u, c) => new { u.Id, Day = new NetworkDay(c.AccessName, u.Sessions, u.Seconds, u.Down, u.Up) })
            .ToDictionaryAsync(u => u.Id, u => u.Day, cancellationToken);

    private static async Task<Dictionary<long, ChatEntry>> ChatsAsync(CrmDbContext db, List<long> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0) return [];
        var chats = await db.Chats.Where(c => ids.Contains(c.Id)).Select(c => new
        {
            c.Id, c.MessageCount, c.Score, Agent = c.Agent == null ? "" : c.Agent.DisplayName,
            First = db.Set<ChatMessage>().Where(m => m.ChatId == c.Id && m.Kind == ChatMessageKind.Visitor).OrderBy(m => m.Id)
                .Select(m => m.Text.Substring(0, TextShown)).FirstOrDefault(),
        }).ToListAsync(cancellationToken);
        return chats.ToDictionary(c => c.Id, c => new ChatEntry(c.First ?? "", c.Agent, c.MessageCount, c.Score));
    }

    private static async Task<Dictionary<long, TicketEntry>> TicketsAsync(CrmDbContext db, List<long> ids,
        CancellationToken cancellationToken)
    {
        var (eventIds, messageIds) = (ids.Where(i => i % 2 == 0).Select(i => i / 2).ToList(), ids.Where(i => i % 2 == 1).Select(i => i / 2)
            .ToList());
        var found = new Dictionary<long, TicketEntry>();
        if (eventIds.Count > 0)
        {
            var events = await db.TicketEvents.Where(e => eventIds.Contains(e.Id)).Select(e => new
            {
                e.Id, e.Kind, e.TicketId, Subject = db.Set<Ticket>().Where(t => t.Id == e.TicketId).Select(t => t.Subject).First(),
                First = e.Kind == TicketEventKind.Created || e.Kind == TicketEventKind.Begun ? db.Set<TicketMessage>()
                    .Where(m => m.TicketId == e.TicketId).OrderBy(m => m.Id).Select(m => m.Text.Substring(0, TextShown)).FirstOrDefault()
                        : null,
                By = db.Set<User>().Where(u => u.Id == e.UserId).Select(u => u.DisplayName).FirstOrDefault(),
            }).ToListAsync(cancellationToken);
            foreach (var e in events)
                found[2 * e.Id] = new(e.TicketId, e.Subject, Enum.Parse<TicketStep>(e.Kind.ToString()), e.First, e.By ?? "");
        }

        if (messageIds.Count > 0)
        {
            var messages = await db.TicketMessages.Where(m => messageIds.Contains(m.Id)).Select(m => new
            {
                m.Id, m.Kind, m.TicketId, m.Ticket!.Subject, Text = m.Text.Substring(0, TextShown), m.AuthorName,
            }).ToListAsync(cancellationToken);
            foreach (var m in messages)
                found[(2 * m.Id) + 1] = new(m.TicketId, m.Subject, m.Kind == TicketMessageKind.Incoming ? TicketStep.CustomerWrote
                    : TicketStep.AgentReplied, m.Text, m.AuthorName);
        }

        return found;
    }

    /// <summary>What a search looks at.</summary>
    private static string Words(TimelineEntry e) => e.Kind switch
    {
        TimelineKind.Order => $"{e.Order?.Name} {e.Order?.FirstProduct} {e.Order?.Channel} {e.Order?.Status}",
        TimelineKind.Refund => $"{e.Refund?.Name} {e.Refund?.Reason} {string.Join(' ', e.Refund?.Lines.Select(l => l.Name) ?? [])}",
        TimelineKind.Note => $"{e.Note?.Text} {e.Note?.AuthorName}",
        TimelineKind.Consent => $"{e.Consent?.Purpose} {e.Consent?.Channel} {e.Consent?.State} {e.Consent?.ActorName}",
        TimelineKind.Points => $"{e.Points?.Kind} {e.Points?.Points} {e.Points?.Reason} {e.Points?.ActorName}",
        TimelineKind.Document => $"{e.Document?.Name} {e.Document?.ActorName}",
        TimelineKind.Chat => $"{e.Chat?.Text} {e.Chat?.ActorName}",
        TimelineKind.Network => e.Network?.AccessName ?? "",
        TimelineKind.Ticket => $"{e.Ticket?.Subject} {e.Ticket?.Text} {e.Ticket?.ActorName}",
        _ => $"{e.Change?.ActorName} {string.Join(' ', e.Change?.Items.SelectMany(i => i.Fields.SelectMany(f => new[] { f.Name, f.Before, f.After }).Prepend(i.Title)) ?? [])}",
    };

    private sealed class Moment
    {
        public DateTimeOffset At { get; init; }
        public long Id { get; init; }
    }
}
