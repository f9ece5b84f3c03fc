using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Chats;

/// <summary>A chat in the list of the customer who had it.</summary>
/// <param name="Begin">What they said first; null where that was a file.</param>
/// <param name="Agent">Who answered last; null for nobody.</param>
public sealed record CustomerChatRow(long Id, DateTimeOffset StartedAt, DateTimeOffset LastMessageAt, bool IsOpen, string? Agent,
    string? Begin);

/// <summary>A chat with what was said in it, oldest first.</summary>
/// <param name="HasEarlier">Whether there is more before the first message.</param>
public sealed record CustomerChat(long Id, DateTimeOffset StartedAt, bool IsOpen, IReadOnlyList<ChatMessageDetails> Messages,
    bool HasEarlier);

/// <summary>The way into a chat for a customer who is signed in.</summary>
/// <param name="Identity">Says who they are; null while there is no key for that, and they chat as a visitor.</param>
public sealed record OwnChatDoor(string? Identity);

/// <summary>The chats of the customer who is signed in. Those of others are not there for them.</summary>
public sealed class CustomerChatService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, DocumentStore store,
    ChatDoor door, ChatIdentity identity)
{
    /// <summary>So many messages of a chat are shown, the newest.</summary>
    public const int MostMessages = 300;

    /// <summary>Of more chats than this the older ones are not listed.</summary>
    private const int MostListed = 500;

    /// <summary>How they begin a chat; null where there is none.</summary>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    public async Task<OwnChatDoor?> DoorAsync(CancellationToken cancellationToken)
    {
        var (own, grant) = await access.DemandOwnAsync(cancellationToken);
        if (!(await door.StateAsync(cancellationToken)).IsOn) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var number = await db.Customers.Where(c => c.Id == own).Select(c => c.Number).FirstAsync(cancellationToken);
        return new(await identity.IssueAsync(db, number, grant.Actor.Name, cancellationToken));
    }

    /// <summary>Their chats, those with the latest word first.</summary>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    public async Task<Page<CustomerChatRow>> ListAsync(PageRequest page, CancellationToken cancellationToken)
    {
        var (own, _) = await access.DemandOwnAsync(cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        // The newest by their keys first: asked for by the last word alone, an engine may read those of everybody in that order.
        var newest = db.Chats.Where(c => c.CustomerId == own).OrderByDescending(c => c.Id).Take(MostListed);
        var rows = await newest.OrderByDescending(c => c.LastMessageAt).ThenByDescending(c => c.Id).Skip(skip).Take(take + 1)
            .Select(c => new CustomerChatRow(c.Id, c.StartedAt, c.LastMessageAt,
                c.State == ChatState.Waiting || c.State == ChatState.Active, c.Agent == null ? null : c.Agent.DisplayName,
                c.Messages.Where(m => m.Kind == ChatMessageKind.Visitor && m.Text != "").OrderBy(m => m.Id).Select(m => m.Text)
                    .FirstOrDefault()))
            .ToListAsync(cancellationToken);
        return new([.. rows.Take(take)], page.Number, take, rows.Count > take);
    }

    /// <summary>One of their chats; null where there is none.</summary>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    public async Task<CustomerChat?> GetAsync(long id, CancellationToken cancellationToken)
    {
        var (own, _) = await access.DemandOwnAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var chat = await db.Chats.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id && c.CustomerId == own, cancellationToken);
        if (chat is null) return null;
        var messages = await db.Set<ChatMessage>().AsNoTracking().Where(m => m.ChatId == id).OrderByDescending(m => m.Id)
            .Take(MostMessages + 1).Select(ChatMessageDetails.Of).ToListAsync(cancellationToken);
        return new(id, chat.StartedAt, chat.IsOpen, [.. messages.Take(MostMessages).Reverse()], messages.Count > MostMessages);
    }

    /// <summary>Opens a file of one of their chats; null where there is none.</summary>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    public async Task<TicketFileContent?> OpenFileAsync(long chatId, long fileId, CancellationToken cancellationToken)
    {
        var (own, _) = await access.DemandOwnAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var file = await db.ChatFiles.AsNoTracking().FirstOrDefaultAsync(f => f.Id == fileId && f.ChatId == chatId
            && db.Set<Chat>().Any(c => c.Id == chatId && c.CustomerId == own), cancellationToken);
        return file is null ? null : new(file.Name, file.ContentType, store.Open(file.StoredName, file.WrappedKey));
    }
}
