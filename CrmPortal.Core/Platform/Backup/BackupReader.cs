using System.IO.Compression;
using System.Text;

namespace CrmPortal.Core.Platform.Backup;

/// <summary>Reads a backup, and believes nothing that it has not checked.</summary>
public sealed class BackupReader : IAsyncDisposable
{
    private const int LongestManifest = 64 << 20;

    private readonly FileStream _file;
    private readonly ZipArchive _zip;
    private readonly Dictionary<string, (ZipArchiveEntry Part, BackupEntry Entry)> _parts;

    private BackupReader(FileStream file, ZipArchive zip, Dictionary<string, (ZipArchiveEntry Part, BackupEntry Entry)> parts,
        BackupManifest manifest) =>
        (_file, _zip, _parts, Manifest) = (file, zip, parts, manifest);

    public BackupManifest Manifest { get; }

    /// <summary>Opens a backup whose bytes are those that were written, and which holds just the parts of its list of contents.</summary>
    /// <exception cref="BackupException">It is none.</exception>
    public static async Task<BackupReader> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var file = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous, BufferSize = 1 << 16 });
        try
        {
            await BackupSeal.CheckAsync(file, cancellationToken);
            file.Position = 0;
            // Names are UTF-8 whatever a part says of itself.
            var zip = await ZipArchive.CreateAsync(file, ZipArchiveMode.Read, leaveOpen: true, Encoding.UTF8, cancellationToken);
            var parts = new Dictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
            foreach (var part in zip.Entries)
                if (!parts.TryAdd(part.FullName, part)) throw new BackupException("It holds a part twice.");
            if (!parts.Remove(BackupWriter.ManifestName, out var list)) throw new BackupException("It has no list of contents.");
            var manifest = BackupManifest.Parse(await ReadListAsync(list, cancellationToken));
            return new(file, zip, Matched(parts, manifest), manifest);
        }
        catch (InvalidDataException fault)
        {
            await file.DisposeAsync();
            throw new BackupException("It is damaged: its directory cannot be read.", fault);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether there is such a part.</summary>
    public bool Has(string name) => _parts.ContainsKey(name);

    /// <summary>Reads a part to its end; what <paramref name="read"/> got is right only if no fault follows.</summary>
    /// <exception cref="BackupException">The part is absent or damaged.</exception>
    public async Task ReadAsync(string name, Func<Stream, Task> read, CancellationToken cancellationToken)
    {
        if (!_parts.TryGetValue(name, out var found)) throw new BackupException($"Its part {name} is missing.");
        try
        {
            await using var part = await found.Part.OpenAsync(cancellationToken);
            await Pipeline.ReadAheadAsync(part, async unpacked =>
            {
                await using var source = new CheckedReader(unpacked, found.Entry);
                await read(source);
                await source.FinishAsync(cancellationToken);
            }, cancellationToken);
        }
        catch (InvalidDataException fault)
        {
            throw new BackupException($"Its part {name} is damaged.", fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _zip.DisposeAsync();
        await _file.DisposeAsync();
    }

    private static Dictionary<string, (ZipArchiveEntry Part, BackupEntry Entry)> Matched(Dictionary<string, ZipArchiveEntry> parts,
        BackupManifest manifest)
    {
        var matched = new Dictionary<string, (ZipArchiveEntry Part, BackupEntry Entry)>(StringComparer.Ordinal);
        foreach (var entry in manifest.Entries)
        {
            if (!PartName.IsGood(entry.Name)) throw new BackupException("It holds a part with a name that no backup has.");
            if (!parts.TryGetValue(entry.Name, out var part) || !matched.TryAdd(entry.Name, (part, entry)))
                throw new BackupException("Its parts are not those of its list of contents.");
        }

        return matched.Count == parts.Count ? matched : throw new BackupException("Its parts are not those of its list of contents.");
    }

    private static async Task<byte[]> ReadListAsync(ZipArchiveEntry list, CancellationToken cancellationToken)
    {
        // What it says of its length is not believed: a few bytes can unpack to gigabytes.
        await using var part = await list.OpenAsync(cancellationToken);
        using var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = await part.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (content.Length + read > LongestManifest) throw new BackupException("Its list of contents is too long.");
            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }
}

/// <summary>The names that parts of a backup may have; none of them leads out of the folder that it is unpacked to.</summary>
internal static class PartName
{
    public const string Documents = "documents/";
    private const int Longest = 1000;

    public static bool IsGood(string name) =>
        name.Length is > 0 and <= Longest
        && name.Split('/').All(s => s.Length > 0 && s is not ("." or "..") && !s.EndsWith('.') && !s.EndsWith(' '))
        && !name.Any(c => char.IsControl(c) || c is '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|');
}
