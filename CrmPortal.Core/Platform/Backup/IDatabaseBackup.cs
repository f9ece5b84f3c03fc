namespace CrmPortal.Core.Platform.Backup;

/// <summary>What a database gave to an archive.</summary>
public sealed record DatabaseContents(string Migration, IReadOnlyList<BackupTable> Tables)
{
    public IReadOnlyDictionary<string, long> Sequences { get; init; } = new Dictionary<string, long>();
}

/// <summary>Copies a whole database to an archive and back; each kind of database has its own way.</summary>
public interface IDatabaseBackup
{
    /// <summary>The kind of database, as it is in the list of contents.</summary>
    string Provider { get; }

    /// <summary>Writes one consistent state of the database, while others go on reading and writing.</summary>
    /// <exception cref="BackupException">There is no database, or it is damaged.</exception>
    Task<DatabaseContents> WriteAsync(BackupWriter archive, IProgress<string> progress, CancellationToken cancellationToken);

    /// <summary>Reads the database's parts of an archive to their ends and counts what can be counted in them.</summary>
    /// <exception cref="BackupException">They do not hold what the list of contents says.</exception>
    Task VerifyAsync(BackupReader archive, CancellationToken cancellationToken);

    /// <summary>The migrations that this program knows, oldest first.</summary>
    IReadOnlyList<string> KnownMigrations { get; }

    /// <summary>
    /// What the present database holds, as the end of a sentence such as "3 rows in Users", or null where it is empty or absent.
    /// </summary>
    Task<string?> DescribeDataAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Puts the archive's database in the place of the present one, completely or not at all. It reads the archive once, and
    /// checks on the way what <see cref="VerifyAsync"/> would.
    /// </summary>
    /// <param name="beforeSwap">Runs when the new database is ready and nothing has been replaced yet.</param>
    /// <exception cref="BackupException">It does not hold what the list of contents says; nothing was changed.</exception>
    Task RestoreAsync(BackupReader archive, IProgress<string> progress, Func<Task> beforeSwap, CancellationToken cancellationToken);
}
