using System.Collections.Concurrent;

namespace CrmPortal.Core.Platform.Jobs;

/// <summary>The jobs that this node runs at the moment: how far they are, and the way to stop them at once.</summary>
public sealed class RunningJobs : IDisposable
{
    private readonly ConcurrentDictionary<long, Running> _running = [];
    private readonly SemaphoreSlim _woken = new(0);

    /// <summary>Tells the runner that there is a new job.</summary>
    public void Wake() => _woken.Release();

    public void Dispose() => _woken.Dispose();

    internal Task<bool> WaitAsync(TimeSpan longest, CancellationToken cancellationToken) => _woken.WaitAsync(longest, cancellationToken);

    internal IReadOnlyCollection<long> Ids => [.. _running.Keys];

    internal void Add(long id, CancellationTokenSource cancellation) => _running[id] = new(cancellation);

    internal void Remove(long id) => _running.TryRemove(id, out _);

    internal JobProgress? Find(long id) => _running.TryGetValue(id, out var job) ? job.Progress : null;

    internal void Report(long id, JobProgress progress)
    {
        if (_running.TryGetValue(id, out var job)) job.Progress = progress;
    }

    /// <summary>Stops a job of this node; false where it does not run here, or has just ended.</summary>
    internal bool Cancel(long id)
    {
        if (!_running.TryGetValue(id, out var job)) return false;
        try
        {
            job.Cancellation.Cancel();
            return true;
        }
        catch (ObjectDisposedException)
        {
            // It ended between the check and the call.
            return false;
        }
    }

    private sealed class Running(CancellationTokenSource cancellation)
    {
        public CancellationTokenSource Cancellation { get; } = cancellation;

        public JobProgress Progress { get; set; } = new(null, 0, 0);
    }
}
