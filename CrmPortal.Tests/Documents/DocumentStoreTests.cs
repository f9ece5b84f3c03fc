using System.Security.Cryptography;
using System.Text;
using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Documents;

/// <summary>How contents lie on the disk.</summary>
public sealed class DocumentStoreTests
{
    private const int Piece = EncryptedFile.PieceBytes;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Piece - 1)]
    [InlineData(Piece)]
    [InlineData(Piece + 1)]
    [InlineData((3 * Piece) + 7)]
    public async Task Content_IsReadAsItWasWritten_FromAnyPosition(int length)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var store = data.Get<DocumentStore>();
        var content = Bytes(length);

        var stored = await store.SaveAsync(new MemoryStream(content), long.MaxValue, TestContext.Current.CancellationToken);

        Assert.Equal((length, Convert.ToHexStringLower(SHA256.HashData(content))), ((int)stored.Size, stored.Hash));
        Assert.Equal(content, await ReadAsync(store, stored));
        await using var open = store.Open(stored.StoredName, stored.WrappedKey);
        foreach (var position in new[] { length, length / 2, 0, Math.Max(0, length - 1) })
        {
            open.Position = position;
            using var rest = new MemoryStream();
            await open.CopyToAsync(rest, TestContext.Current.CancellationToken);
            Assert.Equal(content[position..], rest.ToArray());
        }
    }

    [Fact]
    public async Task Disk_ShowsNothingOfTheContent_AndEqualContentsDiffer()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var store = data.Get<DocumentStore>();
        var text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("confidential ", 20_000)));

        var first = await store.SaveAsync(new MemoryStream(text), long.MaxValue, TestContext.Current.CancellationToken);
        var second = await store.SaveAsync(new MemoryStream(text), long.MaxValue, TestContext.Current.CancellationToken);

        var (one, other) = (await File.ReadAllBytesAsync(PathOf(data, first), TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(PathOf(data, second), TestContext.Current.CancellationToken));
        Assert.DoesNotContain("confidential", Encoding.ASCII.GetString(one), StringComparison.Ordinal);
        Assert.NotEqual(one, other);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf(data, first)));
    }

    [Fact]
    public async Task File_ChangedCutOffOrSwapped_DoesNotOpen()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var store = data.Get<DocumentStore>();
        var stored = await store.SaveAsync(new MemoryStream(Bytes(3 * Piece)), long.MaxValue, TestContext.Current.CancellationToken);
        var path = PathOf(data, stored);
        var good = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        const int Sealed = Piece + EncryptedFile.TagBytes;

        List<byte[]> broken = [good[..Sealed], good[..(2 * Sealed)], good[..^1], good[..8], [], [.. good, 0],
            [.. good[Sealed..(2 * Sealed)], .. good[..Sealed], .. good[(2 * Sealed)..]], [.. good, .. good[..Sealed]]];
        foreach (var at in new[] { 0, 1000, Sealed - 1, Sealed, good.Length - 1 })
        {
            var flipped = good.ToArray();
            flipped[at] ^= 1;
            broken.Add(flipped);
        }

        foreach (var bytes in broken)
        {
            await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
            await Assert.ThrowsAnyAsync<CryptographicException>(() => ReadAsync(store, stored));
        }

        await File.WriteAllBytesAsync(path, good, TestContext.Current.CancellationToken);
        Assert.Equal(Bytes(3 * Piece), await ReadAsync(store, stored));
        var other = await store.SaveAsync(new MemoryStream(Bytes(10)), long.MaxValue, TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<CryptographicException>(() => ReadAsync(store, stored with { WrappedKey = other.WrappedKey }));
    }

    [Fact]
    public async Task Content_OverTheLimit_StopsTheReading_AndLeavesNothing()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var endless = new EndlessStream();

        var refused = await Assert.ThrowsAsync<RuleViolationException>(() => data.Get<DocumentStore>()
            .SaveAsync(endless, 1024 * 1024, TestContext.Current.CancellationToken));

        Assert.Contains("too large", refused.Message, StringComparison.Ordinal);
        Assert.InRange(endless.Taken, 1024 * 1024, (1024 * 1024) + (2 * Piece));
        Assert.Empty(Directory.EnumerateFiles(data.Database.Options.DocumentFolder, "*", SearchOption.AllDirectories));
    }

    private static string PathOf(TestServices data, StoredContent stored) => Path.Combine(data.Database.Options.DocumentFolder,
        stored.StoredName[..2], stored.StoredName);

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)((i * 7) ^ (i >> 8)))];

    private static async Task<byte[]> ReadAsync(DocumentStore store, StoredContent stored)
    {
        await using var open = store.Open(stored.StoredName, stored.WrappedKey);
        using var content = new MemoryStream();
        await open.CopyToAsync(content, TestContext.Current.CancellationToken);
        return content.ToArray();
    }

    private sealed class EndlessStream : MemoryStream
    {
        public long Taken { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Taken += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
