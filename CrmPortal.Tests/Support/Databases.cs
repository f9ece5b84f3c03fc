namespace CrmPortal.Tests.Support;

public enum DatabaseKind { Sqlite, Postgres }

/// <summary>The databases that every test of data runs on.</summary>
public static class Databases
{
    /// <summary>For <c>[Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]</c>.</summary>
    public static TheoryData<DatabaseKind> All => [DatabaseKind.Sqlite, DatabaseKind.Postgres];
}
