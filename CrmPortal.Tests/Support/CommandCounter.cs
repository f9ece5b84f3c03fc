using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CrmPortal.Tests.Support;

/// <summary>Notes every statement that the program sends to the database.</summary>
internal sealed class CommandCounter : DbCommandInterceptor
{
    private readonly ConcurrentQueue<string> _statements = [];
    private readonly ConcurrentQueue<string> _ofRequests = [];
    private readonly AsyncLocal<bool> _isRequest = new();

    public IReadOnlyList<string> Statements => [.. _statements];

    /// <summary>Those sent by requests, without what the program does meanwhile by itself.</summary>
    public IReadOnlyList<string> OfRequests => [.. _ofRequests];

    public int Count => _statements.Count;

    public void Clear()
    {
        _statements.Clear();
        _ofRequests.Clear();
    }

    /// <summary>Has what follows in the calling flow noted as sent by a request.</summary>
    public void BeginRequest() => _isRequest.Value = true;

    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData,
        InterceptionResult<DbDataReader> result)
    {
        Note(command);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
    {
        Note(command);
        return new(result);
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Note(command);
        return new(result);
    }

    public override ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
    {
        Note(command);
        return new(result);
    }

    private void Note(DbCommand command)
    {
        _statements.Enqueue(command.CommandText);
        if (_isRequest.Value) _ofRequests.Enqueue(command.CommandText);
    }
}
