using System.Threading.Channels;
using CrmPortal.Core.Access;
using CrmPortal.Core.Data;

namespace CrmPortal.Core.Audit;

/// <summary>
/// Notes who opened whose profile. Readings are gathered and written at least every second, so that opening a customer does
/// not wait for a durable write.
/// </summary>
public sealed class ReadLog(IDatabaseProvider provider, TimeProvider clock)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Channel<Reading> _waiting = Channel.CreateUnbounded<Reading>();

    public void Add(Actor actor, long customerId)
    {
        if (!actor.IsSystem) _waiting.Writer.TryWrite(new(actor, customerId));
    }

    /// <summary>Writes what has gathered; safe to call at any time.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var readings = new List<Reading>();
        while (_waiting.Reader.TryRead(out var reading)) readings.Add(reading);
        foreach (var reader in readings.GroupBy(r => r.Actor).ToList())
        {
            try
            {
                await WriteAsync(reader.Key, [.. reader.Select(r => r.CustomerId).Distinct()], cancellationToken);
                readings.RemoveAll(r => r.Actor == reader.Key);
            }
            catch
            {
                // What could not be written waits for the next round.
                foreach (var reading in readings) _waiting.Writer.TryWrite(reading);
                throw;
            }
        }
    }

    private async Task WriteAsync(Actor actor, IReadOnlyList<long> customerIds, CancellationToken cancellationToken)
    {
        var scope = new CurrentUser();
        scope.Set(actor);
        await using var db = provider.CreateContext(new SaveEnvironment(scope, clock));
        db.BeginChangeSet("customer.viewed");
        var changeSet = await db.StartChangeSetAsync(cancellationToken);
        foreach (var id in customerIds)
            db.AuditEntries.Add(new AuditEntry { ChangeSet = changeSet, EntityType = "Customer", EntityId = id, CustomerId = id, Action = AuditAction.Viewed });
        await db.SaveChangesAsync(cancellationToken);
    }

    private sealed record Reading(Actor Actor, long CustomerId);
}
