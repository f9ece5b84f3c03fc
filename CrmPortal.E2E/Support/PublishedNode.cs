using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace CrmPortal.E2E.Support;

/// <summary>The published program as a process of its own, on a free port of this machine, which can be killed.</summary>
internal sealed partial class PublishedNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly ConcurrentDictionary<Process, bool> Running = EndingWithTheRun();

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _setup = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PublishedNode(Process process) => _process = process;

    public int Port { get; private set; }

    public int ProcessId => _process.Id;

    /// <summary>Without a slash at the end.</summary>
    public string Address => FormattableString.Invariant($"http://localhost:{Port}");

    public static async Task<string> PublishAsync(string folder)
    {
        var project = Path.Combine(Path.GetDirectoryName(Site.Artifacts)!, "CrmPortal");
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}",
            StringComparison.Ordinal) ? "Release" : "Debug";
        using var publish = Process
            .Start(new ProcessStartInfo("dotnet", ["publish", project, "--no-build", "-c", configuration, "-o", folder, "-nologo", "-v",
            "q"]) { RedirectStandardOutput = true })!;
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        Assert.True(publish.ExitCode == 0, output);
        return folder;
    }

    /// <summary>Starts the program and waits until it is ready.</summary>
    /// <param name="settings">By the environment, since everybody can read the arguments of a process.</param>
    public static async Task<PublishedNode> StartAsync(string folder, IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "CrmPortal.dll"), "--urls", "http://127.0.0.1:0",
            "--environment", "Production"]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("ASPNETCORE_ENVIRONMENT");
        foreach (var (name, value) in settings) start.Environment[name] = value;
        var node = new PublishedNode(Process.Start(start)!);
        Running[node._process] = true;
        try
        {
            node.Listen();
            node.Port = await node._port.Task.WaitAsync(Patience);
            await node.WaitUntilReadyAsync();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>The link that makes the first administrator, on a database in which there is none.</summary>
    public async Task<string> SetupLinkAsync() => Address + await _setup.Task.WaitAsync(Patience);

    /// <summary>Ends the program with SIGKILL: it gets no word to say.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        Running.TryRemove(_process, out _);
        _process.Dispose();
    }

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

    /// <summary>Reads on until the end, so that the program never waits for its reader.</summary>
    private void Listen()
    {
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not { } text)
            {
                _port.TrySetException(new InvalidOperationException("The program ended: " + _output));
                return;
            }

            if (!_port.Task.IsCompleted) _output.AppendLine(text);
            if (Link().Match(text) is { Success: true } link) _setup.TrySetResult(new Uri(link.Value).PathAndQuery);
            if (Listening().Match(text) is { Success: true } address) _port.TrySetResult(new Uri(address.Value).Port);
        };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private async Task WaitUntilReadyAsync()
    {
        using var client = new HttpClient();
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            using var answer = await client.GetAsync(new Uri(Address + "/health/ready"), patience.Token);
            if (answer.StatusCode == HttpStatusCode.OK) return;
            await Task.Delay(50, patience.Token);
        }
    }

    [GeneratedRegex("http://[^\\s\"]+/setup\\?code=[^\\s\"]+")]
    private static partial Regex Link();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Listening();
}
