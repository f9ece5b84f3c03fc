using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Platform.Mail;

/// <summary>What a mail has beside its text.</summary>
/// <param name="MessageId">Without angle brackets; null for a random one.</param>
/// <param name="From">As <c>Name &lt;address&gt;</c>; null for the shop's own address.</param>
/// <param name="InReplyTo">The mail that it answers, without angle brackets.</param>
/// <param name="References">The mails of the conversation, separated by blanks.</param>
public sealed record MailForm(string? Html = null, string? MessageId = null, string? From = null, string? InReplyTo = null,
    string? References = null);

/// <summary>Puts mails on the list of those to send; they leave after the transaction that holds them.</summary>
public sealed class MailQueue(IDbContextFactory<CrmDbContext> dbFactory, TimeProvider clock, IOptions<ShopOptions> shop)
{
    private const int LongestSubject = 300;

    /// <summary>The part of a <c>Message-ID</c> behind the @, by which this installation knows its own mails.</summary>
    public string Domain => shop.Value.BaseUrl?.Host ?? "crmportal.invalid";

    /// <summary>Adds a mail to a context whose save sends it.</summary>
    /// <param name="form">How it looks and what it belongs to, where it is more than a text.</param>
    /// <exception cref="RuleViolationException">Address or subject hold a line break, which could add headers.</exception>
    public OutgoingMail Add(CrmDbContext db, string to, string subject, string text, MailForm? form = null)
    {
        if (to.Any(char.IsControl) || !to.Contains('@', StringComparison.Ordinal))
            throw new RuleViolationException("To", "This is not an e-mail address.");
        if (subject.Any(char.IsControl)) throw new RuleViolationException("Subject", "The subject must be one line.");
        var now = clock.GetUtcNow();
        var mail = new OutgoingMail
        {
            MessageId = $"<{form?.MessageId ?? $"{Guid.NewGuid():N}@{Domain}"}>",
            To = to,
            Subject = subject.Length > LongestSubject ? subject[..LongestSubject] : subject,
            Text = text,
            Html = form?.Html,
            From = form?.From,
            InReplyTo = form?.InReplyTo,
            References = form?.References,
            CreatedAt = now,
            DueAt = now,
        };
        db.OutgoingMails.Add(mail);
        return mail;
    }

    /// <summary>Sends a mail that belongs to no other change.</summary>
    /// <exception cref="RuleViolationException">Address or subject hold a line break, which could add headers.</exception>
    public async Task AddAsync(string to, string subject, string text, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        Add(db, to, subject, text);
        await db.SaveChangesAsync(cancellationToken);
    }
}
