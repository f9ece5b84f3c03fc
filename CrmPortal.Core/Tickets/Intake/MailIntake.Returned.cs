using System.Globalization;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using CrmPortal.Core.Platform.Mail.Incoming;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <content>What programs send back: bounces, delays, refusals, automatic answers. They make no ticket, no reply and no loop.</content>
public sealed partial class MailIntake
{
    /// <summary>Marks the reply that did not arrive, and the address.</summary>
    /// <returns>The ticket that the reply belongs to; null where it was no reply of ours.</returns>
    private async Task<long?> ReturnedAsync(CrmDbContext db, ReadMail mail, bool isFinal, CancellationToken cancellationToken)
    {
        var id = mail.ReturnedMessageId;
        var reply = id is null ? null : await db.TicketMessages.Include(m => m.Ticket).FirstOrDefaultAsync(m => m.MessageId == id,
            cancellationToken);
        var recipient = reply?.Recipient ?? (id is null ? null : await db.OutgoingMails
            .Where(m => m.MessageId == "<" + id + ">").OrderByDescending(m => m.Id).Select(m =>
                m.To).FirstOrDefaultAsync(cancellationToken));
        if (recipient is null) return null;
        var failed = mail.FailedRecipients.FirstOrDefault(r => r.Addresses.Contains(recipient, StringComparer.OrdinalIgnoreCase))
            ?? (mail.FailedRecipients is [var only] ? only with { IsPermanent = false } : null);
        if (isFinal && failed is not { Action: "delivered" or "relayed" or "expanded" })
            await MarkAsync(db, recipient.ToLowerInvariant(), failed, cancellationToken);
        if (reply?.Ticket is not { } ticket) return null;
        await provider.LockAsync<Ticket>(db, [ticket.Id], cancellationToken);
        var why = Words(failed);
        if (isFinal)
        {
            (reply.Delivery, reply.Failure) = (TicketDelivery.Failed, Cut(why, TicketMessage.FailureLength));
            // Whoever thought that it was answered must know that it was not.
            if (!ticket.IsUnsolved || ticket.State == TicketState.Pending) ticket.State = TicketState.Open;
            ticket.IsAnswerDue = true;
            await TicketNotices.TellAsync(db, ticket, await TicketNotices.ConcernedAsync(db, ticket, cancellationToken),
                NotificationKind.TicketAnswered, mail.From?.Name ?? "", clock.GetUtcNow(), cancellationToken);
        }

        Add(db, ticket, isFinal ? $"The reply did not arrive: {why}" : $"The reply has not arrived yet: {why}");
        await db.SaveChangesAsync(cancellationToken);
        return ticket.Id;
    }

    /// <summary>Notes what a program answered, where it answers a mail of ours.</summary>
    private async Task<long?> NotedAsync(CrmDbContext db, ReadMail mail, CancellationToken cancellationToken)
    {
        if (await AnsweredAsync(db, mail, cancellationToken) is not { } ticket) return null;
        Add(db, ticket, "Automatic answer: " + Storable(mail.NewText.Length > 0 ? mail.NewText : mail.Text, 5_000));
        await db.SaveChangesAsync(cancellationToken);
        return ticket.Id;
    }

    private void Add(CrmDbContext db, Ticket ticket, string text)
    {
        var notice = Notice(text);
        (notice.TicketId, notice.Ticket, notice.SearchText) = (ticket.Id, ticket, TicketSearch.Of(text));
        db.TicketMessages.Add(notice);
    }

    private async Task MarkAsync(CrmDbContext db, string address, FailedRecipient? failed, CancellationToken cancellationToken)
    {
        var bounced = await db.BouncedAddresses.FirstOrDefaultAsync(b => b.Address == address, cancellationToken);
        if (bounced is null) db.BouncedAddresses.Add(bounced = new() { Address = address });
        bounced.Count++;
        bounced.At = clock.GetUtcNow();
        bounced.IsPermanent = failed?.IsPermanent == true;
        bounced.Status = Cut(failed?.Status, 20);
        bounced.Reason = Cut(failed?.Diagnostic, BouncedAddress.ReasonLength);
    }

    private static string Words(FailedRecipient? failed) => failed is null ? "the mail server does not say why."
        : string.Create(CultureInfo.InvariantCulture, $"{failed.Status} {failed.Diagnostic}").Trim() is { Length: > 0 } said ? said
        : "the mail server does not say why.";
}
