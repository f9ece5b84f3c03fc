using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>A saved reply.</summary>
/// <param name="IsOwn">Whether it is there for the acting user alone.</param>
public sealed record SavedReplyDetails(long Id, string Name, string Text, string? Language, bool IsOwn, long Version);

/// <summary>A macro.</summary>
public sealed record MacroDetails(long Id, string Name, MacroActions Actions, long Version);

/// <summary>What became of a macro.</summary>
/// <param name="LeavesAt">Until when its reply can be taken back.</param>
public sealed record MacroOutcome(AfterMacro After, long? ReplyId, DateTimeOffset? LeavesAt, long? ChangeSetId);

/// <summary>Texts that agents put into replies, and steps that they take by one click.</summary>
public sealed class SavedReplyService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, TicketService tickets,
    ShopIdentity shop, TimeProvider clock)
{
    private const int Most = 500;
    private const int MostPendingDays = 365;

    /// <summary>The names that placeholders may have.</summary>
    public static IReadOnlyList<string> PlaceholderNames => Placeholders.Names;

    /// <summary>Everyone's saved replies and one's own, by name.</summary>
    public async Task<IReadOnlyList<SavedReplyDetails>> ListAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await Visible(db, grant).OrderBy(r => r.Name).ThenBy(r => r.Id)
            .Take(Most).Select(r => new SavedReplyDetails(r.Id, r.Name, r.Text, r.Language, r.OwnerId != null, r.Version))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Makes a saved reply, or changes one. Those for everyone are for whoever manages support.</summary>
    /// <returns>Null where there is none with this key.</returns>
    /// <exception cref="RuleViolationException">A field is wrong.</exception>
    public async Task<PartChangeResult<SavedReplyDetails>?> SaveAsync(long? id, string? name, string? text, string? language, bool isOwn,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(isOwn ? Permissions.TicketsWork : Permissions.TicketsManage, cancellationToken);
        var errors = new List<FieldError>();
        var checkedName = TextRules.Required("Name", name, SavedReply.NameLength, "A saved reply needs a name.", errors);
        var checkedText = TextRules.Required("Text", text, SavedReply.TextLength, "A saved reply needs some text.", errors);
        var tongue = TextRules.Text("Language", language, 10, errors).Value;
        if (errors.Count > 0) throw new RuleViolationException(errors);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("ticket.saved-reply", isOwn ? Permissions.TicketsWork : Permissions.TicketsManage);
        var reply = id is { } present ? await Changeable(db, grant).FirstOrDefaultAsync(r => r.Id == present, cancellationToken)
            : new SavedReply { Name = checkedName, Text = checkedText };
        if (reply is null) return null;
        (reply.Name, reply.Text, reply.Language, reply.OwnerId) = (checkedName, checkedText, tongue, isOwn ? grant.Actor.UserId : null);
        if (id is null) db.SavedReplies.Add(reply);
        await db.SaveChangesAsync(cancellationToken);
        return new(new(reply.Id, reply.Name, reply.Text, reply.Language, reply.OwnerId is not null, reply.Version), db.LastChangeSetId);
    }

    /// <summary>Removes a saved reply; returns the change set that brings it back.</summary>
    public async Task<long?> RemoveAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("ticket.saved-reply", Permissions.TicketsWork);
        if (await Changeable(db, grant).FirstOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } reply) return null;
        db.SavedReplies.Remove(reply);
        await db.SaveChangesAsync(cancellationToken);
        return db.LastChangeSetId;
    }

    /// <summary>A saved reply with its placeholders filled for a ticket; null where either is not there.</summary>
    public async Task<string?> FilledAsync(long id, long ticketId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var text = await Visible(db, grant).Where(r => r.Id == id).Select(r => r.Text).FirstOrDefaultAsync(cancellationToken);
        return text is null || await ValuesAsync(db, ticketId, grant, cancellationToken) is not { } values ? null
            : Placeholders.Fill(text, values);
    }

    /// <summary>A saved reply with its placeholders filled for somebody who has no ticket yet, such as in a chat; null where it is not
    /// there.</summary>
    /// <param name="contactName">What they are called where they are no customer.</param>
    public async Task<string?> FilledForAsync(long id, long? customerId, string? contactName, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var text = await Visible(db, grant).Where(r => r.Id == id).Select(r => r.Text).FirstOrDefaultAsync(cancellationToken);
        if (text is null) return null;
        var customer = customerId is null ? null
            : await db.Customers.AsNoTracking().FirstOrDefaultAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken);
        return Placeholders.Fill(text, Values(customer, contactName, grant));
    }

    /// <summary>The macros by name.</summary>
    public async Task<IReadOnlyList<MacroDetails>> MacrosAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return [.. (await db.TicketMacros.AsNoTracking().OrderBy(m => m.Name).ThenBy(m => m.Id).Take(Most).ToListAsync(cancellationToken))
            .Select(Details)];
    }

    /// <summary>Makes a macro, or changes one.</summary>
    /// <returns>Null where there is none with this key.</returns>
    /// <exception cref="RuleViolationException">It does nothing, or a step is wrong.</exception>
    public async Task<PartChangeResult<MacroDetails>?> SaveMacroAsync(long? id, string? name, MacroActions actions,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsManage, cancellationToken);
        var errors = new List<FieldError>();
        var checkedName = TextRules.Required("Name", name, TicketMacro.NameLength, "A macro needs a name.", errors);
        actions = actions with
        {
            Reply = TextRules.Text("Reply", actions.Reply, SavedReply.TextLength, errors).Value,
            Note = TextRules.Text("Note", actions.Note, SavedReply.TextLength, errors).Value,
            Tags = TicketTags.Read(TicketTags.Write(actions.Tags ?? [])),
        };
        if (actions.State is TicketState.New) errors.Add(new("State", "A ticket is new only once."));
        if (actions.PendingDays is < 1 or > MostPendingDays) errors.Add(new("PendingDays", "Enter 1 to {0} days.", MostPendingDays));
        if (errors.Count == 0 && actions.IsNothing) errors.Add(new("Name", "Choose at least one thing that the macro does."));
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (actions.QueueId is { } queue) await TicketRules.QueueAsync(db, queue, errors, cancellationToken);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        db.BeginChangeSet("ticket.macro", Permissions.TicketsManage);
        var macro = id is { } present ? await db.TicketMacros.FirstOrDefaultAsync(m => m.Id == present, cancellationToken)
            : new TicketMacro { Name = checkedName, ActionsJson = "{}" };
        if (macro is null) return null;
        (macro.Name, macro.ActionsJson) = (checkedName, actions.Write());
        if (id is null) db.TicketMacros.Add(macro);
        await db.SaveChangesAsync(cancellationToken);
        return new(Details(macro), db.LastChangeSetId);
    }

    /// <summary>Removes a macro; returns the change set that brings it back.</summary>
    public async Task<long?> RemoveMacroAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("ticket.macro", Permissions.TicketsManage);
        if (await db.TicketMacros.FirstOrDefaultAsync(m => m.Id == id, cancellationToken) is not { } macro) return null;
        db.TicketMacros.Remove(macro);
        await db.SaveChangesAsync(cancellationToken);
        return db.LastChangeSetId;
    }

    /// <summary>Takes the steps of a macro on a ticket: its fields, then the note, then the reply.</summary>
    /// <returns>Null where either is not there.</returns>
    /// <exception cref="RuleViolationException">A step cannot be taken; those before it were.</exception>
    public async Task<MacroOutcome?> RunAsync(long macroId, long ticketId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await db.TicketMacros.AsNoTracking().FirstOrDefaultAsync(m => m.Id == macroId, cancellationToken) is not { } macro
            || await ValuesAsync(db, ticketId, grant, cancellationToken) is not { } values) return null;
        var actions = MacroActions.Read(macro.ActionsJson);
        var until = actions is { State: TicketState.Pending, PendingDays: { } days } ? clock.GetUtcNow().AddDays(days)
            : (DateTimeOffset?)null;
        var changes = new TicketChanges { AddedTags = actions.Tags ?? [] };
        if (actions.Priority is { } priority) changes = changes with { Priority = priority };
        if (actions.QueueId is { } queue) changes = changes with { QueueId = queue };
        if (actions.AssignToMe) changes = changes with { AssigneeId = grant.Actor.UserId };
        if (actions is { State: { } state, Reply: null }) changes = changes with { State = state, PendingUntil = until };
        var changed = await tickets.ChangeAsync(ticketId, changes, cancellationToken);
        if (changed is null) return null;
        if (actions.Note is { } note) await tickets.NoteAsync(ticketId, Placeholders.Fill(note, values), [], cancellationToken);
        var reply = actions.Reply is { } text ? await tickets.ReplyAsync(ticketId,
            new() { Text = Placeholders.Fill(text, values), State = actions.State, PendingUntil = until }, cancellationToken) : null;
        return new(actions.After, reply?.Id, reply?.LeavesAt, changed.ChangeSetId);
    }

    private static MacroDetails Details(TicketMacro macro) => new(macro.Id, macro.Name, MacroActions.Read(macro.ActionsJson),
        macro.Version);

    /// <summary>One's own, and those of everyone for whoever manages support.</summary>
    private static IQueryable<SavedReply> Changeable(CrmDbContext db, Grant grant)
    {
        var mayManage = grant.Has(Permissions.TicketsManage);
        return db.SavedReplies.Where(r => (r.OwnerId == null && mayManage) || r.OwnerId == grant.Actor.UserId);
    }

    /// <summary>Everyone's, and one's own.</summary>
    private static IQueryable<SavedReply> Visible(CrmDbContext db, Grant grant)
    {
        var me = grant.Actor.UserId;
        return db.SavedReplies.Where(r => r.OwnerId == null || r.OwnerId == me);
    }

    private async Task<Dictionary<string, string?>?> ValuesAsync(CrmDbContext db, long ticketId, Grant grant,
        CancellationToken cancellationToken)
    {
        var ticket = await db.Tickets.AsNoTracking().Include(t => t.Customer).FirstOrDefaultAsync(t => t.Id == ticketId, cancellationToken);
        if (ticket is null) return null;
        var order = await db.Set<Order>().Where(o => o.Id == ticket.OrderId).Select(o => new { o.Id, o.ExternalId })
            .FirstOrDefaultAsync(cancellationToken);
        return new(Values(ticket.Customer, ticket.ContactName, grant))
        {
            ["ticket.number"] = ticket.Name,
            ["ticket.subject"] = ticket.Subject,
            ["order.number"] = order is null ? null : Order.NameOf(order.Id, order.ExternalId),
        };
    }

    private Dictionary<string, string?> Values(Customer? customer, string? contactName, Grant grant) => new()
    {
        ["customer.first_name"] = customer?.GivenName ?? contactName?.Split(' ')[0],
        ["customer.last_name"] = customer?.FamilyName,
        ["customer.name"] = customer?.DisplayName ?? contactName,
        ["customer.number"] = customer?.Number,
        ["agent.name"] = grant.Actor.Name,
        ["shop.name"] = shop.Name,
        ["points"] = customer?.Points.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["tier"] = customer?.Tier,
    };
}
