using System.Diagnostics;

namespace CrmPortal.Benchmarks;

/// <summary>How long something took, several times.</summary>
internal sealed class Timing
{
    private readonly double[] _sorted;

    public Timing(IEnumerable<double> milliseconds) => _sorted = [.. milliseconds.Order()];

    public int Count => _sorted.Length;

    public double Median => At(0.5);

    public double P95 => At(0.95);

    private double At(double share) => _sorted[(int)Math.Min(_sorted.Length - 1, Math.Ceiling(share * _sorted.Length) - 1)];
}

/// <summary>Takes times. Every way of measuring ends by itself.</summary>
internal static class Measure
{
    private const int FewestTimes = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Warms up, then takes the time of each of some calls, one after the other; of slow ones fewer.</summary>
    public static async Task<Timing> EachAsync(int times, Func<int, Task> work)
    {
        var number = 0;
        var warming = Stopwatch.StartNew();
        for (var i = 0; i < Math.Max(1, times / 10) && warming.Elapsed < Limit / 4; i++) await work(number++);
        var taken = new List<double>(times);
        var all = Stopwatch.StartNew();
        while (taken.Count < times && (taken.Count < FewestTimes || all.Elapsed < Limit)) taken.Add(await OnceAsync(() => work(number++)));
        return new(taken);
    }

    /// <summary>How many calls a second are done by some callers at a time.</summary>
    public static async Task<double> PerSecondAsync(int callers, int times, Func<int, Task> work, TimeSpan? limit = null)
    {
        var number = -1;
        var done = 0;
        var all = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            for (var next = Interlocked.Increment(ref number); next < times
                && all.Elapsed < (limit ?? Limit); next = Interlocked.Increment(ref number))
            {
                await work(next);
                Interlocked.Increment(ref done);
            }
        })));
        return done / all.Elapsed.TotalSeconds;
    }

    /// <summary>The times of all calls of some callers at a time, and how many calls a second they had done.</summary>
    public static async Task<(Timing Timing, double Rate)> TogetherAsync(int callers, Func<int, Task> work, TimeSpan limit)
    {
        var taken = new System.Collections.Concurrent.ConcurrentBag<double>();
        var rate = await PerSecondAsync(callers, int.MaxValue, async i => taken.Add(await OnceAsync(() => work(i))), limit);
        return (new(taken), rate);
    }

    /// <summary>Milliseconds of one call.</summary>
    public static async Task<double> OnceAsync(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed.TotalMilliseconds;
    }
}
