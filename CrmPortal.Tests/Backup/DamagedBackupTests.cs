using System.IO.Compression;
using System.Text;
using CrmPortal.Core.Platform.Backup;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Backup;

/// <summary>Whatever happened to a file, it is told in a sentence and nothing is touched.</summary>
public sealed class DamagedBackupTests : IDisposable
{
    private readonly BackupPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task CutOff_AnywhereAtAll_IsRefused(DatabaseKind kind)
    {
        var whole = await MakeAsync(kind);
        foreach (var share in new[] { 0.0, 0.001, 0.25, 0.5, 0.9, 0.999 })
            await RefusedAsync(kind, whole[..(int)(whole.Length * share)]);
        await RefusedAsync(kind, whole[..^1]);
        await RefusedAsync(kind, [.. whole, 0]);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task OneBitTurned_AnywhereAtAll_IsRefused(DatabaseKind kind)
    {
        var whole = await MakeAsync(kind);
        foreach (var place in Enumerable.Range(0, 40).Select(i => (int)((whole.Length - 1L) * i / 39)))
        {
            var damaged = whole.ToArray();
            damaged[place] ^= (byte)(1 << (place % 8));
            await RefusedAsync(kind, damaged);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Dear customer, this is a letter and no backup.")]
    public async Task SomethingElse_IsRefused(string text) => await RefusedAsync(DatabaseKind.Sqlite, Encoding.UTF8.GetBytes(text));

    [Fact]
    public async Task AnotherArchive_IsRefused()
    {
        using var bytes = new MemoryStream();
        await using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true)) zip.CreateEntry("letter.txt");
        await RefusedAsync(DatabaseKind.Sqlite, bytes.ToArray());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Forged_InAnyWay_IsRefused(DatabaseKind kind)
    {
        await MakeAsync(kind);
        await ForgedAsync(kind, "newer program", m => m with { Migration = "29990101000000_Future" });
        await ForgedAsync(kind, "of the kind", m => m with { Provider = "Oracle" });
        await ForgedAsync(kind, "format", m => m with { Format = 2 });
        await ForgedAsync(kind, "rows",
            m => m with { Tables = [.. m.Tables.Select(t => t.Name == "Customers" ? t with { Rows = t.Rows + 1 } : t)] });
        await ForgedAsync(kind, "damaged", m => m with { Entries = [.. m.Entries.Select(e => e with { Length = e.Length - 1 })] });
        await ForgedAsync(kind, "damaged", m => m with { Entries = [.. m.Entries.Select(e => e with { Sha256 = new string('0', 64) })] });
        await ForgedAsync(kind, "not those", m => m with { Entries = [.. m.Entries.Skip(1)] });
        await ForgedAsync(kind, "contents", parts: p => p[BackupWriter.ManifestName] = "{ \"format\": 1"u8.ToArray());
        await ForgedAsync(kind, "too long", parts: p => p[BackupWriter.ManifestName] = new byte[(64 << 20) + 1]);
        await ForgedAsync(kind, "contents", parts: p => p.Remove(BackupWriter.ManifestName));
        await ForgedAsync(kind, "not those", parts: p => p["more.txt"] = [1]);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task PartsSwapped_IsRefused(DatabaseKind kind)
    {
        await MakeAsync(kind, documents: true);
        await ForgedAsync(kind, "damaged", parts: p => (p["documents/a.txt"], p["documents/b.txt"]) = (p["documents/b.txt"],
            p["documents/a.txt"]));
        if (kind == DatabaseKind.Postgres)
            await ForgedAsync(kind, "damaged", parts: p => (p["tables/Customers"], p["tables/Addresses"]) = (p["tables/Addresses"],
                p["tables/Customers"]));
    }

    [Theory]
    [InlineData("documents/../../outside.txt")]
    [InlineData("../outside.txt")]
    [InlineData("/outside.txt")]
    [InlineData("documents/..\\..\\outside.txt")]
    [InlineData("C:/outside.txt")]
    [InlineData("documents/./outside.txt")]
    public async Task NamesThatLeadOut_AreRefused(string name)
    {
        await MakeAsync(DatabaseKind.Sqlite, documents: true);
        await ForgedAsync(
            DatabaseKind.Sqlite, "name",
            m => m with { Entries = [.. m.Entries.Select(e => e.Name == "documents/a.txt" ? e with { Name = name } : e)] },
            p =>
            {
                p[name] = p["documents/a.txt"];
                p.Remove("documents/a.txt");
            });
    }

    private async Task<byte[]> MakeAsync(DatabaseKind kind, bool documents = false)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
        if (documents)
        {
            var folder = Directory.CreateDirectory(Path.Combine(data.Database.Options.DataFolder, "documents")).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, "a.txt"), "first");
            await File.WriteAllTextAsync(Path.Combine(folder, "b.txt"), "other");
        }

        await BackupPlace.BackUpAsync(data, _place.File());
        return await File.ReadAllBytesAsync(_place.File());
    }

    private async Task ForgedAsync(DatabaseKind kind, string reason, Func<BackupManifest, BackupManifest>? change = null,
        Action<Dictionary<string, byte[]>>? parts = null)
    {
        var forged = _place.File(Guid.NewGuid().ToString("N"));
        await BackupPlace.ForgeAsync(_place.File(), forged, change, parts);
        await RefusedAsync(kind, await File.ReadAllBytesAsync(forged), reason);
    }

    private async Task RefusedAsync(DatabaseKind kind, byte[] bytes, string reason = "")
    {
        var file = _place.File(Guid.NewGuid().ToString("N"));
        await File.WriteAllBytesAsync(file, bytes);
        await using var database = await TestDatabase.CreateEmptyAsync(kind);
        await using var data = TestServices.On(database, new TestClock());

        var fault = await Assert.ThrowsAnyAsync<BackupException>(() => BackupPlace.RestoreAsync(data, file));

        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        Assert.EndsWith("Nothing was changed.", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(database.Options.DataFolder),
            f => !f.EndsWith(".lock", StringComparison.Ordinal));
        if (kind == DatabaseKind.Postgres)
            Assert.Null(await data.Get<IDatabaseProvider>().CreateBackup().DescribeDataAsync(CancellationToken.None));
    }
}
