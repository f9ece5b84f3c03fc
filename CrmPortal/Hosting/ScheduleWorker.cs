using CrmPortal.Core.Platform.Jobs;

namespace CrmPortal.Hosting;

/// <summary>Checks every minute whether a scheduled job is due.</summary>
internal sealed partial class ScheduleWorker(Scheduler scheduler, TimeProvider clock, ILogger<ScheduleWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                await scheduler.TickAsync(stoppingToken);
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

    [LoggerMessage(Level = LogLevel.Error, Message = "What is due could not be started; it is tried again in a minute")]
    private partial void LogFault(Exception fault);
}
