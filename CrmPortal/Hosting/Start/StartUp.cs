using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Live;

namespace CrmPortal.Hosting;

/// <summary>Something that must have happened before the first request is answered; they run in the order of <see cref="Order"/>.</summary>
internal interface IStartUpStep
{
    int Order { get; }

    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>Prepares the database before the server listens, and stops the program with one sentence where that fails.</summary>
internal sealed partial class StartUp(IDatabaseProvider provider, INodeChannel channel, IServiceScopeFactory scopes,
    ILogger<StartUp> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await DatabaseStart.PrepareAsync(provider, cancellationToken);
            await channel.StartAsync(cancellationToken);
            await using var scope = scopes.CreateAsyncScope();
            foreach (var step in scope.ServiceProvider.GetServices<IStartUpStep>().OrderBy(s => s.Order))
                await step.RunAsync(cancellationToken);
        }
        catch (UnsuitableDatabaseException unfit)
        {
            LogUnfit(unfit.Message);
            throw new StartUpException(unfit.Message);
        }
        catch (StartUpException fault)
        {
            foreach (var reason in fault.Reasons) LogFault(reason);
            throw;
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Critical, Message = "The database cannot be used: {Reason}")]
    private partial void LogUnfit(string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The program cannot start: {Reason}")]
    private partial void LogFault(string reason);
}
