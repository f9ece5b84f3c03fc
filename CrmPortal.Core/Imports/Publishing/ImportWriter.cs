using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Imports;

/// <summary>Writes the new records of an import in masses, each with one audit row without values, under the import's change set.</summary>
internal sealed class ImportWriter(CrmDbContext db, IDatabaseProvider provider, long changeSetId)
{
    public long ChangeSetId => changeSetId;

    public Task WriteAsync<T>(IReadOnlyCollection<T> rows, CancellationToken cancellationToken)
        where T : class => provider.BulkWriteAsync(db, rows, cancellationToken);

    public async Task<Queue<long>> KeysAsync<T>(int count, CancellationToken cancellationToken)
        where T : class => count == 0 ? [] : new(await provider.ReserveKeysAsync<T>(db, count, cancellationToken));

    public async Task RecordCreatedAsync<T>(IReadOnlyCollection<(long Id, long? CustomerId)> created, CancellationToken cancellationToken)
    {
        var keys = await KeysAsync<AuditEntry>(created.Count, cancellationToken);
        await WriteAsync(created.Select(c => new AuditEntry
        {
            Id = keys.Dequeue(), ChangeSetId = changeSetId, EntityType = typeof(T).Name, EntityId = c.Id, CustomerId = c.CustomerId,
                Action = AuditAction.Created,
        }).ToList(), cancellationToken);
    }

    /// <summary>Saves what the context tracks, under the same change set, and forgets it.</summary>
    public async Task SaveAndForgetAsync(CancellationToken cancellationToken)
    {
        db.ContinueChangeSet(changeSetId);
        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();
    }
}
