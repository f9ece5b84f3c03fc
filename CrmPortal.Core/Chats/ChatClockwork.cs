using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Chats;

/// <summary>
/// What happens to chats when time passes: one that nobody takes becomes a ticket, one in which nobody says anything ends. Any number of
/// nodes may do it at once.
/// </summary>
public sealed class ChatClockwork(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, ChatBook book, ChatTickets tickets,
    TimeProvider clock)
{
    /// <summary>Stands in the statements that look for what is due, so that they are told from those of pages.</summary>
    public const string LookingTag = "Looks for chats that are due";

    private const int BatchSize = 50;

    /// <returns>How many chats went on as a ticket or ended.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        var now = clock.GetUtcNow();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var settings = await db.ChatSettings.TagWith(LookingTag).AsNoTracking().SingleOrDefaultAsync(cancellationToken) ?? new();
        var (missed, idle) = (now.AddMinutes(-settings.MissAfterMinutes), now.AddMinutes(-settings.IdleAfterMinutes));
        var due = await db.Chats.TagWith(LookingTag).Open().Where(c => (c.State == ChatState.Waiting && c.WaitingSince <= missed)
            || (c.State == ChatState.Active && c.LastMessageAt <= idle)).OrderBy(c => c.LastMessageAt).Select(c => c.Id).Take(BatchSize)
            .ToListAsync(cancellationToken);
        var done = 0;
        foreach (var id in due)
            if (await book.WorkAsync(id, (work, chat) => EndAsync(work, chat, missed, idle, cancellationToken), cancellationToken)) done++;
        return done;
    }

    private async Task<IReadOnlyList<ChatSignal>?> EndAsync(CrmDbContext db, Chat chat, DateTimeOffset missed, DateTimeOffset idle,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (chat.State == ChatState.Waiting && chat.WaitingSince <= missed)
        {
            (chat.State, chat.EndedAt) = (ChatState.Missed, now);
            if (chat.TicketId is null) await tickets.MakeAsync(db, chat, null, null, cancellationToken);
            else await tickets.CompleteAsync(db, chat, true, cancellationToken);
            return [ChatBook.State(chat, false, await ChatBook.NoteAsync(db, chat, ChatEvent.Missed, now, cancellationToken))];
        }

        if (chat.State != ChatState.Active || chat.LastMessageAt > idle) return null;
        // The last word was the visitor's: somebody still owes them an answer.
        if (chat is { WaitingSince: not null, TicketId: null }) await tickets.MakeAsync(db, chat, null, null, cancellationToken);
        else await tickets.CompleteAsync(db, chat, chat.WaitingSince is not null, cancellationToken);
        (chat.State, chat.EndedAt, chat.WaitingSince) = (ChatState.Ended, now, null);
        await ChatBook.TouchCustomerAsync(db, chat, chat.LastMessageAt, cancellationToken);
        return [ChatBook.State(chat, false, await ChatBook.NoteAsync(db, chat, ChatEvent.EndedIdle, now, cancellationToken))];
    }
}
