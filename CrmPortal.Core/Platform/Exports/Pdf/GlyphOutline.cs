using System.Buffers.Binary;

namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>Takes a glyph's drawing over into another font file.</summary>
internal static class GlyphOutline
{
    private const int HeaderSize = 10;
    private const ushort HasWords = 0x0001;
    private const ushort HasScale = 0x0008;
    private const ushort HasMore = 0x0020;
    private const ushort HasTwoScales = 0x0040;
    private const ushort HasMatrix = 0x0080;
    private const ushort HasHints = 0x0100;

    /// <summary>
    /// The drawing without its hints for coarse screens, which need tables that are left out; a composed one names its parts by new
    /// numbers.
    /// </summary>
    public static byte[] WithoutHints(ReadOnlySpan<byte> outline, Func<ushort, ushort> part)
    {
        if (outline.Length < HeaderSize) return [];
        var contours = BinaryPrimitives.ReadInt16BigEndian(outline);
        if (contours == 0) return [];
        if (contours < 0) return Composed(outline, part);
        var at = HeaderSize + (contours * 2);
        var hints = BinaryPrimitives.ReadUInt16BigEndian(outline[at..]);
        return [.. outline[..at], 0, 0, .. outline[(at + 2 + hints)..]];
    }

    private static byte[] Composed(ReadOnlySpan<byte> outline, Func<ushort, ushort> part)
    {
        var copy = outline.ToArray();
        var at = HeaderSize;
        while (true)
        {
            var flags = BinaryPrimitives.ReadUInt16BigEndian(copy.AsSpan(at));
            BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(at), (ushort)(flags & ~HasHints));
            BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(at + 2), part(BinaryPrimitives.ReadUInt16BigEndian(copy.AsSpan(at + 2))));
            at += 4 + ((flags & HasWords) != 0 ? 4 : 2);
            at += (flags & HasScale) != 0 ? 2 : (flags & HasTwoScales) != 0 ? 4 : (flags & HasMatrix) != 0 ? 8 : 0;
            if ((flags & HasMore) == 0) return copy[..at];
        }
    }
}
