using System.Globalization;
using System.Runtime.CompilerServices;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace CrmPortal.Core.Data.Postgres;

/// <summary>Writes many rows by COPY.</summary>
internal static class PostgresBulkWriter
{
    private const int FirstLook = 1_000;
    private const int LookAgainAt = 8;

    /// <summary>How many rows of each table a context wrote, and at which number the server looks at the table.</summary>
    private static readonly ConditionalWeakTable<CrmDbContext, Dictionary<string, (long Rows, long LookAt)>> Written = [];

    public static async Task WriteAsync(CrmDbContext db, IEntityType type, IReadOnlyCollection<object> rows,
        CancellationToken cancellationToken)
    {
        if (rows.Count == 0) return;
        DemandTransaction(db);
        var target = BulkColumns.Of(type);
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

    /// <summary>Writes new values into many rows by one statement, which is told each column's values as a list.</summary>
    public static async Task<int> UpdateAsync(CrmDbContext db, BulkUpdate update, CancellationToken cancellationToken)
    {
        if (update.Rows.Count == 0) return 0;
        DemandTransaction(db);
        BulkColumn[] columns = [.. update.Where, .. update.Set];
        var first = update.Where.Count;
        var set = string.Join(", ", update.Set.Select((c, i) => $"{c.Name} = new_values.{Name(first + i)}"));
        var where = string.Join(" and ", update.Where.Select((c, i) => $"target.{c.Name} = new_values.{Name(i)}"));
        var lists = string.Join(", ", columns.Select((_, i) => $"@{Name(i)}"));
        var names = string.Join(", ", columns.Select((_, i) => Name(i)));
        var sql = $"update {update.Table} target set {set} from unnest({lists}) as new_values({names}) where {where}";
        return await db.Database.ExecuteSqlRawAsync(sql, columns.Select((c, i) => (object)List(c, i)), cancellationToken);

        NpgsqlParameter List(BulkColumn column, int place)
        {
            var type = column.StoredType;
            var item = type.IsValueType && Nullable.GetUnderlyingType(type) is null ? typeof(Nullable<>).MakeGenericType(type) : type;
            var values = Array.CreateInstance(item, update.Rows.Count);
            for (var i = 0; i < update.Rows.Count; i++) values.SetValue(update.Rows[i][place], i);
            return new(Name(place), values) { DataTypeName = column.StoreType + "[]" };
        }

        static string Name(int column) => string.Create(CultureInfo.InvariantCulture, $"v{column}");
    }

    private static void DemandTransaction(CrmDbContext db)
    {
        if (db.Database.CurrentTransaction is null)
            throw new InvalidOperationException("Rows are written in bulk within a transaction only.");
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

    public static async Task<IReadOnlyList<long>> ReserveKeysAsync(CrmDbContext db, IEntityType type, int count,
        CancellationToken cancellationToken)
    {
        var table = BulkColumns.Of(type).Table;
        var keys = await db.Database
            .SqlQuery<long>(
            $"""select nextval(pg_get_serial_sequence({table}, 'Id')::regclass) as "Value" from generate_series(1, {count})""")
            .ToListAsync(cancellationToken);
        keys.Sort();
        return keys;
    }
}
