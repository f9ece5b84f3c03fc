using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>A queue as settings and choices show it.</summary>
/// <param name="SendsReceipt">Whether messages of the contact form are confirmed by a mail.</param>
/// <param name="Unsolved">How many tickets in it are not solved.</param>
public sealed record QueueDetails(long Id, string Name, string? Email, string? Signature, bool IsUsual, bool SendsReceipt, bool IsArchived,
    int Unsolved, long Version);

/// <summary>What is wanted of a queue.</summary>
public sealed record QueueInput(string? Name, string? Email, string? Signature, bool IsUsual, bool SendsReceipt = false);

/// <summary>The queues, and who works on tickets.</summary>
public sealed class QueueService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, TimeProvider clock)
{
    private const int MostQueues = 200;
    private const int MostAgents = 500;

    /// <summary>The queues by name, archived ones last.</summary>
    public async Task<IReadOnlyList<QueueDetails>> ListAsync(bool withArchived, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.TicketQueues.Where(q => withArchived || q.ArchivedAt == null).OrderBy(q => q.ArchivedAt != null)
            .ThenBy(q => q.NameKey).Take(MostQueues)
            .Select(q => new QueueDetails(q.Id, q.Name, q.Email, q.Signature, q.IsUsual, q.SendsReceipt,
                q.ArchivedAt != null, db.Set<Ticket>().Count(t => t.QueueId == q.Id && t.UrgentAt != null), q.Version))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Whoever works on tickets, by name.</summary>
    public async Task<IReadOnlyList<(long Id, string Name)>> AgentsAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsWork, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        // A role keeps its permissions in one text, which the database does not look into.
        var roles = (await db.Roles.AsNoTracking().ToListAsync(cancellationToken))
            .Where(r => r.Permissions.Contains(Permissions.TicketsWork)).Select(r => r.Id).ToList();
        var users = await db.Users.Where(u => u.DisabledAt == null && u.CustomerId == null && u.Roles.Any(r => roles.Contains(r.RoleId)))
            .OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Take(MostAgents).Select(u => new { u.Id, u.DisplayName, u.UserName })
            .ToListAsync(cancellationToken);
        return [.. users.Select(u => (u.Id, u.DisplayName.Length > 0 ? u.DisplayName : u.UserName))];
    }

    /// <summary>Makes a queue, or changes one.</summary>
    /// <param name="id">Null for a new one.</param>
    /// <returns>Null where there is none with this key.</returns>
    /// <exception cref="RuleViolationException">A field is wrong, or another queue has the name or the address.</exception>
    /// <exception cref="ConcurrencyConflictException">Somebody changed it since <paramref name="version"/>.</exception>
    public async Task<PartChangeResult<QueueDetails>?> SaveAsync(long? id, QueueInput input, long? version,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsManage, cancellationToken);
        var errors = new List<FieldError>();
        var name = TextRules.Required("Name", input.Name, TicketQueue.NameLength, "A queue needs a name.", errors);
        var email = TextRules.Text("Email", input.Email, TextRules.EmailLength, errors).Value?.ToLowerInvariant();
        if (email is not null && !TextRules.IsEmail(email)) errors.Add(new("Email", "This is not an e-mail address."));
        var signature = TextRules.Text("Signature", input.Signature, TicketQueue.SignatureLength, errors).Value;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("ticket.queue", Permissions.TicketsManage);
        var key = name.ToLowerInvariant();
        var others = await db.TicketQueues.Where(q => q.Id != (id ?? 0)).Take(MostQueues).ToListAsync(cancellationToken);
        if (others.Count >= MostQueues) errors.Add(new("Name", "There can be {0} queues.", MostQueues));
        if (others.Exists(q => q.NameKey == key)) errors.Add(new("Name", "There is a queue of this name."));
        if (email is not null && others.Exists(q => q.Email == email)) errors.Add(new("Email", "Another queue has this address."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        var queue = id is { } present ? await db.TicketQueues.FirstOrDefaultAsync(q => q.Id == present, cancellationToken)
            : new() { Name = name, NameKey = key };
        if (queue is null) return null;
        if (version is { } expected && expected != queue.Version) throw new ConcurrencyConflictException([], queue.Version, null, null);
        if (!input.IsUsual && queue.IsUsual)
            throw new RuleViolationException("IsUsual", "Make another queue the usual one instead.");
        (queue.Name, queue.NameKey, queue.Email, queue.Signature, queue.SendsReceipt) = (name, key, email, signature, input.SendsReceipt);
        if (input.IsUsual && !queue.IsUsual)
        {
            foreach (var usual in others.Where(q => q.IsUsual)) usual.IsUsual = false;
            (queue.IsUsual, queue.ArchivedAt) = (true, null);
        }

        if (id is null) db.TicketQueues.Add(queue);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(await OneAsync(db, queue, cancellationToken), db.LastChangeSetId);
    }

    /// <summary>Closes a queue for new tickets, or opens it again; null where there is none.</summary>
    /// <exception cref="RuleViolationException">It is the usual one.</exception>
    public async Task<PartChangeResult<QueueDetails>?> ArchiveAsync(long id, bool isArchived, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TicketsManage, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("ticket.queue", Permissions.TicketsManage);
        if (await db.TicketQueues.FirstOrDefaultAsync(q => q.Id == id, cancellationToken) is not { } queue) return null;
        if (isArchived && queue.IsUsual) throw new RuleViolationException("IsUsual", "Make another queue the usual one first.");
        queue.ArchivedAt = isArchived ? clock.GetUtcNow() : null;
        await db.SaveChangesAsync(cancellationToken);
        return new(await OneAsync(db, queue, cancellationToken), db.LastChangeSetId);
    }

    private static async Task<QueueDetails> OneAsync(CrmDbContext db, TicketQueue q, CancellationToken cancellationToken) =>
        new(q.Id, q.Name, q.Email, q.Signature, q.IsUsual, q.SendsReceipt, q.ArchivedAt is not null,
            await db.Tickets.CountAsync(t => t.QueueId == q.Id && t.UrgentAt != null, cancellationToken), q.Version);
}
