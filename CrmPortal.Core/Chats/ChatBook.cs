using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Chats;

/// <summary>Writes into one chat at a time, and tells of it after the commit.</summary>
public sealed class ChatBook(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, ChatSignals signals)
{
    /// <summary>
    /// Works on a chat under its lock, which lasts until the commit: so the numbers of its messages are in the order in which they can be
    /// seen, and a state that was looked at is still the state when something is written.
    /// </summary>
    /// <param name="work">Answers with what there is to tell; null where nothing is to be saved.</param>
    /// <returns>Whether something was saved.</returns>
    internal async Task<bool> WorkAsync(long chatId, Func<CrmDbContext, Chat, Task<IReadOnlyList<ChatSignal>?>> work,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<ChatSignal>? news;
        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await provider.LockAsync<Chat>(db, [chatId], cancellationToken);
            if (await db.Chats.FirstOrDefaultAsync(c => c.Id == chatId, cancellationToken) is not { } chat) return false;
            news = await work(db, chat);
            if (news is null) return false;
            await db.SaveWithoutRecordAsync(cancellationToken);
            await transaction.CommitWithFilesAsync();
        }

        foreach (var signal in news) await signals.TellAsync(signal);
        return true;
    }

    /// <summary>Notes what happened, for both sides.</summary>
    internal static async Task<ChatMessage> NoteAsync(CrmDbContext db, Chat chat, ChatEvent what, DateTimeOffset now,
        CancellationToken cancellationToken, string name = "", long? by = null)
    {
        var note = new ChatMessage { ChatId = chat.Id, Kind = ChatMessageKind.Notice, At = now, Event = what, AuthorName = name,
            AuthorId = by };
        db.ChatMessages.Add(note);
        await db.SaveWithoutRecordAsync(cancellationToken);
        return note;
    }

    internal static ChatSignal State(Chat chat, bool isVisitor, ChatMessage? note = null) =>
        new(chat.Id, ChatNews.State, isVisitor, note?.Id);

    /// <summary>The customer was talked with; it may be their last interaction.</summary>
    internal static async Task TouchCustomerAsync(CrmDbContext db, Chat chat, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (chat.CustomerId is not { } id) return;
        await db.Customers.Where(c => c.Id == id && c.LastInteractionAt < now)
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.LastInteractionAt, now), cancellationToken);
    }
}
