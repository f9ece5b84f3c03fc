using System.Globalization;
using Npgsql;

namespace CrmPortal.Core.Data.Postgres;

/// <summary>What the server knows of our tables: those of the schema that names without one mean.</summary>
internal static class PostgresCatalogue
{
    /// <summary>A connection of its own whose statements may take as long as they need.</summary>
    public static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false,
            CommandTimeout = 0 }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await ExecuteAsync(connection, "set statement_timeout = 0; set idle_in_transaction_session_timeout = 0", cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public static Task<List<string>> TablesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => ColumnAsync(
        connection, "select c.relname::text from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' order by 1", cancellationToken);

    /// <summary>The columns that hold something of their own, in their order.</summary>
    public static Task<List<string>> ColumnsAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken) =>
        ColumnAsync(
        connection, "select attname::text from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum", cancellationToken, Quote(table));

    /// <summary>The last value that each counter gave; those that gave none are left out.</summary>
    public static async Task<Dictionary<string, long>> SequencesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var names = await ColumnAsync(
            connection, "select c.relname::text from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind = 'S' order by 1", cancellationToken);
        var values = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var name in names)
            if (await ScalarAsync(connection, $"select case when is_called then last_value end from {Quote(name)}",
                cancellationToken) is long last) values[name] = last;
        return values;
    }

    public static async Task<List<string>> ColumnAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken,
        params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var column = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) column.Add(reader.GetString(0));
        return column;
    }

    public static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
