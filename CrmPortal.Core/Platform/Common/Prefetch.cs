using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace CrmPortal.Core.Platform.Common;

/// <summary>Lets a step of an export or an import work ahead of the one that takes what it makes.</summary>
internal static class Prefetch
{
    /// <summary>
    /// So few may wait: enough that neither step stands still, and little that outlives a collection of what is short-lived.
    /// </summary>
    private const int MostWaiting = 1;

    /// <summary>
    /// Runs the source on another thread, since an embedded database works on the one that asks. Anyone who stops early stops the
    /// source too and waits until it has let go of the database.
    /// </summary>
    public static async IAsyncEnumerable<T> Of<T>(Func<CancellationToken, IAsyncEnumerable<T>> source,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var waiting = Channel.CreateBounded<T>(new BoundedChannelOptions(MostWaiting) { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var work = Task.Run(() => FillAsync(source, waiting.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var item in waiting.Reader.ReadAllAsync(cancellationToken)) yield return item;
        }
        finally
        {
            await stop.CancelAsync();
            await work;
        }
    }

    /// <summary>What goes wrong reaches the reader in its place, after what was made before it.</summary>
    private static async Task FillAsync<T>(Func<CancellationToken, IAsyncEnumerable<T>> source, ChannelWriter<T> waiting,
        CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var item in source(cancellationToken)) await waiting.WriteAsync(item, cancellationToken);
            waiting.Complete();
        }
        catch (Exception fault)
        {
            waiting.Complete(fault);
        }
    }
}
