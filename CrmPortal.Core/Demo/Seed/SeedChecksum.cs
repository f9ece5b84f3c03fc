using System.Security.Cryptography;
using System.Text;

namespace CrmPortal.Core.Demo;

/// <summary>Hashes what was made, value by value and in one order.</summary>
internal sealed class SeedChecksum : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _used;

    public void Add(long value)
    {
        Room(sizeof(long));
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(_used), value);
        _used += sizeof(long);
    }

    public void Add(string? text)
    {
        Room(Encoding.UTF8.GetMaxByteCount(text?.Length ?? 0) + sizeof(long));
        var length = text is null ? -1 : Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_used + sizeof(long)));
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(_used), length);
        _used += sizeof(long) + Math.Max(length, 0);
    }

    public string Finish()
    {
        _hash.AppendData(_buffer, 0, _used);
        _used = 0;
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    private void Room(int bytes)
    {
        if (_used + bytes <= _buffer.Length) return;
        _hash.AppendData(_buffer, 0, _used);
        _used = 0;
    }
}
