using System.Buffers;
using System.Globalization;
using CrmPortal.Core.Platform.Backup;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CrmPortal.Core.Data.Postgres;

/// <summary>Copies every table as the server's own binary rows, all of them as one moment shows them.</summary>
internal sealed class PostgresBackup(string connectionString, Func<CrmDbContext> createContext) : IDatabaseBackup
{
    internal const string HistoryTable = "__EFMigrationsHistory";
    private const string NoData = "The database holds no data of CrmPortal.";

    public string Provider => "Postgres";

    public IReadOnlyList<string> KnownMigrations
    {
        get
        {
            using var db = createContext();
            return [.. db.Database.GetMigrations()];
        }
    }

    public async Task<DatabaseContents> WriteAsync(BackupWriter archive, IProgress<string> progress, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await PostgresCatalogue.OpenAsync(connectionString, cancellationToken);
            await using var view = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
            await PostgresCatalogue.ExecuteAsync(connection, "set transaction read only", cancellationToken);
            var names = await PostgresCatalogue.TablesAsync(connection, cancellationToken);
            if (!names.Contains(HistoryTable)) throw new BackupException(NoData);
            // Nobody may change the tables themselves while they are read; rows may change.
            await PostgresCatalogue
                .ExecuteAsync(connection, $"lock table {string.Join(", ", names.Select(PostgresCatalogue.Quote))} in access share mode",
                cancellationToken);
            if (await PostgresCatalogue.ScalarAsync(connection, $"""select max("MigrationId") from "{HistoryTable}" """,
                cancellationToken) is not string migration) throw new BackupException(NoData);

            var tables = new List<BackupTable>();
            foreach (var name in names.Where(n => n != HistoryTable))
            {
                progress.Report($"Copying {name}");
                tables.Add(await WriteTableAsync(connection, archive, name, cancellationToken));
            }

            return new(migration, tables) { Sequences = await PostgresCatalogue.SequencesAsync(connection, cancellationToken) };
        }
        catch (NpgsqlException fault)
        {
            throw new BackupException($"The database cannot be copied: {fault.GetBaseException().Message}.", fault);
        }
    }

    public async Task VerifyAsync(BackupReader archive, CancellationToken cancellationToken)
    {
        foreach (var table in archive.Manifest.Tables)
        {
            var (entry, columns) = RowsOf(table);
            var rows = new CopyRows(columns.Count);
            await archive.ReadAsync(entry, part => PumpAsync(part, Stream.Null, rows, cancellationToken), cancellationToken);
            Compare(table, rows);
        }
    }

    public async Task<string?> DescribeDataAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await PostgresCatalogue.OpenAsync(connectionString, cancellationToken);
            var filled = new List<string>();
            foreach (var name in await PostgresCatalogue.TablesAsync(connection, cancellationToken))
                if (name != HistoryTable
                    && await PostgresCatalogue.ScalarAsync(connection, $"select exists (select 1 from {PostgresCatalogue.Quote(name)})",
                    cancellationToken) is true) filled.Add(name);
            return filled.Count == 0 ? null : "rows in " + string.Join(", ", filled.Take(3)) + (filled.Count > 3 ? " and others" : "");
        }
        catch (NpgsqlException fault)
        {
            throw new BackupException($"The database cannot be read: {fault.GetBaseException().Message}.", fault);
        }
    }

    public async Task RestoreAsync(BackupReader archive, IProgress<string> progress, Func<Task> beforeSwap,
        CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await PostgresCatalogue.OpenAsync(connectionString, cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await new PostgresRestore(connection, createContext).RunAsync(archive, progress, cancellationToken);
            await beforeSwap();
            await transaction.CommitAsync(cancellationToken);
        }
        catch (NpgsqlException fault)
        {
            throw new BackupException($"The database does not take it: {fault.GetBaseException().Message}.", fault);
        }
    }

    /// <summary>The part with the rows of a table, and the columns that they hold.</summary>
    internal static (string Entry, IReadOnlyList<string> Columns) RowsOf(BackupTable table) =>
        table is { Entry: { } entry, Columns: { Count: > 0 } columns }
            ? (entry, columns)
            : throw new BackupException($"Its table {table.Name} has no rows of its own.");

    /// <summary>Refuses rows that came to no end, or are others than the list of contents says.</summary>
    internal static void Compare(BackupTable table, CopyRows rows)
    {
        if (!rows.IsComplete || rows.Rows != table.Rows)
            throw new BackupException(string.Create(CultureInfo.InvariantCulture,
                $"Its table {table.Name} has {rows.Rows} rows, and its list of contents says {table.Rows}."));
    }

    /// <summary>Passes on the rows of a table and counts them.</summary>
    internal static async Task PumpAsync(Stream source, Stream target, CopyRows rows, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 18);
        try
        {
            for (int read; (read = await source.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                rows.Add(buffer.AsSpan(0, read));
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<BackupTable> WriteTableAsync(NpgsqlConnection connection, BackupWriter archive, string name,
        CancellationToken cancellationToken)
    {
        var columns = await PostgresCatalogue.ColumnsAsync(connection, name, cancellationToken);
        var rows = new CopyRows(columns.Count);
        var entry = await archive.AddAsync($"tables/{name}", async part =>
        {
            await using var source = await connection.BeginRawBinaryCopyAsync(
                $"copy {PostgresCatalogue.Quote(name)} ({string.Join(", ", columns.Select(PostgresCatalogue.Quote))}) to stdout (format binary)", cancellationToken);
            await PumpAsync(source, part, rows, cancellationToken);
        }, cancellationToken);
        if (!rows.IsComplete) throw new BackupException($"The rows of {name} came to no end.");
        return new(name, rows.Rows, entry.Name, columns);
    }
}
