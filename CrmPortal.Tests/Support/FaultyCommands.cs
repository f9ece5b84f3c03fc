using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CrmPortal.Tests.Support;

/// <summary>Lets statements fail that the test chooses, before they reach the database.</summary>
internal sealed class FaultyCommands : DbCommandInterceptor
{
    private int _failed;

    /// <summary>The fault of a statement, or null to let it through.</summary>
    public Func<string, Exception?> Fault { get; set; } = _ => null;

    public int Failed => _failed;

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Demand(command);
        return new(result);
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
    {
        Demand(command);
        return new(result);
    }

    private void Demand(DbCommand command)
    {
        if (Fault(command.CommandText) is not { } fault) return;
        Interlocked.Increment(ref _failed);
        throw fault;
    }
}
