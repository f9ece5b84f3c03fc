using System.Collections.Concurrent;
using System.Diagnostics;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Core.Platform.Outbox;

/// <summary>
/// Learns of events that were committed, in order, on one node at a time. It may be told of an event twice, after a crash. Declared in
/// the folder of the feature that wants to know, and registered there.
/// </summary>
public interface IOutboxSubscriber
{
    /// <summary>Under this name the database keeps how far it has come; another name is another subscriber, that starts over.</summary>
    string Name { get; }

    /// <summary>Does something about an event. A fault puts the event aside for this subscriber alone; it is tried again later.</summary>
    Task HandleAsync(OutboxEvent happened, CancellationToken cancellationToken);
}

/// <summary>
/// Gives committed events their order, and lets each subscriber go on from where it is: each at its own pace, so that a slow
/// one holds nobody up.
/// </summary>
public sealed partial class OutboxDispatcher(
    IDatabaseProvider provider, IEnumerable<IOutboxSubscriber> subscribers, OutboxSignal signal, TimeProvider clock, ILoggerFactory logging)
{
    /// <summary>Marks the statements that look for events, which come again and again.</summary>
    public const string LookingTag = "Looks for events";

    private const string Counter = "outbox";
    private const int BatchSize = 1_000;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long events that follow one another are gathered at most; one that comes after a rest is told at once. Each round costs every
    /// subscriber two writes, for one event or for twenty.
    /// </summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100);

    private readonly IReadOnlyList<SubscriberRun> _runs =
        [.. subscribers.Select(s => new SubscriberRun(s, provider, clock, logging.CreateLogger<SubscriberRun>()))];
    private readonly ILogger _logger = logging.CreateLogger<OutboxDispatcher>();
    private readonly ConcurrentDictionary<SubscriberRun, Task> _atWork = [];
    private bool _isSubscribed;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var round = Stopwatch.StartNew();
            try
            {
                await StartWaitingAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                LogFault(fault);
            }

            await signal.WaitAsync(LookEvery, cancellationToken);
            if (Gathering - round.Elapsed is { Ticks: > 0 } rest)
                await Task.Delay(rest, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_atWork.Values);
    }

    /// <summary>Hands over what waits, to all subscribers, and returns when they have taken it.</summary>
    /// <returns>How many events at least one of them was told of.</returns>
    public async Task<int> DispatchAsync(CancellationToken cancellationToken)
    {
        var told = await Task.WhenAll((await WaitingAsync(cancellationToken)).Select(r => r.GoOnAsync(cancellationToken)));
        return told.SelectMany(t => t).Distinct().Count();
    }

    /// <summary>Lets those go on for whom something waits and who are not at work; waits for none of them.</summary>
    private async Task StartWaitingAsync(CancellationToken cancellationToken)
    {
        foreach (var run in await WaitingAsync(cancellationToken))
        {
            if (_atWork.TryGetValue(run, out var task) && !task.IsCompleted) continue;
            _atWork[run] = Task.Run(() => WorkAsync(run, cancellationToken), CancellationToken.None);
        }
    }

    private async Task WorkAsync(SubscriberRun run, CancellationToken cancellationToken)
    {
        try
        {
            // What came while it was at work is looked for in the next round.
            if ((await run.GoOnAsync(cancellationToken)).Count > 0) signal.Set();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The program ends.
        }
        catch (Exception fault)
        {
            LogFault(fault);
        }
    }

    private async Task<IReadOnlyList<SubscriberRun>> WaitingAsync(CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        if (!_isSubscribed) await SubscribeAsync(db, cancellationToken);
        while (await OrderAsync(db, cancellationToken) == BatchSize)
        {
        }

        var now = clock.GetUtcNow();
        var waiting = await db.OutboxSubscriptions.TagWith(LookingTag)
            .Where(s => db.OutboxEvents.Any(e => e.Position > s.Position)
                || db.OutboxFailures.Any(f => f.Subscriber == s.Name && f.DueAt <= now))
            .Select(s => s.Name).ToListAsync(cancellationToken);
        return [.. _runs.Where(r => waiting.Contains(r.Name))];
    }

    /// <summary>Who is new begins with what happens from now on.</summary>
    private async Task SubscribeAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var there = await db.OutboxSubscriptions.Select(s => s.Name).ToListAsync(cancellationToken);
        foreach (var run in _runs.Where(r => !there.Contains(r.Name)))
        {
            var last = await db.OutboxEvents.Where(e => e.Position != null).MaxAsync(e => e.Position, cancellationToken) ?? 0;
            db.OutboxSubscriptions.Add(new() { Name = run.Name, Position = last, LeasedUntil = DateTimeOffset.UnixEpoch });
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException fault) when (provider.ViolatedUniqueIndex(fault) is not null)
            {
                // Another node made the row a moment ago.
                db.ChangeTracker.Clear();
            }
        }

        _isSubscribed = true;
    }

    /// <summary>Gives places to events that have none. The counter's row lets one node at a time do so.</summary>
    private async Task<int> OrderAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        // A look first: an idle installation writes nothing.
        var waiting = db.OutboxEvents.TagWith(LookingTag).Where(e => e.Position == null).Select(e => e.Id);
        if (!await waiting.AnyAsync(cancellationToken)) return 0;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.RaiseCounterAsync(db, Counter, 0, cancellationToken);
        var ids = await waiting.Order().Take(BatchSize).ToListAsync(cancellationToken);
        if (ids.Count > 0)
        {
            var (first, last) = (ids[0], ids[^1]);
            var next = await provider.RaiseCounterAsync(db, Counter, last - first + 1, cancellationToken) - (last - first);
            await db.OutboxEvents.Where(e => e.Position == null && e.Id >= first && e.Id <= last)
                .ExecuteUpdateAsync(e => e.SetProperty(x => x.Position, x => next + (x.Id - first)), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return ids.Count;
    }

    private void LogFault(Exception fault) => LogFault(_logger, fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Events could not be read; they are read again")]
    private static partial void LogFault(ILogger logger, Exception fault);
}
