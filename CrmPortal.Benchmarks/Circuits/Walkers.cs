using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;

namespace CrmPortal.Benchmarks.Circuits;

/// <summary>
/// Where people go in the portal: some pages, and records of customers in between. Each is known by a text that comes with its data.
/// </summary>
internal sealed class Walk(IReadOnlyList<(string Path, string Text)> pages, IReadOnlyList<(long Id, string Name)> customers)
{
    /// <summary>A page to begin with, to which nobody goes later.</summary>
    public const string Start = "/segments";

    /// <summary>Where the rows of a list are.</summary>
    public const string Row = "data-row-link";

    private const int RecordsInBetween = 2;

    public (string Path, string Text) Step(int walker, int step)
    {
        var place = (walker + step) % (pages.Count + RecordsInBetween);
        if (place < pages.Count) return pages[place];
        var (id, name) = customers[(walker * 7 + step * 13 + place) % customers.Count];
        return (FormattableString.Invariant($"/customers/{id}"), name);
    }
}

/// <summary>People who have a page open, each in their own circuit, and go on to another page from time to time.</summary>
internal sealed class Walkers(Walk walk, TimeSpan rest) : IAsyncDisposable
{
    private const int OpenedAtATime = 8;

    private readonly ConcurrentBag<CircuitPage> _pages = [];
    private readonly ConcurrentBag<string> _faults = [];

    public ConcurrentBag<double> Opened { get; } = [];

    public ConcurrentBag<double> Navigations { get; } = [];

    public IReadOnlyCollection<CircuitPage> Pages => _pages;

    /// <summary>What went wrong on a page that was not lost.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    public async Task OpenAsync(CircuitSite site, Cookies cookies, int count, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = OpenedAtATime, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, count, options, async (_, stop) =>
        {
            var watch = Stopwatch.StartNew();
            _pages.Add(await CircuitPage.OpenAsync(site, cookies, Walk.Start, stop));
            Opened.Add(watch.Elapsed.TotalMilliseconds);
        });
    }

    /// <summary>Everybody goes on until it is enough; at first they are spread over the time that each of them rests.</summary>
    public Task WalkAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        return Task.WhenAll(_pages.Select(async (page, walker) =>
        {
            await Task.Delay(rest * ((walker + 1.0) / _pages.Count), cancellationToken);
            for (var step = 0; watch.Elapsed < time; step++)
            {
                var begun = watch.Elapsed;
                await StepAsync(page, walker, step, cancellationToken);
                if (rest > watch.Elapsed - begun) await Task.Delay(rest - (watch.Elapsed - begun), cancellationToken);
            }
        }));
    }

    public async ValueTask DisposeAsync()
    {
        await Parallel.ForEachAsync(_pages, async (page, _) => await page.DisposeAsync());
    }

    private async Task StepAsync(CircuitPage page, int walker, int step, CancellationToken cancellationToken)
    {
        try
        {
            await page.WhenAliveAsync(cancellationToken);
            var (path, text) = walk.Step(walker, step);
            Navigations.Add(await page.GoAsync(path, text, cancellationToken));
        }
        catch (WebSocketException)
        {
            // Lost on the way; the page comes back by itself.
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            _faults.Add(fault.Message);
        }
    }
}
