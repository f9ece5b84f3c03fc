using System.Buffers.Binary;
using System.Text;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>The chunks of a WebP file.</summary>
internal static class WebpFile
{
    private const int FileHeadBytes = 12;
    private const int ChunkHeadBytes = 8;
    private const int MostChunks = 1_000;
    private const byte MovesFlag = 0x02;
    private const byte NotesFlags = 0x04 | 0x08;

    private static readonly HashSet<string> Kept = ["VP8X", "ICCP", "ALPH", "VP8 ", "VP8L"];

    public static async Task<Picture> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        var head = await AtAsync(content, 0, FileHeadBytes, cancellationToken);
        var end = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4)) + 8L;
        if (end > content.Length) throw Picture.Damaged();
        var (width, height) = (0, 0);
        var hasData = false;
        var chunks = new List<(long Start, long Length)>();
        for (long at = FileHeadBytes; at < end && chunks.Count < MostChunks;)
        {
            var chunk = await AtAsync(content, at, ChunkHeadBytes, cancellationToken);
            var name = Encoding.ASCII.GetString(chunk, 0, 4);
            // A chunk of odd length is followed by a byte that fills it up.
            var length = (long)BinaryPrimitives.ReadUInt32LittleEndian(chunk.AsSpan(4));
            var padded = length + (length & 1);
            if (at + ChunkHeadBytes + length > end) throw Picture.Damaged();
            if (name is "ANIM" or "ANMF") throw Moves();
            if (Kept.Contains(name))
            {
                if (length == 0 || at + ChunkHeadBytes + padded > content.Length) throw Picture.Damaged();
                chunks.Add((at, ChunkHeadBytes + padded));
                if (name is "VP8X" or "VP8 " or "VP8L")
                {
                    var (w, h) = Size(name, await AtAsync(content, at + ChunkHeadBytes, (int)Math.Min(length, 10), cancellationToken));
                    (width, height) = (Math.Max(width, w), Math.Max(height, h));
                    hasData |= name != "VP8X";
                }
            }

            at += ChunkHeadBytes + padded;
        }

        if (!hasData) throw Picture.Damaged();
        return new("image/webp", ".webp", width, height, (target, cancellation) => WriteAsync(content, chunks, target, cancellation));
    }

    private static async Task WriteAsync(Stream content, List<(long Start, long Length)> chunks, Stream target,
        CancellationToken cancellationToken)
    {
        var head = "RIFF\0\0\0\0WEBP"u8.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4), (uint)(4 + chunks.Sum(c => c.Length)));
        await target.WriteAsync(head, cancellationToken);
        foreach (var (start, length) in chunks)
        {
            content.Position = start;
            var bytes = new ByteReader(content);
            var first = await bytes.BytesAsync(ChunkHeadBytes + 1, cancellationToken);
            if (first.AsSpan(0, 4).SequenceEqual("VP8X"u8)) first[ChunkHeadBytes] &= unchecked((byte)~NotesFlags);
            await target.WriteAsync(first, cancellationToken);
            await bytes.CopyAsync(length - first.Length, target, cancellationToken);
        }
    }

    private static (int Width, int Height) Size(string name, byte[] data)
    {
        switch (name)
        {
            case "VP8X" when data.Length == 10:
                if ((data[0] & MovesFlag) != 0) throw Moves();
                return (1 + data[4] + (data[5] << 8) + (data[6] << 16), 1 + data[7] + (data[8] << 8) + (data[9] << 16));
            case "VP8 " when data.Length == 10 && data.AsSpan(3, 3).SequenceEqual(new byte[] { 0x9D, 0x01, 0x2A }):
                return (BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(6)) & 0x3FFF,
                    BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(8)) & 0x3FFF);
            case "VP8L" when data.Length >= 5 && data[0] == 0x2F:
                var bits = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(1));
                return (1 + (int)(bits & 0x3FFF), 1 + (int)((bits >> 14) & 0x3FFF));
            default:
                throw Picture.Damaged();
        }
    }

    private static async Task<byte[]> AtAsync(Stream content, long position, int count, CancellationToken cancellationToken)
    {
        content.Position = position;
        var bytes = new byte[count];
        await content.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    private static RuleViolationException Moves() => new("File", "Animated pictures are not supported.");
}
