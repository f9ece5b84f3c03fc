using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Platform.Exports.Pdf;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Exports;

/// <summary>The shop's picture at the head of its documents, whatever kind of PNG or JPEG it is; one that cannot be drawn is left
/// out.</summary>
public sealed class PdfLogoTests
{
    [Theory]
    [InlineData(0, 1, false)]
    [InlineData(0, 16, true)]
    [InlineData(2, 8, false)]
    [InlineData(3, 2, false)]
    [InlineData(3, 8, true)]
    [InlineData(4, 8, true)]
    [InlineData(6, 8, false)]
    [InlineData(6, 16, false)]
    public void Png_OfEveryKind_IsReadPointByPoint(byte type, byte bits, bool hasTransparency)
    {
        // Two points beside each other, black and white, the second of them clear where there is transparency.
        var png = Png(type, bits, hasTransparency);

        var pixels = PngPixels.Read(png);

        Assert.Equal((2, 1), (pixels.Width, pixels.Height));
        byte[] colours = [0, 0, 0, 255, 255, 255];
        byte[]? alpha = hasTransparency || type is 4 or 6 ? [255, 0] : null;
        Assert.Equal(colours, pixels.Colours);
        Assert.Equal(alpha, pixels.Alpha);
    }

    [Fact]
    public async Task Write_WithALogo_DrawsItOnTheFirstPage_AndWithoutOneOrWithABrokenOneAsBefore()
    {
        var table = ExportSamples.Texts("Ada");
        var plain = await WriteAsync(table);
        Assert.DoesNotContain("/Subtype/Image", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("/Subtype/Image", await WriteAsync(table with { Logo = new("image/png", TestFiles.Png[..60]) }),
            StringComparison.Ordinal);
        Assert.DoesNotContain("/Subtype/Image", await WriteAsync(table with { Logo = new("image/jpeg", [0xFF, 0xD8, 1]) }),
            StringComparison.Ordinal);

        Assert.Contains("/Subtype/Image", await WriteAsync(table with { Logo = new("image/png", Png(6, 8, true)) }),
            StringComparison.Ordinal);
        Assert.Contains("/SMask", await WriteAsync(table with { Logo = new("image/png", Png(6, 8, true)) }), StringComparison.Ordinal);
        Assert.Contains("/Filter/DCTDecode", await WriteAsync(table with { Logo = new("image/jpeg", TestFiles.Jpeg) }),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1000, 100, 160, 16)]
    [InlineData(100, 1000, 4, 40)]
    [InlineData(64, 64, 40, 40)]
    public void Logo_FitsIntoTheHead_InItsOwnProportion(int width, int height, double wide, double tall) =>
        Assert.Equal((wide, tall), new PdfLogo(width, height, "DeviceRGB", false, [], null).Within(160, 40));

    private static async Task<string> WriteAsync(ExportTable table)
    {
        using var file = new MemoryStream();
        var writer = PipeWriter.Create(file, new StreamPipeWriterOptions(leaveOpen: true));
        await new PdfExport().WriteAsync(table, writer, TestContext.Current.CancellationToken);
        await writer.CompleteAsync();
        return Encoding.Latin1.GetString(file.ToArray());
    }

    private static byte[] Png(byte type, byte bits, bool hasTransparency)
    {
        var channels = type switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        var most = type == 3 ? 1 : (1 << bits) - 1;
        List<int> samples = [];
        foreach (var point in new[] { 0, 1 })
        {
            samples.AddRange(Enumerable.Repeat(point * most, type is 4 ? 1 : type == 6 ? 3 : channels));
            if (type is 4 or 6) samples.Add((1 - point) * most);
        }

        var line = new byte[1 + (((2 * channels * bits) + 7) / 8)];
        foreach (var (at, sample) in samples.Index())
        {
            if (bits == 16) BinaryPrimitives.WriteUInt16BigEndian(line.AsSpan(1 + (at * 2)), (ushort)sample);
            else line[1 + (at * bits / 8)] |= (byte)(sample << (8 - bits - (at * bits % 8)));
        }

        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write(line);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, 2);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), 1);
        (header[8], header[9]) = (bits, type);
        byte[] clear = !hasTransparency ? [] : type == 3 ? [255, 0] : type == 0 ? [(byte)(most >> 8), (byte)most] : [];
        return [0x89, .. "PNG\r\n\x1a\n"u8, .. Chunk("IHDR", header), .. type == 3 ? Chunk("PLTE", [0, 0, 0, 255, 255, 255]) : [],
            .. clear.Length > 0 ? Chunk("tRNS", clear) : [], .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", [])];
    }

    private static byte[] Chunk(string kind, byte[] data)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        return [.. length, .. Encoding.ASCII.GetBytes(kind), .. data, 0, 0, 0, 0];
    }
}
