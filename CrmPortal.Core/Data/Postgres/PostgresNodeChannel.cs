using CrmPortal.Core.Platform.Live;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CrmPortal.Core.Data.Postgres;

/// <summary>Messages between nodes by <c>LISTEN</c> and <c>NOTIFY</c>; a lost connection is opened again.</summary>
internal sealed partial class PostgresNodeChannel(string connectionString, ILogger<PostgresNodeChannel> logger) : INodeChannel
{
    private const string Channel = "crm_portal";
    private const int LongestMessage = 7900; // The server's limit for a payload is 8,000 bytes.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _listening = Task.CompletedTask;

    public event Action<string>? Received;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listening = Task.Run(() => ListenAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task PublishAsync(string message, CancellationToken cancellationToken)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(message) > LongestMessage)
            throw new ArgumentException("The message is too long.", nameof(message));
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select pg_notify($1, $2)",
            connection) { Parameters = { new() { Value = Channel }, new() { Value = message } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _listening;
        _stopping.Dispose();
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = PostgresConnections.OfItsOwn(connectionString);
                await connection.OpenAsync(cancellationToken);
                connection.Notification += (_, message) => Tell(message.Payload);
                await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
                    await listen.ExecuteNonQueryAsync(cancellationToken);
                while (true) await connection.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // Whatever it was: without this loop no page of this node would hear of anything again, and nobody would know.
                LogLost(fault);
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Tell(string message)
    {
        try
        {
            Received?.Invoke(message);
        }
        catch (Exception fault)
        {
            LogListener(fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A message of another node could not be taken")]
    private partial void LogListener(Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connection for live updates was lost; it is opened again")]
    private partial void LogLost(Exception fault);
}
