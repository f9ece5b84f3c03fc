using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace CrmPortal.Tests.Support;

/// <summary>Small real files, and the attacks that are made of them.</summary>
internal static class TestFiles
{
    /// <summary>Words that stand only where a picture must not keep them.</summary>
    public const string Secret = "GPS 51.5007 N 0.1246 W";

    public static byte[] Jpeg => Convert.FromBase64String(
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAQABgDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAQF/8QAFRABAQAAAAAAAAAAAAAAAAAAABP/xAAVAQEBAAAAAAAAAAAAAAAAAAAABf/EABYRAAMAAAAAAAAAAAAAAAAAAAAVYf/aAAwDAQACEQMRAD8AxqFEtCigthUYUqoJaAtgYU//2Q==");

    public static byte[] Png => Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAABgAAAAQBAMAAAD+CqKmAAAAMFBMVEX/AADuABHdACLMADO7AESqAFWZAGaIAHd3AIhmAJlVAKpEALszAMwiAN0RAO4AAP8lworGAAAAO0lEQVQI103BQQEAEADAwFVQQQUVVFBBBRVUUEEFFVRQQQW+uwMLQhSSkIUiVKEJXRjCFJawhSNc4ckHGRdfoQLKecQAAAAASUVORK5CYII=");

    public static byte[] Webp =>
        Convert.FromBase64String(
        "UklGRlIAAABXRUJQVlA4IEYAAABwAwCdASoYABAAPu1kqU2/paQiMAgD8B2JbACdGuAAgE0ciMgA/u2an5dN1AmCCf4ug1dW/+N+3/b7NTzypAFv9oslrAAA");

    /// <summary>A JPEG with an orientation, a place, a comment, IPTC, XMP, a small picture and something behind its end.</summary>
    public static byte[] JpegWithNotes(byte orientation = 6)
    {
        byte[] exif = [.. "Exif\0\0II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0,
            .. Encoding.ASCII.GetBytes(Secret)];
        byte[] xmp = [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. Encoding.ASCII.GetBytes($"<x>{Secret}</x>")];
        byte[] iptc = [.. "Photoshop 3.0\0"u8, .. Encoding.ASCII.GetBytes(Secret)];
        return [0xFF, 0xD8, .. Segment(0xE1, exif), .. Segment(0xE1, xmp), .. Segment(0xED, iptc),
            .. Segment(0xFE, Encoding.ASCII.GetBytes(Secret)), .. Segment(0xE5, Encoding.ASCII.GetBytes(Secret)), .. Jpeg[2..],
            .. Encoding.ASCII.GetBytes(Secret)];
    }

    /// <summary>A PNG with texts, a place and something behind its end.</summary>
    public static byte[] PngWithNotes()
    {
        var notes = Encoding.ASCII.GetBytes("Comment\0" + Secret);
        return [.. Png[..33], .. Chunk("tEXt", notes), .. Chunk("iTXt", notes), .. Chunk("zTXt", notes), .. Chunk("eXIf", notes),
            .. Chunk("tIME", new byte[7]), .. Png[33..], .. Encoding.ASCII.GetBytes(Secret)];
    }

    /// <summary>A WebP with a place in both forms and something behind its end.</summary>
    public static byte[] WebpWithNotes()
    {
        var notes = Encoding.ASCII.GetBytes(Secret);
        byte[] chunks = [.. RiffChunk("VP8X", [0x04 | 0x08 | 0x20, 0, 0, 0, 23, 0, 0, 15, 0, 0]),
            .. RiffChunk("ICCP", "profile."u8.ToArray()), .. Webp[12..], .. RiffChunk("EXIF", notes), .. RiffChunk("XMP ", notes),
            .. RiffChunk("junk", notes)];
        return [.. "RIFF"u8, .. Little(4 + chunks.Length), .. "WEBP"u8, .. chunks, .. notes];
    }

    /// <summary>A PNG whose header claims a size.</summary>
    public static byte[] PngOf(int width, int height)
    {
        var png = Png;
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        return png;
    }

    public static byte[] Pdf(string catalogue = "", string objects = "") => Encoding.Latin1.GetBytes($"""
        %PDF-1.7
        1 0 obj<</Type/Catalog/Pages 2 0 R{catalogue}>>endobj
        2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
        3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj
        4 0 obj<</Length 66>>stream
        BT /F1 24 Tf 20 100 Td (Hello) Tj ET 1 0 0 rg 10 10 100 50 re f   
        endstream endobj
        {objects}
        trailer<</Root 1 0 R>>
        %%EOF

        """);

    /// <summary>A PDF whose objects lie packed in a stream.</summary>
    public static byte[] PdfWithPacked(string inner, string dictionary = "/Filter/FlateDecode")
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true)) zlib.Write(Encoding.Latin1.GetBytes(inner));
        return Pdf(objects: $"9 0 obj<</Type/ObjStm/N 1/First 4{dictionary}/Length {packed.Length}>>stream\r\n{Encoding.Latin1.GetString(packed.ToArray())}\r\nendstream endobj");
    }

    /// <summary>A Word file, or what is made of one.</summary>
    public static byte[] Docx(string types = "", params (string Name, byte[] Content)[] more)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("[Content_Types].xml",
                Encoding.UTF8
                .GetBytes($"""<?xml version="1.0"?><Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>{types}</Types>"""));
            Add("word/document.xml", "<w:document/>"u8.ToArray());
            foreach (var (name, content) in more) Add(name, content);

            void Add(string name, byte[] content)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return file.ToArray();
    }

    /// <summary>A zip file of 40 kB that says that it unpacks to 4 GB.</summary>
    public static byte[] Bomb()
    {
        var docx = Docx("", ("word/media/a.bin", new byte[40_000]));
        for (var i = 0; i + 46 < docx.Length; i++)
            if (BinaryPrimitives.ReadUInt32LittleEndian(docx.AsSpan(i)) == 0x02014B50
                && Encoding.ASCII.GetString(docx, i + 46, 5) == "word/" && docx[i + 51] == 'm') BinaryPrimitives
                .WriteUInt32LittleEndian(docx.AsSpan(i + 24), uint.MaxValue - 1);
        return docx;
    }

    public static byte[] Exe => [.. "MZ"u8, 0x90, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0xFF, 0xFF, .. new byte[200]];

    private static byte[] Segment(byte marker, byte[] content) =>
        [0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content];

    // Readers of what we keep never look at the check sum of what is left out.
    private static byte[] Chunk(string name, byte[] content) => [0, 0, 0, (byte)content.Length, .. Encoding.ASCII.GetBytes(name),
        .. content, 0, 0, 0, 0];

    private static byte[] RiffChunk(string name, byte[] content) => [.. Encoding.ASCII.GetBytes(name), .. Little(content.Length),
        .. content, .. new byte[content.Length & 1]];

    private static byte[] Little(int number) => [(byte)number, (byte)(number >> 8), (byte)(number >> 16), (byte)(number >> 24)];
}
