using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>
/// Lets the writers of this process in one after the other, in the order in which they came. SQLite lets one write at a time as well, but
/// whoever finds it busy looks again after a while, up to a tenth of a second later, and may find somebody else in who came after them.
/// Writers that come by another way, such as a command of another process, still wait at the engine.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore of whose handle nobody asks holds nothing to give back.")]
internal sealed class SqliteWriters : IDbTransactionInterceptor, IDbCommandInterceptor, IDbConnectionInterceptor
{
    /// <summary>Whoever has waited for so long goes to the engine, which says what is wrong.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private static readonly string[] Writing = ["insert", "update", "delete", "replace"];

    private readonly SemaphoreSlim _door = new(1, 1);

    /// <summary>The connection that is in.</summary>
    private readonly ConcurrentDictionary<Guid, bool> _inside = [];

    /// <summary>Those that want to begin a transaction and cannot yet, whether at this door or at the engine's.</summary>
    private readonly ConcurrentDictionary<Guid, long> _waiting = [];

    public bool IsSomebodyWaiting
    {
        get
        {
            if (_waiting.IsEmpty) return false;
            // Those have got an error at the engine, of which nobody tells.
            foreach (var (connection, since) in _waiting)
                if (Environment.TickCount64 - since > 2.5 * Longest.TotalMilliseconds) _waiting.TryRemove(connection, out _);
            return !_waiting.IsEmpty;
        }
    }

    /// <summary>Lets the next one in; harmless where the connection was not in.</summary>
    public void Leave(Guid connection)
    {
        if (_inside.TryRemove(connection, out _)) _door.Release();
    }

    InterceptionResult<DbTransaction> IDbTransactionInterceptor.TransactionStarting(DbConnection connection,
        TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result)
    {
        Enter(eventData.ConnectionId);
        return result;
    }

    async ValueTask<InterceptionResult<DbTransaction>> IDbTransactionInterceptor.TransactionStartingAsync(DbConnection connection,
        TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken)
    {
        await EnterAsync(eventData.ConnectionId, cancellationToken);
        return result;
    }

    DbTransaction IDbTransactionInterceptor.TransactionStarted(DbConnection connection, TransactionEndEventData eventData,
        DbTransaction result)
    {
        _waiting.TryRemove(eventData.ConnectionId, out _);
        return result;
    }

    ValueTask<DbTransaction> IDbTransactionInterceptor.TransactionStartedAsync(DbConnection connection, TransactionEndEventData eventData,
        DbTransaction result, CancellationToken cancellationToken)
    {
        _waiting.TryRemove(eventData.ConnectionId, out _);
        return new(result);
    }

    // A statement that is its own transaction.
    InterceptionResult<int> IDbCommandInterceptor.NonQueryExecuting(DbCommand command, CommandEventData eventData,
        InterceptionResult<int> result)
    {
        if (WritesAlone(command)) EnterForOne(eventData);
        return result;
    }

    async ValueTask<InterceptionResult<int>> IDbCommandInterceptor.NonQueryExecutingAsync(DbCommand command, CommandEventData eventData,
        InterceptionResult<int> result, CancellationToken cancellationToken)
    {
        if (WritesAlone(command)) await EnterForOneAsync(eventData, cancellationToken);
        return result;
    }

    int IDbCommandInterceptor.NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result)
    {
        LeaveAfterOne(command, eventData);
        return result;
    }

    ValueTask<int> IDbCommandInterceptor.NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result,
        CancellationToken cancellationToken)
    {
        LeaveAfterOne(command, eventData);
        return new(result);
    }

    async ValueTask<InterceptionResult<DbDataReader>> IDbCommandInterceptor.ReaderExecutingAsync(DbCommand command,
        CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken)
    {
        if (WritesAlone(command)) await EnterForOneAsync(eventData, cancellationToken);
        return result;
    }

    // What it returns is read from here on: it has written only when that is over.
    InterceptionResult IDbCommandInterceptor.DataReaderDisposing(DbCommand command, DataReaderDisposingEventData eventData,
        InterceptionResult result)
    {
        if (command.Transaction is null) Leave(eventData.ConnectionId);
        return result;
    }

    void IDbCommandInterceptor.CommandFailed(DbCommand command, CommandErrorEventData eventData) => LeaveAfterOne(command, eventData);

    Task IDbCommandInterceptor.CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken)
    {
        LeaveAfterOne(command, eventData);
        return Task.CompletedTask;
    }

    void IDbCommandInterceptor.CommandCanceled(DbCommand command, CommandEndEventData eventData) => LeaveAfterOne(command, eventData);

    Task IDbCommandInterceptor.CommandCanceledAsync(DbCommand command, CommandEndEventData eventData, CancellationToken cancellationToken)
    {
        LeaveAfterOne(command, eventData);
        return Task.CompletedTask;
    }

    // Where a transaction could not begin, nothing else tells.
    void IDbConnectionInterceptor.ConnectionClosed(DbConnection connection, ConnectionEndEventData eventData) =>
        Forget(eventData.ConnectionId);

    Task IDbConnectionInterceptor.ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData)
    {
        Forget(eventData.ConnectionId);
        return Task.CompletedTask;
    }

    void IDbConnectionInterceptor.ConnectionDisposed(DbConnection connection, ConnectionEndEventData eventData) =>
        Forget(eventData.ConnectionId);

    Task IDbConnectionInterceptor.ConnectionDisposedAsync(DbConnection connection, ConnectionEndEventData eventData)
    {
        Forget(eventData.ConnectionId);
        return Task.CompletedTask;
    }

    private static bool WritesAlone(DbCommand command) => command.Transaction is null && IsWriting(command.CommandText);

    /// <summary>Whether a text begins with a statement that writes; lines of comment may stand before it.</summary>
    internal static bool IsWriting(ReadOnlySpan<char> text)
    {
        text = text.TrimStart();
        while (text.StartsWith("--"))
        {
            var end = text.IndexOf('\n');
            if (end < 0) return false;
            text = text[(end + 1)..].TrimStart();
        }

        foreach (var word in Writing)
            if (text.StartsWith(word, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private void EnterForOne(CommandEventData eventData)
    {
        Enter(eventData.ConnectionId);
        _waiting.TryRemove(eventData.ConnectionId, out _);
    }

    private async Task EnterForOneAsync(CommandEventData eventData, CancellationToken cancellationToken)
    {
        await EnterAsync(eventData.ConnectionId, cancellationToken);
        _waiting.TryRemove(eventData.ConnectionId, out _);
    }

    private void LeaveAfterOne(DbCommand command, CommandEventData eventData)
    {
        if (command.Transaction is null) Leave(eventData.ConnectionId);
    }

    private void Enter(Guid connection)
    {
        if (_inside.ContainsKey(connection)) return;
        _waiting[connection] = Environment.TickCount64;
        if (_door.Wait(Longest)) _inside[connection] = true;
    }

    private async Task EnterAsync(Guid connection, CancellationToken cancellationToken)
    {
        if (_inside.ContainsKey(connection)) return;
        _waiting[connection] = Environment.TickCount64;
        try
        {
            if (await _door.WaitAsync(Longest, cancellationToken)) _inside[connection] = true;
        }
        catch (OperationCanceledException)
        {
            _waiting.TryRemove(connection, out _);
            throw;
        }
    }

    private void Forget(Guid connection)
    {
        _waiting.TryRemove(connection, out _);
        Leave(connection);
    }
}

/// <summary>Tells the door when a transaction is over: committed, rolled back, or left without either.</summary>
internal sealed class SqliteTransactions(RelationalTransactionFactoryDependencies dependencies) : RelationalTransactionFactory(dependencies)
{
    public override RelationalTransaction Create(IRelationalConnection connection, DbTransaction transaction, Guid transactionId,
        IDiagnosticsLogger<Microsoft.EntityFrameworkCore.DbLoggerCategory.Database.Transaction> logger, bool transactionOwned) =>
        new Watched(connection, transaction, transactionId, logger, transactionOwned, Dependencies.SqlGenerationHelper);

    private sealed class Watched(IRelationalConnection connection, DbTransaction transaction, Guid transactionId,
        IDiagnosticsLogger<Microsoft.EntityFrameworkCore.DbLoggerCategory.Database.Transaction> logger, bool transactionOwned,
        ISqlGenerationHelper sql) : RelationalTransaction(connection, transaction, transactionId, logger, transactionOwned, sql)
    {
        protected override void ClearTransaction()
        {
            Leave();
            base.ClearTransaction();
        }

        protected override Task ClearTransactionAsync(CancellationToken cancellationToken = default)
        {
            Leave();
            return base.ClearTransactionAsync(cancellationToken);
        }

        private void Leave()
        {
            if ((Connection.Context as SqliteCrmDbContext)?.Provider is SqliteProvider provider)
                provider.Writers.Leave(Connection.ConnectionId);
        }
    }
}
