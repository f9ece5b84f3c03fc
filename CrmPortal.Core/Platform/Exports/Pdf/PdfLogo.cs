using System.Buffers.Binary;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>The shop's picture as a document holds it: a JPEG as it is, of a PNG its points.</summary>
/// <param name="Space">The name of its colours in PDF.</param>
internal sealed record PdfLogo(int Width, int Height, string Space, bool IsJpeg, byte[] Content, byte[]? Alpha)
{
    /// <summary>The picture of a shop; null without one, and where it cannot be drawn: a document does not fail for its
    /// letterhead.</summary>
    public static PdfLogo? Of(ShopLogo? logo)
    {
        try
        {
            switch (logo?.ContentType)
            {
                case "image/jpeg":
                    return OfJpeg(logo.Content);
                case "image/png":
                    var png = PngPixels.Read(logo.Content);
                    return new(png.Width, png.Height, "DeviceRGB", false, png.Colours, png.Alpha);
                default:
                    return null;
            }
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>Width and height within a box, in the picture's own proportion.</summary>
    public (double Width, double Height) Within(double width, double height)
    {
        var scale = Math.Min(width / Width, height / Height);
        return (Width * scale, Height * scale);
    }

    private static PdfLogo? OfJpeg(byte[] jpeg)
    {
        for (var at = 2; at + 9 < jpeg.Length;)
        {
            if (jpeg[at] != 0xFF) return null;
            var marker = jpeg[at + 1];
            // The frame says how large it is; of the markers of that range three are none.
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                var (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 5)),
                    BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 7)));
                // Four colours are for printers, and turned round in some files and not in others.
                var space = jpeg[at + 9] switch { 1 => "DeviceGray", 3 => "DeviceRGB", _ => null };
                return space is null || width == 0 || height == 0 || jpeg[at + 4] != 8 ? null : new(width, height, space, true, jpeg, null);
            }

            at += marker is 0xFF ? 1 : 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2));
        }

        return null;
    }
}
