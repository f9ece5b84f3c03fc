using System.Buffers.Binary;
using System.IO.Compression;

namespace CrmPortal.Core.Platform.Exports.Pdf;

/// <summary>The points of a PNG: three bytes of colour for each, and how opaque it is where not all are wholly so.</summary>
internal sealed record PngPixels(int Width, int Height, byte[] Colours, byte[]? Alpha)
{
    private const int HeaderLength = 8;

    /// <summary>A logo has fewer; a picture that claims more is not drawn.</summary>
    private const int MostPixels = 4_000_000;

    private const byte Opaque = 255;

    /// <summary>Where the parts of a picture begin that comes line by line, and how far apart their points are.</summary>
    private static readonly Pass[] Whole = [new(0, 0, 1, 1)];

    private static readonly Pass[] Interlaced = [new(0, 0, 8, 8), new(4, 0, 8, 8), new(0, 4, 4, 8), new(2, 0, 4, 4), new(0, 2, 2, 4),
        new(1, 0, 2, 2), new(0, 1, 1, 2)];

    /// <exception cref="InvalidDataException">It is no PNG that can be read.</exception>
    public static PngPixels Read(ReadOnlySpan<byte> png)
    {
        Header? header = null;
        var (palette, clear) = (Array.Empty<byte>(), Array.Empty<byte>());
        using var packed = new MemoryStream();
        for (var at = HeaderLength; at + 12 <= png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png[at..]);
            if (length < 0 || length > png.Length - at - 12) throw new InvalidDataException("A part of the picture is missing.");
            var kind = png.Slice(at + 4, 4);
            var data = png.Slice(at + 8, length);
            if (kind.SequenceEqual("IHDR"u8)) header = Header.Of(data);
            else if (kind.SequenceEqual("PLTE"u8)) palette = data.ToArray();
            else if (kind.SequenceEqual("tRNS"u8)) clear = data.ToArray();
            else if (kind.SequenceEqual("IDAT"u8)) packed.Write(data);
            at += length + 12;
        }

        if (header is null || (long)header.Width * header.Height is <= 0 or > MostPixels)
            throw new InvalidDataException("The picture has no size that can be drawn.");
        packed.Position = 0;
        using var plain = new ZLibStream(packed, CompressionMode.Decompress);
        var pixels = new PngPixels(header.Width, header.Height, new byte[header.Width * header.Height * 3],
            new byte[header.Width * header.Height]);
        foreach (var pass in header.IsInterlaced ? Interlaced : Whole) pixels.Read(plain, header, pass, palette, clear);
        return pixels.Alpha!.AsSpan().ContainsAnyExcept(Opaque) ? pixels : pixels with { Alpha = null };
    }

    private void Read(ZLibStream plain, Header header, Pass pass, byte[] palette, byte[] clear)
    {
        var width = (Width - pass.X + pass.StepX - 1) / pass.StepX;
        if (width <= 0) return;
        var bits = header.Bits * header.Channels;
        var (line, before) = (new byte[((width * bits) + 7) / 8], new byte[((width * bits) + 7) / 8]);
        for (var y = pass.Y; y < Height; y += pass.StepY)
        {
            var filter = plain.ReadByte();
            plain.ReadExactly(line);
            Unfilter(filter, line, before, Math.Max(1, bits / 8));
            for (var i = 0; i < width; i++) Set((y * Width) + pass.X + (i * pass.StepX), header, line, i, palette, clear);
            (line, before) = (before, line);
        }
    }

    /// <summary>Each byte is told by its difference to what lies left of it and above.</summary>
    private static void Unfilter(int filter, byte[] line, byte[] above, int step)
    {
        for (var i = 0; i < line.Length; i++)
        {
            var (left, up, corner) = (i < step ? 0 : line[i - step], (int)above[i], i < step ? 0 : above[i - step]);
            line[i] += (byte)(filter switch
            {
                0 => 0,
                1 => left,
                2 => up,
                3 => (left + up) / 2,
                4 => Paeth(left, up, corner),
                _ => throw new InvalidDataException("The picture is written in an unknown way."),
            });
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        var guess = left + up - corner;
        var (byLeft, byUp, byCorner) = (Math.Abs(guess - left), Math.Abs(guess - up), Math.Abs(guess - corner));
        return byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner;
    }

    private void Set(int pixel, Header header, byte[] line, int at, byte[] palette, byte[] clear)
    {
        Span<int> raw = stackalloc int[4];
        for (var c = 0; c < header.Channels; c++) raw[c] = Sample(line, (at * header.Channels) + c, header.Bits);
        var colour = Colours.AsSpan(pixel * 3, 3);
        if (header.IsPalette)
        {
            var (entry, known) = (raw[0] * 3, raw[0] < clear.Length);
            if (entry + 3 > palette.Length) throw new InvalidDataException("A colour of the picture is missing.");
            palette.AsSpan(entry, 3).CopyTo(colour);
            Alpha![pixel] = known ? clear[raw[0]] : Opaque;
            return;
        }

        for (var c = 0; c < 3; c++) colour[c] = Byte(raw[header.IsGrey ? 0 : c], header.Bits);
        Alpha![pixel] = header.HasAlpha ? Byte(raw[header.Channels - 1], header.Bits) : IsClear(raw, header, clear) ? (byte)0 : Opaque;
    }

    private static int Sample(byte[] line, int at, int bits) => bits switch
    {
        8 => line[at],
        16 => (line[at * 2] << 8) | line[(at * 2) + 1],
        _ => (line[at * bits / 8] >> (8 - bits - (at * bits % 8))) & ((1 << bits) - 1),
    };

    private static byte Byte(int sample, int bits) => (byte)(bits == 16 ? sample >> 8 : sample * 255 / ((1 << bits) - 1));

    /// <summary>One colour may stand for what is not there.</summary>
    private static bool IsClear(ReadOnlySpan<int> raw, Header header, byte[] clear)
    {
        if (clear.Length < header.Channels * 2) return false;
        for (var c = 0; c < header.Channels; c++)
            if (raw[c] != BinaryPrimitives.ReadUInt16BigEndian(clear.AsSpan(c * 2))) return false;
        return true;
    }

    private sealed record Pass(int X, int Y, int StepX, int StepY);

    private sealed record Header(int Width, int Height, int Bits, int Channels, bool IsGrey, bool IsPalette, bool HasAlpha,
        bool IsInterlaced)
    {
        public static Header Of(ReadOnlySpan<byte> data)
        {
            if (data.Length < 13 || data[8] is not (1 or 2 or 4 or 8 or 16) || data[9] is not (0 or 2 or 3 or 4 or 6) || data[12] > 1)
                throw new InvalidDataException("The picture is of a kind that is not known.");
            var channels = data[9] switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
            return new(BinaryPrimitives.ReadInt32BigEndian(data), BinaryPrimitives.ReadInt32BigEndian(data[4..]), data[8], channels,
                data[9] is 0 or 4, data[9] == 3, data[9] is 4 or 6, data[12] == 1);
        }
    }
}
