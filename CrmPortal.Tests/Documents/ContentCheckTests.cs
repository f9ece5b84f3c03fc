using System.Text;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Documents;

/// <summary>What a file is, by its content; and what of it may stay.</summary>
public sealed class ContentCheckTests
{
    public static TheoryData<string, byte[]> Attacks => new()
    {
        { "empty", [] },
        { "page", "<!DOCTYPE html><script>alert(1)</script>"u8.ToArray() },
        { "page behind spaces", "\uFEFF \r\n <html>"u8.ToArray() },
        { "page behind words", "hello <ScRipt>alert(1)</sCript>"u8.ToArray() },
        { "drawing", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"u8.ToArray() },
        { "xml", "<?xml version='1.0'?><x/>"u8.ToArray() },
        { "program", TestFiles.Exe },
        { "elf", [0x7F, .. "ELF"u8, .. new byte[50]] },
        { "GIF and script", [.. "GIF89a/*"u8, .. new byte[20], .. "*/=1;alert(1)"u8] },
        { "gzip", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0] },
        { "text in another encoding", Encoding.Latin1.GetBytes("Größe") },
        { "text with a zero", "a\0b"u8.ToArray() },
        { "text with an escape", "a\u001B[31mb"u8.ToArray() },
        { "JPEG cut off", TestFiles.Jpeg[..200] },
        { "JPEG without a frame", [0xFF, 0xD8, 0xFF, 0xD9] },
        { "PNG cut off", TestFiles.Png[..100] },
        { "PNG of 900 megapixels", TestFiles.PngOf(30_000, 30_000) },
        { "PNG without width", TestFiles.PngOf(0, 10) },
        { "WebP cut off", TestFiles.Webp[..60] },
        { "PDF cut off", TestFiles.Pdf()[..300] },
        { "PDF and archive", [.. TestFiles.Pdf(), .. "PK\x03\x04"u8] },
        { "PDF with a script", TestFiles.Pdf("/OpenAction<</S/JavaScript/JS(app.alert(1))>>") },
        { "PDF with an escaped script", TestFiles.Pdf("/OpenAction<</S/J#61vaScript>>") },
        { "PDF with a script at its opening", TestFiles.Pdf("/AA<</O<</JS 9 0 R>>>>") },
        { "PDF that starts a program", TestFiles.Pdf(objects: "8 0 obj<</S/Launch/F(cmd.exe)>>endobj") },
        { "PDF with a file", TestFiles.Pdf(objects: "8 0 obj<</Type/EmbeddedFile>>endobj") },
        { "PDF with a script in a stream",
            TestFiles.Pdf(objects: "8 0 obj<</Length 40>>stream\n9 0 obj<</S/JavaScript>>endobj\nendstream endobj") },
        { "PDF with a packed script", TestFiles.PdfWithPacked("9 0 <</S/JavaScript/JS(app.alert(1))>>") },
        { "PDF packed in an unknown way", TestFiles.PdfWithPacked("9 0 <<>>", "/Filter[/ASCIIHexDecode/FlateDecode]") },
        { "PDF with a packed script behind many names",
            TestFiles.PdfWithPacked("9 0 <</S/JavaScript/JS(app.alert(1))>>",
            string.Concat(Enumerable.Range(0, 600).Select(i => $"/Name{i} 0")) + "/Filter/FlateDecode") },
        { "PDF with a packed script behind a word in a text",
            TestFiles.PdfWithPacked("9 0 <</S/JavaScript/JS(app.alert(1))>>", "/Note(a \\) 1 0 obj)/Filter/FlateDecode") },
        { "PDF with a packed script behind a word in a comment",
            TestFiles.PdfWithPacked("9 0 <</S/JavaScript/JS(app.alert(1))>>", "%( 1 0 obj \n/Filter/FlateDecode") },
        { "PDF with a packed script behind a word of its own",
            TestFiles.PdfWithPacked("9 0 <</S/JavaScript/JS(app.alert(1))>>", "/Filter/FlateDecode/X obj") },
        { "PDF with a packed script behind a word in digits",
            TestFiles.PdfWithPacked("9 0 <</S/JavaScript/JS(app.alert(1))>>", "/Filter/FlateDecode/H< obj >") },
        { "PDF with a packed script behind a comment in digits",
            TestFiles.PdfWithPacked("9 0 <</S/JavaScript/JS(app.alert(1))>>", "/Filter/FlateDecode/H<41%>/Note(\n 1 0 obj)") },
        { "PDF with a script behind a stream that is a text",
            TestFiles.Pdf(objects: "8 0 obj<</Note(stream\n)/AA<</O<</JS 9 0 R>>>>>>endobj") },
        { "PDF with a stream behind a blank",
            TestFiles.Pdf(objects: "9 0 obj<</Type/ObjStm/N 1/First 4/Length 3>>stream \r\nabc\r\nendstream endobj") },
        { "PDF that is protected", TestFiles.Pdf(objects: "8 0 obj<</Encrypt 9 0 R>>endobj") },
        { "Word with a macro", TestFiles.Docx("", ("word/vbaProject.bin", [1, 2, 3])) },
        { "Word with a renamed macro",
            TestFiles.Docx("""<Override PartName="/word/x.bin" ContentType="application/vnd.ms-office.vbaProject"/>""",
            ("word/x.bin", [1])) },
        { "Word with macros enabled",
            TestFiles.Docx("""<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>""") },
        { "Word that leads elsewhere", TestFiles.Docx("", ("../../kit-escape", [1])) },
        { "Word that leads to the root", TestFiles.Docx("", ("/etc/kit-escape", [1])) },
        { "Word that leads to a drive", TestFiles.Docx("", ("C:\\kit-escape", [1])) },
        { "Word with an entity", TestFiles.Docx("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>") },
        { "Word that unpacks to 4 GB", TestFiles.Bomb() },
        { "Word that unpacks far", TestFiles.Docx("", ("word/a", new byte[30_000_000])) },
        { "Word with something behind it", [.. TestFiles.Docx(), .. "more"u8] },
        { "archive", OtherZip() },
    };

    [Theory, MemberData(nameof(Attacks))]
    public async Task Attack_IsRefusedWithASentence(string name, byte[] content)
    {
        using var file = new MemoryStream(content);

        var refused = await Assert.ThrowsAsync<RuleViolationException>(async () =>
        {
            var type = await ContentCheck.ReadAsync(file, name + ".pdf", TestContext.Current.CancellationToken);
            // Some faults of pictures show only when the picture is written anew.
            try
            {
                await type.Picture!.WriteAsync(Stream.Null, TestContext.Current.CancellationToken);
            }
            catch (EndOfStreamException)
            {
                throw Picture.Damaged();
            }
        });

        Assert.EndsWith(".", Assert.Single(refused.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_AreWhatTheirContentIs_WhateverTheirName()
    {
        Assert.Equal(("image/jpeg", ".jpg"), await TypeAsync(TestFiles.Jpeg, "x.exe"));
        Assert.Equal(("image/png", ".png"), await TypeAsync(TestFiles.Png, "x.html"));
        Assert.Equal(("image/webp", ".webp"), await TypeAsync(TestFiles.Webp, ""));
        Assert.Equal(("application/pdf", ".pdf"), await TypeAsync(TestFiles.Pdf("/OpenAction[3 0 R/Fit]"), "x.txt"));
        Assert.Equal(("application/pdf", ".pdf"), await TypeAsync(TestFiles.PdfWithPacked("9 0 <</Type/Font>>"), "x.txt"));
        Assert.Equal("application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            (await TypeAsync(TestFiles.Docx(), "x.zip")).Item1);
        Assert.Equal(("application/pdf", ".pdf"),
            await TypeAsync(TestFiles.PdfWithPacked("9 0 <</Type/Font>>",
            "/Note(an (inner) text, 1 0 obj, stream\n)/H<4142>/E<>/Inner<</A<41>>>/Filter/FlateDecode"), "x.txt"));
        Assert.Equal(("text/csv", ".csv"), await TypeAsync("a,b\n1,ß\n"u8.ToArray(), "x.CSV"));
        Assert.Equal(("text/plain", ".txt"), await TypeAsync(Encoding.UTF8.GetBytes(new string('€', 100_000)), "x.html"));
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd.pdf")]
    [InlineData(@"C:\Users\me\scan.PDF", "scan.pdf")]
    [InlineData("invoice.pdf.exe", "invoice.pdf.exe.pdf")]
    [InlineData("a\u202Efdp.exe", "afdp.exe.pdf")]
    [InlineData("a\r\nContent-Type: text-html\0.pdf", "text-html.pdf")]
    [InlineData("   ", "document.pdf")]
    [InlineData(null, "document.pdf")]
    [InlineData("..", "document.pdf")]
    [InlineData("a<b>\"c\".pdf", "a_b__c_.pdf")]
    [InlineData("Größe 東京 🙂.pdf", "Größe 東京 🙂.pdf")]
    public void Name_IsItsLastPart_AndEndsAsItsContentIs(string? name, string clean) =>
        Assert.Equal(clean, DocumentName.Clean(name, ".pdf"));

    [Fact]
    public void Name_OfAnyLength_FitsItsColumn()
    {
        Assert.Equal(Document.NameLength, DocumentName.Clean(new string('x', 5_000) + ".pdf", ".pdf").Length);
        Assert.InRange(DocumentName.Clean(string.Concat(Enumerable.Repeat("🙂", 300)), ".pdf").Length, 190, Document.NameLength);
        Assert.NotEmpty(DocumentName.Clean("\uD83D", ".pdf"));
    }

    [Fact]
    public async Task Jpeg_LosesItsNotes_AndKeepsHowItIsTurned()
    {
        var clean = await CleanedAsync(TestFiles.JpegWithNotes(orientation: 6));

        Assert.DoesNotContain(TestFiles.Secret, Encoding.ASCII.GetString(clean), StringComparison.Ordinal);
        Assert.Equal([0xFF, 0xD9], clean[^2..]);
        // The rest is, byte for byte, the picture.
        byte[] turned = [0xFF, 0xD8, 0xFF, 0xE1, 0, 34, .. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0,
            0, 0];
        Assert.Equal(turned, clean[..turned.Length]);
        Assert.Equal(TestFiles.Jpeg[2..], clean[turned.Length..]);
        Assert.Equal(TestFiles.Jpeg, await CleanedAsync(TestFiles.JpegWithNotes(orientation: 1)));
    }

    [Fact]
    public async Task Png_LosesItsNotes_AndIsTheSamePicture() => Assert.Equal(TestFiles.Png, await CleanedAsync(TestFiles.PngWithNotes()));

    [Fact]
    public async Task Webp_LosesItsNotes_AndSaysSo()
    {
        var clean = await CleanedAsync(TestFiles.WebpWithNotes());

        Assert.DoesNotContain("GPS", Encoding.ASCII.GetString(clean), StringComparison.Ordinal);
        Assert.Equal(0x20, clean[20]);
        Assert.Contains("ICCP", Encoding.ASCII.GetString(clean), StringComparison.Ordinal);
        Assert.Equal(clean.Length - 8, BitConverter.ToInt32(clean, 4));
        Assert.Equal(TestFiles.Webp, await CleanedAsync(TestFiles.Webp));
    }

    private static async Task<(string, string)> TypeAsync(byte[] content, string name)
    {
        using var file = new MemoryStream(content);
        var type = await ContentCheck.ReadAsync(file, name, TestContext.Current.CancellationToken);
        if (type.Picture is { } picture) Assert.Equal((24, 16), (picture.Width, picture.Height));
        return (type.ContentType, type.Extension);
    }

    private static async Task<byte[]> CleanedAsync(byte[] content)
    {
        using var file = new MemoryStream(content);
        using var clean = new MemoryStream();
        await (await ContentCheck.ReadAsync(file, "x", TestContext.Current.CancellationToken)).Picture!
            .WriteAsync(clean, TestContext.Current.CancellationToken);
        return clean.ToArray();
    }

    private static byte[] OtherZip()
    {
        using var file = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(file, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
            zip.CreateEntry("a.txt").Open().Dispose();
        return file.ToArray();
    }
}
