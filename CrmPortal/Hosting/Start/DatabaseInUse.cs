using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Hosting;

/// <summary>Lets a restore see that a server uses the database, from before it is prepared until after the last request.</summary>
internal sealed partial class DatabaseInUse(IDatabaseProvider provider, ILogger<DatabaseInUse> logger) : IHostedLifecycleService,
    IAsyncDisposable
{
    private IAsyncDisposable? _use;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            _use = await provider.UseAsync(DatabaseUse.Shared, cancellationToken);
        }
        catch (UnsuitableDatabaseException unfit)
        {
            LogUnfit(unfit.Message);
            throw new StartUpException(unfit.Message);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _use, null) is { } use) await use.DisposeAsync();
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The database cannot be used: {Reason}")]
    private partial void LogUnfit(string reason);
}
