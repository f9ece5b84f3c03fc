namespace CrmPortal.Core.Platform.Live;

/// <summary>Carries short messages to every node of the installation, this one included. Delivery is not guaranteed.</summary>
public interface INodeChannel : IAsyncDisposable
{
    event Action<string>? Received;

    /// <summary>Starts listening; returns at once.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    Task PublishAsync(string message, CancellationToken cancellationToken);
}

/// <summary>The channel of an installation that is one process.</summary>
public sealed class LocalNodeChannel : INodeChannel
{
    public event Action<string>? Received;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task PublishAsync(string message, CancellationToken cancellationToken)
    {
        Received?.Invoke(message);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
