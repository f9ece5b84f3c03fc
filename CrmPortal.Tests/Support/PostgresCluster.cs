using System.Diagnostics;
using Npgsql;

namespace CrmPortal.Tests.Support;

/// <summary>A private PostgreSQL server of this run: own folder, reached by a socket in it, gone with the run.</summary>
internal sealed class PostgresCluster
{
    private const string User = "crm";
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static PostgresCluster? _running;

    private readonly Process _keeper;
    private readonly string _folder;
    private readonly string _binaries;

    private PostgresCluster(Process keeper, string folder, string binaries) =>
        (_keeper, _folder, _binaries) = (keeper, folder, binaries);

    /// <summary>The folder of the newest server binaries, or null where none are installed.</summary>
    public static string? Binaries { get; } = FindBinaries();

    /// <summary>The server, started with the first call.</summary>
    public static async Task<PostgresCluster> StartAsync()
    {
        await Gate.WaitAsync();
        try
        {
            return _running ??= await StartAsync(Binaries ?? throw new InvalidOperationException("No PostgreSQL server is installed."));
        }
        finally
        {
            Gate.Release();
        }
    }

    public static async Task StopAsync()
    {
        if (_running is not { } cluster) return;
        _running = null;
        NpgsqlConnection.ClearAllPools();
        cluster._keeper.StandardInput.Close();
        await cluster._keeper.WaitForExitAsync();
        cluster._keeper.Dispose();
    }

    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = _folder, Username = User, Database = database, MaxPoolSize = 60, IncludeErrorDetail = true,
    }.ConnectionString;

    /// <summary>
    /// Copies a database that nobody uses. Its files are copied as they are: the way through the log that is usual since 15 takes twice
    /// as long, and 14 knows no other than this.
    /// </summary>
    public Task CopyDatabaseAsync(string template, string name) =>
        ExecuteAsync($"create database {name} template {template}{(VersionOf(_binaries) < 15 ? "" : " strategy file_copy")}");

    /// <summary>Runs one statement outside any of the test databases.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<PostgresCluster> StartAsync(string binaries)
    {
        // Outside the run's folder, whose path may be closed to the server's user, and short, since a socket's path must be.
        var folder = Directory.CreateTempSubdirectory("crm-pg-").FullName;
        // initdb and the server refuse to run as root. The shell outlives neither the run nor its death: when its input ends,
        // it stops the server and removes the folder.
        var script = $"""
            set -e
            as_server() {"{"} if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; {"}"}
            if [ "$(id -u)" = 0 ]; then chown postgres '{folder}'; fi
            cd '{folder}'
            trap "as_server '{binaries}/pg_ctl' -D '{folder}/data' -m immediate stop >/dev/null 2>&1 || true; cd /; rm -rf '{folder}'" EXIT
            trap '' INT TERM
            as_server '{binaries}/initdb' -D '{folder}/data' -A trust -U {User} -E UTF8 --locale=C.UTF-8 -N >init.log 2>&1 || (cat init.log >&2; exit 1)
            as_server '{binaries}/pg_ctl' -D '{folder}/data' -l '{folder}/log' -w -o "-k '{folder}' -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB" start >start.log 2>&1 || (cat start.log log >&2; exit 1)
            echo ready
            read -r _ || true
            """;
        var start = new ProcessStartInfo("/bin/bash") { RedirectStandardInput = true, RedirectStandardOutput = true,
            RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        var keeper = Process.Start(start)!;
        if (await keeper.StandardOutput.ReadLineAsync() == "ready") return new(keeper, folder, binaries);
        throw new InvalidOperationException("The PostgreSQL server did not start: " + await keeper.StandardError.ReadToEndAsync());
    }

    private static string? FindBinaries() => !Directory.Exists("/usr/lib/postgresql")
        ? null
        : Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).OrderByDescending(VersionOf)
            .FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")) && File.Exists(Path.Combine(d, "postgres")));

    /// <summary>Each version has its binaries in a folder of its number.</summary>
    private static int VersionOf(string binaries) =>
        int.TryParse(Path.GetFileName(Path.GetDirectoryName(binaries)), out var version) ? version : 0;
}
