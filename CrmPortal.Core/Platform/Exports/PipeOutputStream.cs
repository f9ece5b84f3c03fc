using System.Buffers;
using System.IO.Pipelines;

namespace CrmPortal.Core.Platform.Exports;

/// <summary>A pipe as a stream that is only written: it never blocks a thread, and it notices when nobody reads any more.</summary>
internal sealed class PipeOutputStream(PipeWriter output) : Stream
{
    private bool _isDropped;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>What is written from now on goes nowhere.</summary>
    public void Drop() => _isDropped = true;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isDropped) return;
        var result = await output.WriteAsync(buffer, cancellationToken);
        if (result.IsCompleted || result.IsCanceled) throw new OperationCanceledException("Nobody reads the export any more.");
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Kept until the next write that can wait.</summary>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!_isDropped) output.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (!_isDropped) await output.FlushAsync(cancellationToken);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
