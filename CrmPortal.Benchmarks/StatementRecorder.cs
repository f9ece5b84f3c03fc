using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace CrmPortal.Benchmarks;

/// <summary>A statement as it was sent, with its values.</summary>
internal sealed record Statement(string Sql, IReadOnlyList<DbParameter> Parameters);

/// <summary>Writes down the queries that services send, so that the very same can be sent without them.</summary>
internal sealed class StatementRecorder : DbCommandInterceptor
{
    private List<Statement>? _recorded;

    /// <summary>The queries of one call.</summary>
    public async Task<IReadOnlyList<Statement>> RecordAsync(Func<Task> work)
    {
        var recorded = _recorded = [];
        try
        {
            await work();
        }
        finally
        {
            _recorded = null;
        }

        return recorded;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
    {
        if (_recorded is { } recorded)
        {
            lock (recorded) recorded.Add(new(command.CommandText, [.. command.Parameters.Cast<DbParameter>().Select(Copy)]));
        }

        return ValueTask.FromResult(result);
    }

    private static DbParameter Copy(DbParameter parameter) => parameter switch
    {
        SqliteParameter sqlite => new SqliteParameter(sqlite.ParameterName, sqlite.Value) { SqliteType = sqlite.SqliteType },
        NpgsqlParameter postgres => postgres.Clone(),
        _ => throw new NotSupportedException(parameter.GetType().Name),
    };
}
