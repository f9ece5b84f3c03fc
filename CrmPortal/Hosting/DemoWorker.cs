using CrmPortal.Core.Demo;

namespace CrmPortal.Hosting;

/// <summary>Completes the demo shop in Development once the server listens, so that the first page does not wait for it.</summary>
internal sealed partial class DemoWorker(DemoWork work, IHostEnvironment environment, IHostApplicationLifetime lifetime,
    ILogger<DemoWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!environment.IsDevelopment()) return;
        var isListening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var told = lifetime.ApplicationStarted.Register(isListening.SetResult);
        await isListening.Task.WaitAsync(stoppingToken);
        try
        {
            await work.RunAsync(stoppingToken);
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            LogFault(fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The demo shop could not be completed; it is tried again with the next start")]
    private partial void LogFault(Exception fault);
}
