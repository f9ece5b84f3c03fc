using System.Globalization;
using CrmPortal.Core.Platform.Backup;
using Microsoft.Data.Sqlite;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>
/// Copies the database file page by page while others write: one read transaction shows one state, and writers go on in the
/// write-ahead log. A plain copy of the file would miss what is in that log.
/// </summary>
internal sealed class SqliteBackup(string databaseFile, Func<IReadOnlyList<string>> knownMigrations) : IDatabaseBackup
{
    private const int Block = 1 << 18;
    private const string Part = "database.db";
    private const string Working = ".copying";
    private const string Restoring = ".restoring";
    private const string Kept = ".before-restore";

    public string Provider => "Sqlite";

    public IReadOnlyList<string> KnownMigrations => knownMigrations();

    public async Task<DatabaseContents> WriteAsync(BackupWriter archive, IProgress<string> progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(databaseFile))
            throw new BackupException(
            $"There is no database {Path.GetFullPath(databaseFile)}; check Database:DataFolder and ConnectionStrings:Crm.");
        var copy = Path.Combine(archive.WorkFolder, Path.GetFileName(databaseFile) + "." + Guid.NewGuid().ToString("N") + Working);
        FreeSpace.Demand(archive.WorkFolder, new FileInfo(databaseFile).Length);
        try
        {
            await OwnFile.Create(copy).DisposeAsync();
            progress.Report("Copying the database");
            // It cannot be interrupted, and a copy that nobody waited for would be left behind.
            await Task.Run(() => Copy(copy), CancellationToken.None);
            progress.Report("Checking and compressing the copy");
            return await WhileCheckedAsync(copy, isNew: true, token => PackAsync(archive, copy, token), cancellationToken);
        }
        catch (SqliteException fault)
        {
            throw new BackupException($"The database {Path.GetFullPath(databaseFile)} cannot be copied: {fault.Message}", fault);
        }
        finally
        {
            Remove(copy);
        }
    }

    /// <summary>The hash is enough: it was taken of the copy whose rows were counted.</summary>
    public Task VerifyAsync(BackupReader archive, CancellationToken cancellationToken) =>
        archive.ReadAsync(Part, static _ => Task.CompletedTask, cancellationToken);

    public async Task<string?> DescribeDataAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(databaseFile) || new FileInfo(databaseFile).Length == 0) return null;
        try
        {
            var filled = await Task.Run(() =>
            {
                using var connection = SqliteStatement.Open(databaseFile, SqliteOpenMode.ReadWrite);
                return Tables(connection).Where(t => t != SqliteCheck.HistoryTable)
                    .Where(t => SqliteStatement.Scalar<long>(connection, $"select exists (select 1 from {SqliteStatement.Quote(t)})") == 1)
                    .ToList();
            }, cancellationToken);
            return filled.Count == 0 ? null : "rows in " + string.Join(", ", filled.Take(3)) + (filled.Count > 3 ? " and others" : "");
        }
        catch (SqliteException)
        {
            return "something that cannot be read";
        }
    }

    public async Task RestoreAsync(BackupReader archive, IProgress<string> progress, Func<Task> beforeSwap,
        CancellationToken cancellationToken)
    {
        var fresh = databaseFile + Restoring;
        var folder = Path.GetDirectoryName(Path.GetFullPath(databaseFile))!;
        Directory.CreateDirectory(folder);
        FreeSpace.Demand(folder, archive.Manifest.Entries.Where(e => e.Name == Part).Sum(e => e.Length));
        Remove(fresh);
        try
        {
            await using var file = OwnFile.Create(fresh);
            await archive.ReadAsync(Part, part => part.CopyToAsync(file, Block, cancellationToken), cancellationToken);
            await file.FlushAsync(cancellationToken);
            progress.Report("Checking the database");
            var contents = await WhileCheckedAsync(fresh, isNew: false,
                _ => Task.Run(() => file.Flush(flushToDisk: true), CancellationToken.None), cancellationToken);
            await file.DisposeAsync();
            Compare(archive.Manifest, contents);
            cancellationToken.ThrowIfCancellationRequested();
            await beforeSwap();
            await Task.Run(() => Swap(fresh), CancellationToken.None);
        }
        catch (SqliteException fault)
        {
            throw new BackupException($"Its database cannot be opened: {fault.Message}.", fault);
        }
        finally
        {
            Remove(fresh);
        }
    }

    private void Copy(string copy)
    {
        using var source = SqliteStatement.Open(databaseFile, SqliteOpenMode.ReadWrite);
        using var target = SqliteStatement.Open(copy, SqliteOpenMode.ReadWriteCreate);
        // The copy is made again where it is cut off.
        SqliteStatement.Execute(target, "pragma synchronous = off");
        // One step of one read transaction: it never begins again because somebody wrote.
        source.BackupDatabase(target);
    }

    /// <summary>Checks a file, and does meanwhile what does not change it; a fault of either ends the other.</summary>
    private static async Task<DatabaseContents> WhileCheckedAsync(string file, bool isNew, Func<CancellationToken, Task> work,
        CancellationToken cancellationToken)
    {
        DatabaseContents? contents = null;
        await Parallel.ForEachAsync<Func<CancellationToken, Task>>(
            [async token => contents = await new SqliteCheck(file, isNew).RunAsync(token), work],
            cancellationToken, async (half, token) => await half(token));
        return contents!;
    }

    private static async Task PackAsync(BackupWriter archive, string copy, CancellationToken cancellationToken)
    {
        await using var source = new FileStream(copy,
            new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = Block });
        await archive.AddAsync(Part, part => source.CopyToAsync(part, Block, cancellationToken), cancellationToken);
    }

    private static void Compare(BackupManifest manifest, DatabaseContents found)
    {
        if (found.Migration != manifest.Migration)
            throw new BackupException("Its database is of another version than its list of contents says.");
        var rows = manifest.Tables.ToDictionary(t => t.Name, t => t.Rows, StringComparer.Ordinal);
        if (rows.Count != found.Tables.Count) throw new BackupException("Its database has other tables than its list of contents says.");
        foreach (var table in found.Tables)
        {
            if (!rows.TryGetValue(table.Name, out var expected) || expected != table.Rows)
                throw new BackupException(string.Create(CultureInfo.InvariantCulture,
                    $"Its table {table.Name} has {table.Rows} rows, and its list of contents says {expected}."));
        }
    }

    private void Swap(string fresh)
    {
        var kept = databaseFile + Kept;
        Remove(kept);
        if (!File.Exists(databaseFile))
        {
            // A log without its database would be taken for the new one's.
            Remove(databaseFile);
            File.Move(fresh, databaseFile);
            return;
        }

        Settle();
        // What a damaged database left in its log is kept beside it.
        if (File.Exists(databaseFile + "-wal")) File.Move(databaseFile + "-wal", kept + "-wal");
        File.Delete(databaseFile + "-shm");
        File.Replace(fresh, databaseFile, kept);
    }

    /// <summary>Moves what is in the log of the old database into its file; the log goes with the last connection.</summary>
    private void Settle()
    {
        try
        {
            using var connection = SqliteStatement.Open(databaseFile, SqliteOpenMode.ReadWrite);
            SqliteStatement.Execute(connection, "pragma wal_checkpoint(truncate)");
        }
        catch (SqliteException)
        {
            // It is damaged, which may be why it is being replaced.
        }
    }

    private static List<string> Tables(SqliteConnection connection) => SqliteStatement.Column(connection,
        "select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name");

    private static void Remove(string file)
    {
        File.Delete(file);
        File.Delete(file + "-wal");
        File.Delete(file + "-shm");
        File.Delete(file + "-journal");
    }
}
