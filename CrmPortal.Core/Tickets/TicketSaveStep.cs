using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CrmPortal.Core.Tickets;

/// <summary>
/// Whoever changes a ticket, an agent, a mail, a merge, an undo: what follows from it is written in the same save. Its events, its targets,
/// its place in the order of work, and the figures on the customer's row.
/// </summary>
internal sealed class TicketSaveStep : ISaveStep
{
    public async Task DeriveAsync(CrmDbContext db, SaveEnvironment environment, CancellationToken cancellationToken)
    {
        var messages = db.ChangeTracker.Entries<TicketMessage>()
            .Where(e => e.State == EntityState.Added || IsJustSent(e)).ToList();
        foreach (var message in messages.Where(m => m.Entity.Ticket is null))
            message.Entity.Ticket = await db.Tickets.FindAsync([message.Entity.TicketId], cancellationToken);
        var tickets = db.ChangeTracker.Entries<Ticket>().ToList();
        if (tickets.TrueForAll(t => t.State == EntityState.Unchanged) && messages.Count == 0) return;

        var now = environment.Clock.GetUtcNow();
        var byTicket = messages.ToLookup(m => m.Entity.Ticket!);
        var work = tickets.Where(t => t.State is EntityState.Added or EntityState.Modified || byTicket.Contains(t.Entity))
            .Select(t => (Entry: t, Fresh: Happened(t, byTicket[t.Entity], environment, now))).ToList();
        await DeriveAsync(db, work, now, cancellationToken);
        await TicketFields.FollowAsync(db, [.. work.Select(w => w.Entry).Where(HasOtherFields)], cancellationToken);
        await CountAsync(db, tickets, cancellationToken);
        foreach (var (entry, _) in work) entry.DetectChanges();
    }

    /// <summary>Bulk edits change few enough tickets at once for the usual way.</summary>
    public Task<int> SaveInMassesAsync(CrmDbContext db, CancellationToken cancellationToken) => Task.FromResult(0);

    /// <summary>Whether it is one of the conversation: said by the customer, or gone to them.</summary>
    private static bool IsWord(TicketMessage message) => message.Kind is TicketMessageKind.Incoming or TicketMessageKind.Reply
        && message.Delivery != TicketDelivery.Scheduled;

    private static bool IsJustSent(EntityEntry<TicketMessage> message) => message.State == EntityState.Modified
        && message.Entity.Delivery == TicketDelivery.Sent && message.Property(m => m.Delivery).OriginalValue == TicketDelivery.Scheduled;

    /// <summary>Notes what happens in this save.</summary>
    private static List<TicketEvent> Happened(EntityEntry<Ticket> entry, IEnumerable<EntityEntry<TicketMessage>> messages,
        SaveEnvironment environment, DateTimeOffset now)
    {
        var ticket = entry.Entity;
        var user = ticket.IsByCustomer ? null : environment.CurrentUser.Actor.UserId;
        var fresh = new List<TicketEvent>();
        var isNew = entry.State == EntityState.Added;
        foreach (var message in messages.Select(m => m.Entity).OrderBy(m => m.At))
        {
            var isAdded = !isNew && message.Id == 0;
            if (message.Id == 0 || isNew) ticket.MessageCount++;
            if (message.At > ticket.LastMessageAt && IsWord(message)) ticket.LastMessageAt = message.At;
            switch (message)
            {
                case { Kind: TicketMessageKind.Incoming }:
                    ticket.IsAnswerDue = true;
                    if (isAdded) Note(TicketEventKind.CustomerWrote, message.At, null);
                    break;
                case { Kind: TicketMessageKind.Reply, Delivery: not TicketDelivery.Scheduled }:
                    ticket.IsAnswerDue = false;
                    if (!isNew) Note(TicketEventKind.AgentReplied, message.At, null, message.AuthorId);
                    break;
            }
        }

        if (isNew)
        {
            var isBegun = messages.Any() && messages.All(m => m.Entity.Kind != TicketMessageKind.Incoming);
            ticket.ArrivedHour = TicketArrival.HourOf(environment.Zone ?? LocalZone.Utc, ticket.CreatedAt);
            fresh.Insert(0, Event(isBegun ? TicketEventKind.Begun : TicketEventKind.Created, ticket.CreatedAt, null, user));
        }

        var before = isNew ? TicketState.New : entry.Property(t => t.State).OriginalValue;
        foreach (var kind in Steps(before, ticket.State)) Note(kind, now, null);
        if (ticket.AssigneeId is { } agent && (isNew || entry.Property(t => t.AssigneeId).OriginalValue != agent))
            Note(TicketEventKind.Assigned, now, agent);
        if (!isNew && entry.Property(t => t.QueueId).OriginalValue != ticket.QueueId) Note(TicketEventKind.Moved, now, ticket.QueueId);
        if (ticket.State != TicketState.Pending) ticket.PendingUntil = null;
        if (fresh.Exists(e => e.Kind == TicketEventKind.Reopened)) ticket.ReopenedCount++;
        if (ticket.IsUnsolved) ticket.SolvedAt = null;
        else if (fresh.Exists(e => e.Kind is TicketEventKind.Solved or TicketEventKind.Closed)) ticket.SolvedAt ??= now;
        ticket.Events.AddRange(fresh);
        return fresh;

        void Note(TicketEventKind kind, DateTimeOffset at, long? subject, long? author = null) =>
            fresh.Add(Event(kind, at, subject, author ?? user));
    }

    private static TicketEvent Event(TicketEventKind kind, DateTimeOffset at, long? subject, long? user) =>
        new() { Kind = kind, At = at, SubjectId = subject, UserId = user };

    /// <summary>What it means to go from one state to another.</summary>
    private static IEnumerable<TicketEventKind> Steps(TicketState from, TicketState to)
    {
        if (from == to) yield break;
        var (wasOver, isOver) = (from is TicketState.Solved or TicketState.Closed, to is TicketState.Solved or TicketState.Closed);
        var (wasPaused, isPaused) = (from is TicketState.Pending or TicketState.OnHold, to is TicketState.Pending or TicketState.OnHold);
        if (wasOver && !isOver) yield return TicketEventKind.Reopened;
        if (wasPaused && !isPaused) yield return TicketEventKind.Resumed;
        if (!wasPaused && isPaused) yield return TicketEventKind.Paused;
        // Whatever ends it solves it, so that each time it is opened again has a solution before it.
        if (!wasOver && isOver) yield return TicketEventKind.Solved;
        if (to == TicketState.Closed) yield return TicketEventKind.Closed;
    }

    private static async Task DeriveAsync(CrmDbContext db, List<(EntityEntry<Ticket> Entry, List<TicketEvent> Fresh)> work,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (work.Count == 0) return;
        foreach (var (entry, fresh) in work.Where(w => w.Entry.State != EntityState.Added))
            db.TicketEvents.AddRange(fresh);
        var changed = work.Where(w => w.Fresh.Count > 0 || w.Entry.State == EntityState.Added || Moves(w.Entry)).ToList();
        var ids = changed.Select(w => w.Entry.Entity.Id).Where(id => id > 0).ToList();
        var earlier = (ids.Count == 0 ? [] : await db.TicketEvents.AsNoTracking().Where(e => ids.Contains(e.TicketId)).OrderBy(e => e.Id)
            .ToListAsync(cancellationToken)).ToLookup(e => e.TicketId);
        var customers = await CustomerStanding.OfAsync(db, [.. changed.Select(w => w.Entry.Entity.CustomerId).OfType<long>().Distinct()],
            cancellationToken);
        var levels = changed.Count == 0 ? null : await ServiceLevels.ReadAsync(db, cancellationToken);
        foreach (var (entry, fresh) in changed)
        {
            var ticket = entry.Entity;
            var customer = ticket.CustomerId is { } id ? customers.GetValueOrDefault(id) : null;
            levels!.Apply(ticket, customer, earlier[ticket.Id].Concat(fresh), now);
            TicketUrgency.Apply(ticket, customer);
        }
    }

    private static bool HasOtherFields(EntityEntry<Ticket> entry) => entry.State == EntityState.Added ? entry.Entity.FieldsJson is not null
        : entry.Property(t => t.FieldsJson).IsModified;

    private static bool Moves(EntityEntry<Ticket> entry) =>
        entry.Property(t => t.Priority).IsModified || entry.Property(t => t.QueueId).IsModified
        || entry.Property(t => t.CustomerId).IsModified || entry.Property(t => t.PendingUntil).IsModified;

    /// <summary>Keeps the number of unsolved tickets on the customers' rows, and their last interaction.</summary>
    private static async Task CountAsync(CrmDbContext db, List<EntityEntry<Ticket>> tickets, CancellationToken cancellationToken)
    {
        var counts = new SortedDictionary<long, int>();
        foreach (var ticket in tickets)
        {
            if (ticket.State is EntityState.Modified or EntityState.Deleted)
                Add(ticket.Property(t => t.CustomerId).OriginalValue, ticket.Property(t => t.State).OriginalValue, -1);
            if (ticket.State is EntityState.Modified or EntityState.Added) Add(ticket.Entity.CustomerId, ticket.Entity.State, 1);
        }

        foreach (var (id, difference) in counts.Where(c => c.Value != 0))
            await db.Customers.Where(c => c.Id == id)
                .ExecuteUpdateAsync(c => c.SetProperty(x => x.OpenTickets, x => x.OpenTickets + difference), cancellationToken);
        var talked = tickets.Where(t => t.State is EntityState.Added or EntityState.Modified && t.Entity.CustomerId is not null)
            .GroupBy(t => t.Entity.CustomerId!.Value).OrderBy(g => g.Key);
        foreach (var customer in talked)
        {
            var at = customer.Max(t => t.Entity.LastMessageAt);
            await db.Customers.Where(c => c.Id == customer.Key && c.LastInteractionAt < at)
                .ExecuteUpdateAsync(c => c.SetProperty(x => x.LastInteractionAt, at), cancellationToken);
        }

        void Add(long? customer, TicketState state, int difference)
        {
            if (customer is { } id && Ticket.UnsolvedStates.Contains(state))
                counts[id] = counts.GetValueOrDefault(id) + difference;
        }
    }
}
