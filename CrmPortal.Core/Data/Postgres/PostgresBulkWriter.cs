using System.Runtime.CompilerServices;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CrmPortal.Core.Data.Postgres;

/// <summary>Writes many rows by COPY.</summary>
internal static class PostgresBulkWriter
{
    private const int FirstLook = 1_000;
    private const int LookAgainAt = 8;

    /// <summary>How many rows of each table a context wrote, and at which number the server looks at the table.</summary>
    private static readonly ConditionalWeakTable<CrmDbContext, Dictionary<string, (long Rows, long LookAt)>> Written = [];

    public static async Task WriteAsync<T>(CrmDbContext db, IReadOnlyCollection<T> rows, CancellationToken cancellationToken)
        where T : class
    {
        if (rows.Count == 0) return;
        if (db.Database.CurrentTransaction is null)
            throw new InvalidOperationException("Rows are written in bulk within a transaction only.");
        var target = BulkColumns.Of<T>(db);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await using var copy = await connection
            .BeginBinaryImportAsync($"copy {target.Table} ({target.ColumnList}) from stdin (format binary)", cancellationToken);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            foreach (var column in target.Columns)
            {
                if (column.Read(row) is { } value) await copy.WriteAsync(value, column.StoreType, cancellationToken);
                else await copy.WriteNullAsync(cancellationToken);
            }
        }

        await copy.CompleteAsync(cancellationToken);
        await copy.DisposeAsync();
        await TellAsync(db, target.Table, rows.Count, cancellationToken);
    }

    /// <summary>
    /// Lets the server look at a table that grows within one transaction. Nobody else sees the rows yet, so it takes the table for
    /// empty, and checks each foreign key by reading all of it.
    /// </summary>
    private static async Task TellAsync(CrmDbContext db, string table, int count, CancellationToken cancellationToken)
    {
        var tables = Written.GetOrCreateValue(db);
        // Who writes once, writes into a table that others see again at once.
        var isFirst = !tables.TryGetValue(table, out var known);
        var (rows, lookAt) = isFirst ? (count, FirstLook) : (known.Rows + count, known.LookAt);
        tables[table] = (rows, lookAt);
        if (isFirst || rows < lookAt) return;
        tables[table] = (rows, rows * LookAgainAt);
        var analyze = $"analyze {table}";
        await db.Database.ExecuteSqlRawAsync(analyze, cancellationToken);
    }

    public static async Task<IReadOnlyList<long>> ReserveKeysAsync<T>(CrmDbContext db, int count, CancellationToken cancellationToken)
    {
        var table = $"\"{db.Model.FindEntityType(typeof(T))!.GetTableName()}\"";
        var keys = await db.Database
            .SqlQuery<long>(
            $"""select nextval(pg_get_serial_sequence({table}, 'Id')::regclass) as "Value" from generate_series(1, {count})""")
            .ToListAsync(cancellationToken);
        keys.Sort();
        return keys;
    }
}
