using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace CrmPortal.Benchmarks;

/// <summary>The database without anything of ours above it: one connection, prepared statements.</summary>
internal sealed class BareDatabase : IAsyncDisposable
{
    private BareDatabase(DbConnection connection) => Connection = connection;

    public DbConnection Connection { get; }

    public static async Task<BareDatabase> OpenAsync(bool isPostgres, string connectionString, CancellationToken cancellationToken)
    {
        DbConnection connection = isPostgres ? new NpgsqlConnection(connectionString) : new SqliteConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        return new(connection);
    }

    public DbCommand Command(string sql, params (string Name, object? Value)[] values)
    {
        var command = Connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 600;
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>The median of running statements that were recorded, reading every value of every row.</summary>
    public async Task<double> MedianAsync(IReadOnlyList<Statement> statements, int times)
    {
        var commands = new List<DbCommand>();
        try
        {
            foreach (var statement in statements)
            {
                var command = Command(statement.Sql);
                foreach (var parameter in statement.Parameters) command.Parameters.Add(parameter);
                await command.PrepareAsync();
                commands.Add(command);
            }

            return (await Measure.EachAsync(times, async _ =>
            {
                foreach (var command in commands) await ReadAsync(command, static _ => { });
            })).Median;
        }
        finally
        {
            foreach (var command in commands)
            {
                command.Parameters.Clear();
                await command.DisposeAsync();
            }
        }
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Command(sql);
        return (T)Convert.ChangeType((await command.ExecuteScalarAsync())!, typeof(T), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Every row of a query.</summary>
    public async Task<List<object?[]>> RowsAsync(string sql, params (string Name, object? Value)[] values)
    {
        var rows = new List<object?[]>();
        await using var command = Command(sql, values);
        await ReadAsync(command, row => rows.Add([.. row.Select(v => v is DBNull ? null : v)]));
        return rows;
    }

    public async Task<int> ExecuteAsync(string sql)
    {
        await using var command = Command(sql);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Inserts whole rows by one prepared statement, within the transaction that the command has.</summary>
    public async Task InsertAsync(string table, IReadOnlyList<string> columns, IEnumerable<object?[]> rows, DbTransaction transaction)
    {
        await using var command =
            Command($"insert into \"{table}\" ({string.Join(", ", columns.Select(c => $"\"{c}\""))}) values ({string.Join(", ", columns.Select((_, i) => $"@p{i}"))})");
        command.Transaction = transaction;
        DbParameter[] parameters = [.. columns.Select((_, i) => Parameter(command, $"@p{i}"))];
        foreach (var row in rows)
        {
            for (var i = 0; i < parameters.Length; i++) parameters[i].Value = row[i] ?? DBNull.Value;
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>The columns of a table, in their order.</summary>
    public async Task<IReadOnlyList<string>> ColumnsAsync(string table)
    {
        await using var command = Command($"select * from \"{table}\" where 1 = 0");
        await using var reader = await command.ExecuteReaderAsync();
        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
    }

    public static async Task ReadAsync(DbCommand command, Action<object[]> use)
    {
        await using var reader = await command.ExecuteReaderAsync();
        do
        {
            var values = new object[reader.FieldCount];
            while (await reader.ReadAsync())
            {
                reader.GetValues(values);
                use(values);
            }
        }
        while (await reader.NextResultAsync());
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    private static DbParameter Parameter(DbCommand command, string name)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        command.Parameters.Add(parameter);
        return parameter;
    }
}
