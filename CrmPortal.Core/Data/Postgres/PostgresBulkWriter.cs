using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CrmPortal.Core.Data.Postgres;

/// <summary>Writes many rows by COPY.</summary>
internal static class PostgresBulkWriter
{
    public static async Task WriteAsync<T>(CrmDbContext db, IReadOnlyCollection<T> rows, CancellationToken cancellationToken)
        where T : class
    {
        if (rows.Count == 0) return;
        if (db.Database.CurrentTransaction is null) throw new InvalidOperationException("Rows are written in bulk within a transaction only.");
        var target = BulkColumns.Of<T>(db);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await using var copy = await connection.BeginBinaryImportAsync($"copy {target.Table} ({target.ColumnList}) from stdin (format binary)", cancellationToken);
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
    }

    public static async Task<IReadOnlyList<long>> ReserveKeysAsync<T>(CrmDbContext db, int count, CancellationToken cancellationToken)
    {
        var table = $"\"{db.Model.FindEntityType(typeof(T))!.GetTableName()}\"";
        var keys = await db.Database.SqlQuery<long>($"""select nextval(pg_get_serial_sequence({table}, 'Id')::regclass) as "Value" from generate_series(1, {count})""").ToListAsync(cancellationToken);
        keys.Sort();
        return keys;
    }
}
