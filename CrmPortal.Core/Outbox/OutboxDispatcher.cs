using CrmPortal.Core.Common;
using CrmPortal.Core.Data;
using CrmPortal.Core.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Core.Outbox;

/// <summary>Does something about events that were committed. It may see an event twice, after a crash.</summary>
public interface IOutboxHandler
{
    Task HandleAsync(OutboxEvent happened, CancellationToken cancellationToken);
}

/// <summary>
/// Hands committed events to the handlers, in order, on one node at a time. What a crash leaves unmarked is handed over again.
/// </summary>
public sealed partial class OutboxDispatcher(
    IDatabaseProvider provider, IEnumerable<IOutboxHandler> handlers, INodeChannel channel, OutboxSignal signal, TimeProvider clock, ILogger<OutboxDispatcher> logger)
{
    private const string LeaseName = "outbox";
    private const string WakeUp = "w";
    private const int BatchSize = 200;
    private const int MostAttempts = 10;
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Keep = TimeSpan.FromDays(7);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly string _owner = Guid.NewGuid().ToString("N");
    private DateTimeOffset _swept;
    private DateTimeOffset _told;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        channel.Received += message =>
        {
            if (message == WakeUp) signal.Set();
        };
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                while (await DispatchAsync(cancellationToken) == BatchSize)
                {
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LogFault(fault);
            }

            await signal.WaitAsync(LookEvery, cancellationToken);
        }
    }

    /// <summary>Hands over what waits; returns how many events that were.</summary>
    public async Task<int> DispatchAsync(CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        var now = clock.GetUtcNow();
        // A look first: taking the lease is a write, and an idle installation writes nothing.
        if (!await db.OutboxEvents.AnyAsync(e => e.ProcessedAt == null && e.DueAt <= now, cancellationToken)) return 0;
        if (!await TakeLeaseAsync(db, now, cancellationToken))
        {
            await TellAsync(now, cancellationToken);
            return 0;
        }

        var events = await db.OutboxEvents.Where(e => e.ProcessedAt == null && e.DueAt <= now).OrderBy(e => e.Id).Take(BatchSize).ToListAsync(cancellationToken);
        foreach (var happened in events) await HandAsync(happened, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await SweepAsync(db, now, cancellationToken);
        return events.Count;
    }

    /// <summary>Wakes the node that holds the lease, which heard nothing of a commit on this one; not again within a moment, should it be dead.</summary>
    private async Task TellAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (now - _told < LookEvery) return;
        _told = now;
        await channel.PublishAsync(WakeUp, cancellationToken);
    }

    private async Task HandAsync(OutboxEvent happened, CancellationToken cancellationToken)
    {
        happened.Attempts++;
        try
        {
            foreach (var handler in handlers) await handler.HandleAsync(happened, cancellationToken);
            happened.ProcessedAt = clock.GetUtcNow();
            CrmDiagnostics.OutboxEvents.Add(1);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogHandlerFault(happened.Id, happened.Topic, fault);
            happened.DueAt = clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Pow(2, happened.Attempts));
            if (happened.Attempts >= MostAttempts) happened.ProcessedAt = clock.GetUtcNow();
        }
    }

    private async Task<bool> TakeLeaseAsync(CrmDbContext db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var taken = await db.Leases.Where(l => l.Name == LeaseName && (l.Owner == _owner || l.ExpiresAt < now))
            .ExecuteUpdateAsync(l => l.SetProperty(x => x.Owner, _owner).SetProperty(x => x.ExpiresAt, now + LeaseTime), cancellationToken);
        if (taken == 1) return true;
        if (await db.Leases.AnyAsync(l => l.Name == LeaseName, cancellationToken)) return false;
        try
        {
            db.Leases.Add(new Lease { Name = LeaseName, Owner = _owner, ExpiresAt = now + LeaseTime });
            await db.SaveChangesAsync(cancellationToken);
            db.ChangeTracker.Clear();
            return true;
        }
        catch (DbUpdateException)
        {
            // Another node made the row a moment ago.
            db.ChangeTracker.Clear();
            return false;
        }
    }

    private async Task SweepAsync(CrmDbContext db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (now - _swept < TimeSpan.FromHours(1)) return;
        _swept = now;
        var limit = now - Keep;
        await db.OutboxEvents.Where(e => e.ProcessedAt < limit).ExecuteDeleteAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Events could not be read; they are read again")]
    private partial void LogFault(Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Event {EventId} ({Topic}) could not be handled; it is tried again")]
    private partial void LogHandlerFault(long eventId, string topic, Exception fault);
}

/// <summary>Wakes the dispatcher when a transaction has been committed.</summary>
public sealed class OutboxSignal : IDisposable
{
    private readonly SemaphoreSlim _happened = new(0, 1);

    public void Set()
    {
        try
        {
            _happened.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is set already.
        }
    }

    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        try
        {
            await _happened.WaitAsync(longest, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The caller looks at its token.
        }
    }

    public void Dispose() => _happened.Dispose();
}
