using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Tickets;

/// <summary>
/// What happens to tickets when time passes: replies leave, pending ones come back, targets are warned of and escalated, solved ones are
/// closed. Any number of nodes may do it at once; whoever holds the ticket's lock looks again before they act.
/// </summary>
public sealed class TicketClockwork(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    TicketLetters letters, TicketTokens tokens, DocumentStore store, IOptions<SupportOptions> support, TimeProvider clock)
{
    /// <summary>Stands in the statements that look for what is due, so that they are told from those of pages.</summary>
    public const string LookingTag = "Looks for tickets that are due";

    private const int BatchSize = 50;
    private static readonly TimeSpan LongestWarning = TimeSpan.FromDays(2);
    private static readonly TimeSpan KeepUnsentFiles = TimeSpan.FromDays(1);
    private static readonly TimeSpan KeepDrafts = TimeSpan.FromDays(60);

    /// <summary>Sends the replies whose time has come.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> SendDueAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        var now = clock.GetUtcNow();
        await using var looking = await dbFactory.CreateDbContextAsync(cancellationToken);
        var due = await looking.TicketMessages.TagWith(LookingTag).Where(m => m.Delivery == TicketDelivery.Scheduled
            && m.At <= now).OrderBy(m => m.At)
            .Select(m => new { m.Id, m.TicketId }).Take(BatchSize).ToListAsync(cancellationToken);
        if (due.Count > 0) await tokens.PrepareAsync(cancellationToken);
        foreach (var message in due)
        {
            await WithAsync(message.TicketId, "ticket.send", async (db, ticket) =>
            {
                var reply = await db.TicketMessages.FirstOrDefaultAsync(m => m.Id == message.Id
                    && m.Delivery == TicketDelivery.Scheduled, cancellationToken);
                if (reply is null) return false;
                if (ticket.Customer?.Status == CustomerStatus.Blocked)
                {
                    (reply.Delivery, reply.Failure) = (TicketDelivery.Failed, "The customer was blocked before it left.");
                    return true;
                }

                reply.Ticket = ticket;
                reply.Delivery = TicketDelivery.Sent;
                await letters.AddAsync(db, ticket, reply, cancellationToken);
                return true;
            }, cancellationToken);
        }

        return due.Count;
    }

    /// <summary>Opens pending tickets whose time has come.</summary>
    public async Task ReopenDueAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        var now = clock.GetUtcNow();
        await EachAsync(db => db.Tickets.Where(t => t.PendingUntil != null && t.PendingUntil <= now).OrderBy(t => t.PendingUntil),
            "ticket.due", async (db, ticket) =>
            {
                if (ticket.State != TicketState.Pending || ticket.PendingUntil > now) return false;
                ticket.State = TicketState.Open;
                await TellAsync(db, ticket, await TicketNotices.ConcernedAsync(db, ticket, cancellationToken),
                    NotificationKind.TicketDueSoon, cancellationToken);
                return true;
            }, cancellationToken);
    }

    /// <summary>Warns of targets that are near, and escalates those that were missed; of each target once.</summary>
    public async Task WatchTargetsAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        var now = clock.GetUtcNow();
        var near = now + LongestWarning;
        ServiceLevels? levels = null;
        await EachAsync(db => db.Tickets.Where(t => t.NextDue != null && t.NextDue <= near
            && ((t.NextDue <= now && (t.EscalatedOf == null || t.EscalatedOf != t.NextDue))
                || (t.NextDue > now && (t.WarnedOf == null || t.WarnedOf != t.NextDue)))).OrderBy(t => t.NextDue), "ticket.watch",
            async (db, ticket) =>
            {
                if (ticket.NextDue is not { } due) return false;
                levels ??= await ServiceLevels.ReadAsync(db, cancellationToken);
                if (due <= now && ticket.EscalatedOf != due)
                {
                    (ticket.EscalatedOf, ticket.WarnedOf) = (due, due);
                    Note(db, ticket, TicketEventKind.Escalated, now);
                    var concerned = await TicketNotices.ConcernedAsync(db, ticket, cancellationToken);
                    await TellAsync(db, ticket, levels.EscalatesTo(ticket.PolicyId) is { } lead ? [.. concerned, lead] : concerned,
                        NotificationKind.TicketOverdue, cancellationToken);
                    return true;
                }

                if (due <= now || ticket.WarnedOf == due || levels.WarnsBefore(ticket.PolicyId) is not { } before || due - before > now)
                    return false;
                ticket.WarnedOf = due;
                Note(db, ticket, TicketEventKind.Warned, now);
                await TellAsync(db, ticket, await TicketNotices.ConcernedAsync(db, ticket, cancellationToken),
                    NotificationKind.TicketDueSoon, cancellationToken);
                return true;
            }, cancellationToken);
    }

    /// <summary>Closes what was solved long enough ago.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        var limit = clock.GetUtcNow().AddDays(-support.Value.CloseAfterDays);
        await EachAsync(db => db.Tickets.Where(t => t.State == TicketState.Solved && t.SolvedAt < limit).OrderBy(t => t.SolvedAt),
            "ticket.close", (_, ticket) =>
            {
                if (ticket.State != TicketState.Solved || ticket.SolvedAt >= limit) return Task.FromResult(false);
                ticket.State = TicketState.Closed;
                return Task.FromResult(true);
            }, cancellationToken);
    }

    /// <summary>Removes files that were attached and never sent, and drafts that nobody came back to.</summary>
    public async Task CleanUpAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        var now = clock.GetUtcNow();
        var (files, drafts) = (now - KeepUnsentFiles, now - KeepDrafts);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.TicketDrafts.TagWith(LookingTag).Where(d => d.At < drafts).ExecuteDeleteAsync(cancellationToken);
        while (true)
        {
            var old = await db.TicketFiles.TagWith(LookingTag).Where(f => f.MessageId == null && f.At < files).OrderBy(f => f.At)
                .Select(f => new { f.Id, f.StoredName }).Take(BatchSize).ToListAsync(cancellationToken);
            // The file first: a row without a file is found again, a file without a row is not.
            foreach (var file in old) store.Delete(file.StoredName);
            var ids = old.ConvertAll(f => f.Id);
            await db.TicketFiles.Where(f => ids.Contains(f.Id) && f.MessageId == null).ExecuteDeleteAsync(cancellationToken);
            if (old.Count < BatchSize) return;
        }
    }

    private async Task EachAsync(Func<CrmDbContext, IQueryable<Ticket>> due, string kind, Func<CrmDbContext, Ticket, Task<bool>> work,
        CancellationToken cancellationToken)
    {
        await using var looking = await dbFactory.CreateDbContextAsync(cancellationToken);
        foreach (var id in await due(looking).TagWith(LookingTag).Select(t => t.Id).Take(BatchSize).ToListAsync(cancellationToken))
            await WithAsync(id, kind, work, cancellationToken);
    }

    /// <summary>Works on one ticket under its lock; nothing is saved where there is nothing to do.</summary>
    private async Task WithAsync(long ticketId, string kind, Func<CrmDbContext, Ticket, Task<bool>> work,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.LockAsync<Ticket>(db, [ticketId], cancellationToken);
        db.BeginChangeSet(kind, Permissions.TicketsWork);
        var ticket = await db.Tickets.Include(t => t.Customer).FirstOrDefaultAsync(t => t.Id == ticketId, cancellationToken);
        if (ticket is null || !await work(db, ticket)) return;
        TicketNotices.TellPages(db, ticketId, clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static void Note(CrmDbContext db, Ticket ticket, TicketEventKind kind, DateTimeOffset now) =>
        db.TicketEvents.Add(new() { TicketId = ticket.Id, Kind = kind, At = now });

    private Task TellAsync(CrmDbContext db, Ticket ticket, IReadOnlyCollection<long> users, NotificationKind kind,
        CancellationToken cancellationToken) => TicketNotices.TellAsync(db, ticket, users, kind, "", clock.GetUtcNow(), cancellationToken);
}
