using System.Buffers.Binary;
using System.Text;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>The chunks of a PNG file.</summary>
internal static class PngFile
{
    private const int SignatureBytes = 8;
    private const int HeaderBytes = 13;
    private const int CheckBytes = 4;
    private const int MostChunks = 100_000;

    /// <summary>What a picture is made of; texts, times, places and the further pictures of an animation are not among them.</summary>
    private static readonly HashSet<string> Kept = ["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD",
        "pHYs", "cICP"];

    public static async Task<Picture> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        content.Position = SignatureBytes;
        var bytes = new ByteReader(content);
        var (name, length) = await HeadAsync(bytes, cancellationToken);
        if (name != "IHDR" || length != HeaderBytes) throw Picture.Damaged();
        var header = await bytes.BytesAsync(HeaderBytes, cancellationToken);
        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(header), BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)));
        if (width > int.MaxValue || height > int.MaxValue) throw Picture.Damaged();
        return new("image/png", ".png", (int)width, (int)height, (target, cancellation) => WriteAsync(content, target, cancellation));
    }

    private static async Task WriteAsync(Stream content, Stream target, CancellationToken cancellationToken)
    {
        content.Position = 0;
        var bytes = new ByteReader(content);
        await bytes.CopyAsync(SignatureBytes, target, cancellationToken);
        var hasData = false;
        for (var i = 0; i < MostChunks; i++)
        {
            var (name, length) = await HeadAsync(bytes, cancellationToken);
            if ((name == "IHDR") != (i == 0)) throw Picture.Damaged();
            hasData |= name == "IDAT";
            var isKept = Kept.Contains(name);
            if (isKept)
            {
                var head = new byte[8];
                BinaryPrimitives.WriteUInt32BigEndian(head, length);
                Encoding.ASCII.GetBytes(name, head.AsSpan(4));
                await target.WriteAsync(head, cancellationToken);
            }

            await bytes.CopyAsync((long)length + CheckBytes, isKept ? target : null, cancellationToken);
            if (name != "IEND") continue;
            // What follows it stays out.
            if (!hasData || length != 0) throw Picture.Damaged();
            return;
        }

        throw Picture.Damaged();
    }

    private static async ValueTask<(string Name, uint Length)> HeadAsync(ByteReader bytes, CancellationToken cancellationToken)
    {
        var head = await bytes.BytesAsync(8, cancellationToken);
        var length = BinaryPrimitives.ReadUInt32BigEndian(head);
        if (length > int.MaxValue || !head.AsSpan(4).ToArray().All(b => char.IsAsciiLetter((char)b))) throw Picture.Damaged();
        return (Encoding.ASCII.GetString(head, 4, 4), length);
    }
}
