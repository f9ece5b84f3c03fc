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
        foreach (var reader in readings.GroupBy(r => r.Actor))
        {
            var scope = new CurrentUser();
            scope.Set(reader.Key);
            await using var db = provider.CreateContext(new SaveEnvironment(scope, clock));
            db.BeginChangeSet("customer.viewed");
            var changeSet = await db.StartChangeSetAsync(cancellationToken);
            foreach (var id in reader.Select(r => r.CustomerId).Distinct())
                db.AuditEntries.Add(new AuditEntry { ChangeSet = changeSet, EntityType = "Customer", EntityId = id, CustomerId = id, Action = AuditAction.Viewed });
            await db.SaveChangesAsync(cancellationToken);
        }
    }

    private sealed record Reading(Actor Actor, long CustomerId);
}
