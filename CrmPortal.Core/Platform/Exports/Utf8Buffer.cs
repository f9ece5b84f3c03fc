using System.Buffers.Text;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Unicode;

namespace CrmPortal.Core.Platform.Exports;

/// <summary>Gathers text as UTF-8 and hands it on in large pieces, so that neither a cell nor a row costs a write of its own.</summary>
internal sealed class Utf8Buffer
{
    private const int PieceSize = 64 * 1024;
    private const int LongestNumber = 48;
    private const int MostBytesOfChar = 3;

    private byte[] _bytes = new byte[PieceSize + (8 * 1024)];
    private int _length;

    /// <summary>Whether it is time to hand on what was gathered.</summary>
    public bool IsFull => _length >= PieceSize;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Write(byte value)
    {
        Reserve(1)[0] = value;
        _length++;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Writes text; half a surrogate pair becomes the sign for what cannot be shown.</summary>
    public void Write(ReadOnlySpan<char> text)
    {
        Utf8.FromUtf16(text, Reserve(text.Length * MostBytesOfChar), out _, out var written);
        _length += written;
    }

    public void Write(long number)
    {
        Utf8Formatter.TryFormat(number, Reserve(LongestNumber), out var written);
        _length += written;
    }

    /// <summary>Writes a number with a point, never with an exponent, and with the zeros at the end that it has.</summary>
    public void Write(decimal number)
    {
        number.TryFormat(Reserve(LongestNumber), out var written, default, CultureInfo.InvariantCulture);
        _length += written;
    }

    public void Write(double number)
    {
        number.TryFormat(Reserve(LongestNumber), out var written, default, CultureInfo.InvariantCulture);
        _length += written;
    }

    /// <summary>Writes a day as ISO 8601 has it.</summary>
    public void Write(DateOnly day)
    {
        day.TryFormat(Reserve(LongestNumber), out var written, "O", CultureInfo.InvariantCulture);
        _length += written;
    }

    /// <summary>Writes an instant as <see cref="ExportValues.InstantFormat"/> has it.</summary>
    public void Write(DateTimeOffset instant)
    {
        instant.UtcDateTime.TryFormat(Reserve(LongestNumber), out var written, ExportValues.InstantFormat, CultureInfo.InvariantCulture);
        _length += written;
    }

    public void Clear() => _length = 0;

    /// <summary>Hands everything on.</summary>
    /// <exception cref="OperationCanceledException">Nobody reads any more.</exception>
    public async ValueTask DrainAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var result = await output.WriteAsync(Written, cancellationToken);
        _length = 0;
        if (result.IsCompleted || result.IsCanceled) throw new OperationCanceledException("Nobody reads the export any more.");
    }

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - _length < count) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        return _bytes.AsSpan(_length);
    }
}
