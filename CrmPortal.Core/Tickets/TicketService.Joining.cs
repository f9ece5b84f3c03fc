using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <content>Merging, splitting, linking, following; drafts.</content>
public sealed partial class TicketService
{
    private const int MostMerged = 20;

    /// <summary>
    /// Gives the messages of some tickets to one of them. The others are closed and lead there; answers to their mails go there as well.
    /// </summary>
    /// <returns>Null where the ticket to keep is not there.</returns>
    /// <exception cref="RuleViolationException">There is nothing to merge, or a ticket belongs to another customer.</exception>
    public async Task<TicketDetails?> MergeAsync(long intoId, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        var others = ids.Distinct().Where(id => id != intoId).ToList();
        if (others.Count is 0 or > MostMerged)
            throw new RuleViolationException("TicketIds", "Choose between 1 and {0} other tickets.", MostMerged);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.LockAsync<Ticket>(db, [.. others.Append(intoId).Order()], cancellationToken);
        db.BeginChangeSet("ticket.merge", Permissions.TicketsWork);
        var into = await db.Tickets.FirstOrDefaultAsync(t => t.Id == intoId && t.MergedIntoId == null, cancellationToken);
        if (into is null) return null;
        var merged = await db.Tickets.Where(t => others.Contains(t.Id) && t.MergedIntoId == null).ToListAsync(cancellationToken);
        if (merged.Count != others.Count) throw new RuleViolationException("TicketIds", "One of the tickets is not there, or was merged before.");
        if (merged.Exists(t => t.CustomerId is not null && into.CustomerId is not null && t.CustomerId != into.CustomerId))
            throw new RuleViolationException("TicketIds", "Tickets of different customers cannot be merged; link them.");

        into.CustomerId ??= merged.Find(t => t.CustomerId is not null)?.CustomerId;
        into.ContactEmail ??= merged.Find(t => t.ContactEmail is not null)?.ContactEmail;
        into.Tags = TicketTags.Write(TicketTags.Read(into.Tags).Concat(merged.SelectMany(t => TicketTags.Read(t.Tags)))
            .Distinct().Take(TicketTags.Most));
        if (merged.Exists(t => t.IsAnswerDue) && !into.IsUnsolved) into.State = TicketState.Open;
        foreach (var ticket in merged)
        {
            ticket.MergedIntoId = into.Id;
            ticket.State = TicketState.Closed;
            into.IsAnswerDue |= ticket.IsAnswerDue;
            into.MessageCount += ticket.MessageCount;
            if (ticket.LastMessageAt > into.LastMessageAt) into.LastMessageAt = ticket.LastMessageAt;
            (ticket.IsAnswerDue, ticket.MessageCount) = (false, 0);
        }

        await db.SaveChangesAsync(cancellationToken);
        await db.TicketMessages.Where(m => others.Contains(m.TicketId))
            .ExecuteUpdateAsync(m => m.SetProperty(x => x.TicketId, intoId), cancellationToken);
        await db.TicketFiles.Where(f => others.Contains(f.TicketId))
            .ExecuteUpdateAsync(f => f.SetProperty(x => x.TicketId, intoId), cancellationToken);
        await FollowAllAsync(db, intoId, others, cancellationToken);
        foreach (var id in others.Append(intoId)) Tell(db, id);
        await db.SaveWithoutRecordAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return await DetailsAsync(db, grant, intoId, cancellationToken);
    }

    /// <summary>Makes a ticket of its own of one message and all that came after it from the customer's side of the same matter.</summary>
    /// <param name="messageId">The message that belongs elsewhere; it moves to the new ticket.</param>
    /// <param name="expectedTicketId">Where set, only a message of this ticket.</param>
    /// <returns>Null where there is no such message.</returns>
    /// <exception cref="RuleViolationException">The subject is wrong, or it is the only message.</exception>
    public async Task<TicketDetails?> SplitAsync(long messageId, string? subject, CancellationToken cancellationToken,
        long? expectedTicketId = null)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        var errors = new List<FieldError>();
        var checkedSubject = TicketRules.Subject(subject, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var ticketId = await db.TicketMessages.Where(m => m.Id == messageId).Select(m => m.TicketId).FirstOrDefaultAsync(cancellationToken);
        if (ticketId == 0 || (expectedTicketId is { } expected && expected != ticketId)) return null;
        await provider.LockAsync<Ticket>(db, [ticketId], cancellationToken);
        db.BeginChangeSet("ticket.split", Permissions.TicketsWork);
        var ticket = await db.Tickets.FirstAsync(t => t.Id == ticketId, cancellationToken);
        if (ticket.MessageCount < 2) throw new RuleViolationException("Subject", "This is the only message; change the subject instead.");
        var message = await db.TicketMessages.AsNoTracking().FirstAsync(m => m.Id == messageId, cancellationToken);
        var now = clock.GetUtcNow();
        var split = new Ticket
        {
            CustomerId = ticket.CustomerId, ContactName = ticket.ContactName, ContactEmail = ticket.ContactEmail, Subject = checkedSubject,
            Channel = ticket.Channel, QueueId = ticket.QueueId, Priority = ticket.Priority, State = TicketState.Open, ParentId = ticketId,
            CreatedAt = now, LastMessageAt = message.At, CreatedByName = grant.Actor.Name, MessageCount = 1,
            IsAnswerDue = message.Kind == TicketMessageKind.Incoming,
        };
        db.Tickets.Add(split);
        ticket.MessageCount--;
        await db.SaveChangesAsync(cancellationToken);
        var words = TicketSearch.Of(checkedSubject, split.ContactName, message.Text);
        await db.TicketMessages.Where(m => m.Id == messageId).ExecuteUpdateAsync(
            m => m.SetProperty(x => x.TicketId, split.Id).SetProperty(x => x.SearchText, words), cancellationToken);
        await db.TicketFiles.Where(f => f.MessageId == messageId)
            .ExecuteUpdateAsync(f => f.SetProperty(x => x.TicketId, split.Id), cancellationToken);
        Tell(db, ticketId);
        await db.SaveWithoutRecordAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return await DetailsAsync(db, grant, split.Id, cancellationToken);
    }

    /// <summary>Says that two tickets have to do with each other, or no longer; false where one is not there.</summary>
    public async Task<bool> LinkAsync(long id, long otherId, bool isLinked, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        var (first, second) = (Math.Min(id, otherId), Math.Max(id, otherId));
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (first == second || await db.Tickets.CountAsync(t => t.Id == first || t.Id == second, cancellationToken) != 2) return false;
        var links = db.TicketLinks.Where(l => l.FirstId == first && l.SecondId == second);
        if (!isLinked) await links.ExecuteDeleteAsync(cancellationToken);
        else if (!await links.AnyAsync(cancellationToken))
        {
            db.TicketLinks.Add(new() { FirstId = first, SecondId = second });
            await SaveOnceAsync(db, links, cancellationToken);
        }

        await using var telling = await dbFactory.CreateDbContextAsync(cancellationToken);
        Tell(telling, id);
        Tell(telling, otherId);
        await telling.SaveWithoutRecordAsync(cancellationToken);
        return true;
    }

    /// <summary>Lets the acting user hear of a ticket, or no longer; false where there is none.</summary>
    public async Task<bool> FollowAsync(long ticketId, bool isFollowing, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        if (grant.Actor.UserId is not { } me) return false;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var own = db.TicketFollowers.Where(f => f.TicketId == ticketId && f.UserId == me);
        if (!isFollowing) await own.ExecuteDeleteAsync(cancellationToken);
        else if (!await own.AnyAsync(cancellationToken))
        {
            if (!await db.Tickets.AnyAsync(t => t.Id == ticketId, cancellationToken)) return false;
            db.TicketFollowers.Add(new() { TicketId = ticketId, UserId = me });
            await SaveOnceAsync(db, own, cancellationToken);
        }

        return true;
    }

    /// <summary>Keeps what the acting user has typed so far; nothing typed removes it.</summary>
    /// <param name="field">The box, such as <c>reply</c>.</param>
    public async Task SaveDraftAsync(long ticketId, string field, string? text, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        if (grant.Actor.UserId is not { } me || field.Length > TicketDraft.FieldLength) return;
        var typed = text is { Length: > TicketMessage.TextLength } ? text[..TicketMessage.TextLength] : text;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var own = db.TicketDrafts.Where(d => d.TicketId == ticketId && d.UserId == me && d.Field == field);
        if (string.IsNullOrWhiteSpace(typed) || StoredText.IsUnstorable(typed))
        {
            await own.ExecuteDeleteAsync(cancellationToken);
            return;
        }

        var now = clock.GetUtcNow();
        if (await own.ExecuteUpdateAsync(d => d.SetProperty(x => x.Text, typed).SetProperty(x => x.At, now), cancellationToken) > 0) return;
        if (!await db.Tickets.AnyAsync(t => t.Id == ticketId, cancellationToken)) return;
        db.TicketDrafts.Add(new() { TicketId = ticketId, UserId = me, Field = field, Text = typed, At = now });
        await SaveOnceAsync(db, own, cancellationToken);
    }

    /// <summary>What the acting user had typed in a ticket, by box.</summary>
    public async Task<IReadOnlyDictionary<string, string>> DraftsAsync(long ticketId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.TicketDrafts.Where(d => d.TicketId == ticketId && d.UserId == grant.Actor.UserId)
            .ToDictionaryAsync(d => d.Field, d => d.Text, cancellationToken);
    }

    private static async Task FollowAllAsync(CrmDbContext db, long intoId, List<long> others, CancellationToken cancellationToken)
    {
        var there = await db.TicketFollowers.Where(f => f.TicketId == intoId).Select(f => f.UserId).ToListAsync(cancellationToken);
        var more = await db.TicketFollowers.Where(f => others.Contains(f.TicketId) && !there.Contains(f.UserId)).Select(f => f.UserId)
            .Distinct().ToListAsync(cancellationToken);
        db.TicketFollowers.AddRange(more.Select(u => new TicketFollower { TicketId = intoId, UserId = u }));
    }

    /// <summary>Saves a row that somebody may add at the same moment; then it is there, and that is all that was wanted.</summary>
    private static async Task SaveOnceAsync<T>(CrmDbContext db, IQueryable<T> row, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveWithoutRecordAsync(cancellationToken);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            db.ChangeTracker.Clear();
            if (!await row.AnyAsync(cancellationToken)) throw;
        }
    }
}
