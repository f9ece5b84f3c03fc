using System.Security.Cryptography;

namespace CrmPortal.Core.Platform.Backup;

/// <summary>Passes on what is written, with its length and its hash.</summary>
internal sealed class HashingWriter(Stream target) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Written { get; private set; }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public string Hash() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _hash.AppendData(buffer);
        Written += buffer.Length;
        target.Write(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _hash.AppendData(buffer.Span);
        Written += buffer.Length;
        return target.WriteAsync(buffer, cancellationToken);
    }

    public override void Flush() => target.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Reads a part of an archive, never beyond the length that it must have, and hashes what was read.</summary>
internal sealed class CheckedReader(Stream source, BackupEntry entry) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _left = entry.Length;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => entry.Length;
    public override long Position { get => entry.Length - _left; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => Took(buffer, Guarded(buffer, source));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var read = await source.ReadAsync(buffer, cancellationToken);
            return Took(buffer.Span, read);
        }
        catch (InvalidDataException fault)
        {
            throw Damaged(fault);
        }
    }

    /// <summary>Reads what is left and compares length and hash.</summary>
    /// <exception cref="BackupException">The part is not the one that was written.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        while (await ReadAsync(buffer, cancellationToken) > 0)
        {
        }

        if (_left != 0 || Convert.ToHexStringLower(_hash.GetCurrentHash()) != entry.Sha256) throw Damaged();
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }

    private int Guarded(Span<byte> buffer, Stream from)
    {
        try
        {
            return from.Read(buffer);
        }
        catch (InvalidDataException fault)
        {
            throw Damaged(fault);
        }
    }

    private int Took(ReadOnlySpan<byte> buffer, int count)
    {
        _left -= count;
        // A part that unpacks to more than it says is not read to its end.
        if (_left < 0) throw Damaged();
        _hash.AppendData(buffer[..count]);
        return count;
    }

    private BackupException Damaged(Exception? inner = null) => new($"Its part {entry.Name} is damaged.", inner);
}
