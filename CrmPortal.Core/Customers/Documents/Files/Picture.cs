using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>What the header of a picture says, and how to write it again without what does not belong to the picture.</summary>
/// <param name="WriteAsync">Writes the picture without places, cameras, comments and anything behind its end.</param>
internal sealed record Picture(string ContentType, string Extension, int Width, int Height,
    Func<Stream, CancellationToken, Task> WriteAsync)
{
    public const int MostMegapixels = 50;

    /// <summary>Reads the header of a picture; nothing is decoded.</summary>
    /// <param name="content">A stream that can go back.</param>
    /// <returns>Null where it is no picture that we take.</returns>
    /// <exception cref="RuleViolationException">It is damaged, moves, or is too large.</exception>
    public static async Task<Picture?> ReadAsync(Stream content, ReadOnlyMemory<byte> head, CancellationToken cancellationToken)
    {
        try
        {
            var picture = head.Span switch
            {
                [0xFF, 0xD8, 0xFF, ..] => await JpegFile.ReadAsync(content, cancellationToken),
                [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => await PngFile.ReadAsync(content, cancellationToken),
                [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] =>
                    await WebpFile.ReadAsync(content, cancellationToken),
                _ => null,
            };
            if (picture is null) return null;
            if (picture.Width < 1 || picture.Height < 1) throw Damaged();
            if ((long)picture.Width * picture.Height > MostMegapixels * 1_000_000L)
                throw new RuleViolationException("File", "This picture is too large; the limit is {0} megapixels.", MostMegapixels);
            return picture;
        }
        catch (EndOfStreamException)
        {
            throw Damaged();
        }
    }

    public static RuleViolationException Damaged() => new("File", "This picture is damaged or incomplete.");
}

/// <summary>Reads a stream byte by byte without asking it for each.</summary>
internal sealed class ByteReader(Stream source)
{
    private readonly byte[] _buffer = new byte[32 * 1024];
    private int _at;
    private int _end;
    private byte? _marker;

    /// <summary>What has been read and not yet taken; empty only at the end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(CancellationToken cancellationToken)
    {
        if (_at == _end) (_at, _end) = (0, await source.ReadAsync(_buffer, cancellationToken));
        return _buffer.AsMemory(_at, _end - _at);
    }

    public void Take(int count) => _at += count;

    /// <summary>Keeps a JPEG marker that was met where data was expected.</summary>
    public void PutBackMarker(byte marker) => _marker = marker;

    public byte? TakeMarker()
    {
        var marker = _marker;
        _marker = null;
        return marker;
    }

    /// <exception cref="EndOfStreamException">There is none.</exception>
    public async ValueTask<byte> ByteAsync(CancellationToken cancellationToken)
    {
        if (_at == _end && (await PeekAsync(cancellationToken)).Length == 0) throw new EndOfStreamException();
        return _buffer[_at++];
    }

    /// <exception cref="EndOfStreamException">There are fewer.</exception>
    public async ValueTask<byte[]> BytesAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        for (var filled = 0; filled < count;)
        {
            var ready = await PeekAsync(cancellationToken);
            if (ready.Length == 0) throw new EndOfStreamException();
            var part = Math.Min(ready.Length, count - filled);
            ready[..part].CopyTo(bytes.AsMemory(filled));
            Take(part);
            filled += part;
        }

        return bytes;
    }

    /// <summary>Copies bytes to <paramref name="target"/>, or leaves them out where there is none.</summary>
    /// <exception cref="EndOfStreamException">There are fewer.</exception>
    public async ValueTask CopyAsync(long count, Stream? target, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            var ready = await PeekAsync(cancellationToken);
            if (ready.Length == 0) throw new EndOfStreamException();
            var part = (int)Math.Min(ready.Length, count);
            if (target is not null) await target.WriteAsync(ready[..part], cancellationToken);
            Take(part);
            count -= part;
        }
    }
}
