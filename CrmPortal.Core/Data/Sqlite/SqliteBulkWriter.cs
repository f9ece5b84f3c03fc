using System.Globalization;
using CrmPortal.Core.Platform.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
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

    public static Task WriteAsync(CrmDbContext db, IEntityType type, IReadOnlyCollection<object> rows, CancellationToken cancellationToken)
    {
        var target = BulkColumns.Of(type);
        Run(db, rows, target.Columns.Count, values => $"insert into {target.Table} ({target.ColumnList}) values {values}",
            (row, column) => target.Columns[column].Read(row), cancellationToken);
        return Task.CompletedTask;
    }

    /// <summary>Writes new values into many rows by a statement, which is told the rows as a table of values.</summary>
    public static Task<int> UpdateAsync(CrmDbContext db, BulkUpdate update, CancellationToken cancellationToken)
    {
        var first = update.Where.Count;
        var names = string.Join(", ", Enumerable.Range(0, first + update.Set.Count).Select(Name));
        var set = string.Join(", ", update.Set.Select((c, i) => $"{c.Name} = new_values.{Name(first + i)}"));
        var where = string.Join(" and ", update.Where.Select((c, i) => $"{update.Table}.{c.Name} = new_values.{Name(i)}"));
        return Task.FromResult(Run(db, update.Rows, first + update.Set.Count,
            values => $"with new_values({names}) as (values {values}) update {update.Table} set {set} from new_values where {where}",
            (row, column) => row[column], cancellationToken));

        static string Name(int column) => string.Create(CultureInfo.InvariantCulture, $"v{column}");
    }

    /// <summary>Raises the counter of a table's keys, which also gives those that EF's own inserts will get.</summary>
    public static async Task<IReadOnlyList<long>> ReserveKeysAsync(CrmDbContext db, IEntityType type, int count,
        CancellationToken cancellationToken)
    {
        var table = BulkColumns.Of(type).TableName;
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

    public static async Task<long> RaiseCounterAsync(CrmDbContext db, string name, long count, CancellationToken cancellationToken)
    {
        await using var command = Command(db);
        command.CommandText = """
            insert into DailyCounters (Name, Value) values (@name, @count)
            on conflict (Name) do update set Value = Value + @count returning Value
            """;
        command.Parameters.AddWithValue("@name", name);
        command.Parameters.AddWithValue("@count", count);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Runs a statement over many rows, so many at once as it takes.</summary>
    /// <param name="sql">The statement for a list of rows of values.</param>
    /// <returns>How many rows it wrote.</returns>
    private static int Run<TRow>(CrmDbContext db, IReadOnlyCollection<TRow> rows, int columns, Func<string, string> sql,
        Func<TRow, int, object?> value, CancellationToken cancellationToken)
    {
        if (rows.Count == 0) return 0;
        DemandTransaction(db);
        var engine = ((SqliteConnection)db.Database.GetDbConnection()).Handle!;
        var row = $"({string.Join(", ", Enumerable.Repeat("?", columns))})";
        // The engine works within the process: there is nothing to wait for.
        sqlite3_stmt? statement = null;
        try
        {
            var (prepared, written) = (0, 0);
            foreach (var chunk in rows.Chunk(Math.Min(RowsAtOnce, MostValues / columns)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (chunk.Length != prepared)
                {
                    statement?.Dispose();
                    Check(engine, raw.sqlite3_prepare_v2(engine, sql(string.Join(", ", Enumerable.Repeat(row, chunk.Length))),
                        out statement));
                    prepared = chunk.Length;
                }

                var place = 1;
                foreach (var item in chunk)
                    for (var i = 0; i < columns; i++) Bind(engine, statement!, place++, value(item, i));
                if (raw.sqlite3_step(statement) != raw.SQLITE_DONE) Check(engine, raw.sqlite3_errcode(engine));
                written += raw.sqlite3_changes(engine);
                raw.sqlite3_reset(statement);
            }

            return written;
        }
        finally
        {
            statement?.Dispose();
        }
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
