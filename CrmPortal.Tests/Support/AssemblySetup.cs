using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using CrmPortal.Core.Data;
using CrmPortal.Tests.Support;

[assembly: Xunit.AssemblyFixture(typeof(TestRun))]

namespace CrmPortal.Tests.Support;

internal static class AssemblySetup
{
#pragma warning disable CA2255 // It must run before the first use of bUnit.
    /// <summary>bUnit names a higher AngleSharp.Diffing than the one that is held; see build/BUnit.props.</summary>
    [ModuleInitializer]
#pragma warning restore CA2255
    public static void Register() => AssemblyLoadContext.Default.Resolving += static (context, name) =>
        name.Name is "AngleSharp.Diffing" ? context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "AngleSharp.Diffing.dll")) : null;
}

/// <summary>What all tests of a run share, and its end: the folder of databases and the PostgreSQL server.</summary>
public sealed class TestRun : IAsyncDisposable
{
    private static readonly Lazy<string> LazyFolder = new(() => Directory.CreateTempSubdirectory("crmportal-tests-").FullName);

    /// <summary>A folder for files of this run.</summary>
    public static string Folder => LazyFolder.Value;

    public async ValueTask DisposeAsync()
    {
        await PostgresCluster.StopAsync();
        // SQLite's library is chosen when Core is first used; a run of tests that need no database has not used it.
        RuntimeHelpers.RunModuleConstructor(typeof(CrmDbContext).Module.ModuleHandle);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (LazyFolder.IsValueCreated) Directory.Delete(Folder, recursive: true);
    }
}
