using System.IO.Compression;

namespace CrmPortal.Core.Platform.Backup;

/// <summary>Writes a backup part by part; it gets its name when it is whole.</summary>
public sealed class BackupWriter : IAsyncDisposable
{
    internal const string ManifestName = "manifest.json";

    private readonly FileStream _file;
    private readonly ZipArchive _zip;
    private readonly List<BackupEntry> _entries = [];

    private BackupWriter(FileStream file, ZipArchive zip) => (_file, _zip) = (file, zip);

    /// <summary>A file at this path that only the program's user can read.</summary>
    public static async Task<BackupWriter> CreateAsync(string path, CancellationToken cancellationToken)
    {
        var file = OwnFile.Create(path);
        return new(file, await ZipArchive.CreateAsync(file, ZipArchiveMode.Create, leaveOpen: true, null, cancellationToken));
    }

    /// <summary>Where files lie that are needed for the time of writing only.</summary>
    public string WorkFolder => Path.GetDirectoryName(_file.Name)!;

    public IReadOnlyList<BackupEntry> Entries => _entries;

    /// <summary>Adds a part.</summary>
    public async Task<BackupEntry> AddAsync(string name, Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        await using var part = await _zip.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancellationToken);
        BackupEntry? entry = null;
        await Pipeline.WriteBehindAsync(part, async packing =>
        {
            await using var hashing = new HashingWriter(packing);
            await write(hashing);
            entry = new(name, hashing.Written, hashing.Hash());
        }, cancellationToken);
        _entries.Add(entry!);
        return entry!;
    }

    /// <summary>Adds the list of contents, and seals the file.</summary>
    public async Task FinishAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        await using (var part = await _zip.CreateEntry(ManifestName, CompressionLevel.Fastest).OpenAsync(cancellationToken))
            await part.WriteAsync(manifest.ToJson(), cancellationToken);
        _zip.Comment = BackupSeal.Blank;
        await _zip.DisposeAsync();
        await BackupSeal.SetAsync(_file, cancellationToken);
        _file.Flush(flushToDisk: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _zip.DisposeAsync();
        await _file.DisposeAsync();
    }
}

/// <summary>Files that only the program's user can read.</summary>
internal static class OwnFile
{
    /// <exception cref="IOException">There is a file already.</exception>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 1 << 16,
            Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new(path, options);
    }
}
