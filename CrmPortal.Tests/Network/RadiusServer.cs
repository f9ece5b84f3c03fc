using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CrmPortal.Tests.Network;

/// <summary>
/// A real FreeRADIUS (from the packages freeradius, freeradius-rest and freeradius-utils) of one test, with the configuration of the
/// documentation: its own process, ports and folder.
/// </summary>
internal sealed class RadiusServer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/freeradius";
    private const string Client = "/usr/bin/radclient";
    private const string Module = "/usr/lib/freeradius/rlm_rest.so";
    private const string Secret = "tests-and-nothing-else";

    private readonly Process _keeper;
    private readonly int _askPort;
    private readonly int _tellPort;

    private RadiusServer(Process keeper, int askPort, int tellPort) => (_keeper, _askPort, _tellPort) = (keeper, askPort, tellPort);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts one that asks a program; skips the test where it is not installed.</summary>
    /// <param name="blocks">The parts of the configuration that the documentation shows.</param>
    public static async Task<RadiusServer> StartAsync(Uri program, string key, IReadOnlyList<string> blocks)
    {
        Assert.SkipUnless(File.Exists(Program) && File.Exists(Client) && File.Exists(Module),
            "The RADIUS server of these tests (freeradius, freeradius-rest, freeradius-utils) is not installed.");
        var folder = Directory.CreateTempSubdirectory("crm-radius-").FullName;
        var (askPort, tellPort) = (FreePort(), FreePort());
        var shown = string.Join('\n', blocks)
            .Replace("https://crm.example.com", program.ToString().TrimEnd('/'), StringComparison.Ordinal)
            .Replace("{{key}}", key, StringComparison.Ordinal)
            .Replace("ipaddr = *", "ipaddr = 127.0.0.1", StringComparison.Ordinal)
            .Replace("port = 1812", Port(askPort), StringComparison.Ordinal)
            .Replace("port = 1813", Port(tellPort), StringComparison.Ordinal);
        var server = shown.IndexOf("server crm", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(folder, "radiusd.conf"), Configuration(folder, shown[..server], shown[server..]), Token);
        // In its last words it says that it listens. The shell ends it and removes the folder when its own input ends.
        var script = $"""
            {Program} -f -l stdout -d '{folder}' -n radiusd &
            trap "kill $! 2>/dev/null; wait $! 2>/dev/null; rm -rf '{folder}'" EXIT
            trap '' INT TERM
            read -r _ || true
            """;
        var keeper = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var started = new RadiusServer(keeper, askPort, tellPort);
        var said = new StringBuilder();
        while (await keeper.StandardOutput.ReadLineAsync(Token) is { } line)
        {
            said.AppendLine(line);
            if (!line.Contains("Ready to process requests", StringComparison.Ordinal)) continue;
            // Reading goes on, so that it never waits for its reader.
            _ = keeper.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return started;
        }

        await started.DisposeAsync();
        throw new InvalidOperationException($"FreeRADIUS did not start: {said}");
    }

    /// <summary>Asks as an access server does.</summary>
    /// <returns>What was answered, attribute by attribute.</returns>
    public Task<string> AskAsync(string attributes) => SendAsync("auth", _askPort, attributes);

    /// <summary>Tells what an access server tells, and demands that it is taken.</summary>
    public async Task TellAsync(string attributes) =>
        Assert.Contains("Accounting-Response", await SendAsync("acct", _tellPort, attributes), StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync(CancellationToken.None);
        _keeper.Dispose();
    }

    private static async Task<string> SendAsync(string kind, int port, string attributes)
    {
        using var client = Process.Start(new ProcessStartInfo(Client,
            ["-x", "-r", "3", "-t", "10", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), kind, Secret])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false), StandardOutputEncoding = Encoding.UTF8,
        })!;
        var faults = client.StandardError.ReadToEndAsync(Token);
        await client.StandardInput.WriteLineAsync(attributes);
        client.StandardInput.Close();
        var answer = await client.StandardOutput.ReadToEndAsync(Token);
        await client.WaitForExitAsync(Token);
        var received = answer.IndexOf("Received ", StringComparison.Ordinal);
        return received < 0 ? throw new InvalidOperationException($"There is no answer: {answer}{await faults}") : answer[received..];
    }

    private static string Configuration(string folder, string module, string server) => $$"""
        libdir = /usr/lib/freeradius
        run_dir = {{folder}}
        pidfile = {{folder}}/pid
        security {
          reject_delay = 0
        }
        client access-server {
          ipaddr = 127.0.0.1
          secret = {{Secret}}
        }
        modules {
        {{module}}
        }
        {{server}}
        """;

    private static string Port(int port) => string.Create(CultureInfo.InvariantCulture, $"port = {port}");

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
