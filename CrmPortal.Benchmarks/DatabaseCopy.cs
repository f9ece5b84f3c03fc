using Npgsql;

namespace CrmPortal.Benchmarks;

/// <summary>Copies of a PostgreSQL database, one for each build that is compared.</summary>
internal static class DatabaseCopy
{
    private const string Maintenance = "postgres";

    /// <summary>Copies the database of a connection; nobody else may be using it.</summary>
    /// <returns>The connection of the copy.</returns>
    public static async Task<string> MakeAsync(string connectionString, string build, CancellationToken cancellationToken)
    {
        var original = new NpgsqlConnectionStringBuilder(connectionString);
        var copy = new NpgsqlConnectionStringBuilder(connectionString) { Database = $"{original.Database} of {build}" };
        await DropAsync(copy.ConnectionString, cancellationToken);
        await ExecuteAsync(original, $"create database {Quote(copy.Database)} template {Quote(original.Database!)}", cancellationToken);
        return copy.ConnectionString;
    }

    public static Task DropAsync(string connectionString, CancellationToken cancellationToken)
    {
        var copy = new NpgsqlConnectionStringBuilder(connectionString);
        return ExecuteAsync(copy, $"drop database if exists {Quote(copy.Database!)} with (force)", cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnectionStringBuilder server, string sql, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = Maintenance, Pooling = false };
        await using var source = NpgsqlDataSource.Create(connection.ConnectionString);
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
}
