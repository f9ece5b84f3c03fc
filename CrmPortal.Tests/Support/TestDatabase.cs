using System.Globalization;
using CrmPortal.Core.Data.Postgres;
using CrmPortal.Core.Data.Sqlite;
using CrmPortal.Core.Platform.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CrmPortal.Tests.Support;

/// <summary>A real, empty, prepared database of one test; a copy of a template that each run prepares once.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private const string NoServer = "PostgreSQL server binaries are not installed, so the tests on PostgreSQL are skipped.";
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static string? _sqliteTemplate;
    private static string? _postgresTemplate;
    private static int _count;

    private TestDatabase(DatabaseKind kind, DatabaseOptions options) => (Kind, Options) = (kind, options);

    public DatabaseKind Kind { get; }

    public DatabaseOptions Options { get; }

    /// <summary>A database with the schema and nothing in it. Skips the test where the engine is not installed.</summary>
    public static async Task<TestDatabase> CreateAsync(DatabaseKind kind)
    {
        SkipWhereMissing(kind);
        var (name, folder) = NewName();
        await Gate.WaitAsync();
        try
        {
            if (kind == DatabaseKind.Sqlite)
            {
                var file = Path.Combine(folder, "crm.db");
                File.Copy(_sqliteTemplate ??= await PrepareSqliteAsync(), file);
                return new(kind, new() { Provider = "Sqlite", ConnectionString = $"Data Source={file}", DataFolder = folder });
            }

            var cluster = await PostgresCluster.StartAsync();
            _postgresTemplate ??= await PreparePostgresAsync(cluster);
            await cluster.CopyDatabaseAsync(_postgresTemplate, name);
            return new(kind, new() { Provider = "Postgres", ConnectionString = cluster.ConnectionString(name), DataFolder = folder });
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>A database without a schema, for tests of migrations and of the first start.</summary>
    public static async Task<TestDatabase> CreateEmptyAsync(DatabaseKind kind)
    {
        SkipWhereMissing(kind);
        var (name, folder) = NewName();
        if (kind == DatabaseKind.Sqlite)
            return new(kind, new() { Provider = "Sqlite", ConnectionString = $"Data Source={Path.Combine(folder, "crm.db")}",
                DataFolder = folder });
        var cluster = await PostgresCluster.StartAsync();
        await cluster.ExecuteAsync($"create database {name} template template0");
        return new(kind, new() { Provider = "Postgres", ConnectionString = cluster.ConnectionString(name), DataFolder = folder });
    }

    /// <summary>The provider of this database, without anything registered.</summary>
    public IDatabaseProvider CreateProvider(params IInterceptor[] interceptors) => Kind == DatabaseKind.Sqlite
        ? new SqliteProvider(Options, interceptors, NullLoggerFactory.Instance)
        : new PostgresProvider(Options, interceptors, NullLoggerFactory.Instance);

    public async ValueTask DisposeAsync()
    {
        if (Kind == DatabaseKind.Sqlite)
        {
            await using (var db = CreateProvider().CreateContext(null))
                SqliteConnection.ClearPool((SqliteConnection)db.Database.GetDbConnection());
        }
        else
        {
            await using (var db = CreateProvider().CreateContext(null))
                NpgsqlConnection.ClearPool((NpgsqlConnection)db.Database.GetDbConnection());
            // Connections that a test opened by itself.
            await using var connection = new NpgsqlConnection(Options.ConnectionString);
            NpgsqlConnection.ClearPool(connection);
            var cluster = await PostgresCluster.StartAsync();
            await cluster
                .ExecuteAsync($"drop database {new NpgsqlConnectionStringBuilder(Options.ConnectionString).Database} with (force)");
        }

        Directory.Delete(Options.DataFolder, recursive: true);
    }

    private static void SkipWhereMissing(DatabaseKind kind)
    {
        if (kind == DatabaseKind.Postgres && PostgresCluster.Binaries is null) Assert.Skip(NoServer);
    }

    private static (string Name, string Folder) NewName()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _count)}");
        return (name, Directory.CreateDirectory(Path.Combine(TestRun.Folder, name)).FullName);
    }

    private static async Task<string> PrepareSqliteAsync()
    {
        var file = Path.Combine(TestRun.Folder, "template.db");
        var provider = new SqliteProvider(new() { ConnectionString = $"Data Source={file}" }, [], NullLoggerFactory.Instance);
        await provider.PrepareAsync(CancellationToken.None);
        await using var db = provider.CreateContext(null);
        await db.Database.ExecuteSqlRawAsync("pragma wal_checkpoint(truncate)");
        SqliteConnection.ClearPool((SqliteConnection)db.Database.GetDbConnection());
        return file;
    }

    private static async Task<string> PreparePostgresAsync(PostgresCluster cluster)
    {
        const string Template = "crm_template";
        await cluster.ExecuteAsync($"create database {Template} template template0");
        var connectionString = cluster.ConnectionString(Template);
        var provider = new PostgresProvider(new() { Provider = "Postgres", ConnectionString = connectionString }, [],
            NullLoggerFactory.Instance);
        await provider.PrepareAsync(CancellationToken.None);
        await using var db = provider.CreateContext(null);
        NpgsqlConnection.ClearPool((NpgsqlConnection)db.Database.GetDbConnection());
        return Template;
    }
}
