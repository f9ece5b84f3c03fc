using System.Threading.Channels;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Core.Platform.Audit;

/// <summary>
/// Notes who opened whose profile. Readings are gathered and written at least every second, so that opening a customer does
/// not wait for a durable write.
/// </summary>
public sealed partial class ProfileAccessLog(IDatabaseProvider provider, TimeProvider clock, ILogger<ProfileAccessLog> logger)
{
    /// <summary>So many readings wait at most while the database takes none; what comes then is told in the program's log alone.</summary>
    public const int MostWaiting = 50_000;

    /// <summary>The kind of the change sets under which readings stand.</summary>
    public const string Kind = "customer.viewed";

    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Channel<Reading> _waiting = Channel
        .CreateBounded<Reading>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.Wait });

    public void Add(Actor actor, long customerId)
    {
        if (!actor.IsSystem) Keep(new(actor, customerId));
    }

    private void Keep(Reading reading)
    {
        if (!_waiting.Writer.TryWrite(reading)) LogFull(reading.Actor.UserId, reading.CustomerId);
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
                foreach (var reading in readings) Keep(reading);
                throw;
            }
        }
    }

    private async Task WriteAsync(Actor actor, IReadOnlyList<long> customerIds, CancellationToken cancellationToken)
    {
        var scope = new CurrentUser();
        scope.Set(actor);
        await using var db = provider.CreateContext(new SaveEnvironment(scope, clock));
        db.BeginChangeSet(Kind);
        var changeSet = await db.StartChangeSetAsync(cancellationToken);
        foreach (var id in customerIds)
            db.AuditEntries
                .Add(new AuditEntry { ChangeSet = changeSet, EntityType = "Customer", EntityId = id, CustomerId = id,
                Action = AuditAction.Viewed });
        await db.SaveChangesAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error,
        Message = "User {UserId} opened customer {CustomerId}; the audit log takes no more at the moment")]
    private partial void LogFull(long? userId, long customerId);

    private sealed record Reading(Actor Actor, long CustomerId);
}
