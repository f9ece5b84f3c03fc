using CrmPortal.Core.Analytics;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Outbox;
using CrmPortal.Core.Segments;

namespace CrmPortal.Hosting;

/// <summary>
/// Runs background work: the outbox, jobs, the log of readings, the figures by day, the months of customers, the members of segments and
/// the index of customers.
/// </summary>
internal sealed partial class BackgroundWork(OutboxDispatcher outbox, JobRunner jobs, ProfileAccessLog readings, DayKeeper days,
    CohortKeeper cohorts, SegmentKeeper members, IDatabaseProvider database, ILogger<BackgroundWork> logger)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(outbox.RunAsync(stoppingToken), jobs.RunAsync(stoppingToken), WriteReadingsAsync(stoppingToken),
            KeepAsync(DayKeeper.Interval, days.RunAsync, LogDayFault, stoppingToken),
            KeepAsync(DayKeeper.Interval, cohorts.RunAsync, LogMonthFault, stoppingToken),
            KeepAsync(SegmentKeeper.Interval, members.RunAsync, LogMemberFault, stoppingToken),
            KeepAsync(CustomerDatabase.IndexInterval, database.IndexWaitingAsync, LogIndexFault, stoppingToken));

    private static async Task KeepAsync(TimeSpan interval, Func<CancellationToken, Task> keep, Action<Exception> logFault,
        CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval);
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
                logFault(fault);
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
        Message = "The members of segments could not be brought up to date; it is tried again in a moment")]
    private partial void LogMemberFault(Exception fault);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Changed customers could not be written into the index of the search; it is tried again in a moment")]
    private partial void LogIndexFault(Exception fault);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The months of customers could not be brought up to date; it is tried again in a moment")]
    private partial void LogMonthFault(Exception fault);
}
