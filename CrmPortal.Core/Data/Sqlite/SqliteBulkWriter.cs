using System.Globalization;
using CrmPortal.Core.Platform.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using SQLitePCL;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>
/// Writes many rows through prepared statements of the engine itself: by commands and parameters it takes several times as long. Each
/// statement writes many rows, since the engine keeps the former pages of every statement that sets off triggers, for each of its indexes.
/// </summary>
internal static class SqliteBulkWriter
{
    private const int RowsAtOnce = 250;

    /// <summary>What the engine takes in one statement.</summary>
    private const int MostValues = 32_766;

    public static Task WriteAsync<T>(CrmDbContext db, IReadOnlyCollection<T> rows, CancellationToken cancellationToken)
        where T : class
    {
        if (rows.Count == 0) return Task.CompletedTask;
        DemandTransaction(db);
        var target = BulkColumns.Of<T>(db);
        var engine = ((SqliteConnection)db.Database.GetDbConnection()).Handle!;
        var atOnce = Math.Min(RowsAtOnce, MostValues / target.Columns.Count);
        // The engine works within the process: there is nothing to wait for.
        sqlite3_stmt? statement = null;
        try
        {
            var prepared = 0;
            foreach (var chunk in rows.Chunk(atOnce))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (chunk.Length != prepared)
                {
                    statement?.Dispose();
                    statement = Prepare(engine, target.Table, target.ColumnList, target.Columns.Count, chunk.Length);
                    prepared = chunk.Length;
                }

                var place = 1;
                foreach (var row in chunk)
                    foreach (var column in target.Columns) Bind(engine, statement!, place++, column.Read(row));
                if (raw.sqlite3_step(statement) != raw.SQLITE_DONE) Check(engine, raw.sqlite3_errcode(engine));
                raw.sqlite3_reset(statement);
            }
        }
        finally
        {
            statement?.Dispose();
        }

        return Task.CompletedTask;
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

    private static sqlite3_stmt Prepare(sqlite3 engine, string table, string columnList, int columns, int rows)
    {
        var row = $"({string.Join(", ", Enumerable.Repeat("?", columns))})";
        Check(engine, raw.sqlite3_prepare_v2(engine,
            $"insert into {table} ({columnList}) values {string.Join(", ", Enumerable.Repeat(row, rows))}", out var statement));
        return statement;
    }

    private static SqliteCommand Command(CrmDbContext db)
    {
        var transaction = DemandTransaction(db);
        var command = ((SqliteConnection)db.Database.GetDbConnection()).CreateCommand();
        command.Transaction = (SqliteTransaction)transaction.GetDbTransaction();
        return command;
    }

    private static IDbContextTransaction DemandTransaction(CrmDbContext db) =>
        db.Database.CurrentTransaction ?? throw new InvalidOperationException("Rows are written in bulk within a transaction only.");

    /// <summary>Binds a value as the provider's parameters would.</summary>
    private static void Bind(sqlite3 engine, sqlite3_stmt statement, int place, object? value) => Check(engine, value switch
    {
        null => raw.sqlite3_bind_null(statement, place),
        long number => raw.sqlite3_bind_int64(statement, place, number),
        int number => raw.sqlite3_bind_int64(statement, place, number),
        string text => raw.sqlite3_bind_text(statement, place, text),
        bool flag => raw.sqlite3_bind_int64(statement, place, flag ? 1 : 0),
        double number => raw.sqlite3_bind_double(statement, place, number),
        byte[] bytes => raw.sqlite3_bind_blob(statement, place, bytes),
        DateOnly day => raw.sqlite3_bind_text(statement, place, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        decimal number =>
            raw.sqlite3_bind_text(statement, place, number.ToString("0.0###########################", CultureInfo.InvariantCulture)),
        _ => throw new NotSupportedException($"A value of {value.GetType().Name} cannot be written in bulk."),
    });

    private static void Check(sqlite3 engine, int result)
    {
        if (result == raw.SQLITE_OK) return;
        var message = raw.sqlite3_errmsg(engine);
        throw new SqliteException($"SQLite Error {result}: '{message.utf8_to_string()}'.", result & 0xFF,
            raw.sqlite3_extended_errcode(engine));
    }
}
