using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>Puts tables together into a font file.</summary>
internal static class FontFile
{
    private const int EntrySize = 16;

    /// <param name="tables">In the order of their names.</param>
    public static byte[] Make(IReadOnlyList<(string Tag, byte[] Data)> tables)
    {
        var start = 12 + (tables.Count * EntrySize);
        var file = new byte[start + tables.Sum(t => Padded(t.Data.Length))];
        var power = BitOperations.Log2((uint)tables.Count);
        BinaryPrimitives.WriteUInt32BigEndian(file, 0x0001_0000);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(4), (ushort)tables.Count);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(6), (ushort)(16 << power));
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(8), (ushort)power);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(10), (ushort)((tables.Count * 16) - (16 << power)));
        var at = start;
        foreach (var (index, (tag, data)) in tables.Index())
        {
            data.CopyTo(file, at);
            var entry = file.AsSpan(12 + (index * EntrySize));
            Encoding.ASCII.GetBytes(tag, entry);
            BinaryPrimitives.WriteUInt32BigEndian(entry[4..], CheckSum(file.AsSpan(at, Padded(data.Length))));
            BinaryPrimitives.WriteInt32BigEndian(entry[8..], at);
            BinaryPrimitives.WriteInt32BigEndian(entry[12..], data.Length);
            at += Padded(data.Length);
        }

        return file;
    }

    private static int Padded(int length) => (length + 3) & ~3;

    private static uint CheckSum(ReadOnlySpan<byte> data)
    {
        var sum = 0u;
        for (var i = 0; i < data.Length; i += 4) sum += BinaryPrimitives.ReadUInt32BigEndian(data[i..]);
        return sum;
    }
}
