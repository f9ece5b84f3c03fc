using CrmPortal.Core.Platform.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace CrmPortal.Core.Platform.Data;

/// <summary>What is wrong with the settings of the database; a connection string is not repeated, because it may hold a password.</summary>
public sealed class DatabaseOptionsCheck : SettingsCheck<DatabaseOptions>
{
    protected override IEnumerable<string> Faults(DatabaseOptions options)
    {
        var connection = options.ConnectionString;
        switch (options.Provider.ToUpperInvariant())
        {
            case "SQLITE" when !IsReadable(() => _ = new SqliteConnectionStringBuilder(connection)):
            case "POSTGRES" when connection.Length > 0 && !IsReadable(() => _ = new NpgsqlConnectionStringBuilder(connection)):
                yield return $"ConnectionStrings:Crm cannot be read as a connection string of {options.Provider}.";
                break;
            case "POSTGRES" when string.IsNullOrWhiteSpace(connection):
                yield return "ConnectionStrings:Crm is empty; PostgreSQL needs one, such as Host=localhost;Database=crm;Username=crm.";
                break;
            case "SQLITE" or "POSTGRES":
                break;
            default:
                yield return $"Database:Provider is {options.Provider}; it must be Sqlite or Postgres.";
                break;
        }
    }

    private static bool IsReadable(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException)
        {
            return false;
        }
    }
}
