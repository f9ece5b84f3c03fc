namespace CrmPortal.Core.Platform.Backup;

/// <summary>The files that belong to records of the database; they are in a folder of their own.</summary>
internal sealed class DocumentFolder(string folder)
{
    /// <summary>Adds every file; the database was read before, so what its rows name is here unless it has been deleted since.</summary>
    public async Task WriteAsync(BackupWriter archive, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder)) return;
        var files = Directory
            .EnumerateFiles(folder, "*",
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint });
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            var name = PartName.Documents + Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/');
            if (!PartName.IsGood(name)) throw new BackupException($"The document {file} has a name that cannot be kept; rename it.");
            try
            {
                await using var source = new FileStream(file,
                    new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.Asynchronous });
                await archive.AddAsync(name, part => source.CopyToAsync(part, cancellationToken), cancellationToken);
            }
            catch (FileNotFoundException)
            {
                // It was deleted while the backup ran.
            }
        }
    }

    /// <summary>Reads every file of the archive to its end.</summary>
    public static async Task VerifyAsync(BackupReader archive, CancellationToken cancellationToken)
    {
        foreach (var entry in Of(archive)) await archive.ReadAsync(entry.Name, static _ => Task.CompletedTask, cancellationToken);
    }

    public bool HoldsFiles() => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any();

    /// <summary>Unpacks the files beside the present folder; <see cref="Unpacked.Swap"/> puts them in its place.</summary>
    public async Task<Unpacked> UnpackAsync(BackupReader archive, CancellationToken cancellationToken)
    {
        var fresh = folder + ".restoring";
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        FreeSpace.Demand(Path.GetDirectoryName(Path.GetFullPath(folder))!, Of(archive).Sum(e => e.Length));
        var unpacked = new Unpacked(folder, fresh);
        try
        {
            foreach (var entry in Of(archive)) await UnpackAsync(archive, entry, fresh, cancellationToken);
            return unpacked;
        }
        catch
        {
            unpacked.Dispose();
            throw;
        }
    }

    private static async Task UnpackAsync(BackupReader archive, BackupEntry entry, string fresh, CancellationToken cancellationToken)
    {
        var path = Path.Combine(fresh, entry.Name[PartName.Documents.Length..].Replace('/', Path.DirectorySeparatorChar));
        if (!Path.GetFullPath(path).StartsWith(Path.GetFullPath(fresh) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new BackupException("It holds a document with a bad name.");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var file = OwnFile.Create(path);
        await archive.ReadAsync(entry.Name, part => part.CopyToAsync(file, cancellationToken), cancellationToken);
    }

    private static IEnumerable<BackupEntry> Of(BackupReader archive) => archive.Manifest.Entries
        .Where(e => e.Name.StartsWith(PartName.Documents, StringComparison.Ordinal));

    /// <summary>Files that wait beside the folder that they are to replace.</summary>
    internal sealed class Unpacked(string folder, string fresh) : IDisposable
    {
        public void Swap()
        {
            var old = folder + ".before-restore";
            if (Directory.Exists(folder))
            {
                if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
                Directory.Move(folder, old);
            }

            if (Directory.Exists(fresh)) Directory.Move(fresh, folder);
        }

        public void Dispose()
        {
            if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        }
    }
}
