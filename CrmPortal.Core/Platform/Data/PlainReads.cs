using System.Data.Common;

namespace CrmPortal.Core.Platform.Data;

/// <summary>The small reads that are made without a context; both engines name parameters alike.</summary>
internal static class PlainReads
{
    /// <summary>Opens a connection that was just made; one that does not open is let go of.</summary>
    public static async Task<DbConnection> OpenedAsync(this DbConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>A statement with at most one value, which it calls <c>@value</c>.</summary>
    public static DbCommand Command(this DbConnection connection, string sql, object? value = null)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        if (value is null) return command;
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@value", value);
        command.Parameters.Add(parameter);
        return command;
    }
}
