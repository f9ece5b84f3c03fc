using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <content>Making tickets, answering and changing them.</content>
public sealed partial class TicketService
{
    /// <summary>What open pages hear when a message came, left or was taken back.</summary>
    public const string MessageTopic = "ticket.message";

    /// <summary>A bulk edit changes no more than this at once.</summary>
    public const int MostAtOnce = 500;

    /// <summary>Makes a ticket of what a customer said, or begins a conversation with them.</summary>
    /// <exception cref="RuleViolationException">A field is wrong.</exception>
    public async Task<TicketDetails> CreateAsync(TicketInput input, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        var errors = new List<FieldError>();
        var (subject, text) = (TicketRules.Subject(input.Subject, errors), TicketRules.Text(input.Text, errors));
        var email = TicketRules.Email(input.ContactEmail, errors);
        var name = TextRules.Text("ContactName", input.ContactName, Ticket.NameLength, errors).Value;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var customer = input.CustomerId is { } id ? await TicketRules.CustomerAsync(db, id, errors, cancellationToken) : null;
        if (input.CustomerId is null && email is null && name is null)
            errors.Add(new("CustomerId", "Choose a customer, or enter a name or an e-mail address."));
        if (input.IsOutgoing && (email ?? customer?.Email) is null && errors.TrueForAll(e => e.Field != "ContactEmail"))
            errors.Add(new("ContactEmail", "There is no e-mail address to write to."));
        var queue = await TicketRules.QueueAsync(db, input.QueueId, errors, cancellationToken);
        await TicketRules.AgentAsync(db, input.AssigneeId, errors, cancellationToken);
        await DemandOrderAsync(db, input.OrderId, errors, cancellationToken);
        var fields = await TicketFields.CheckAsync(db, input.Fields, errors, cancellationToken);
        if (errors.Count > 0) throw new RuleViolationException(errors);

        db.BeginChangeSet("ticket.create", Permissions.TicketsWork);
        var now = clock.GetUtcNow();
        var leaves = now.AddSeconds(support.Value.UndoSeconds);
        var ticket = new Ticket
        {
            CustomerId = customer?.Id, ContactName = name, ContactEmail = email ?? customer?.Email?.ToLowerInvariant(), Subject = subject,
            Channel = input.IsOutgoing ? TicketChannel.Email : input.Channel, QueueId = queue, Priority = input.Priority,
            State = input.IsOutgoing || input.AssigneeId is not null ? TicketState.Open : TicketState.New,
            AssigneeId = input.AssigneeId ?? (input.IsOutgoing ? grant.Actor.UserId : null), OrderId = input.OrderId,
            IsComplaint = input.IsComplaint, Tags = TicketTags.Write(input.Tags), FieldsJson = TicketFields.With(null, fields),
                CreatedAt = now, LastMessageAt = now, CreatedByName = grant.Actor.Name,
        };
        var message = input.IsOutgoing
            ? new TicketMessage
            {
                Kind = TicketMessageKind.Reply, At = leaves, AuthorId = grant.Actor.UserId, AuthorName = grant.Actor.Name, Text = text,
                Recipient = ticket.ContactEmail, Delivery = TicketDelivery.Scheduled,
            }
            : new TicketMessage
            {
                Kind = TicketMessageKind.Incoming, At = now, Text = text, AuthorEmail = ticket.ContactEmail,
                AuthorName = name ?? (customer is null ? email ?? "" : CustomerQueries.Shown(customer, true)),
            };
        message.SearchText = TicketSearch.Of(subject, name, text);
        ticket.Messages.Add(message);
        db.Tickets.Add(ticket);
        await db.SaveChangesAsync(cancellationToken);
        await AttachAsync(db, ticket.Id, message, input.FileIds, grant, cancellationToken);
        await TellAssigneeAsync(db, ticket, grant, cancellationToken);
        await db.SaveWithoutRecordAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (await DetailsAsync(db, grant, ticket.Id, cancellationToken))!;
    }

    /// <summary>
    /// Answers the customer. The answer leaves after some seconds, or later where that is wanted; until then it can be taken back.
    /// </summary>
    /// <returns>Null where there is no such ticket.</returns>
    /// <exception cref="RuleViolationException">There is no text, nobody to write to, or the ticket was merged into another.</exception>
    public Task<WrittenMessage?> ReplyAsync(long ticketId, ReplyInput input, CancellationToken cancellationToken) =>
        WriteAsync(ticketId, "ticket.reply", (ticket, grant, now, errors) =>
        {
            var text = TicketRules.Text(input.Text, errors);
            if (input.SendAt is { } at && (at <= now || at > now.AddDays(366)))
                errors.Add(new("SendAt", "Choose a time ahead, within a year."));
            var recipient = ticket.ContactEmail ?? ticket.Customer?.Email?.ToLowerInvariant();
            if (recipient is null && ticket.Channel == TicketChannel.Email)
                errors.Add(new("Text", "There is no e-mail address to write to."));
            if (ticket.Customer?.Status == CustomerStatus.Blocked)
                errors.Add(new("Text", "This customer is blocked and gets no messages."));
            SetState(ticket, input.State ?? (ticket.State == TicketState.New ? TicketState.Open : ticket.State), input.PendingUntil, now,
                errors);
            ticket.AssigneeId ??= grant.Actor.UserId;
            return new()
            {
                Kind = TicketMessageKind.Reply, At = input.SendAt ?? (recipient is null ? now : now.AddSeconds(support.Value.UndoSeconds)),
                AuthorId = grant.Actor.UserId, AuthorName = grant.Actor.Name, Text = text, Recipient = recipient,
                Delivery = recipient is null ? TicketDelivery.None : TicketDelivery.Scheduled,
            };
        }, input.FileIds, cancellationToken);

    /// <summary>Writes a note for colleagues; those who are named in it with an @ are told.</summary>
    /// <returns>Null where there is no such ticket.</returns>
    public Task<WrittenMessage?> NoteAsync(long ticketId, string? text, IReadOnlyList<long> fileIds, CancellationToken cancellationToken) =>
        WriteAsync(ticketId, "ticket.note", (_, grant, now, errors) => new()
        {
            Kind = TicketMessageKind.Internal, At = now, AuthorId = grant.Actor.UserId, AuthorName = grant.Actor.Name,
            Text = TicketRules.Text(text, errors),
        }, fileIds, cancellationToken);

    /// <summary>Takes a reply back that has not left yet.</summary>
    /// <returns>What was written, to go on with; null where it has left, or is another's.</returns>
    /// <param name="ticketId">Where set, only a message of this ticket.</param>
    public async Task<string?> TakeBackAsync(long messageId, CancellationToken cancellationToken, long? ticketId = null)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var message = await db.TicketMessages.AsNoTracking().FirstOrDefaultAsync(m => m.Id == messageId
            && m.Delivery == TicketDelivery.Scheduled && m.AuthorId == grant.Actor.UserId && (ticketId == null || m.TicketId == ticketId),
            cancellationToken);
        if (message is null) return null;
        await db.TicketFiles.Where(f => f.MessageId == messageId)
            .ExecuteUpdateAsync(f => f.SetProperty(x => x.MessageId, (long?)null), cancellationToken);
        // Of this and the sender, who looks at the same moment, one changes the row.
        if (await db.TicketMessages.Where(m => m.Id == messageId && m.Delivery == TicketDelivery.Scheduled)
            .ExecuteDeleteAsync(cancellationToken) == 0) return null;
        await db.Tickets.Where(t => t.Id == message.TicketId)
            .ExecuteUpdateAsync(t => t.SetProperty(x => x.MessageCount, x => x.MessageCount - 1), cancellationToken);
        Tell(db, message.TicketId);
        await db.SaveWithoutRecordAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return message.Text;
    }

    /// <summary>Changes fields of a ticket.</summary>
    /// <param name="expectedVersion">Where set, any change in between is a conflict.</param>
    /// <returns>Null where there is no such ticket.</returns>
    /// <exception cref="RuleViolationException">A field is wrong.</exception>
    /// <exception cref="ConcurrencyConflictException">Somebody changed the ticket in between.</exception>
    public async Task<PartChangeResult<TicketDetails>?> ChangeAsync(long id, TicketChanges changes, CancellationToken cancellationToken,
        long? expectedVersion = null)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var changed = await ChangeAsync(db, grant, [id], changes, expectedVersion, "ticket.edit", cancellationToken);
        return changed == 0 ? null : new((await DetailsAsync(db, grant, id, cancellationToken))!, db.LastChangeSetId);
    }

    /// <summary>Changes many tickets alike, as one change set.</summary>
    /// <returns>How many there were, and the change set that takes it back.</returns>
    /// <exception cref="RuleViolationException">There are too many, or a field is wrong.</exception>
    public async Task<(int Changed, long? ChangeSetId)> ChangeManyAsync(IReadOnlyList<long> ids, TicketChanges changes,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        if (ids.Count > MostAtOnce) throw new RuleViolationException("Ids", "At most {0} tickets can be changed at once.", MostAtOnce);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var changed = await ChangeAsync(db, grant, [.. ids.Distinct().Order()], changes, null, "ticket.bulk", cancellationToken);
        return (changed, db.LastChangeSetId);
    }

    private async Task<int> ChangeAsync(CrmDbContext db, Grant grant, IReadOnlyList<long> ids, TicketChanges changes, long? expectedVersion,
        string kind, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.LockAsync<Ticket>(db, [.. ids], cancellationToken);
        db.BeginChangeSet(kind, Permissions.TicketsWork);
        var tickets = await db.Tickets.Where(t => ids.Contains(t.Id)).ToListAsync(cancellationToken);
        if (tickets.Count == 0) return 0;
        if (expectedVersion is { } version && tickets[0].Version != version)
            throw new ConcurrencyConflictException([], tickets[0].Version, null, null);
        var errors = new List<FieldError>();
        var customer = changes.CustomerId is { IsPresent: true, Value: { } customerId }
            ? await TicketRules.CustomerAsync(db, customerId, errors, cancellationToken) : null;
        var queue = changes.QueueId.IsPresent
            ? await TicketRules.QueueAsync(db, changes.QueueId.Value, errors, cancellationToken) : 0;
        if (changes.AssigneeId.IsPresent) await TicketRules.AgentAsync(db, changes.AssigneeId.Value, errors, cancellationToken);
        if (changes.OrderId.IsPresent) await DemandOrderAsync(db, changes.OrderId.Value, errors, cancellationToken);
        var fields = await TicketFields.CheckAsync(db, changes.Fields, errors, cancellationToken);
        var subject = changes.Subject.IsPresent ? TicketRules.Subject(changes.Subject.Value, errors) : null;
        var now = clock.GetUtcNow();
        foreach (var ticket in tickets)
        {
            Apply(ticket, changes, subject, customer, queue, now, errors);
            if (fields.Count > 0) ticket.FieldsJson = TicketFields.With(ticket.FieldsJson, fields);
            if (changes.AssigneeId.IsPresent) await TellAssigneeAsync(db, ticket, grant, cancellationToken);
        }

        if (errors.Count > 0) throw new RuleViolationException([.. errors.DistinctBy(e => e.Field)]);
        if (subject is not null) await IndexAsync(db, tickets, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return tickets.Count;
    }

    private static void Apply(Ticket ticket, TicketChanges changes, string? subject, Customer? customer, long queue, DateTimeOffset now,
        List<FieldError> errors)
    {
        if (ticket.MergedIntoId is not null && changes.State.IsPresent)
            errors.Add(new("State", "This ticket was merged into another one; work on that."));
        ticket.Subject = subject ?? ticket.Subject;
        ticket.Priority = changes.Priority.Or(ticket.Priority);
        ticket.IsComplaint = changes.IsComplaint.Or(ticket.IsComplaint);
        if (queue > 0) ticket.QueueId = queue;
        ticket.AssigneeId = changes.AssigneeId.Or(ticket.AssigneeId);
        ticket.OrderId = changes.OrderId.Or(ticket.OrderId);
        if (changes.CustomerId.IsPresent)
        {
            ticket.CustomerId = customer?.Id;
            ticket.ContactEmail ??= customer?.Email?.ToLowerInvariant();
        }

        if (changes.Tags.IsPresent) ticket.Tags = TicketTags.Write(changes.Tags.Value ?? []);
        if (changes.AddedTags.Count > 0) ticket.Tags = TicketTags.Write(TicketTags.Read(ticket.Tags).Concat(changes.AddedTags));
        if (changes.State.IsPresent || changes.PendingUntil.IsPresent)
            SetState(ticket, changes.State.Or(ticket.State), changes.PendingUntil.Or(ticket.PendingUntil), now, errors);
        // Whoever is given a ticket that nobody has looked at is working on it.
        else if (changes.AssigneeId is { IsPresent: true, Value: not null }
            && ticket.State == TicketState.New) ticket.State = TicketState.Open;
    }

    private static void SetState(Ticket ticket, TicketState state, DateTimeOffset? until, DateTimeOffset now, List<FieldError> errors)
    {
        if (state == TicketState.New && ticket.State != TicketState.New) errors.Add(new("State", "A ticket is new only once."));
        ticket.PendingUntil = TicketRules.PendingUntil(state, until, now, errors);
        ticket.State = state;
    }

    private async Task<WrittenMessage?> WriteAsync(long ticketId, string kind,
        Func<Ticket, Grant, DateTimeOffset, List<FieldError>, TicketMessage> write, IReadOnlyList<long> fileIds,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.LockAsync<Ticket>(db, [ticketId], cancellationToken);
        db.BeginChangeSet(kind, Permissions.TicketsWork);
        var ticket = await db.Tickets.Include(t => t.Customer).FirstOrDefaultAsync(t => t.Id == ticketId, cancellationToken);
        if (ticket is null) return null;
        var (now, errors) = (clock.GetUtcNow(), new List<FieldError>());
        if (ticket.MergedIntoId is not null) errors.Add(new("Text", "This ticket was merged into another one; work on that."));
        var message = write(ticket, grant, now, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        message.TicketId = ticketId;
        message.Ticket = ticket;
        message.SearchText = TicketSearch.Of(message.Text);
        db.TicketMessages.Add(message);
        if (message.Kind == TicketMessageKind.Internal)
            await MentionAsync(db, ticket, message.Text, grant, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await AttachAsync(db, ticketId, message, fileIds, grant, cancellationToken);
        var field = message.Kind == TicketMessageKind.Internal ? "note" : "reply";
        await db.TicketDrafts.Where(d => d.TicketId == ticketId && d.UserId == grant.Actor.UserId && d.Field == field)
            .ExecuteDeleteAsync(cancellationToken);
        Tell(db, ticketId);
        await db.SaveWithoutRecordAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(message.Id, message.Delivery == TicketDelivery.Scheduled ? message.At : null, db.LastChangeSetId);
    }

    private static async Task DemandOrderAsync(CrmDbContext db, long? id, List<FieldError> errors, CancellationToken cancellationToken)
    {
        if (id is { } order && !await db.Set<Order>().AnyAsync(o => o.Id == order, cancellationToken))
            errors.Add(new("OrderId", "There is no such order."));
    }

    /// <summary>The subject is found through the first message.</summary>
    private static async Task IndexAsync(CrmDbContext db, List<Ticket> tickets, CancellationToken cancellationToken)
    {
        foreach (var ticket in tickets)
        {
            var first = await db.TicketMessages.Where(m => m.TicketId == ticket.Id).OrderBy(m =>
                m.Id).FirstOrDefaultAsync(cancellationToken);
            if (first is not null) first.SearchText = TicketSearch.Of(ticket.Subject, ticket.ContactName, first.Text);
        }
    }

    private async Task TellAssigneeAsync(CrmDbContext db, Ticket ticket, Grant grant, CancellationToken cancellationToken)
    {
        if (ticket.AssigneeId is { } agent && agent != grant.Actor.UserId)
            await TicketNotices.TellAsync(db, ticket, [agent], NotificationKind.TicketAssigned, grant.Actor.Name, clock.GetUtcNow(),
                cancellationToken);
    }

    private async Task MentionAsync(CrmDbContext db, Ticket ticket, string text, Grant grant, CancellationToken cancellationToken)
    {
        var named = await Mentions.NamedAsync(db, text, null, grant.Actor, cancellationToken);
        await TicketNotices.TellAsync(db, ticket, named, NotificationKind.TicketMentioned, grant.Actor.Name, clock.GetUtcNow(),
            cancellationToken);
    }

    private void Tell(CrmDbContext db, long ticketId) => TicketNotices.TellPages(db, ticketId, clock.GetUtcNow());
}
