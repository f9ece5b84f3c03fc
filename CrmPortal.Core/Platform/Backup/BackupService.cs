using System.Reflection;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Platform.Backup;

/// <summary>
/// Copies everything that belongs to this installation (database and documents, not the key file) into one file, and back. A
/// backup is made while others work; for a restore nobody may use the database.
/// </summary>
public sealed class BackupService(IDatabaseProvider provider, DatabaseOptions options, AccessControl access, TimeProvider clock)
{
    private const string Partial = ".partial";

    private readonly IDatabaseBackup _database = provider.CreateBackup();
    private readonly DocumentFolder _documents = new(options.DocumentFolder);

    /// <summary>Makes a backup, and reads it back before it gets its name.</summary>
    /// <exception cref="BackupException">It cannot be made; the message is a sentence.</exception>
    public async Task<BackupManifest> BackupAsync(string path, bool overwrite, IProgress<string> progress,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        path = Path.GetFullPath(path);
        if (Directory.Exists(path)) throw new BackupException($"{path} is a folder; name a file.");
        if (!overwrite && File.Exists(path)) throw new BackupException($"{path} exists already; name another file or add --overwrite.");
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            throw new BackupException($"The folder {Path.GetDirectoryName(path)} does not exist.");
        await using var use = await provider.UseAsync(DatabaseUse.Shared, cancellationToken);

        var draft = path + Partial;
        // Left by a backup that was cut off.
        File.Delete(draft);
        try
        {
            var manifest = await WriteAsync(draft, progress, cancellationToken);
            progress.Report("Reading the backup back");
            await using (var archive = await BackupReader.OpenAsync(draft, cancellationToken))
            {
                await _database.VerifyAsync(archive, cancellationToken);
                await DocumentFolder.VerifyAsync(archive, cancellationToken);
            }

            File.Move(draft, path, overwrite);
            return manifest;
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>Puts a backup in the place of what is there.</summary>
    /// <param name="replace">Whether what the database holds may go.</param>
    /// <exception cref="BackupException">It cannot be restored; nothing was changed, and the message is a sentence.</exception>
    /// <exception cref="UnsuitableDatabaseException">Somebody uses the database.</exception>
    public async Task<BackupManifest> RestoreAsync(string path, bool replace, IProgress<string> progress,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        path = Path.GetFullPath(path);
        if (!File.Exists(path)) throw new BackupException($"There is no file {path}.");
        await using var use = await provider.UseAsync(DatabaseUse.Alone, cancellationToken);
        try
        {
            progress.Report("Checking the backup");
            await using var archive = await BackupReader.OpenAsync(path, cancellationToken);
            CheckFits(archive.Manifest);
            if (!replace) await DemandEmptyAsync(cancellationToken);

            // Each part is checked while it is unpacked beside what it is to replace.
            progress.Report("Unpacking");
            using var documents = await _documents.UnpackAsync(archive, cancellationToken);
            await _database.RestoreAsync(archive, progress, () =>
            {
                documents.Swap();
                return Task.CompletedTask;
            }, cancellationToken);
            return archive.Manifest;
        }
        catch (BackupException fault) when (fault is not RefusedRestore)
        {
            throw new BackupException($"{path} cannot be restored. {fault.Message} Nothing was changed.", fault);
        }
    }

    private async Task<BackupManifest> WriteAsync(string draft, IProgress<string> progress, CancellationToken cancellationToken)
    {
        await using var archive = await BackupWriter.CreateAsync(draft, cancellationToken);
        var contents = await _database.WriteAsync(archive, progress, cancellationToken);
        await _documents.WriteAsync(archive, cancellationToken);
        var manifest = new BackupManifest
        {
            Format = BackupManifest.CurrentFormat, Version = Version, Provider = _database.Provider, Migration = contents.Migration,
                MadeAt = clock.GetUtcNow(),
            Tables = contents.Tables, Entries = archive.Entries, Sequences = contents.Sequences,
        };
        await archive.FinishAsync(manifest, cancellationToken);
        return manifest;
    }

    private void CheckFits(BackupManifest manifest)
    {
        if (manifest.Provider != _database.Provider)
            throw new BackupException($"It was made of a database of the kind {manifest.Provider}, and this one is {_database.Provider}.");
        if (!_database.KnownMigrations.Contains(manifest.Migration))
            throw new BackupException(
                $"It was made by a newer program ({manifest.Version}) than this one ({Version}); install that first.");
    }

    private async Task DemandEmptyAsync(CancellationToken cancellationToken)
    {
        if (await _database.DescribeDataAsync(cancellationToken) is { } data)
            throw new RefusedRestore(
                $"The database holds {data}. Nothing was changed; add --replace where the backup is to take its place.");
        if (_documents.HoldsFiles())
            throw new RefusedRestore(
            "The folder of documents holds files. Nothing was changed; add --replace where the backup is to take their place.");
    }

    private static string Version { get; } = typeof(BackupService).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>There is something in the place of the backup.</summary>
    private sealed class RefusedRestore(string message) : BackupException(message);
}
