using CrmPortal.Core.Platform.Backup;
using Microsoft.Data.Sqlite;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>Plain statements on connections that belong to no context; they may take as long as they need.</summary>
internal static class SqliteStatement
{
    public static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false,
            DefaultTimeout = 30 }.ConnectionString);
        try
        {
            connection.Open();
            Execute(connection, "pragma busy_timeout = 30000");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The first column of the first rows.</summary>
    public static List<string> Column(SqliteConnection connection, string sql, int most = int.MaxValue)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (values.Count < most && reader.Read()) values.Add(reader.GetString(0));
        return values;
    }

    public static T Scalar<T>(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        return command.ExecuteScalar() is T value ? value : throw new BackupException("The database holds no data of CrmPortal.");
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
}
