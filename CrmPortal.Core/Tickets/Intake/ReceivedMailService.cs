using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>A mail that came in, as the list of them shows it.</summary>
/// <param name="HasRaw">Whether the raw mail was set aside; that of a ticket is with its message.</param>
public sealed record ReceivedMailRow(long Id, DateTimeOffset At, IntakeOutcome Outcome, string Mailbox, string? Sender, string Subject,
    long? TicketId, bool HasRaw)
{
    /// <summary>Whether a ticket can be made of it.</summary>
    public bool MayBecomeTicket => HasRaw && TicketId is null;
}

/// <summary>What came in by mail, and what was set aside of it.</summary>
public sealed class ReceivedMailService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, DocumentStore store,
    MailIntake intake)
{
    /// <summary>So many mails are looked through for one page of those of one outcome, which may be rare.</summary>
    private const long Stretch = 20_000;

    /// <summary>Mails, the newest first, and where to go on from, or null at the end. A page of one outcome may be short.</summary>
    /// <param name="before">Only mails older than this one.</param>
    public async Task<(IReadOnlyList<ReceivedMailRow> Mails, long? Next)> ListAsync(IntakeOutcome? outcome, long? before, int size,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsManage, cancellationToken);
        if (size is < 1 or > PageRequest.LargestSize)
            throw new RuleViolationException("Limit", "The limit must be between 1 and {0}.", PageRequest.LargestSize);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var end = before ?? long.MaxValue;
        var older = db.ReceivedMails.Where(m => m.Id < end);
        var first = 0L;
        if (outcome is { } wanted)
        {
            var newest = await older.MaxAsync(m => (long?)m.Id, cancellationToken) ?? 0;
            first = Math.Max(0, newest - Stretch);
            older = older.Where(m => m.Id > first && m.Outcome == wanted);
        }

        var rows = await older.OrderByDescending(m => m.Id).Take(size + 1).Select(m => new ReceivedMailRow(m.Id, m.At, m.Outcome, m.Mailbox,
            m.Sender, m.Subject, m.TicketId, m.StoredName != null)).ToListAsync(cancellationToken);
        return ([.. rows.Take(size)], rows.Count > size ? rows[size - 1].Id : first > 0 ? first + 1 : null);
    }

    /// <summary>Opens the raw mail of what was set aside; null where there is none.</summary>
    public async Task<TicketFileContent?> OpenAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsManage, cancellationToken);
        return await AsideAsync(id, cancellationToken) is { } mail ? new(FormattableString.Invariant($"mail-{id}.eml"), "message/rfc822",
            store.Open(mail.StoredName!, mail.WrappedKey!)) : null;
    }

    /// <summary>Takes what was set aside as if a person had written it to us.</summary>
    /// <returns>The ticket, which may be one that the mail answers; null where there is no such mail.</returns>
    /// <exception cref="RuleViolationException">There is a ticket of it already, or the virus scanner does not answer.</exception>
    public async Task<long?> MakeTicketAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsManage, cancellationToken);
        if (await AsideAsync(id, cancellationToken) is not { } mail) return null;
        IntakeResult made;
        await using (var raw = store.Open(mail.StoredName!, mail.WrappedKey!))
        {
            try
            {
                made = await intake.TakeAsync(new(raw, mail.Mailbox) { ReceivedId = id }, cancellationToken);
            }
            catch (IntakeLaterException)
            {
                throw new RuleViolationException("", "This cannot be done at the moment; try again later.") { IsPassing = true };
            }
        }

        // The message of the ticket has a copy of its own.
        store.Delete(mail.StoredName!);
        return made.TicketId;
    }

    private async Task<ReceivedMail?> AsideAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.ReceivedMails.AsNoTracking().FirstOrDefaultAsync(m => m.Id == id && m.StoredName != null, cancellationToken);
    }
}
