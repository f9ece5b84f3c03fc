using System.Collections.Concurrent;
using System.Globalization;
using CrmPortal.Core.Platform.Backup;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>Checks a database file that nobody writes, table by table on several threads, and counts its rows.</summary>
/// <param name="isNew">
/// Whether it was never looked at. What comes out of a backup is, letter by letter by its hash, what was checked as a whole when that
/// was made: then it is enough that its pages hang together.
/// </param>
internal sealed class SqliteCheck(string file, bool isNew)
{
    public const string HistoryTable = "__EFMigrationsHistory";

    private const int MostThreads = 4;
    private const int CacheKilobytes = 262144;
    private const int StepsBetweenQuestions = 10_000;

    private readonly ConcurrentQueue<Table> _waiting = new();
    private readonly ConcurrentDictionary<string, long> _rows = new(StringComparer.Ordinal);
    private readonly int _threads = Math.Clamp(Environment.ProcessorCount, 1, MostThreads);

    /// <exception cref="BackupException">It is damaged, or not ours.</exception>
    /// <exception cref="SqliteException">It cannot even be read.</exception>
    public async Task<DatabaseContents> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var migration = await Task.Run(Plan, cancellationToken);
        // The engine works on the thread that asks: those of the pool are for the one who compresses meanwhile.
        await Task.WhenAll(Enumerable.Range(0, _threads).Select(_ => Task.Factory
            .StartNew(() => Work(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        cancellationToken.ThrowIfCancellationRequested();
        return new(migration, [.. _rows.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => new BackupTable(r.Key, r.Value))]);
    }

    /// <summary>A step of the check.</summary>
    /// <param name="Name">The table, or null for the file as a whole.</param>
    private sealed record Table(string? Name, bool IsOurs, bool HasIndex, bool HasKeys, long Weight);

    private string Plan()
    {
        using var connection = Open();
        var tables = Tables(connection);
        if (!tables.Exists(t => t.Name == HistoryTable)) throw new BackupException("The database holds no data of CrmPortal.");
        // Table by table the engine does not see a page that two of them use, or one and the list of free pages. Asked for the whole it
        // does; that looks into no index, and so is one step among the others.
        if (isNew) _waiting.Enqueue(new(null, false, false, false, 0));
        // The last to be begun are small, so that no thread waits long for another.
        foreach (var table in tables.OrderByDescending(t => t.Weight)) _waiting.Enqueue(table);
        return SqliteStatement.Scalar<string>(connection, $"select max(MigrationId) from {HistoryTable}");
    }

    private static List<Table> Tables(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            select t.name, t.type = 'table', t.wr = 0, (select count(*) from pragma_index_list(t.name)),
              exists (select 1 from pragma_foreign_key_list(t.name))
            from pragma_table_list t where t.schema = 'main' and t.type <> 'view'
            """;
        using var reader = command.ExecuteReader();
        var tables = new List<Table>();
        while (reader.Read())
        {
            var (name, isTable, indexes) = (reader.GetString(0), reader.GetBoolean(1), reader.GetInt64(3));
            // Keys count up: the last one tells about how many rows there are, without reading them.
            var rows = isTable && reader.GetBoolean(2) ? LastKey(connection, name) : 0;
            tables.Add(new(name, isTable && !name.StartsWith("sqlite_", StringComparison.Ordinal), indexes > 0, reader.GetBoolean(4),
                rows * (1 + indexes)));
        }

        return tables;
    }

    private static long LastKey(SqliteConnection connection, string table)
    {
        try
        {
            return SqliteStatement.Scalar<long>(connection, $"select coalesce(max(rowid), 0) from {SqliteStatement.Quote(table)}");
        }
        catch (SqliteException)
        {
            // The check says what is wrong with it.
            return 0;
        }
    }

    private void Work(CancellationTokenSource stop)
    {
        try
        {
            using var connection = Open();
            // Rows are compared with each of their indexes, page here, page there: through the usual small cache each is read many times.
            // The file is not mapped into memory, since a disk that cannot read it would then end the program instead of being told.
            SqliteStatement.Execute(connection, string.Create(CultureInfo.InvariantCulture,
                $"pragma cache_size = -{CacheKilobytes / _threads}"));
            // The engine asks now and then, in whatever statement it is; an interruption from outside misses what begins just after it.
            raw.sqlite3_progress_handler(connection.Handle!, StepsBetweenQuestions, _ => stop.IsCancellationRequested ? 1 : 0, null);
            while (!stop.IsCancellationRequested && _waiting.TryDequeue(out var table)) Check(connection, table);
        }
        catch (Exception fault) when (stop.IsCancellationRequested && fault is SqliteException or BackupException)
        {
            // Interrupted, which a check may also tell as a finding: another thread has found what is wrong, or nobody waits any more.
        }
        catch
        {
            stop.Cancel();
            throw;
        }
    }

    private void Check(SqliteConnection connection, Table table)
    {
        if (table.Name is null)
        {
            Demand(connection, "pragma quick_check(3)");
            return;
        }

        var name = SqliteStatement.Quote(table.Name);
        if (!isNew) Demand(connection, $"pragma quick_check({name})");
        else if (table.HasIndex) Demand(connection, $"pragma integrity_check({name})");
        if (isNew && table.HasKeys
            && SqliteStatement.Column(connection, $"pragma foreign_key_check({name})", most: 1) is [var broken])
            throw new BackupException($"The database is damaged: a row of {broken} names another that is not there.");
        if (table.IsOurs) _rows[table.Name] = SqliteStatement.Scalar<long>(connection, $"select count(*) from {name}");
    }

    private static void Demand(SqliteConnection connection, string check)
    {
        if (SqliteStatement.Column(connection, check, most: 3) is not ["ok"] and var findings)
            throw new BackupException($"The database is damaged: {string.Join(" ", findings)}.");
    }

    /// <summary>Opens it as a file that never changes: the engine locks nothing and makes nothing beside it.</summary>
    private SqliteConnection Open() => SqliteStatement.Open(Address(Path.GetFullPath(file)) + "?immutable=1", SqliteOpenMode.ReadOnly);

    /// <summary>A path as the engine reads one from an address: every sign is itself, but for three; a share has no host there.</summary>
    private static string Address(string path)
    {
        if (OperatingSystem.IsWindows()) path = path.Replace('\\', '/');
        var signs = path.Replace("%", "%25", StringComparison.Ordinal).Replace("?", "%3f", StringComparison.Ordinal)
            .Replace("#", "%23", StringComparison.Ordinal);
        return signs.StartsWith('/') ? "file://" + signs : "file:///" + signs;
    }
}
