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
            await Aside(() => Copy(copy), cancellationToken);
            progress.Report("Checking the copy");
            var contents = await Aside(() => Examine(copy, isNew: true), cancellationToken);
            progress.Report("Compressing the copy");
            await using var source = new FileStream(copy,
                new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 1 << 18 });
            await archive.AddAsync(Part, part => source.CopyToAsync(part, 1 << 18, cancellationToken), cancellationToken);
            return contents;
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
                using var connection = Open(databaseFile, SqliteOpenMode.ReadWrite);
                return Tables(connection).Where(t => t != HistoryTable)
                    .Where(t => Scalar<long>(connection, $"select exists (select 1 from {Quote(t)})") == 1).ToList();
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
            await using (var file = OwnFile.Create(fresh))
            {
                await archive.ReadAsync(Part, part => part.CopyToAsync(file, 1 << 18, cancellationToken), cancellationToken);
                file.Flush(flushToDisk: true);
            }

            progress.Report("Checking the database");
            var contents = await Aside(() => Examine(fresh, isNew: false), cancellationToken);
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

    private const string HistoryTable = "__EFMigrationsHistory";

    private void Copy(string copy)
    {
        using var source = Open(databaseFile, SqliteOpenMode.ReadWrite);
        using var target = Open(copy, SqliteOpenMode.ReadWriteCreate);
        // The copy is made again where it is cut off.
        Execute(target, "pragma synchronous = off");
        // One step of one read transaction: it never begins again because somebody wrote.
        source.BackupDatabase(target);
    }

    /// <summary>Checks a file that nobody else has open, and counts its rows.</summary>
    /// <param name="isNew">
    /// Whether it was never looked at. What comes out of a backup is, letter by letter by its hash, what was checked as a whole when that
    /// was made: then it is enough that its pages hang together.
    /// </param>
    private static DatabaseContents Examine(string file, bool isNew)
    {
        using var connection = Open(file, SqliteOpenMode.ReadWrite);
        // Rows are compared with each of their indexes, page here, page there: through the usual small cache each is read many times. The
        // file is not mapped into memory, since a disk that cannot read it would then end the program instead of being told.
        Execute(connection, "pragma cache_size = -262144");
        var findings = Column(connection, isNew ? "pragma integrity_check(3)" : "pragma quick_check(3)");
        if (findings is not ["ok"]) throw new BackupException($"The database is damaged: {string.Join(" ", findings)}.");
        if (isNew && Column(connection, "select \"table\" from pragma_foreign_key_check limit 1") is [var broken])
            throw new BackupException($"The database is damaged: a row of {broken} names another that is not there.");
        var tables = Tables(connection);
        if (!tables.Contains(HistoryTable)) throw new BackupException("The database holds no data of CrmPortal.");
        var migration = Scalar<string>(connection, $"select max(MigrationId) from {HistoryTable}");
        return new(migration, [.. tables.Select(t => new BackupTable(t, Scalar<long>(connection, $"select count(*) from {Quote(t)}")))]);
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
            using var connection = Open(databaseFile, SqliteOpenMode.ReadWrite);
            Execute(connection, "pragma wal_checkpoint(truncate)");
        }
        catch (SqliteException)
        {
            // It is damaged, which may be why it is being replaced.
        }
    }

    /// <summary>Runs what cannot be interrupted on a thread of its own; who stops waiting for it loses nothing but a copy.</summary>
    private static Task<T> Aside<T>(Func<T> work, CancellationToken cancellationToken) => Task.Run(work, CancellationToken.None)
        .WaitAsync(cancellationToken);

    private static Task Aside(Action work, CancellationToken cancellationToken) => Task.Run(work, CancellationToken.None)
        .WaitAsync(cancellationToken);

    private static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false,
            DefaultTimeout = 30 }.ConnectionString);
        connection.Open();
        Execute(connection, "pragma busy_timeout = 30000");
        return connection;
    }

    private static List<string> Tables(SqliteConnection connection) =>
        Column(connection,
            "select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name");

    private static List<string> Column(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read()) values.Add(reader.GetString(0));
        return values;
    }

    private static T Scalar<T>(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        return command.ExecuteScalar() is T value ? value : throw new BackupException("The database holds no data of CrmPortal.");
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    private static void Remove(string file)
    {
        File.Delete(file);
        File.Delete(file + "-wal");
        File.Delete(file + "-shm");
        File.Delete(file + "-journal");
    }
}
