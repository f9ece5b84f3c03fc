using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace CrmPortal.Tests.Support;

/// <summary>
/// The built program as a process of its own, on a free port of this machine, which can be killed in the middle of its work.
/// </summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly ConcurrentDictionary<Process, bool> Running = EndingWithTheRun();

    private readonly Process _process;

    private ServerProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Starts the program on a database and waits until it says that it is ready.</summary>
    /// <param name="settings">Further settings, as environment variables.</param>
    public static async Task<ServerProcess> StartAsync(TestDatabase database, CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? settings = null)
    {
        var program = typeof(Program).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", ["exec", program, "--urls", "http://127.0.0.1:0", "--environment", "Production"])
        {
            WorkingDirectory = Path.GetDirectoryName(program), RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
            || n.StartsWith("DOTNET_ENV", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        // By the environment, since everybody can read the arguments of a process.
        start.Environment["Database__Provider"] = database.Options.Provider;
        start.Environment["Database__DataFolder"] = database.Options.DataFolder;
        start.Environment["ConnectionStrings__Crm"] = database.Options.ConnectionString;
        start.Environment["Api__RequestsPerMinute"] = "1000000";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        foreach (var (name, value) in settings ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var process = Process.Start(start)!;
        Running[process] = true;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var server = new ServerProcess(process, await AddressAsync(process, patience.Token));
            await server.WaitUntilReadyAsync(patience.Token);
            return server;
        }
        catch
        {
            await EndAsync(process);
            throw;
        }
    }

    public HttpClient CreateClient(string accessToken) =>
        new() { BaseAddress = Address, DefaultRequestHeaders = { Authorization = new("Bearer", accessToken) } };

    /// <summary>Ends the program with SIGKILL: it gets no word to say.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks the program to end, with SIGTERM, and waits until it has.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var signal = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        await _process.WaitForExitAsync(patience.Token);
    }

    public async ValueTask DisposeAsync() => await EndAsync(_process);

    /// <summary>Who runs the tests may stop them in the middle; the programs that they started end with them.</summary>
    private static ConcurrentDictionary<Process, bool> EndingWithTheRun()
    {
        var running = new ConcurrentDictionary<Process, bool>();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            foreach (var process in running.Keys) process.Kill(entireProcessTree: true);
        };
        return running;
    }

    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        Running.TryRemove(process, out _);
        process.Dispose();
    }

    private static async Task<Uri> AddressAsync(Process process, CancellationToken cancellationToken)
    {
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = new StringBuilder();
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            output.AppendLine(line);
            if (Listening().Match(line) is not { Success: true } address) continue;
            // Reading goes on, so that the program never waits for its reader.
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return new(address.Value);
        }

        throw new InvalidOperationException($"The program ended: {output}{await errors}");
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = Address };
        while (true)
        {
            using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellationToken);
            if (answer.StatusCode == HttpStatusCode.OK) return;
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Listening();
}
