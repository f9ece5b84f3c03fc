using System.Globalization;
using System.Text;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Chats;

/// <summary>Makes a ticket of a chat, whose transcript is its first message.</summary>
public sealed class ChatTickets(ShopClock shop)
{
    private const int SubjectLetters = 80;

    /// <summary>Adds the ticket to what the context saves; the chat then leads there.</summary>
    /// <param name="subject">Null for the beginning of what the visitor said.</param>
    /// <param name="by">Whoever asked for it; null where it happened by itself.</param>
    internal async Task<Ticket> MakeAsync(CrmDbContext db, Chat chat, string? subject, Actor? by, CancellationToken cancellationToken)
    {
        var messages = await db.ChatMessages.AsNoTracking().Include(m => m.File).Where(m => m.ChatId == chat.Id).OrderBy(m => m.Id)
            .Take(Chat.MostMessages).ToListAsync(cancellationToken);
        var customer = chat.CustomerId is { } id ? await db.Customers.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, cancellationToken)
            : null;
        var wanted = await db.ChatSettings.Select(s => s.QueueId).SingleOrDefaultAsync(cancellationToken);
        var queue = await db.TicketQueues.Where(q => q.ArchivedAt == null && (q.Id == wanted || q.IsUsual))
            .OrderByDescending(q => q.Id == wanted).Select(q => q.Id).FirstAsync(cancellationToken);
        var now = shop.Now;
        var visitor = chat.VisitorName ?? customer?.DisplayName ?? chat.VisitorEmail ?? "";
        var text = Transcript(messages, visitor);
        var about = subject ?? Beginning(messages.Find(m => m.Kind == ChatMessageKind.Visitor && m.Text.Length > 0)?.Text) ?? "Chat";
        db.BeginChangeSet("chat.ticket", Permissions.TicketsWork);
        var ticket = new Ticket
        {
            CustomerId = chat.CustomerId, ContactName = chat.VisitorName,
            ContactEmail = chat.VisitorEmail ?? customer?.Email?.ToLowerInvariant(), Subject = about, Channel = TicketChannel.Chat,
            QueueId = queue, State = by is null ? TicketState.New : TicketState.Open, AssigneeId = by?.UserId, CreatedAt = now,
            LastMessageAt = now, CreatedByName = by?.Name,
        };
        ticket.Messages.Add(new TicketMessage
        {
            Kind = TicketMessageKind.Incoming, At = now, Text = text, AuthorName = visitor, AuthorEmail = ticket.ContactEmail,
            SearchText = TicketSearch.Of(about, chat.VisitorName, text),
        });
        db.Tickets.Add(ticket);
        await db.SaveChangesAsync(cancellationToken);
        chat.TicketId = ticket.Id;
        return ticket;
    }

    /// <summary>Adds what was said after a chat had become a ticket, once the chat is over.</summary>
    /// <param name="isOwed">Whether the visitor had the last word: then somebody still owes them an answer.</param>
    internal async Task CompleteAsync(CrmDbContext db, Chat chat, bool isOwed, CancellationToken cancellationToken)
    {
        if (chat.TicketId is not { } ticketId || await db.Tickets.FirstOrDefaultAsync(t => t.Id == ticketId,
            cancellationToken) is not { } ticket)
            return;
        var made = await db.ChatMessages.Where(m => m.ChatId == chat.Id && m.Event == ChatEvent.TicketMade).MaxAsync(m => (long?)m.Id,
            cancellationToken);
        if (made is null) return;
        var messages = await db.ChatMessages.AsNoTracking().Include(m => m.File)
            .Where(m => m.ChatId == chat.Id && m.Id > made && m.Kind != ChatMessageKind.Notice).OrderBy(m => m.Id).Take(Chat.MostMessages)
            .ToListAsync(cancellationToken);
        if (messages.Count == 0) return;
        var text = Transcript(messages, ticket.ContactName ?? ticket.ContactEmail ?? "");
        db.BeginChangeSet("chat.ticket", Permissions.TicketsWork);
        // What was answered in the chat makes nothing due.
        ticket.Messages.Add(new TicketMessage
        {
            Kind = isOwed ? TicketMessageKind.Incoming : TicketMessageKind.Internal, At = shop.Now, Text = text, AuthorName = ticket.ContactName ?? ticket.ContactEmail ?? "",
            SearchText = TicketSearch.Of(null, null, text),
        });
        if (isOwed && !ticket.IsUnsolved) ticket.State = TicketState.Open;
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>What was said, line by line; of a very long chat its end.</summary>
    private string Transcript(IReadOnlyList<ChatMessage> messages, string visitor)
    {
        var text = new StringBuilder();
        foreach (var message in messages.Where(m => m.Kind != ChatMessageKind.Notice))
        {
            var time = shop.Zone.TimeOf(message.At).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            var who = message.Kind == ChatMessageKind.Agent ? message.AuthorName : visitor.Length > 0 ? visitor : "Visitor";
            var said = message.File is { } file ? $"[{file.Name}]" : message.Text;
            text.Append(CultureInfo.InvariantCulture, $"{time} {who}: {said}\n");
        }

        var whole = text.ToString().TrimEnd();
        if (whole.Length <= TicketMessage.TextLength) return whole.Length > 0 ? whole : "(nothing was said)";
        var start = whole.Length - TicketMessage.TextLength + 2;
        return "…\n" + whole[(char.IsLowSurrogate(whole[start]) ? start + 1 : start)..];
    }

    private static string? Beginning(string? text)
    {
        if (text is null) return null;
        var line = TicketRules.OneLine(text);
        if (line.Length <= SubjectLetters) return line;
        var end = line.LastIndexOf(' ', SubjectLetters);
        if (end < SubjectLetters / 2) end = char.IsHighSurrogate(line[SubjectLetters - 1]) ? SubjectLetters - 1 : SubjectLetters;
        return line[..end] + "…";
    }
}
