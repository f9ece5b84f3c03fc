using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Chats;

/// <content>Taking chats, talking, handing over, ending.</content>
public sealed partial class ChatService
{
    /// <summary>Takes a chat that nobody has; of several who try, one gets it.</summary>
    /// <returns>False where somebody else was faster, or it is over.</returns>
    /// <exception cref="RuleViolationException">The acting user has as many chats as they take at once.</exception>
    public async Task<bool> AcceptAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        var me = grant.Actor.UserId ?? throw new AccessDeniedException(Permissions.ChatWork);
        return await book.WorkAsync(id, async (db, chat) =>
        {
            if (chat.State != ChatState.Waiting) return null;
            var most = await db.ChatAgents.Where(a => a.UserId == me).Select(a => (int?)a.MostChats).FirstOrDefaultAsync(cancellationToken)
                ?? ChatAgent.UsualMost;
            if (await db.Chats.Open().CountAsync(c => c.AgentId == me && c.State == ChatState.Active, cancellationToken) >= most)
                throw new RuleViolationException("", "You take {0} chats at once; end one first.", most);
            var now = clock.GetUtcNow();
            (chat.State, chat.AgentId) = (ChatState.Active, me);
            chat.AcceptedAt ??= now;
            return [ChatBook.State(chat, false, await ChatBook.NoteAsync(db, chat, ChatEvent.Joined, now, cancellationToken,
                grant.Actor.Name, me))];
        }, cancellationToken);
    }

    /// <summary>Answers in a chat; whoever answers in one that nobody has takes it.</summary>
    /// <param name="messageKey">What the caller calls the message: said again with it, it is said once.</param>
    /// <returns>The number of the message; null where there is no such chat.</returns>
    /// <exception cref="RuleViolationException">There is no text, the chat is over, or the customer is blocked.</exception>
    public Task<long?> SayAsync(long id, string? text, string? messageKey, CancellationToken cancellationToken) =>
        AddAsync(id, text, messageKey, null, cancellationToken);

    /// <summary>Sends a file into a chat.</summary>
    /// <returns>The number of its message; null where there is no such chat.</returns>
    /// <exception cref="RuleViolationException">It is too large, one too many, or the virus scanner refuses it.</exception>
    public async Task<long?> SendFileAsync(long id, string? name, string? contentType, Stream content, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
        {
            if (!await db.Chats.AnyAsync(c => c.Id == id, cancellationToken)) return null;
            await ChatFiles.DemandRoomAsync(db, id, cancellationToken);
        }

        var stored = await ChatFiles.StoreAsync(store, scanner, documents.Value, content, cancellationToken);
        try
        {
            return await AddAsync(id, null, null, ChatFiles.Row(id, name, contentType, stored), cancellationToken);
        }
        catch (Exception fault) when (fault is not CommitLostException)
        {
            store.Delete(stored.StoredName);
            throw;
        }
    }

    /// <summary>Opens a file of a chat; null where there is none.</summary>
    public async Task<TicketFileContent?> OpenFileAsync(long fileId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var file = await db.ChatFiles.AsNoTracking().FirstOrDefaultAsync(f => f.Id == fileId, cancellationToken);
        return file is null ? null : new(file.Name, file.ContentType, store.Open(file.StoredName, file.WrappedKey));
    }

    /// <summary>Notes up to which message the agent has read; only of one's own chats.</summary>
    public async Task ReadAsync(long id, long messageId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        var me = grant.Actor.UserId;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var changed = await db.Chats.Where(c => c.Id == id && c.AgentId == me && me != null && c.AgentReadId < messageId
            && db.Set<ChatMessage>().Any(m => m.ChatId == id && m.Id == messageId))
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.AgentReadId, messageId), cancellationToken);
        if (changed > 0) await signals.TellAsync(new(id, ChatNews.Read, false, messageId));
    }

    /// <summary>Tells the visitor that the acting user began to type, or stopped.</summary>
    public async Task TypeAsync(long id, bool isTyping, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        await signals.TellAsync(new(id, ChatNews.Typing, false, Name: grant.Actor.Name, IsOn: isTyping));
    }

    /// <summary>Hands a chat to a colleague, or back to those who wait.</summary>
    /// <param name="toUserId">Null for whoever takes it.</param>
    /// <returns>False where there is no such chat, or it is over.</returns>
    /// <exception cref="RuleViolationException">This person does not chat.</exception>
    public async Task<bool> HandOverAsync(long id, long? toUserId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        var to = toUserId is null ? null : (await AgentsAsync(cancellationToken)).FirstOrDefault(a => a.UserId == toUserId)
            ?? throw new RuleViolationException("UserId", "This person does not chat.");
        return await book.WorkAsync(id, async (db, chat) =>
        {
            if (!chat.IsOpen || (to is null && chat.State == ChatState.Waiting) || (to is not null
                && chat.AgentId == to.UserId)) return null;
            var now = clock.GetUtcNow();
            chat.AgentId = to?.UserId;
            chat.State = to is null ? ChatState.Waiting : ChatState.Active;
            if (to is not null) chat.AcceptedAt ??= now;
            // It is waited for an answer anew, so that it does not become a ticket at once.
            if (to is null) chat.WaitingSince = now;
            var note = await ChatBook.NoteAsync(db, chat, to is null ? ChatEvent.PutBack : ChatEvent.HandedOver, now, cancellationToken,
                to?.Name ?? "", to?.UserId);
            return [ChatBook.State(chat, false, note)];
        }, cancellationToken);
    }

    /// <summary>Ends a chat; false where there is none, or it is over.</summary>
    public async Task<bool> EndAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        return await book.WorkAsync(id, async (db, chat) =>
        {
            if (!chat.IsOpen) return null;
            var now = clock.GetUtcNow();
            (chat.State, chat.EndedAt, chat.WaitingSince) = (ChatState.Ended, now, null);
            chat.AgentId ??= grant.Actor.UserId;
            await tickets.CompleteAsync(db, chat, false, cancellationToken);
            await ChatBook.TouchCustomerAsync(db, chat, now, cancellationToken);
            return [ChatBook.State(chat, false, await ChatBook.NoteAsync(db, chat, ChatEvent.EndedByAgent, now, cancellationToken,
                grant.Actor.Name, grant.Actor.UserId))];
        }, cancellationToken);
    }

    /// <summary>Makes a ticket of a chat, which goes on; a chat becomes one ticket.</summary>
    /// <param name="subject">Null for the beginning of what the visitor said.</param>
    /// <returns>The ticket, the one of before where there is one; null where there is no such chat.</returns>
    public async Task<long?> MakeTicketAsync(long id, string? subject, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        var errors = new List<FieldError>();
        var about = TextRules.Text("Subject", subject is null ? null : TicketRules.OneLine(subject), Ticket.SubjectLength, errors).Value;
        if (errors.Count > 0) throw new RuleViolationException(errors);
        long? made = null;
        await book.WorkAsync(id, async (db, chat) =>
        {
            if ((made = chat.TicketId) is not null) return null;
            made = (await tickets.MakeAsync(db, chat, about, grant.Actor, cancellationToken)).Id;
            return [ChatBook.State(chat, false, await ChatBook.NoteAsync(db, chat, ChatEvent.TicketMade, clock.GetUtcNow(),
                cancellationToken,
                Ticket.NameOf(made.Value), grant.Actor.UserId))];
        }, cancellationToken);
        return made;
    }

    /// <summary>Says which customer a visitor is.</summary>
    /// <returns>False where there is no such chat.</returns>
    /// <exception cref="RuleViolationException">There is no such customer.</exception>
    public async Task<bool> LinkCustomerAsync(long id, long customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        return await book.WorkAsync(id, async (db, chat) =>
        {
            var errors = new List<FieldError>();
            var customer = await TicketRules.CustomerAsync(db, customerId, errors, cancellationToken);
            if (errors.Count > 0) throw new RuleViolationException(errors);
            db.BeginChangeSet("chat.customer", Permissions.ChatWork);
            // Whoever chose them vouches for it.
            (chat.CustomerId, chat.IsIdentified) = (customer!.Id, true);
            await db.SaveChangesAsync(cancellationToken);
            return [ChatBook.State(chat, false)];
        }, cancellationToken);
    }

    private async Task<long?> AddAsync(long id, string? text, string? messageKey, ChatFile? file, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ChatWork, cancellationToken);
        var errors = new List<FieldError>();
        var said = file is null ? ChatRules.Text(text, errors) : "";
        if (errors.Count > 0) throw new RuleViolationException(errors);
        var called = ChatRules.MessageKey(messageKey);
        long? messageId = null;
        await book.WorkAsync(id, async (db, chat) =>
        {
            if (called is not null && await db.ChatMessages.Where(m => m.ChatId == id && m.ClientKey == called).Select(m => (long?)m.Id)
                .FirstOrDefaultAsync(cancellationToken) is { } there)
            {
                messageId = there;
                return null;
            }

            await DemandTalkAsync(db, chat, cancellationToken);
            var now = clock.GetUtcNow();
            var news = new List<ChatSignal>();
            if (chat.State == ChatState.Waiting)
            {
                (chat.State, chat.AgentId) = (ChatState.Active, grant.Actor.UserId);
                chat.AcceptedAt ??= now;
                news.Add(ChatBook.State(chat, false, await ChatBook.NoteAsync(db, chat, ChatEvent.Joined, now, cancellationToken,
                    grant.Actor.Name, grant.Actor.UserId)));
            }

            var message = new ChatMessage { ChatId = id, Kind = ChatMessageKind.Agent, At = now, AuthorId = grant.Actor.UserId,
                AuthorName = grant.Actor.Name, Text = said, ClientKey = called, File = file };
            db.ChatMessages.Add(message);
            if (chat.WaitingSince is { } since)
            {
                (chat.AnswerCount, chat.WaitingSince) = (chat.AnswerCount + 1, null);
                chat.AnswerSeconds += (long)Math.Max(0, (now - since).TotalSeconds);
            }

            (chat.MessageCount, chat.LastMessageAt) = (chat.MessageCount + 1, now);
            await db.SaveWithoutRecordAsync(cancellationToken);
            messageId = message.Id;
            return [.. news, new(id, ChatNews.Message, false, message.Id)];
        }, cancellationToken);
        return messageId;
    }

    private static async Task DemandTalkAsync(CrmDbContext db, Chat chat, CancellationToken cancellationToken)
    {
        if (!chat.IsOpen) throw new RuleViolationException("Text", "This chat is over.");
        if (chat.MessageCount >= Chat.MostMessages) throw new RuleViolationException("Text", "This chat is full.");
        if (chat.CustomerId is { } id && await db.Customers.AnyAsync(c => c.Id == id && c.Status == CustomerStatus.Blocked,
            cancellationToken))
            throw new RuleViolationException("Text", "This customer is blocked and gets no messages.");
    }
}
