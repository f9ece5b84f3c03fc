using System.Buffers.Binary;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>The segments of a JPEG file.</summary>
internal static class JpegFile
{
    private const byte StartOfScan = 0xDA;
    private const byte EndOfImage = 0xD9;
    private const int JfifBytes = 14;
    private const int AdobeBytes = 12;
    private const int MostSegments = 10_000;

    public static async Task<Picture> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        content.Position = 0;
        var bytes = new ByteReader(content);
        await bytes.CopyAsync(2, null, cancellationToken);
        var orientation = 1;
        for (var i = 0; i < MostSegments; i++)
        {
            var marker = await MarkerAsync(bytes, cancellationToken);
            if (marker is StartOfScan or EndOfImage) break;
            if (IsBare(marker)) continue;
            var segment = await SegmentAsync(bytes, cancellationToken);
            if (marker == 0xE1) orientation = Orientation(segment) ?? orientation;
            if (!IsFrame(marker)) continue;
            if (segment.Length < 5) throw Picture.Damaged();
            var (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(1)),
                BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(3)));
            // How the picture is turned stands before the frame; nothing behind it counts.
            return new("image/jpeg", ".jpg", width, height, (target, cancellation) =>
                WriteAsync(content, target, orientation, cancellation));
        }

        throw Picture.Damaged();
    }

    private static async Task WriteAsync(Stream content, Stream target, int orientation, CancellationToken cancellationToken)
    {
        content.Position = 0;
        var bytes = new ByteReader(content);
        await target.WriteAsync(await bytes.BytesAsync(2, cancellationToken), cancellationToken);
        if (orientation is > 1 and <= 8) await WriteSegmentAsync(target, 0xE1, Turned(orientation), cancellationToken);
        var frames = 0;
        for (var i = 0; i < MostSegments; i++)
        {
            var marker = await MarkerAsync(bytes, cancellationToken);
            if (marker == EndOfImage)
            {
                // What follows it, such as a second picture or an archive, stays out.
                await target.WriteAsync(new byte[] { 0xFF, EndOfImage }, cancellationToken);
                return;
            }

            if (IsBare(marker)) continue;
            var segment = await SegmentAsync(bytes, cancellationToken);
            // A second frame could have another size than the one that was checked.
            if (IsFrame(marker) && ++frames > 1) throw Picture.Damaged();
            if (Kept(marker, segment) is { } kept) await WriteSegmentAsync(target, marker, kept, cancellationToken);
            if (marker == StartOfScan) await CopyScanAsync(bytes, target, cancellationToken);
        }

        throw Picture.Damaged();
    }

    /// <summary>The part of a segment that belongs to the picture, or null where nothing does.</summary>
    private static byte[]? Kept(byte marker, byte[] segment)
    {
        switch (marker)
        {
            case 0xE0 when segment.Length >= JfifBytes && segment.AsSpan().StartsWith("JFIF\0"u8):
                // Without the small picture in it, which may show what was cut from the large one.
                var jfif = segment[..JfifBytes];
                jfif[JfifBytes - 2] = jfif[JfifBytes - 1] = 0;
                return jfif;
            case 0xE2 when segment.AsSpan().StartsWith("ICC_PROFILE\0"u8):
                return segment;
            case 0xEE when segment.Length >= AdobeBytes && segment.AsSpan().StartsWith("Adobe"u8):
                return segment[..AdobeBytes];
            case (>= 0xE0 and <= 0xEF) or 0xFE or (>= 0xF0 and <= 0xFD):
                return null;
            default:
                return segment;
        }
    }

    private static async Task CopyScanAsync(ByteReader bytes, Stream target, CancellationToken cancellationToken)
    {
        while (true)
        {
            var ready = await bytes.PeekAsync(cancellationToken);
            if (ready.Length == 0) throw new EndOfStreamException();
            var mark = ready.Span.IndexOf((byte)0xFF);
            var plain = mark < 0 ? ready.Length : mark;
            if (plain > 0) await target.WriteAsync(ready[..plain], cancellationToken);
            bytes.Take(plain);
            if (mark < 0) continue;

            bytes.Take(1);
            var next = await bytes.ByteAsync(cancellationToken);
            while (next == 0xFF) next = await bytes.ByteAsync(cancellationToken);
            if (next is not (0 or (>= 0xD0 and <= 0xD7)))
            {
                bytes.PutBackMarker(next);
                return;
            }

            await target.WriteAsync(new byte[] { 0xFF, next }, cancellationToken);
        }
    }

    private static async ValueTask<byte> MarkerAsync(ByteReader bytes, CancellationToken cancellationToken)
    {
        if (bytes.TakeMarker() is { } waiting) return waiting;
        if (await bytes.ByteAsync(cancellationToken) != 0xFF) throw Picture.Damaged();
        var marker = await bytes.ByteAsync(cancellationToken);
        while (marker == 0xFF) marker = await bytes.ByteAsync(cancellationToken);
        return marker is 0 or 0xD8 ? throw Picture.Damaged() : marker;
    }

    private static async ValueTask<byte[]> SegmentAsync(ByteReader bytes, CancellationToken cancellationToken)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(await bytes.BytesAsync(2, cancellationToken));
        return length < 2 ? throw Picture.Damaged() : await bytes.BytesAsync(length - 2, cancellationToken);
    }

    private static async Task WriteSegmentAsync(Stream target, byte marker, byte[] segment, CancellationToken cancellationToken)
    {
        var head = new byte[] { 0xFF, marker, 0, 0 };
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)(segment.Length + 2));
        await target.WriteAsync(head, cancellationToken);
        await target.WriteAsync(segment, cancellationToken);
    }

    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    private static bool IsBare(byte marker) => marker is 0x01 or (>= 0xD0 and <= 0xD7);

    /// <summary>The only thing of the camera's notes that the picture needs: how it must be turned.</summary>
    private static byte[] Turned(int orientation) =>
        [.. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];

    private static int? Orientation(ReadOnlySpan<byte> segment)
    {
        if (!segment.StartsWith("Exif\0\0"u8) || segment.Length < 6 + 10) return null;
        var tiff = segment[6..];
        var isBig = tiff.StartsWith("MM\0*"u8);
        if (!isBig && !tiff.StartsWith("II*\0"u8)) return null;
        var directory = isBig ? BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]);
        if (directory > tiff.Length - 2) return null;
        var entries = Short(tiff[(int)directory..]);
        for (var i = 0; i < entries; i++)
        {
            var start = (int)directory + 2 + (i * 12);
            if (start + 12 > tiff.Length) return null;
            if (Short(tiff[start..]) == 0x0112) return Short(tiff[(start + 8)..]) is >= 1 and <= 8 and var turned ? turned : null;
        }

        return null;

        int Short(ReadOnlySpan<byte> at) => isBig ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);
    }
}
