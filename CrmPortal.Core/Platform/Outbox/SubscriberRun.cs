using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Core.Platform.Outbox;

/// <summary>
/// Hands events over to one subscriber, on one node at a time: the node that holds the subscription's lease, and renews it while it
/// works. What a crash leaves unnoted is handed over again.
/// </summary>
internal sealed partial class SubscriberRun(IOutboxSubscriber subscriber, IDatabaseProvider provider, TimeProvider clock,
    ILogger<SubscriberRun> logger)
{
    private const int BatchSize = 200;
    private const int MostAttempts = 10;
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(5);

    private readonly string _owner = Guid.NewGuid().ToString("N");

    public string Name => subscriber.Name;

    /// <summary>Hands over what waits for the subscriber until nothing is left.</summary>
    /// <returns>The keys of the events; none where another node is at work.</returns>
    public async Task<IReadOnlyList<long>> GoOnAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (!await LeaseAsync(s => s.LeasedUntil < now, cancellationToken)) return [];
        using var working = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var ended = new CancellationTokenSource();
        var renewing = RenewAsync(working, ended.Token);
        var told = new List<long>();
        var after = AfterBatch.GoOn;
        try
        {
            await RetryAsync(told, working.Token);
            while (after == AfterBatch.GoOn) after = await HandOverAsync(told, working.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The lease went to another node, which continues from the saved position.
        }
        finally
        {
            await ended.CancelAsync();
            await renewing;
            if (after != AfterBatch.LeaseGivenBack) await ReleaseAsync();
        }

        return told;
    }

    private async Task<AfterBatch> HandOverAsync(List<long> told, CancellationToken cancellationToken)
    {
        List<OutboxEvent> events;
        await using (var db = provider.CreateContext(null))
        {
            events = await db.OutboxEvents.AsNoTracking().TagWith(OutboxDispatcher.LookingTag)
                .Where(e => e.Position > db.OutboxSubscriptions.Where(s => s.Name == Name).Select(s => s.Position).FirstOrDefault())
                .OrderBy(e => e.Position).Take(BatchSize).ToListAsync(cancellationToken);
        }

        var noted = clock.GetUtcNow();
        foreach (var happened in events)
        {
            var fault = await HandAsync(happened, cancellationToken);
            told.Add(happened.Id);
            var isLast = happened == events[^1];
            if (fault is null && !isLast && clock.GetUtcNow() - noted < RenewEvery) continue;
            noted = clock.GetUtcNow();
            // Where nothing more waits, the lease is given back in the same write.
            if (!await NoteAsync(happened, fault, isLast && events.Count < BatchSize, cancellationToken)) return AfterBatch.End;
        }

        return events.Count switch { BatchSize => AfterBatch.GoOn, 0 => AfterBatch.End, _ => AfterBatch.LeaseGivenBack };
    }

    /// <summary>Tries again what is due.</summary>
    private async Task RetryAsync(List<long> told, CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        var now = clock.GetUtcNow();
        var due = await db.OutboxFailures.Include(f => f.Event).Where(f => f.Subscriber == Name && f.DueAt <= now)
            .OrderBy(f => f.EventId).Take(BatchSize).ToListAsync(cancellationToken);
        foreach (var failure in due)
        {
            var fault = await HandAsync(failure.Event!, cancellationToken);
            told.Add(failure.EventId);
            if (fault is null) db.OutboxFailures.Remove(failure);
            else Fail(failure, fault);
            await db.SaveChangesAsync(cancellationToken);
        }
    }

    private async Task<Exception?> HandAsync(OutboxEvent happened, CancellationToken cancellationToken)
    {
        try
        {
            await subscriber.HandleAsync(happened, cancellationToken);
            CrmDiagnostics.OutboxEvents.Add(1, new KeyValuePair<string, object?>("subscriber", Name));
            return null;
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            return fault;
        }
    }

    /// <summary>Saves the position of the subscriber; false if another node has taken over.</summary>
    private async Task<bool> NoteAsync(OutboxEvent happened, Exception? fault, bool isEnd, CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var (position, owner) = (happened.Position!.Value, isEnd ? null : _owner);
        var until = isEnd ? DateTimeOffset.UnixEpoch : clock.GetUtcNow() + LeaseTime;
        var noted = await db.OutboxSubscriptions.Where(s => s.Name == Name && s.Owner == _owner).ExecuteUpdateAsync(s => s
            .SetProperty(x => x.Position, position).SetProperty(x => x.Owner, owner).SetProperty(x => x.LeasedUntil, until),
            cancellationToken);
        if (noted == 0) return false;
        if (fault is not null)
        {
            var failure = new OutboxFailure { Subscriber = Name, EventId = happened.Id, Fault = "" };
            Fail(failure, fault);
            db.OutboxFailures.Add(failure);
            await db.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private void Fail(OutboxFailure failure, Exception fault)
    {
        var now = clock.GetUtcNow();
        failure.Attempts++;
        failure.FailedAt = now;
        failure.Fault = fault.GetType().Name;
        failure.DueAt = failure.Attempts < MostAttempts ? now + TimeSpan.FromSeconds(Math.Pow(2, failure.Attempts)) : null;
        if (failure.DueAt is not null)
        {
            LogRetry(failure.EventId, Name, failure.Attempts, fault);
            return;
        }

        LogGivenUp(failure.EventId, Name, failure.Attempts, fault);
        CrmDiagnostics.OutboxFailures.Add(1, new KeyValuePair<string, object?>("subscriber", Name));
    }

    private async Task<bool> LeaseAsync(System.Linq.Expressions.Expression<Func<OutboxSubscription, bool>> condition,
        CancellationToken cancellationToken)
    {
        var until = clock.GetUtcNow() + LeaseTime;
        await using var db = provider.CreateContext(null);
        return await db.OutboxSubscriptions.Where(s => s.Name == Name).Where(condition)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.Owner, _owner).SetProperty(x => x.LeasedUntil, until), cancellationToken) == 1;
    }

    /// <summary>Keeps the lease while the subscriber works, and stops it where the lease is lost.</summary>
    private async Task RenewAsync(CancellationTokenSource working, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(RenewEvery, clock);
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(ended);
                if (!await LeaseAsync(s => s.Owner == _owner, ended)) await working.CancelAsync();
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LogLease(Name, fault);
            }
        }
    }

    /// <summary>Lets another node go on at once.</summary>
    private async Task ReleaseAsync()
    {
        try
        {
            await using var db = provider.CreateContext(null);
            await db.OutboxSubscriptions.Where(s => s.Name == Name && s.Owner == _owner)
                .ExecuteUpdateAsync(s => s.SetProperty(x => x.Owner, (string?)null)
                    .SetProperty(x => x.LeasedUntil, DateTimeOffset.UnixEpoch));
        }
        catch (Exception fault)
        {
            // It ends by itself.
            LogLease(Name, fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Event {EventId} could not be taken by {Subscriber}, attempt {Attempt}; it is tried again")]
    private partial void LogRetry(long eventId, string subscriber, int attempt, Exception fault);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Event {EventId} is given up for {Subscriber} after {Attempts} attempts; it stays in OutboxFailures")]
    private partial void LogGivenUp(long eventId, string subscriber, int attempts, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease of {Subscriber} could not be written")]
    private partial void LogLease(string subscriber, Exception fault);

    private enum AfterBatch
    {
        /// <summary>More may wait.</summary>
        GoOn,

        /// <summary>Nothing waits, or another node has taken over.</summary>
        End,

        /// <summary>Nothing waits, and another node may already be at work.</summary>
        LeaseGivenBack,
    }
}
