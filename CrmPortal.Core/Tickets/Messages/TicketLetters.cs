using System.Net;
using System.Text;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>Replies in the form of mails: in the queue's name, within the customer's conversation.</summary>
public sealed class TicketLetters(MailQueue mails, TicketTokens tokens, DocumentStore store, ShopIdentity shop)
{
    private const int MostReferences = 10;
    private const int MostQuoted = 10_000;

    /// <summary>Puts a reply on the list of mails to send, with its files; the caller saves.</summary>
    internal async Task AddAsync(CrmDbContext db, Ticket ticket, TicketMessage message, CancellationToken cancellationToken)
    {
        var queue = await db.TicketQueues.AsNoTracking().FirstAsync(q => q.Id == ticket.QueueId, cancellationToken);
        var earlier = await db.TicketMessages.AsNoTracking().Where(m => m.TicketId == ticket.Id && m.Id < message.Id && m.MessageId != null)
            .OrderByDescending(m => m.Id).Take(MostReferences).Select(m => m.MessageId!)
            .ToListAsync(cancellationToken);
        var asked = await db.TicketMessages.AsNoTracking().Where(m => m.TicketId == ticket.Id && m.Id < message.Id
            && m.Kind == TicketMessageKind.Incoming).OrderByDescending(m => m.Id).Select(m => new { m.MessageId, m.Text })
            .FirstOrDefaultAsync(cancellationToken);
        message.MessageId = await tokens.MessageIdAsync(ticket.Id, message.Id, mails.Domain, cancellationToken);
        var reference = await tokens.ReferenceAsync(ticket.Id, cancellationToken);
        var quoted = asked is null ? "" : asked.Text.Length > MostQuoted ? asked.Text[..MostQuoted] : asked.Text;
        var isAnswer = await db.TicketMessages.AnyAsync(m => m.TicketId == ticket.Id && m.Id < message.Id
            && m.Kind != TicketMessageKind.Internal && m.Kind != TicketMessageKind.Notice, cancellationToken);
        var mail = mails.Add(db, message.Recipient!, (isAnswer ? "Re: " : "") + ticket.Subject,
            PlainText(message.Text, queue.Signature, reference, quoted), new MailForm(
                Html(message.Text, queue.Signature, reference, quoted), message.MessageId,
                From(queue), asked?.MessageId, Together(Enumerable.Reverse(earlier))));
        foreach (var file in await db.TicketFiles.AsNoTracking().Where(f => f.MessageId == message.Id).OrderBy(f => f.Id)
            .ToListAsync(cancellationToken))
        {
            using var content = new MemoryStream();
            await using (var stored = store.Open(file.StoredName, file.WrappedKey)) await stored.CopyToAsync(content, cancellationToken);
            mail.Files.Add(new() { Name = file.Name.Length > 100 ? file.Name[^100..] : file.Name, ContentType = file.ContentType,
                Content = content.ToArray() });
        }
    }

    /// <summary>Puts the mail that confirms a message of the contact form on the list; answers to it belong to its ticket.</summary>
    /// <param name="messageId">The message that is confirmed.</param>
    internal async Task AddReceiptAsync(CrmDbContext db, Ticket ticket, long messageId, TicketQueue queue, string subject, string text,
        CancellationToken cancellationToken) => mails.Add(db, ticket.ContactEmail!, subject, text, new MailForm(
            MessageId: await tokens.MessageIdAsync(ticket.Id, messageId, mails.Domain, cancellationToken), From: From(queue)));

    private string? From(TicketQueue queue) => queue.Email is not { } address ? null
        : $"\"{(shop.Current.Name + " " + queue.Name).Replace("\"", "", StringComparison.Ordinal)
            .Replace("\\", "", StringComparison.Ordinal)}\" <{address}>";

    /// <summary>The references of a mail, as many as its column holds: the newest are those that count.</summary>
    private static string? Together(IEnumerable<string> ids)
    {
        var text = string.Join(' ', ids);
        while (text.Length > OutgoingMail.LongestReferences) text = text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        return text.Length == 0 ? null : text;
    }

    private static string PlainText(string text, string? signature, string reference, string quoted)
    {
        var mail = new StringBuilder(text.ReplaceLineEndings("\n").TrimEnd());
        if (!string.IsNullOrWhiteSpace(signature)) mail.Append("\n\n-- \n").Append(signature.ReplaceLineEndings("\n"));
        mail.Append("\n\n").Append(reference).Append('\n');
        foreach (var line in quoted.ReplaceLineEndings("\n").Split('\n').Where(_ => quoted.Length > 0)) mail.Append("\n> ").Append(line);
        return mail.ToString();
    }

    private static string Html(string text, string? signature, string reference, string quoted)
    {
        var html = new StringBuilder("<!DOCTYPE html><html><body style=\"font:15px/1.5 sans-serif\">").Append(RichText.ToHtml(text));
        if (!string.IsNullOrWhiteSpace(signature))
            html.Append("<div style=\"color:#555;margin-top:24px\">").Append(RichText.ToHtml(signature)).Append("</div>");
        html.Append("<p style=\"color:#888;font-size:12px\">").Append(WebUtility.HtmlEncode(reference)).Append("</p>");
        if (quoted.Length > 0)
            html.Append("<blockquote style=\"margin:16px 0 0;padding-left:12px;border-left:3px solid #ccc;color:#555\">")
                .Append(WebUtility.HtmlEncode(quoted).ReplaceLineEndings("<br>")).Append("</blockquote>");
        return html.Append("</body></html>").ToString();
    }
}
