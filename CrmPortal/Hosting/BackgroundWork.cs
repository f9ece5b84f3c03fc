using CrmPortal.Core.Analytics;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Outbox;

namespace CrmPortal.Hosting;

/// <summary>Runs background work: the outbox, jobs, the log of readings, the figures by day and the months of customers.</summary>
internal sealed partial class BackgroundWork(OutboxDispatcher outbox, JobRunner jobs, ProfileAccessLog readings, DayKeeper days,
    CohortKeeper cohorts, ILogger<BackgroundWork> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(outbox.RunAsync(stoppingToken), jobs.RunAsync(stoppingToken), WriteReadingsAsync(stoppingToken),
            KeepAsync(days.RunAsync, LogDayFault, stoppingToken), KeepAsync(cohorts.RunAsync, LogMonthFault, stoppingToken));

    private static async Task KeepAsync(Func<CancellationToken, Task<int>> keep, Action<Exception> log, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(DayKeeper.Interval);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                await keep(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                log(fault);
            }
        }
    }

    private async Task WriteReadingsAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ProfileAccessLog.Interval);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                await readings.FlushAsync(CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (Exception fault)
            {
                LogFault(fault);
            }
        }

        // What was read while the server stopped is still written.
        await readings.FlushAsync(CancellationToken.None);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The log of readings could not be written")]
    private partial void LogFault(Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The figures by day could not be brought up to date; it is tried again in a moment")]
    private partial void LogDayFault(Exception fault);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The months of customers could not be brought up to date; it is tried again in a moment")]
    private partial void LogMonthFault(Exception fault);
}
