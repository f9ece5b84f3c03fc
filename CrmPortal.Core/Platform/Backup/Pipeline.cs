using System.IO.Pipelines;

namespace CrmPortal.Core.Platform.Backup;

/// <summary>
/// Does one half of a copy on another thread: what packs or unpacks a part is a little ahead of, or behind, what hashes it and has it on
/// disk. A few megabytes are between them at most, and neither outlives the call.
/// </summary>
internal static class Pipeline
{
    private static readonly PipeOptions Options = new(pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 2 << 20,
        minimumSegmentSize: 1 << 18, useSynchronizationContext: false);

    /// <summary>Reads a stream ahead of <paramref name="read"/>, which gets its bytes, its end and its fault.</summary>
    public static async Task ReadAheadAsync(Stream source, Func<Stream, Task> read, CancellationToken cancellationToken)
    {
        var pipe = new Pipe(Options);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var filling = Task.Run(() => FillAsync(source, pipe.Writer, stop.Token), CancellationToken.None);
        try
        {
            await read(pipe.Reader.AsStream(leaveOpen: true));
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
            // Whoever has read enough, or failed, does not wait for more.
            await stop.CancelAsync();
            await filling;
        }
    }

    /// <summary>Writes to a stream behind <paramref name="write"/>, to which a fault of the stream comes back.</summary>
    public static async Task WriteBehindAsync(Stream target, Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        var pipe = new Pipe(Options);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var draining = Task.Run(() => DrainAsync(pipe.Reader, target, stop.Token), CancellationToken.None);
        try
        {
            await write(pipe.Writer.AsStream(leaveOpen: true));
            await pipe.Writer.CompleteAsync();
        }
        catch
        {
            await stop.CancelAsync();
            await pipe.Writer.CompleteAsync();
            await draining.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await draining;
    }

    private static async Task FillAsync(Stream source, PipeWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            await source.CopyToAsync(writer, cancellationToken);
            await writer.CompleteAsync();
        }
        catch (Exception fault)
        {
            await writer.CompleteAsync(fault);
        }
    }

    private static async Task DrainAsync(PipeReader reader, Stream target, CancellationToken cancellationToken)
    {
        try
        {
            await reader.CopyToAsync(target, cancellationToken);
            await reader.CompleteAsync();
        }
        catch (Exception fault)
        {
            await reader.CompleteAsync(fault);
            throw;
        }
    }
}
