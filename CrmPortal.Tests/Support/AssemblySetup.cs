using CrmPortal.Tests.Support;

[assembly: Xunit.AssemblyFixture(typeof(TestRun))]

namespace CrmPortal.Tests.Support;

/// <summary>What all tests of a run share, and its end: the folder of databases and the PostgreSQL server.</summary>
public sealed class TestRun : IAsyncDisposable
{
    private static readonly Lazy<string> LazyFolder = new(() => Directory.CreateTempSubdirectory("crmportal-tests-").FullName);

    /// <summary>A folder for files of this run.</summary>
    public static string Folder => LazyFolder.Value;

    public async ValueTask DisposeAsync()
    {
        await PostgresCluster.StopAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (LazyFolder.IsValueCreated) Directory.Delete(Folder, recursive: true);
    }
}
