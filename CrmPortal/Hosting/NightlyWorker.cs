using CrmPortal.Core.Jobs;

namespace CrmPortal.Hosting;

/// <summary>Looks every minute whether something is due that comes every night.</summary>
internal sealed partial class NightlyWorker(Scheduler scheduler, TimeProvider clock, ILogger<NightlyWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await scheduler.TickAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogFault(fault);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What is due tonight could not be started; it is tried again in a minute")]
    private partial void LogFault(Exception fault);
}
