using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Hosting;

/// <summary>
/// Has every active mailbox looked into, each by one node, all side by side. A mailbox that was changed is begun anew, one that was
/// switched off is left.
/// </summary>
internal sealed partial class MailboxWorker(MailboxNotes notes, IServiceScopeFactory scopes, IDatabaseProvider provider,
    ISecretProtector secrets, ReceivingTimes times, TimeProvider clock, ILoggerFactory loggers, ILogger<MailboxWorker> logger)
    : BackgroundService
{
    /// <summary>So long a mailbox that is left may take to come to its end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Dictionary<long, Held> _held = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(times.Tend, clock);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await TendAsync(stoppingToken);
                await timer.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                LogFault(fault);
                await LeaveLostAsync();
                await Task.Delay(times.Tend, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        foreach (var id in _held.Keys.ToList()) await LeaveAsync(id);
    }

    private async Task TendAsync(CancellationToken cancellationToken)
    {
        var active = await notes.ActiveAsync(cancellationToken);
        foreach (var (id, held) in _held.ToList())
            if (held.Work.IsCompleted || !active.TryGetValue(id, out var version) || version != held.Version) await LeaveAsync(id);
        foreach (var (id, version) in active)
        {
            if (_held.TryGetValue(id, out var held))
            {
                if (clock.GetUtcNow() < held.LeasedAt + (times.Lease / 3)) continue;
                var now = clock.GetUtcNow();
                if (await notes.LeaseAsync(id, isNew: false, cancellationToken)) held.LeasedAt = now;
                else await LeaveAsync(id);
            }
            else if (await notes.LeaseAsync(id, isNew: true, cancellationToken))
            {
                _held[id] = Begin(id, version);
            }
        }
    }

    private Held Begin(long id, long version)
    {
        var end = new CancellationTokenSource();
        var reader = new MailboxReader(id, notes, scopes, provider, secrets, times, clock, loggers.CreateLogger<MailboxReader>());
        return new(version, end, reader.RunAsync(end.Token)) { LeasedAt = clock.GetUtcNow() };
    }

    /// <summary>The database does not answer: whoever could not say that they go on must take it that another node does.</summary>
    private async Task LeaveLostAsync()
    {
        foreach (var (id, held) in _held.ToList())
            if (clock.GetUtcNow() > held.LeasedAt + times.Lease) await LeaveAsync(id);
    }

    private async Task LeaveAsync(long id)
    {
        _held.Remove(id, out var held);
        await held!.End.CancelAsync();
        try
        {
            await held.Work.WaitAsync(Patience, clock);
            held.End.Dispose();
            await notes.ReleaseAsync(id);
        }
        catch (Exception fault)
        {
            // It is free for others once its time is over.
            LogFault(fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The mailboxes could not be seen to; it is tried again in a moment")]
    private partial void LogFault(Exception fault);

    private sealed record Held(long Version, CancellationTokenSource End, Task Work)
    {
        public DateTimeOffset LeasedAt { get; set; }
    }
}

internal static class ReceivingSetup
{
    public static void AddReceiving(this IServiceCollection services)
    {
        services.AddSingleton<ReceivingTimes>();
        services.AddSingleton<MailboxNotes>();
        services.AddSingleton<Core.Tickets.IMailboxProbe, ImapProbe>();
        services.AddHostedService<MailboxWorker>();
    }
}
