using System.Text.Json;
using System.Text.Json.Serialization;

namespace CrmPortal.Core.Platform.Backup;

/// <summary>What is in a backup, so that it can be checked against it to the last row.</summary>
public sealed record BackupManifest
{
    public const int CurrentFormat = 1;

    /// <summary>Raised when older programs cannot read what newer ones write.</summary>
    public required int Format { get; init; }

    /// <summary>The version of the program that made the backup.</summary>
    public required string Version { get; init; }

    /// <summary>The kind of database; a backup goes back into the same kind only.</summary>
    public required string Provider { get; init; }

    /// <summary>The last migration of the schema.</summary>
    public required string Migration { get; init; }

    public required DateTimeOffset MadeAt { get; init; }
    public required IReadOnlyList<BackupTable> Tables { get; init; }
    public required IReadOnlyList<BackupEntry> Entries { get; init; }

    /// <summary>The counters that give keys, where the database has them apart from its tables.</summary>
    public IReadOnlyDictionary<string, long> Sequences { get; init; } = new Dictionary<string, long>();

    public long Rows => Tables.Sum(t => t.Rows);

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, BackupJson.Default.BackupManifest);

    /// <exception cref="BackupException">It is no manifest that this program understands.</exception>
    internal static BackupManifest Parse(ReadOnlySpan<byte> json)
    {
        BackupManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(json, BackupJson.Default.BackupManifest);
        }
        catch (JsonException fault)
        {
            throw new BackupException("Its list of contents cannot be read.", fault);
        }

        if (manifest is null) throw new BackupException("Its list of contents is empty.");
        if (manifest.Format != CurrentFormat)
            throw new BackupException($"It has the format {manifest.Format}; this program reads {CurrentFormat}.");
        if (manifest.Entries.Any(e => e.Length < 0 || e.Name is null || e.Sha256 is null)
            || manifest.Tables.Any(t => t.Rows < 0 || t.Name is null))
            throw new BackupException("Its list of contents holds impossible values.");
        return manifest;
    }
}

/// <summary>A table, with the number of its rows.</summary>
/// <param name="Entry">The part of the archive that holds the rows, where each table has its own.</param>
/// <param name="Columns">The columns in the order in which the rows hold them, likewise.</param>
public sealed record BackupTable(string Name, long Rows, string? Entry = null, IReadOnlyList<string>? Columns = null);

/// <summary>A part of the archive.</summary>
public sealed record BackupEntry(string Name, long Length, string Sha256);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
