using System.Diagnostics;

namespace CrmPortal.Core.Platform.Data;

/// <summary>
/// How much a background work writes at a time. Where all writers wait for each other, a transaction takes no longer than an edit does,
/// and as long a rest follows, so that whoever saves meanwhile hardly notices; where they do not, batches are large.
/// </summary>
internal sealed class WritingPace(IDatabaseProvider provider)
{
    private const int Smallest = 100;
    private const int Largest = 5_000;
    private static readonly TimeSpan Wanted = TimeSpan.FromMilliseconds(8);

    private readonly Stopwatch _watch = new();

    /// <summary>Rows of the next transaction.</summary>
    public int Size { get; private set; } = provider.HasOneWriter ? Smallest : Largest;

    /// <summary>A transaction begins.</summary>
    public void Begin() => _watch.Restart();

    /// <summary>The transaction has ended: rests, and learns how large the next may be.</summary>
    /// <param name="rows">How many it wrote.</param>
    public async Task EndAsync(int rows, CancellationToken cancellationToken)
    {
        if (!provider.HasOneWriter) return;
        var taken = _watch.Elapsed;
        // Half of the way to what would have fitted: one slow commit says little.
        var fitting = rows * (Wanted / taken);
        Size = (int)Math.Clamp((Size + fitting) / 2, Smallest, Largest);
        await Task.Delay(taken, cancellationToken);
    }
}
