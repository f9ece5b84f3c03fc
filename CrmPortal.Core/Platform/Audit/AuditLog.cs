using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Audit;

/// <summary>Writes the audit rows of things that change nothing: refusals, reveals, exports, readings.</summary>
public sealed class AuditLog(IDbContextFactory<CrmDbContext> dbFactory)
{
    /// <summary>Writes one row and commits it before it returns, so that nothing is answered that is not logged.</summary>
    /// <param name="fields">What was seen or refused: field names or a permission, never values.</param>
    public async Task WriteAsync(AuditAction action, string entityType, long entityId, long? customerId, string fields,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet($"{entityType}.{action}".ToLowerInvariant());
        var changeSet = await db.StartChangeSetAsync(cancellationToken);
        db.AuditEntries.Add(new AuditEntry
        {
            ChangeSet = changeSet, EntityType = entityType, EntityId = entityId, CustomerId = customerId, Action = action, Fields = fields,
        });
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>
    /// Notes that somebody signed in: while they do, nobody acts yet, so that the row says itself who it was. The address is that of
    /// the request, as with everything in the log.
    /// </summary>
    /// <param name="by">With what, such as <c>Password</c>; several with a space between them, and never the thing itself.</param>
    public async Task WriteSignInAsync(long userId, string name, string by, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("signin.signedin");
        var changeSet = await db.StartChangeSetAsync(cancellationToken);
        (changeSet.ActorId, changeSet.ActorName) = (userId, name);
        db.AuditEntries.Add(new AuditEntry
        {
            ChangeSet = changeSet, EntityType = "SignIn", EntityId = userId, Action = AuditAction.SignedIn, Fields = by,
        });
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Writes a row for each of some customers in one change set, and one without a customer where there is none: that
    /// somebody looked is logged as well.</summary>
    /// <param name="fields">What was seen: field names, never values.</param>
    internal async Task WriteAsync(AuditAction action, string entityType, IReadOnlyCollection<long> customerIds, string fields,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet($"{entityType}.{action}".ToLowerInvariant());
        var changeSet = await db.StartChangeSetAsync(cancellationToken);
        foreach (var id in customerIds.Select(id => (long?)id).DefaultIfEmpty())
            db.AuditEntries.Add(new AuditEntry { ChangeSet = changeSet, EntityType = entityType, EntityId = id ?? 0, CustomerId = id,
                Action = action, Fields = fields });
        await db.SaveChangesAsync(cancellationToken);
    }
}
