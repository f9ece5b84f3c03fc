using System.Threading.Channels;

namespace CrmPortal.Tests.Support;

/// <summary>Waits for what comes by a callback.</summary>
internal sealed class TestMailbox<T>
    where T : class
{
    private readonly Channel<T> _waiting = Channel.CreateUnbounded<T>();
    private readonly System.Collections.Concurrent.ConcurrentQueue<T> _all = [];

    /// <summary>Everything that came, taken or not.</summary>
    public IReadOnlyList<T> All => [.. _all];

    public void Put(T item)
    {
        _all.Enqueue(item);
        _waiting.Writer.TryWrite(item);
    }

    /// <summary>The next one; fails the test when none comes in a minute.</summary>
    public async Task<T> TakeAsync() => await TryTakeAsync(TimeSpan.FromSeconds(60)) ?? throw new TimeoutException("Nothing came.");

    /// <summary>The next one, or null when none comes in time.</summary>
    public async Task<T?> TryTakeAsync(TimeSpan longest)
    {
        using var patience = new CancellationTokenSource(longest);
        try
        {
            return await _waiting.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
