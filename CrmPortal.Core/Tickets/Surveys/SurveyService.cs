using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Tickets;

/// <summary>A survey as its page shows it.</summary>
/// <param name="Score">What was answered; null while there is no answer.</param>
public sealed record Survey(string Subject, string Ticket, int? Score, string? Comment);

/// <summary>Writes the mail that asks how it was; the address of the survey is made where addresses are known.</summary>
public interface ISurveyLetters
{
    /// <summary>The subject and the text, in the language of the customer.</summary>
    (string Subject, string Text) Write(string ticket, string subject, string language, long ratingId, string signature);
}

/// <summary>Asks customers how it was, by a signed link and without a sign-in. Looking at the page answers nothing: only sending it
/// does.</summary>
public sealed class SurveyService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    TicketTokens tokens, MailQueue mails, ISurveyLetters letters, IOptions<SupportOptions> support, TimeProvider clock)
{
    private const int BatchSize = 50;

    /// <summary>So long after it was asked an answer may come or be changed.</summary>
    private static readonly TimeSpan AnsweredWithin = TimeSpan.FromDays(30);

    /// <summary>An answer of this score or less is told to whoever had the ticket, and opens it again.</summary>
    private const int LowScore = 2;

    /// <summary>Asks the customers of tickets that were solved long enough ago; of each solution once.</summary>
    public async Task SendDueAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        if (support.Value.SurveyAfterHours < 0) return;
        var limit = clock.GetUtcNow().AddHours(-support.Value.SurveyAfterHours);
        await using var looking = await dbFactory.CreateDbContextAsync(cancellationToken);
        var due = await looking.Tickets.TagWith(TicketClockwork.LookingTag).Where(t => t.State == TicketState.Solved
            && t.SolvedAt <= limit && t.ContactEmail != null
            && t.FirstResponseAt != null && t.MergedIntoId == null && t.Channel != TicketChannel.Api
            && (t.Customer == null || (t.Customer.DeletedAt == null && t.Customer.Status != CustomerStatus.Blocked))
            && !looking.Set<TicketRating>().Any(r => r.TicketId == t.Id)).OrderBy(t => t.SolvedAt).Select(t => t.Id).Take(BatchSize)
            .ToListAsync(cancellationToken);
        if (due.Count > 0) await tokens.PrepareAsync(cancellationToken);
        foreach (var id in due) await SendAsync(id, cancellationToken);
    }

    /// <summary>The survey of a link; null where the link is not good.</summary>
    public async Task<Survey?> GetAsync(long ratingId, string signature, CancellationToken cancellationToken)
    {
        if (!await tokens.IsSurveyAsync(ratingId, signature, cancellationToken)) return null;
        await using var db = provider.CreateContext(null);
        return await db.TicketRatings.Where(r => r.Id == ratingId)
            .Select(r => new Survey(r.Ticket!.Subject, Ticket.NameOf(r.TicketId), r.Score,
                r.Comment)).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Takes an answer; a later one replaces it for some weeks.</summary>
    /// <returns>False where the link is not good, or too old.</returns>
    /// <exception cref="RuleViolationException">The score is not 1 to 5, or the comment is too long.</exception>
    public async Task<bool> AnswerAsync(long ratingId, string signature, int? score, string? comment, CancellationToken cancellationToken)
    {
        if (!await tokens.IsSurveyAsync(ratingId, signature, cancellationToken)) return false;
        var errors = new List<FieldError>();
        var said = TextRules.Text("Comment", comment, TicketRating.CommentLength, errors).Value;
        if (score is not (>= 1 and <= 5)) errors.Add(new("Score", "Choose one of the five."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("ticket.rating", Permissions.TicketsWork);
        var (now, oldest) = (clock.GetUtcNow(), clock.GetUtcNow() - AnsweredWithin);
        var rating = await db.TicketRatings.Include(r => r.Ticket).FirstOrDefaultAsync(r => r.Id == ratingId && r.SentAt >= oldest,
            cancellationToken);
        if (rating?.Ticket is not { } ticket) return false;
        var wasLow = rating.Score is <= LowScore;
        (rating.Score, rating.Comment, rating.AnsweredAt) = (score, said, now);
        if (score <= LowScore && !wasLow)
        {
            if (ticket.State == TicketState.Solved) ticket.State = TicketState.Open;
            await TicketNotices.TellAsync(db, ticket, await TicketNotices.ConcernedAsync(db, ticket, cancellationToken),
                NotificationKind.TicketRatedLow, "", now, cancellationToken);
        }

        Tell(db, ticket.Id);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task SendAsync(long ticketId, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.LockAsync<Ticket>(db, [ticketId], cancellationToken);
        var ticket = await db.Tickets.AsNoTracking().Include(t => t.Customer).FirstOrDefaultAsync(t => t.Id == ticketId
            && t.State == TicketState.Solved, cancellationToken);
        if (ticket?.ContactEmail is not { } email || await db.TicketRatings.AnyAsync(r => r.TicketId == ticketId,
            cancellationToken)) return;
        var rating = new TicketRating { TicketId = ticketId, AgentId = ticket.AssigneeId, QueueId = ticket.QueueId,
            SentAt = clock.GetUtcNow() };
        db.TicketRatings.Add(rating);
        await db.SaveWithoutRecordAsync(cancellationToken);
        var (subject, text) = letters.Write(ticket.Name, ticket.Subject, ticket.Customer?.Language ?? "en", rating.Id,
            await tokens.SurveyAsync(rating.Id, cancellationToken));
        mails.Add(db, email, subject, text);
        Tell(db, ticketId);
        await db.SaveWithoutRecordAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Pages on which the ticket is open show what was asked and answered.</summary>
    private void Tell(CrmDbContext db, long ticketId) => TicketNotices.TellPages(db, ticketId, clock.GetUtcNow(), "Rating");
}
