using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>
/// Knows who waits to begin a transaction: SQLite lets one write at a time, and tells the one who writes nothing of the others.
/// </summary>
internal sealed class SqliteWriters : DbTransactionInterceptor
{
    /// <summary>Whoever has waited longer has got an error instead: the engine gives up after half a minute.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(40);

    private readonly ConcurrentDictionary<Guid, long> _waiting = [];

    public bool IsSomebodyWaiting
    {
        get
        {
            if (_waiting.IsEmpty) return false;
            foreach (var (connection, since) in _waiting)
                if (Environment.TickCount64 - since > Longest.TotalMilliseconds) _waiting.TryRemove(connection, out _);
            return !_waiting.IsEmpty;
        }
    }

    public override InterceptionResult<DbTransaction> TransactionStarting(DbConnection connection, TransactionStartingEventData eventData,
        InterceptionResult<DbTransaction> result)
    {
        _waiting[eventData.ConnectionId] = Environment.TickCount64;
        return result;
    }

    public override ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(DbConnection connection,
        TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default) =>
        new(TransactionStarting(connection, eventData, result));

    public override DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        _waiting.TryRemove(eventData.ConnectionId, out _);
        return result;
    }

    public override ValueTask<DbTransaction> TransactionStartedAsync(DbConnection connection, TransactionEndEventData eventData,
        DbTransaction result, CancellationToken cancellationToken = default) => new(TransactionStarted(connection, eventData, result));
}
