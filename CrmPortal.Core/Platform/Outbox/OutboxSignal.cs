namespace CrmPortal.Core.Platform.Outbox;

/// <summary>Wakes the dispatcher when a transaction has been committed.</summary>
public sealed class OutboxSignal : IDisposable
{
    private readonly SemaphoreSlim _happened = new(0, 1);

    public void Set()
    {
        try
        {
            _happened.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is set already.
        }
    }

    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        try
        {
            await _happened.WaitAsync(longest, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The caller looks at its token.
        }
    }

    public void Dispose() => _happened.Dispose();
}
