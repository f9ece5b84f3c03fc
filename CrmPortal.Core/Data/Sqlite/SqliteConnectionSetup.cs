using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SQLitePCL;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>
/// What must hold on every connection, whichever SQLite library is loaded. The engine's own connection outlives those that are opened and
/// closed over it, and keeps what it was told: it is told once, and again where a statement of ours told it something else.
/// </summary>
internal sealed class SqliteConnectionSetup : IDbConnectionInterceptor, IDbCommandInterceptor
{
    // The journal mode is not set here: EF sets it when it creates the file, and its check for existence opens read-only.
    private const string Settings = """
        pragma foreign_keys = on; pragma secure_delete = on; pragma synchronous = full; pragma busy_timeout = 30000;
        pragma case_sensitive_like = on; pragma cache_size = -16000; pragma temp_store = memory;
        """;

    private static readonly ConditionalWeakTable<sqlite3, object> SetUp = [];

    void IDbConnectionInterceptor.ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    Task IDbConnectionInterceptor.ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData,
        CancellationToken cancellationToken)
    {
        Apply(connection);
        return Task.CompletedTask;
    }

    InterceptionResult<int> IDbCommandInterceptor.NonQueryExecuting(DbCommand command, CommandEventData eventData,
        InterceptionResult<int> result)
    {
        Watch(command);
        return result;
    }

    ValueTask<InterceptionResult<int>> IDbCommandInterceptor.NonQueryExecutingAsync(DbCommand command, CommandEventData eventData,
        InterceptionResult<int> result, CancellationToken cancellationToken)
    {
        Watch(command);
        return new(result);
    }

    private static void Apply(DbConnection connection)
    {
        if (((SqliteConnection)connection).Handle is not { } engine || SetUp.TryGetValue(engine, out _)) return;
        using var command = connection.CreateCommand();
        command.CommandText = Settings;
        command.ExecuteNonQuery();
        SetUp.AddOrUpdate(engine, engine);
    }

    /// <summary>
    /// Whoever sets something else has it until the connection is closed; the next one is set up anew. Called for what is sent past the
    /// framework as well.
    /// </summary>
    internal static void Watch(DbCommand command)
    {
        if (command.CommandText.Contains("pragma", StringComparison.OrdinalIgnoreCase)
            && command.Connection is SqliteConnection { Handle: { } engine }) SetUp.Remove(engine);
    }
}
