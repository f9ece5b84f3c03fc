using CrmPortal.Core.Platform.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CrmPortal.Core.Data.Postgres;

/// <summary>
/// A lock that the server keeps for as long as a connection of ours lives. A lost connection is opened again, so that a server
/// which outlived a restart of the database is still seen to use it.
/// </summary>
internal sealed partial class PostgresUse : IAsyncDisposable
{
    /// <summary>Names the lock among the advisory locks of the database.</summary>
    private const long Key = 0x43726D506F727461;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    private readonly string _connectionString;
    private readonly DatabaseUse _use;
    private readonly ILogger<PostgresUse> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private NpgsqlConnection _connection;
    private Task _keeping = Task.CompletedTask;

    private PostgresUse(string connectionString, DatabaseUse use, NpgsqlConnection connection, ILogger<PostgresUse> logger) =>
        (_connectionString, _use, _connection, _logger) = (connectionString, use, connection, logger);

    public static async Task<PostgresUse> OfAsync(string connectionString, DatabaseUse use, ILogger<PostgresUse> logger,
        CancellationToken cancellationToken)
    {
        NpgsqlConnection? connection;
        try
        {
            connection = await TakeAsync(connectionString, use, cancellationToken);
        }
        catch (Exception fault) when (fault is NpgsqlException or System.Net.Sockets.SocketException or TimeoutException)
        {
            throw new UnsuitableDatabaseException(
                $"it does not answer ({fault.GetBaseException().Message}). Check that it runs and that ConnectionStrings:Crm is right.",
                fault);
        }

        if (connection is null)
            throw new UnsuitableDatabaseException(use == DatabaseUse.Alone ? "a server or another command is using it; stop that first."
                : "it is being restored; try again when that is over.");
        var held = new PostgresUse(connectionString, use, connection, logger);
        if (use == DatabaseUse.Shared) held._keeping = Task.Run(() => held.KeepAsync(held._stopping.Token), CancellationToken.None);
        return held;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _keeping;
        await _connection.DisposeAsync();
        _stopping.Dispose();
    }

    /// <summary>A connection of its own that holds the lock, or null where others hold it in another way.</summary>
    private static async Task<NpgsqlConnection?> TakeAsync(string connectionString, DatabaseUse use, CancellationToken cancellationToken)
    {
        var connection = PostgresConnections.OfItsOwn(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand(use == DatabaseUse.Alone
                ? "select pg_try_advisory_lock($1)" : "select pg_try_advisory_lock_shared($1)", connection);
            command.Parameters.Add(new() { Value = Key });
            if (await command.ExecuteScalarAsync(cancellationToken) is true) return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LookEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
                if (!await LivesAsync(cancellationToken)) await RenewAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The use has ended.
        }
    }

    private async Task<bool> LivesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand("select 1", _connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }
        catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException or TimeoutException)
        {
            return false;
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await TakeAsync(_connectionString, _use, cancellationToken) is not { } connection) return;
            await _connection.DisposeAsync();
            _connection = connection;
        }
        catch (Exception fault) when (fault is NpgsqlException or System.Net.Sockets.SocketException or TimeoutException)
        {
            LogFault(fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The lock that shows this server to a restore is lost; it is taken again when the database answers")]
    private partial void LogFault(Exception fault);
}
