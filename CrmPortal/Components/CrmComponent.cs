using System.Runtime.CompilerServices;
using CrmPortal.Components.Ui;
using Microsoft.AspNetCore.Components;

namespace CrmPortal.Components;

/// <summary>
/// What every component is: its reads end with it, a late answer never stands for a newer question, and what it listens to lets go of it,
/// also where it is gone before it began to listen. Writes are given no token of it: they go to their end.
/// </summary>
public abstract class CrmComponent : ComponentBase, IDisposable
{
    // Most components hold and read nothing.
    private CancellationTokenSource? _ending;
    private bool _isEnded;
    private List<IDisposable>? _held;
    private Dictionary<string, Reading>? _readings;

    [Inject] public required ILoggerFactory Logging { get; init; }

    /// <summary>Cancelled when the component is gone; for whatever it reads.</summary>
    protected CancellationToken Ended => _isEnded ? new(canceled: true) : (_ending ??= new()).Token;

    /// <summary>Keeps something, such as a subscription, exactly as long as the component is there.</summary>
    protected void Hold(IDisposable held)
    {
        if (_isEnded) held.Dispose();
        else (_held ??= []).Add(held);
    }

    /// <inheritdoc cref="Hold(IDisposable)"/>
    protected void Hold(IAsyncDisposable held) => Hold(new Leaving(held));

    /// <summary>
    /// Reads what is asked for now. An older read of the same place is cancelled, and whoever waits for it is given this answer: parameters
    /// that change while a read is under way never show the record of before.
    /// </summary>
    /// <exception cref="OperationCanceledException">The component is gone; Blazor ends whatever waited.</exception>
    protected async Task<T> LatestAsync<T>(
        Func<CancellationToken, Task<T>> read, [CallerMemberName] string member = "", [CallerLineNumber] int line = 0)
    {
        Ended.ThrowIfCancellationRequested();
        var place = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{member}:{line}");
        var readings = _readings ??= [];
        if (readings.TryGetValue(place, out var older)) older.Cancel();
        var mine = new Reading(CancellationTokenSource.CreateLinkedTokenSource(Ended));
        readings[place] = mine;
        var answer = BeginAsync(read, mine.Token);
        mine.Answer = answer;
        while (true)
        {
            try
            {
                var found = await answer;
                Ended.ThrowIfCancellationRequested();
                if (readings[place] == mine) return found;
            }
            catch (Exception) when (!Ended.IsCancellationRequested && readings[place] != mine)
            {
                // What went wrong with an older question is no matter any more.
            }

            mine = readings[place];
            answer = (Task<T>)mine.Answer!;
        }
    }

    /// <summary>A read that fails at once fails for anyone who waits, as one that fails later does.</summary>
    private static async Task<T> BeginAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        await read(cancellationToken);

    /// <summary>
    /// Does something on hearing of a change, on the component's own thread, and nothing once the component is gone. Where it fails, what
    /// the page shows stays; a refusal is the page's.
    /// </summary>
    protected void React(Func<Task> work) => _ = InvokeAsync(async () =>
    {
        if (_isEnded) return;
        if (await BackgroundReads.TryAsync(Logging, work) is { } refusal && !_isEnded)
            await DispatchExceptionAsync(refusal);
    });

    public void Dispose()
    {
        if (_isEnded) return;
        _isEnded = true;
        _ending?.Cancel();
        foreach (var held in _held ?? []) held.Dispose();
        foreach (var reading in _readings?.Values.ToList() ?? []) reading.Cancel();
        Dispose(true);
        _ending?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what the component has beside what it holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>The end of a component waits for nobody.</summary>
    private sealed class Leaving(IAsyncDisposable held) : IDisposable
    {
        public void Dispose() => _ = held.DisposeAsync().AsTask();
    }

    private sealed class Reading(CancellationTokenSource source)
    {
        public CancellationToken Token { get; } = source.Token;

        public Task? Answer { get; set; }

        public void Cancel()
        {
            source.Cancel();
            source.Dispose();
        }
    }
}
