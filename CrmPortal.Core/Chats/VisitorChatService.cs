using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Chats;

/// <summary>
/// The visitors' side of chats. Nobody signs in here: whoever holds the key that a chat was begun with has that chat, and nothing else.
/// </summary>
public sealed class VisitorChatService(IDbContextFactory<CrmDbContext> dbFactory, ChatBook book, ChatDoor door, ChatTickets tickets,
    ChatIdentity identity, ChatSignals signals, DocumentStore store, IVirusScanner scanner, IOptions<DocumentOptions> documents,
    TimeProvider clock)
{
    /// <summary>A score may be given, and an address be left, so long after the end.</summary>
    private static readonly TimeSpan KnownFor = TimeSpan.FromDays(1);

    private const int MostAtOnce = 200;
    private const int LowestScore = 1;
    private const int HighestScore = 5;

    /// <summary>How a visitor finds the chat; the answer may be some seconds old.</summary>
    public Task<ChatDoorState> DoorAsync(CancellationToken cancellationToken) => door.StateAsync(cancellationToken);

    /// <summary>
    /// Begins a chat, or leaves a message where nobody is there. Begun again with the same key, it is the same chat.
    /// </summary>
    /// <exception cref="RuleViolationException">A field is wrong, or there is no chat.</exception>
    public async Task<VisitorChat> StartAsync(ChatStart start, CancellationToken cancellationToken)
    {
        if (!ChatRules.IsKey(start.Key)) throw new RuleViolationException("Key", "This is not the key of a chat.");
        var opened = await door.StateAsync(cancellationToken);
        if (!opened.IsOn) throw new RuleViolationException("", "Chat is switched off.");
        if (await FindAsync(start.Key, cancellationToken) is { } begun) return await ReadAsync(begun, 0, cancellationToken);
        var errors = new List<FieldError>();
        var (text, name, email) = (ChatRules.Text(start.Text, errors), ChatRules.Name(start.Name, errors),
            ChatRules.Email(start.Email, errors));
        var messageKey = ChatRules.MessageKey(start.MessageKey);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var who = await identity.ReadAsync(db, start.Identity, cancellationToken);
        (name, email) = (name ?? who?.Name, email ?? who?.Email);
        var isKnown = who?.CustomerId is not null;
        if (!isKnown && name is null && opened.Asks == AskedBefore.Required && errors.TrueForAll(e => e.Field != "Name"))
            errors.Add(new("Name", "Tell us your name."));
        // Whoever leaves a message can only be answered by mail.
        if (!isKnown && email is null && (opened.Asks == AskedBefore.Required || !opened.IsOpen)
            && errors.TrueForAll(e => e.Field != "Email")) errors.Add(new("Email", "Tell us your e-mail address, so that we can answer."));
        if (errors.Count > 0) throw new RuleViolationException(errors);

        var now = clock.GetUtcNow();
        var chat = new Chat
        {
            KeyHash = Hash(start.Key!), VisitorName = name, VisitorEmail = email, IsIdentified = isKnown,
            CustomerId = who?.CustomerId ?? (email is null ? null : await MailIntake.CustomerOfAsync(db, email, cancellationToken)),
            State = opened.IsOpen ? ChatState.Waiting : ChatState.Missed, Page = ChatRules.Page(start.Page),
            Language = start.Language is { Length: > 0 and <= Chat.LanguageLength } language && language.All(char.IsAsciiLetter)
                ? language : "en",
            StartedAt = now, LastMessageAt = now, WaitingSince = now, MessageCount = 1, EndedAt = opened.IsOpen ? null : now,
        };
        chat.Messages.Add(new() { Kind = ChatMessageKind.Visitor, At = now, Text = text, ClientKey = messageKey });
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            db.Chats.Add(chat);
            await db.SaveWithoutRecordAsync(cancellationToken);
            await ChatBook.TouchCustomerAsync(db, chat, now, cancellationToken);
            if (chat.State == ChatState.Missed)
            {
                await tickets.MakeAsync(db, chat, null, null, cancellationToken);
                await ChatBook.NoteAsync(db, chat, ChatEvent.Missed, now, cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            // The same start came twice at once.
            return await FindAsync(start.Key, cancellationToken) is { } first ? await ReadAsync(first, 0, cancellationToken)
                : throw new RuleViolationException("", "The chat could not be started; try again.");
        }

        await signals.TellAsync(ChatBook.State(chat, true, chat.Messages[0]));
        return await ReadAsync(chat.Id, 0, cancellationToken);
    }

    /// <summary>The chat of a key and what was said after a message; null where there is none.</summary>
    /// <param name="after">0 for everything; of very much the newest.</param>
    public async Task<VisitorChat?> ResumeAsync(string? key, long after, CancellationToken cancellationToken) =>
        await FindAsync(key, cancellationToken) is { } id ? await ReadAsync(id, after, cancellationToken) : null;

    /// <summary>Says something. Said again with the same key of the message, it is said once.</summary>
    /// <returns>The number of the message; null where there is no chat.</returns>
    /// <exception cref="RuleViolationException">There is no text, or the chat is over.</exception>
    public async Task<long?> SayAsync(string? key, string? messageKey, string? text, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var said = ChatRules.Text(text, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        return await AddAsync(key, messageKey, said, null, cancellationToken);
    }

    /// <summary>Sends a file.</summary>
    /// <returns>The number of its message; null where there is no chat.</returns>
    /// <exception cref="RuleViolationException">It is too large, one too many, or the virus scanner refuses it.</exception>
    public async Task<long?> SendFileAsync(string? key, string? messageKey, string? name, string? contentType, Stream content,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(key, cancellationToken) is not { } id) return null;
        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
            await ChatFiles.DemandRoomAsync(db, id, cancellationToken);
        var stored = await ChatFiles.StoreAsync(store, scanner, documents.Value, content, cancellationToken);
        try
        {
            return await AddAsync(key, messageKey, "", ChatFiles.Row(id, name, contentType, stored), cancellationToken);
        }
        catch (Exception fault) when (fault is not CommitLostException)
        {
            store.Delete(stored.StoredName);
            throw;
        }
    }

    /// <summary>Opens a file of the chat of a key; null where there is none.</summary>
    public async Task<TicketFileContent?> OpenFileAsync(string? key, long fileId, CancellationToken cancellationToken)
    {
        if (await FindAsync(key, cancellationToken) is not { } id) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var file = await db.ChatFiles.AsNoTracking().FirstOrDefaultAsync(f => f.Id == fileId && f.ChatId == id, cancellationToken);
        return file is null ? null : new(file.Name, file.ContentType, store.Open(file.StoredName, file.WrappedKey));
    }

    /// <summary>Notes up to which message the visitor has read.</summary>
    public async Task ReadAsync(string? key, long messageId, CancellationToken cancellationToken)
    {
        if (await FindAsync(key, cancellationToken) is not { } id) return;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var changed = await db.Chats.Where(c => c.Id == id && c.VisitorReadId < messageId
            && db.Set<ChatMessage>().Any(m => m.ChatId == id && m.Id == messageId))
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.VisitorReadId, messageId), cancellationToken);
        if (changed > 0) await signals.TellAsync(new(id, ChatNews.Read, true, messageId));
    }

    /// <summary>Ends the chat; nothing happens where it is over.</summary>
    public async Task EndAsync(string? key, CancellationToken cancellationToken)
    {
        if (await FindAsync(key, cancellationToken) is not { } id) return;
        await book.WorkAsync(id, async (db, chat) =>
        {
            if (!chat.IsOpen) return null;
            var now = clock.GetUtcNow();
            var isMissed = chat.State == ChatState.Waiting;
            (chat.State, chat.EndedAt, chat.WaitingSince) = (ChatState.Ended, now, null);
            // Nobody has answered: what was said is not lost.
            if (isMissed && chat.TicketId is null) await tickets.MakeAsync(db, chat, null, null, cancellationToken);
            else await tickets.CompleteAsync(db, chat, false, cancellationToken);
            await ChatBook.TouchCustomerAsync(db, chat, now, cancellationToken);
            return [ChatBook.State(chat, true, await ChatBook.NoteAsync(db, chat, ChatEvent.EndedByVisitor, now, cancellationToken))];
        }, cancellationToken);
    }

    /// <summary>Says how it was, for a day after the end; a later score replaces an earlier one.</summary>
    /// <returns>False where there is no such chat any more.</returns>
    /// <exception cref="RuleViolationException">The score is not 1 to 5, or the comment is too long.</exception>
    public async Task<bool> RateAsync(string? key, int? score, string? comment, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var said = TextRules.Text("Comment", comment, Chat.CommentLength, errors).Value;
        if (score is not (>= LowestScore and <= HighestScore)) errors.Add(new("Score", "Choose one of the five."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        if (await FindAsync(key, cancellationToken) is not { } id) return false;
        var oldest = clock.GetUtcNow() - KnownFor;
        return await book.WorkAsync(id, (_, chat) =>
        {
            if (chat.AcceptedAt is null || (chat.EndedAt is { } end && end < oldest))
                return Task.FromResult<IReadOnlyList<ChatSignal>?>(null);
            (chat.Score, chat.Comment) = (score, said);
            return Task.FromResult<IReadOnlyList<ChatSignal>?>([ChatBook.State(chat, true)]);
        }, cancellationToken);
    }

    /// <summary>Leaves an address where a chat became a request that nobody could answer.</summary>
    /// <returns>False where there is no such chat, or an address is known.</returns>
    /// <exception cref="RuleViolationException">It is no address.</exception>
    public async Task<bool> LeaveAddressAsync(string? key, string? name, string? email, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var (called, address) = (ChatRules.Name(name, errors), ChatRules.Email(email, errors));
        if (address is null && errors.TrueForAll(e => e.Field != "Email")) errors.Add(new("Email", "Enter an e-mail address."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        if (await FindAsync(key, cancellationToken) is not { } id) return false;
        return await book.WorkAsync(id, async (db, chat) =>
        {
            if (chat is not { TicketId: { } ticketId, VisitorEmail: null, CustomerId: null }) return null;
            (chat.VisitorEmail, chat.VisitorName) = (address, called ?? chat.VisitorName);
            chat.CustomerId = await MailIntake.CustomerOfAsync(db, address!, cancellationToken);
            db.BeginChangeSet("chat.ticket", Permissions.TicketsWork);
            if (await db.Tickets.FirstOrDefaultAsync(t => t.Id == ticketId, cancellationToken) is { } ticket)
            {
                (ticket.ContactEmail, ticket.ContactName) = (ticket.ContactEmail ?? address, ticket.ContactName ?? called);
                ticket.CustomerId ??= chat.CustomerId;
                await db.SaveChangesAsync(cancellationToken);
            }

            return [ChatBook.State(chat, true)];
        }, cancellationToken);
    }

    /// <summary>Tells the agents that the visitor began to type, or stopped.</summary>
    public async Task TypeAsync(string? key, bool isTyping, CancellationToken cancellationToken)
    {
        if (await FindAsync(key, cancellationToken) is { } id)
            await signals.TellAsync(new(id, ChatNews.Typing, true, IsOn: isTyping));
    }

    private async Task<long?> AddAsync(string? key, string? messageKey, string text, ChatFile? file, CancellationToken cancellationToken)
    {
        var called = ChatRules.MessageKey(messageKey);
        if (await FindAsync(key, cancellationToken) is not { } id) return null;
        long? messageId = null;
        await book.WorkAsync(id, async (db, chat) =>
        {
            if (called is not null && await db.ChatMessages.Where(m => m.ChatId == id && m.ClientKey == called).Select(m => (long?)m.Id)
                .FirstOrDefaultAsync(cancellationToken) is { } there)
            {
                messageId = there;
                if (file is not null) store.Delete(file.StoredName);
                return null;
            }

            if (!chat.IsOpen) throw new RuleViolationException("Text", "This chat is over; begin a new one.");
            if (chat.MessageCount >= Chat.MostMessages) throw new RuleViolationException("Text", "This chat is full; begin a new one.");
            var now = clock.GetUtcNow();
            var message = new ChatMessage { ChatId = id, Kind = ChatMessageKind.Visitor, At = now, Text = text, ClientKey = called,
                File = file };
            db.ChatMessages.Add(message);
            (chat.MessageCount, chat.LastMessageAt) = (chat.MessageCount + 1, now);
            chat.WaitingSince ??= now;
            await db.SaveWithoutRecordAsync(cancellationToken);
            messageId = message.Id;
            return [new(id, ChatNews.Message, true, message.Id)];
        }, cancellationToken);
        return messageId;
    }

    private async Task<long?> FindAsync(string? key, CancellationToken cancellationToken)
    {
        if (!ChatRules.IsKey(key)) return null;
        var hash = Hash(key!);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Chats.Where(c => c.KeyHash == hash).Select(c => (long?)c.Id).FirstOrDefaultAsync(cancellationToken);
    }

    private async Task<VisitorChat> ReadAsync(long id, long after, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var chat = await db.Chats.AsNoTracking().Include(c => c.Agent).FirstAsync(c => c.Id == id, cancellationToken);
        var messages = await db.ChatMessages.Where(m => m.ChatId == id && m.Id > after).OrderByDescending(m => m.Id).Take(MostAtOnce)
            .Select(ChatMessageDetails.Of).ToListAsync(cancellationToken);
        messages.Reverse();
        return new(chat.Id, chat.State, chat.Agent is { } agent ? TicketQueries.NameOf(agent) : null,
            chat.TicketId is { } ticket ? Ticket.NameOf(ticket) : null,
            chat is { TicketId: not null, VisitorEmail: null, CustomerId: null }, chat.Score, chat.AgentReadId, messages);
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key)));
}
