using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Platform.Mail;

/// <summary>Puts mails on the list of those to send; they leave after the transaction that holds them.</summary>
public sealed class MailQueue(IDbContextFactory<CrmDbContext> dbFactory, TimeProvider clock, IOptions<ShopOptions> shop)
{
    private const int LongestSubject = 300;

    /// <summary>Adds a mail to a context whose save sends it.</summary>
    /// <exception cref="RuleViolationException">Address or subject hold a line break, which could add headers.</exception>
    public OutgoingMail Add(CrmDbContext db, string to, string subject, string text)
    {
        if (to.Any(char.IsControl) || !to.Contains('@', StringComparison.Ordinal))
            throw new RuleViolationException("To", "This is not an e-mail address.");
        if (subject.Any(char.IsControl)) throw new RuleViolationException("Subject", "The subject must be one line.");
        var now = clock.GetUtcNow();
        var mail = new OutgoingMail
        {
            MessageId = $"<{Guid.NewGuid():N}@{shop.Value.BaseUrl?.Host ?? "crmportal.invalid"}>",
            To = to,
            Subject = subject.Length > LongestSubject ? subject[..LongestSubject] : subject,
            Text = text,
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
