using System.Collections.Concurrent;
using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Api;

/// <summary>
/// How many requests each caller sent in this minute to all nodes together. Each node counts for itself and adds up with the
/// others every second, so that a request costs no write; by as much as comes within that second the limit may be passed.
/// </summary>
internal sealed partial class SharedRequestCounts(IDatabaseProvider provider, TimeProvider clock,
    ILogger<SharedRequestCounts> logger) : BackgroundService
{
    private const string Prefix = "api ";
    private const string MinuteFormat = "yyyyMMddHHmm";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Count> _callers = [];
    private string _minute = "";

    /// <summary>Counts a request.</summary>
    /// <returns>How many there were in this minute, on all nodes, as far as this one knows.</returns>
    public long Add(string caller)
    {
        if (provider.HasOneProcess) return 0;
        return _callers.GetOrAdd($"{Minute()} {SessionService.Hash(caller)[..16]}", _ => new()).Add();
    }

    /// <summary>Adds up with the other nodes.</summary>
    public async Task ShareAsync(CancellationToken cancellationToken)
    {
        var minute = Minute();
        await using var db = provider.CreateContext(null);
        foreach (var (name, count) in _callers)
        {
            if (!name.StartsWith(minute, StringComparison.Ordinal)) _callers.TryRemove(name, out _);
            else if (count.TakeNew() is > 0 and var sent)
                count.Total = await provider.RaiseCounterAsync(db, Prefix + name, sent, cancellationToken);
        }

        if (_minute == minute) return;
        _minute = minute;
        var old = Prefix + clock.GetUtcNow().AddMinutes(-5).ToString(MinuteFormat, CultureInfo.InvariantCulture);
#pragma warning disable CA1309 // It becomes SQL.
        await db.DailyCounters.Where(c => c.Name.StartsWith(Prefix) && string.Compare(c.Name, old) < 0)
            .ExecuteDeleteAsync(cancellationToken);
#pragma warning restore CA1309
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (provider.HasOneProcess) return;
        using var timer = new PeriodicTimer(Interval, clock);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                if (!_callers.IsEmpty) await ShareAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LogFault(fault);
            }
        }
    }

    private string Minute() => clock.GetUtcNow().ToString(MinuteFormat, CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Requests could not be added up with those of other nodes; each counts for itself meanwhile")]
    private partial void LogFault(Exception fault);

    private sealed class Count
    {
        private long _new;
        private long _total;

        public long Total
        {
            get => Interlocked.Read(ref _total);
            set => Interlocked.Exchange(ref _total, value);
        }

        public long Add() => Interlocked.Increment(ref _new) + Total;

        public long TakeNew() => Interlocked.Exchange(ref _new, 0);
    }
}
