using System.Text;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Imports;

public sealed class BrokenFileTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, byte[], string> Refused => new()
    {
        { "nothing.csv", [], "The file is empty." },
        { "zeros.csv", new byte[2_000_000], "This is not a text file: byte 1 of it is zero." },
        { "report.csv", Encoding.ASCII.GetBytes("%PDF-1.7\nname,email\n"), "This is a PDF, not a table; export the data as CSV first." },
        { "book.csv", [0x50, 0x4b, 3, 4, 20, 0], "This is an Excel workbook or an archive; save the table as CSV first." },
        { "packed.csv", [0x1f, 0x8b, 8, 0], "This file is compressed; unpack it first." },
        { "header.csv", Encoding.ASCII.GetBytes("name,email\n"), "The file has a header and no rows below it." },
        { "quote.csv", Encoding.ASCII.GetBytes("name,email\nAda,\"ada@example.com\n" + new string('x', 200_000)),
            "Row 2: a cell is longer than 100000 characters; probably a quotation mark is not closed." },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task FileThatIsNoTable_IsRefusedWithASentence_AndNothingIsKept(string name, byte[] bytes, string sentence)
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();

        var refused = await Assert.ThrowsAsync<RuleViolationException>(() => system.UploadBytesAsync(bytes, name));

        Assert.Equal(sentence, refused.Message);
        Assert.Equal((0, 0),
            await services.ReadAsync(async db => (await db.Imports.CountAsync(Token), await db.ImportChunks.CountAsync(Token))));
    }

    [Fact]
    public async Task TwoGigabytesOfZeros_AreRefusedBeforeTheFirstMegabyteIsRead()
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();
        await using var zeros = new Zeros(2L * 1024 * 1024 * 1024);

        await Assert.ThrowsAsync<RuleViolationException>(() => system.Imports.UploadAsync("zeros.csv", zeros, null, null, Token));
        Assert.InRange(zeros.Taken, 1, 1024 * 1024 - 1);

        var before = zeros.Taken;
        var refused = await Assert
            .ThrowsAsync<RuleViolationException>(() => system.Imports.UploadAsync("zeros.csv", zeros, zeros.Length, null, Token));
        Assert.Equal(("The file is too large; the limit is 256 MB.", before), (refused.Message, zeros.Taken));
    }

    public static TheoryData<string, byte[]> Encodings => new()
    {
        { "utf-8", new UTF8Encoding(false).GetBytes(Table) },
        { "utf-8", [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(Table)] },
        { "utf-16", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Table)] },
        { "utf-16BE", [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes(Table)] },
        { "utf-16", Encoding.Unicode.GetBytes(Table) },
        { "windows-1252", Encoding.Latin1.GetBytes(Table) },
    };

    private static string Table => "nombre;correo\nÍñigo Muñoz;inigo@example.com\n";

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Encoding_IsFound_AndLettersComeOutRight(string encoding, byte[] bytes)
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();

        var import = (await system.Imports.GetAsync(await system.UploadBytesAsync(bytes), Token))!;

        Assert.Equal((encoding, ';', true), (import.Format.Encoding, import.Format.Delimiter, import.Format.HasHeader));
        Assert.Equal(["nombre", "correo"], import.Profile.Columns.Select(c => c.Name));
        Assert.Equal("Íñigo Muñoz", import.Profile.Preview[0][0]);
    }

    [Fact]
    public async Task WrongEncoding_CanBeChosenByHand()
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();
        var id = await system.UploadBytesAsync([.. "name,email\n"u8, 0xcc, 0xf0, 0xe8, 0xf8, 0xe0, .. ",m@example.com\n"u8]);

        await system.Imports.SetFormatAsync(id, (await system.Imports.GetAsync(id, Token))!.Format with { Encoding = "windows-1251" },
            ImportKind.Customers, Token);

        Assert.Equal("Мриша", (await system.Imports.GetAsync(id, Token))!.Profile.Preview[0][0]);
    }

    [Fact]
    public async Task RaggedRowsAndDoubleHeaders_AreTold_AndOnlyTheRaggedRowsRejected()
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();
        var id = await system
            .UploadTextAsync(
            "email,name,name\na@example.com,Ada,x\nb@example.com\nc@example.com,5\" Grace,\"multi\nline\"\nd@example.com,\"Al\"an,x\n");

        var notices = (await system.Imports.GetAsync(id, Token))!.Profile.Notices;
        var result = await system.CheckAsync(id);

        Assert.Equal(2, notices.Count);
        Assert.Equal((4, 2, 2), (result.Rows, result.Rejected, result.Customers.New));
        var rejected = await system.Imports.RejectedAsync(id, 10, Token);
        Assert.Equal([(3, "The row has {0} cells, the first row has {1}."),
            (5, "There is a quotation mark in the middle of a cell; double it, or put the cell in quotation marks.")],
            rejected.Select(r => (r.RowNumber, r.Reason)));
    }

    [Fact]
    public async Task Plan_ThatCannotWork_IsRefusedWithASentenceForEachFault()
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();
        var id = await system.UploadTextAsync("a,b\n1,2\n");
        var plan = (await system.Imports.GetAsync(id, Token))!.Plan;

        var nothing = await Assert.ThrowsAsync<RuleViolationException>(() => system.Imports.StartCheckAsync(id, plan, Token));
        var twice = await Assert
            .ThrowsAsync<RuleViolationException>(() =>
            system.Imports.StartCheckAsync(id, plan with { Columns = new Dictionary<string, int> { ["email"] = 0, ["phone"] = 0 },
            TimeZone = "Moon/Base" }, Token));

        Assert.Equal("Choose the column with a name, an e-mail, a phone, an external id or a customer number.", nothing.Message);
        Assert.Equal(["One column is mapped to two fields.", "There is no such time zone; write it as Europe/London."],
            twice.Errors.Select(e => e.Message));
    }

    [Fact]
    public async Task MessyFiles_AreShownOrRefusedWithASentence()
    {
        var files = Directory.GetFiles(TestData.Find("messy-csv"), "*", SearchOption.AllDirectories);
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();
        foreach (var path in files)
        {
            try
            {
                var import = (await system.Imports.GetAsync(await system.UploadAsync(path), Token))!;
                Assert.NotEmpty(import.Profile.Columns);
                Assert.NotEmpty(import.Profile.Preview);
            }
            catch (RuleViolationException refused)
            {
                Assert.EndsWith(".", refused.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal((0, 0),
            await services
            .ReadAsync(async db =>
            (await db.Customers.CountAsync(Token), await db.ImportChunks.CountAsync(c => !db.Set<Import>().Any(i => i.Id == c.ImportId),
            Token))));
    }

    private sealed class Zeros(long length) : Stream
    {
        public long Taken { get; private set; }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => length;
        public override long Position { get => Taken; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Take(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Take(buffer.Span));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int Take(Span<byte> buffer)
        {
            buffer.Clear();
            Taken += buffer.Length;
            return buffer.Length;
        }
    }
}
