using System.IO.Compression;
using CrmPortal.Core.Platform.Backup;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Backup;

/// <summary>A folder for backups of one test, and what is done with them.</summary>
internal sealed class BackupPlace : IDisposable
{
    private readonly string _folder = Directory
        .CreateDirectory(Path.Combine(TestRun.Folder, "backup-" + Guid.NewGuid().ToString("N"))).FullName;

    public string File(string name = "crm.backup") => Path.Combine(_folder, name);

    public IReadOnlyList<string> Files => [.. Directory.GetFiles(_folder).Select(f => Path.GetFileName(f))];

    public static async Task<BackupManifest> BackUpAsync(TestServices data, string file, bool overwrite = false)
    {
        await using var system = data.AsSystem();
        return await system.Get<BackupService>().BackupAsync(file, overwrite, new Silence(), CancellationToken.None);
    }

    public static async Task<BackupManifest> RestoreAsync(TestServices data, string file, bool replace = false)
    {
        await using var system = data.AsSystem();
        return await system.Get<BackupService>().RestoreAsync(file, replace, new Silence(), CancellationToken.None);
    }

    /// <summary>Writes a backup anew with other parts or another list of contents, and seals it as a genuine one.</summary>
    public static async Task ForgeAsync(string from, string to, Func<BackupManifest, BackupManifest>? change = null,
        Action<Dictionary<string, byte[]>>? parts = null)
    {
        var contents = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        await using (var zip = await ZipFile.OpenReadAsync(from))
        {
            foreach (var entry in zip.Entries)
            {
                using var bytes = new MemoryStream();
                await using var source = await entry.OpenAsync();
                await source.CopyToAsync(bytes);
                contents[entry.FullName] = bytes.ToArray();
            }
        }

        if (change is not null) contents[BackupWriter.ManifestName] = change(BackupManifest.Parse(contents[BackupWriter.ManifestName]))
            .ToJson();
        parts?.Invoke(contents);
        await using var file = new FileStream(to, FileMode.CreateNew, FileAccess.ReadWrite);
        await using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in contents)
            {
                await using var target = await zip.CreateEntry(name).OpenAsync();
                await target.WriteAsync(bytes);
            }

            zip.Comment = BackupSeal.Blank;
        }

        await BackupSeal.SetAsync(file, CancellationToken.None);
    }

    /// <summary>Lets go of the database file, as a server does when it stops.</summary>
    public static async Task CloseAsync(TestServices data)
    {
        await using var db = data.Get<IDatabaseProvider>().CreateContext(null);
        if (db.Database.GetDbConnection() is SqliteConnection connection)
            SqliteConnection.ClearPool(connection);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class Silence : IProgress<string>
    {
        public void Report(string value)
        {
        }
    }
}
