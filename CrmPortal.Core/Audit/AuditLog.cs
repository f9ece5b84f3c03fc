using CrmPortal.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Audit;

/// <summary>Writes the audit rows of things that change nothing: refusals, reveals, exports, readings.</summary>
public sealed class AuditLog(IDbContextFactory<CrmDbContext> dbFactory)
{
    /// <summary>Writes one row and commits it before it returns, so that nothing is answered that is not logged.</summary>
    /// <param name="fields">What was seen or refused: field names or a permission, never values.</param>
    public async Task WriteAsync(AuditAction action, string entityType, long entityId, long? customerId, string fields, CancellationToken cancellationToken)
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
}
