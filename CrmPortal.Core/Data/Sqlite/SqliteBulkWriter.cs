using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>Writes many rows through one prepared statement.</summary>
internal static class SqliteBulkWriter
{
    public static async Task WriteAsync<T>(CrmDbContext db, IReadOnlyCollection<T> rows, CancellationToken cancellationToken)
        where T : class
    {
        if (rows.Count == 0) return;
        var target = BulkColumns.Of<T>(db);
        await using var command = Command(db);
        var parameters = new SqliteParameter[target.Columns.Count];
        for (var i = 0; i < parameters.Length; i++) parameters[i] = command.Parameters.Add(new SqliteParameter { ParameterName = $"@p{i}" });
        command.CommandText = $"insert into {target.Table} ({target.ColumnList}) values ({string.Join(", ", parameters.Select(p => p.ParameterName))})";
        command.Prepare();
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < parameters.Length; i++) parameters[i].Value = target.Columns[i].Read(row) ?? DBNull.Value;
            // The engine works within the process: there is nothing to wait for.
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Raises the counter of a table's keys, which also gives those that EF's own inserts will get.</summary>
    public static async Task<IReadOnlyList<long>> ReserveKeysAsync<T>(CrmDbContext db, int count, CancellationToken cancellationToken)
    {
        var table = db.Model.FindEntityType(typeof(T))!.GetTableName()!;
        await using var command = Command(db);
        command.CommandText = "update sqlite_sequence set seq = seq + @count where name = @table returning seq";
        command.Parameters.AddWithValue("@count", count);
        command.Parameters.AddWithValue("@table", table);
        if (await command.ExecuteScalarAsync(cancellationToken) is not long last)
        {
            command.CommandText = "insert into sqlite_sequence (name, seq) values (@table, @count) returning seq";
            last = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }

        var keys = new long[count];
        for (var i = 0; i < count; i++) keys[i] = last - count + 1 + i;
        return keys;
    }

    private static SqliteCommand Command(CrmDbContext db)
    {
        var transaction = db.Database.CurrentTransaction ?? throw new InvalidOperationException("Rows are written in bulk within a transaction only.");
        var command = ((SqliteConnection)db.Database.GetDbConnection()).CreateCommand();
        command.Transaction = (SqliteTransaction)transaction.GetDbTransaction();
        return command;
    }
}
