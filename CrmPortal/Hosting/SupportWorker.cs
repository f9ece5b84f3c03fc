using CrmPortal.Core.Chats;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Tickets;

namespace CrmPortal.Hosting;

/// <summary>Lets time pass for tickets: replies leave within a second of their time, everything else within half a minute.</summary>
internal sealed partial class SupportWorker(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SupportWorker> logger)
    : BackgroundService
{
    private const int ChatsEvery = 5;
    private const int RareEvery = 30;
    private const int CleanUpEvery = 3_600;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        for (var tick = 1; !stoppingToken.IsCancellationRequested; tick++)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                await RunAsync(tick, stoppingToken);
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

    private async Task RunAsync(int tick, CancellationToken stoppingToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().Set(Actor.System("Support"));
        var work = scope.ServiceProvider.GetRequiredService<TicketClockwork>();
        await work.SendDueAsync(stoppingToken);
        if (tick % ChatsEvery == 0) await scope.ServiceProvider.GetRequiredService<ChatClockwork>().RunAsync(stoppingToken);
        if (tick % RareEvery == 0)
        {
            await work.ReopenDueAsync(stoppingToken);
            await work.WatchTargetsAsync(stoppingToken);
            await work.CloseAsync(stoppingToken);
            await scope.ServiceProvider.GetRequiredService<SurveyService>().SendDueAsync(stoppingToken);
        }

        if (tick % CleanUpEvery == 0) await work.CleanUpAsync(stoppingToken);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What is due of tickets could not be done; it is tried again in a moment")]
    private partial void LogFault(Exception fault);
}
