using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>
/// The form in which contents lie on the disk: pieces of 64 kB, each encrypted by AES-GCM under a key that serves this one file.
/// The nonce holds the number of the piece and whether it is the last, so that pieces which were swapped, left out or cut off do
/// not open.
/// </summary>
internal static class EncryptedFile
{
    public const int KeyBytes = 32;
    public const int PieceBytes = 64 * 1024;
    public const int TagBytes = 16;
    private const int NonceBytes = 12;

    public static void Nonce(Span<byte> nonce, long piece, bool isLast)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce, piece);
        nonce[NonceBytes - 1] = isLast ? (byte)1 : (byte)0;
    }

    public static byte[] NewNonce() => new byte[NonceBytes];
}

/// <summary>
/// Encrypts what is written to it; <see cref="FinishAsync"/> writes the last piece, without which the file does not open.
/// </summary>
internal sealed class EncryptedWriteStream(Stream target, byte[] key) : Stream
{
    private readonly AesGcm _cipher = new(key, EncryptedFile.TagBytes);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _piece = new byte[EncryptedFile.PieceBytes];
    private readonly byte[] _sealed = new byte[EncryptedFile.PieceBytes + EncryptedFile.TagBytes];
    private readonly byte[] _nonce = EncryptedFile.NewNonce();
    private int _filled;
    private long _number;

    /// <summary>How many bytes were written before encryption.</summary>
    public long Written { get; private set; }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>SHA-256 of what was written before encryption.</summary>
    public string Hash() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _hash.AppendData(buffer.Span);
        Written += buffer.Length;
        while (buffer.Length > 0)
        {
            // Only when more comes is it known that a full piece is not the last.
            if (_filled == _piece.Length) await SealAsync(isLast: false, cancellationToken);
            var count = Math.Min(buffer.Length, _piece.Length - _filled);
            buffer.Span[..count].CopyTo(_piece.AsSpan(_filled));
            _filled += count;
            buffer = buffer[count..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await SealAsync(isLast: true, cancellationToken);
        await target.FlushAsync(cancellationToken);
    }

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Documents are written asynchronously.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _cipher.Dispose();
            _hash.Dispose();
            CryptographicOperations.ZeroMemory(_piece);
            target.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task SealAsync(bool isLast, CancellationToken cancellationToken)
    {
        EncryptedFile.Nonce(_nonce, _number++, isLast);
        _cipher.Encrypt(_nonce, _piece.AsSpan(0, _filled), _sealed.AsSpan(0, _filled), _sealed.AsSpan(_filled, EncryptedFile.TagBytes));
        await target.WriteAsync(_sealed.AsMemory(0, _filled + EncryptedFile.TagBytes), cancellationToken);
        _filled = 0;
    }
}

/// <summary>Reads a sealed file from any position, one piece in memory at a time.</summary>
/// <exception cref="CryptographicException">While reading: the file was changed or cut off, or the key is another.</exception>
internal sealed class EncryptedReadStream : Stream
{
    private readonly FileStream _source;
    private readonly AesGcm _cipher;
    private readonly byte[] _piece = new byte[EncryptedFile.PieceBytes];
    private readonly byte[] _sealed = new byte[EncryptedFile.PieceBytes + EncryptedFile.TagBytes];
    private readonly byte[] _nonce = EncryptedFile.NewNonce();
    private readonly long _pieces;
    private int _opened;
    private long _number = -1;
    private long _position;

    public EncryptedReadStream(FileStream source, byte[] key)
    {
        (_source, _cipher) = (source, new AesGcm(key, EncryptedFile.TagBytes));
        _pieces = (source.Length + _sealed.Length - 1) / _sealed.Length;
        if (source.Length - ((_pieces - 1) * _sealed.Length) < EncryptedFile.TagBytes || _pieces == 0)
            throw new CryptographicException("The file was cut off.");
        Length = source.Length - (_pieces * EncryptedFile.TagBytes);
    }

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length { get; }

    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0 || (_position >= Length && _pieces - 1 == _number)) return 0;
        var wanted = Math.Min(_position / EncryptedFile.PieceBytes, _pieces - 1);
        if (wanted != _number) await OpenAsync(wanted, cancellationToken);
        var within = _position - (wanted * EncryptedFile.PieceBytes);
        if (within >= _opened) return 0;
        var count = Math.Min(buffer.Length, _opened - (int)within);
        _piece.AsMemory((int)within, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Documents are read asynchronously.");

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _cipher.Dispose();
            _source.Dispose();
            CryptographicOperations.ZeroMemory(_piece);
        }

        base.Dispose(disposing);
    }

    private async Task OpenAsync(long number, CancellationToken cancellationToken)
    {
        _source.Position = number * _sealed.Length;
        var read = await _source.ReadAtLeastAsync(_sealed, _sealed.Length, throwOnEndOfStream: false, cancellationToken);
        if (read < EncryptedFile.TagBytes) throw new CryptographicException("The file was cut off.");
        EncryptedFile.Nonce(_nonce, number, number == _pieces - 1);
        _number = -1;
        _opened = read - EncryptedFile.TagBytes;
        _cipher.Decrypt(_nonce, _sealed.AsSpan(0, _opened), _sealed.AsSpan(_opened, EncryptedFile.TagBytes), _piece.AsSpan(0, _opened));
        _number = number;
    }
}
