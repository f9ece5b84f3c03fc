using Npgsql;

namespace CrmPortal.Core.Data.Postgres;

/// <summary>What a connection is like where the operator's connection string says nothing of it.</summary>
internal static class PostgresConnections
{
    private const string KeptStatements = "Max Auto Prepare";
    private const string UsesBeforeKept = "Auto Prepare Min Usages";
    private const string WithoutReset = "No Reset On Close";
    private const string Most = "Maximum Pool Size";

    /// <summary>How many statements each connection keeps; the program has some hundreds, of which a few dozen come all the time.</summary>
    private const int MostKept = 200;

    /// <summary>
    /// Two nodes fit into the hundred connections that a server takes as it comes, and few connections know their statements sooner.
    /// </summary>
    private const int MostConnections = 40;

    /// <summary>
    /// Statements that come again and again are kept planned by the server, and a connection is given back as it is: nothing of ours
    /// changes it (the two that do, a lock's and a listener's, are in no pool). Opening a customer costs less than half that way.
    /// </summary>
    public static string Usual(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        if (!builder.ShouldSerialize(KeptStatements)) builder.MaxAutoPrepare = MostKept;
        if (!builder.ShouldSerialize(UsesBeforeKept)) builder.AutoPrepareMinUsages = 2;
        if (!builder.ShouldSerialize(Most)) builder.MaxPoolSize = MostConnections;
        if (!builder.ShouldSerialize(WithoutReset)) builder.NoResetOnClose = true;
        return builder.ConnectionString;
    }

    /// <summary>A connection of its own, whose state nobody else gets.</summary>
    public static NpgsqlConnection OfItsOwn(string connectionString) =>
        new(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
}
