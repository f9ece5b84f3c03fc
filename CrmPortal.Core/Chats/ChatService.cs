using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Chats;

/// <summary>The agents' side of chats.</summary>
public sealed partial class ChatService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, ChatBook book, ChatDoor door,
    ChatTickets tickets, ChatSignals signals, DocumentStore store, IVirusScanner scanner, IOptions<DocumentOptions> documents,
    TimeProvider clock)
{
    private const int MostMessages = 100;
    private const int MostOpen = 500;
    private const int LastLetters = 120;

    /// <summary>The chats that go on, those that wait longest for an answer first.</summary>
    public async Task<IReadOnlyList<ChatRow>> OpenAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await RowsAsync(db, db.Chats.Open()
            .OrderBy(c => c.WaitingSince == null).ThenBy(c => c.WaitingSince).ThenBy(c => c.Id).Take(MostOpen), grant, cancellationToken);
    }

    /// <summary>One page of the chats that are over, the newest first.</summary>
    /// <param name="customerId">Of one customer only, and then those that go on as well.</param>
    public async Task<Page<ChatRow>> PastAsync(long? customerId, PageRequest page, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var rows = await RowsAsync(db, Past(db, customerId).OrderByDescending(c =>
            c.Id).Skip((page.Number - 1) * page.Size).Take(page.Size + 1), grant,
            cancellationToken);
        return new([.. rows.Take(page.Size)], page.Number, page.Size, rows.Count > page.Size);
    }

    /// <summary>How many chats <see cref="PastAsync"/> has on all its pages.</summary>
    public async Task<int> CountPastAsync(long? customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await Past(db, customerId).CountAsync(cancellationToken);
    }

    /// <summary>The newest chats of a customer, beside what else is shown of them; none for those who do not work on chats.</summary>
    public async Task<IReadOnlyList<ChatRow>> NewestOfAsync(long customerId, int most, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        if (!grant.Has(Permissions.ChatWork)) return [];
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await RowsAsync(db, Past(db, customerId).OrderByDescending(c => c.Id).Take(Math.Min(most, MostOpen)), grant,
            cancellationToken);
    }

    /// <summary>How many chats wait for somebody to take them, and how many of the acting user's own wait for an answer.</summary>
    public async Task<(int Waiting, int Mine)> CountWaitingAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        var me = grant.Actor.UserId;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.Chats.Open().Where(c => c.State == ChatState.Waiting
            || (c.State == ChatState.Active && c.AgentId == me && c.WaitingSince != null)).Take(MostOpen)
            .GroupBy(c => c.State).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        return (found.Find(f => f.Key == ChatState.Waiting)?.Count ?? 0, found.Find(f => f.Key == ChatState.Active)?.Count ?? 0);
    }

    /// <summary>A chat, or null where there is none.</summary>
    public async Task<ChatDetails?> GetAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var c = await db.Chats.AsNoTracking().Include(x => x.Customer).Include(x => x.Agent)
            .FirstOrDefaultAsync(x => x.Id == id, cancellationToken);
        if (c is null) return null;
        var maySee = grant.Has(Permissions.CustomersSensitive);
        return new(c.Id, c.State, c.CustomerId, Visitor(c, c.Customer, grant), c.VisitorName,
            maySee ? c.VisitorEmail : Masking.Email(c.VisitorEmail), c.IsIdentified, c.AgentId, TicketQueries.NameOf(c.Agent),
            c.AgentId is not null && c.AgentId == grant.Actor.UserId, c.Page, c.Language, c.StartedAt, c.AcceptedAt, c.EndedAt,
            c.MessageCount, c.VisitorReadId, c.AgentReadId, c.Score, c.Comment, c.TicketId)
        {
            Customer = c.Customer is { } customer && grant.Has(Permissions.CustomersView) ? CustomerQueries.Shown(customer, maySee) : null,
        };
    }

    /// <summary>The chats that became a ticket.</summary>
    public async Task<IReadOnlyList<ChatRow>> OfTicketAsync(long ticketId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await RowsAsync(db, db.Chats.Where(c => c.TicketId == ticketId).OrderBy(c => c.Id).Take(10), grant, cancellationToken);
    }

    /// <summary>The newest messages of a chat, those after one of them, or those before one.</summary>
    public async Task<ChatConversation> MessagesAsync(long chatId, long? after, long? before, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.ChatMessages.Where(m => m.ChatId == chatId && (after == null || m.Id > after) && (before == null
            || m.Id < before))
            .OrderByDescending(m => m.Id).Take(MostMessages + 1).Select(ChatMessageDetails.Of).ToListAsync(cancellationToken);
        return new([.. found.Take(MostMessages).Reverse()], found.Count > MostMessages);
    }

    private static IQueryable<Chat> Past(CrmDbContext db, long? customerId) => customerId is { } customer
        ? db.Chats.Where(c => c.CustomerId == customer)
        : db.Chats.Where(c => c.State == ChatState.Ended || c.State == ChatState.Missed);

    private static async Task<IReadOnlyList<ChatRow>> RowsAsync(CrmDbContext db, IQueryable<Chat> chats, Grant grant,
        CancellationToken cancellationToken)
    {
        var me = grant.Actor.UserId;
        var rows = await chats.Select(c => new
        {
            Chat = c, c.Customer, c.Agent,
            Last = db.Set<ChatMessage>().Where(m => m.ChatId == c.Id && m.Event == null).OrderByDescending(m => m.Id)
                .Select(m => m.File == null ? m.Text : m.File.Name).FirstOrDefault(),
            // Of what is over nothing is new.
            Unread = c.State == ChatState.Ended || c.State == ChatState.Missed ? 0
                : db.Set<ChatMessage>().Count(m => m.ChatId == c.Id && m.Id > c.AgentReadId && m.Kind == ChatMessageKind.Visitor),
        }).AsNoTracking().ToListAsync(cancellationToken);
        return [.. rows.Select(r => new ChatRow(r.Chat.Id, r.Chat.State, r.Chat.CustomerId,
            Visitor(r.Chat, r.Customer, grant), TicketQueries.NameOf(r.Agent),
            r.Chat.AgentId is not null && r.Chat.AgentId == me, Shortened(r.Last ?? ""), r.Chat.LastMessageAt, r.Chat.WaitingSince, r.Unread,
            r.Chat.MessageCount, r.Chat.Score, r.Chat.TicketId, r.Chat.StartedAt))];
    }

    /// <summary>What somebody typed, who may not be the customer whose address they gave, stands before the customer's name.</summary>
    private static string Visitor(Chat chat, Customer? customer, Grant grant)
    {
        var maySee = grant.Has(Permissions.CustomersSensitive);
        var customers = customer is not null && grant.Has(Permissions.CustomersView) ? CustomerQueries.Shown(customer, maySee) : null;
        return (chat.IsIdentified ? customers ?? chat.VisitorName : chat.VisitorName ?? customers)
            ?? (maySee ? chat.VisitorEmail : Masking.Email(chat.VisitorEmail)) ?? "";
    }

    private static string Shortened(string text) => text.Length <= LastLetters ? text
        : text[..(char.IsHighSurrogate(text[LastLetters - 1]) ? LastLetters - 1 : LastLetters)] + "…";
}
