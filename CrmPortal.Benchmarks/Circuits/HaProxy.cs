using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CrmPortal.Benchmarks.Circuits;

/// <summary>
/// HAProxy (from the package haproxy) before some nodes, with the configuration of docs/operations.md: its own process, port, folder and
/// certificate.
/// </summary>
internal sealed class HaProxy : IAsyncDisposable
{
    /// <summary>In which a browser keeps the node that has its pages.</summary>
    public const string Cookie = "crm-node";

    private const string Program = "/usr/sbin/haproxy";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _keeper;

    private HaProxy(Process keeper, int port, string trusted) =>
        (_keeper, Address, Trusted) = (keeper, new($"https://localhost:{port}"), trusted);

    public static bool IsInstalled => File.Exists(Program);

    public Uri Address { get; }

    /// <summary>The SHA-256 of its certificate, for which nobody vouches.</summary>
    public string Trusted { get; }

    /// <summary>The name by which the cookie calls a node, counted from 0.</summary>
    public static string NameOf(int node) => string.Create(CultureInfo.InvariantCulture, $"node{node + 1}");

    /// <summary>Starts it and waits until it has seen a node that is ready.</summary>
    public static async Task<HaProxy> StartAsync(IReadOnlyList<int> nodes, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("crm-proxy-").FullName;
        var port = FreePort();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Certificate(key);
        // The proxy reads both from one file.
        await File.WriteAllTextAsync(Path.Combine(folder, "certificate.pem"),
            certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "haproxy.cfg"), Configuration(folder, port, nodes), cancellationToken);
        // The shell ends it and removes the folder when its own input ends, with this process or before.
        var script = $"""
            {Program} -db -f '{folder}/haproxy.cfg' >'{folder}/log' 2>&1 &
            trap "kill -9 $! 2>/dev/null; wait $! 2>/dev/null; rm -rf '{folder}'" EXIT
            trap '' INT TERM
            read -r _ || true
            """;
        var keeper = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script]) { RedirectStandardInput = true })!;
        var proxy = new HaProxy(keeper, port, certificate.GetCertHashString(HashAlgorithmName.SHA256));
        try
        {
            await proxy.WaitAsync(folder, cancellationToken);
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
    }

    private static string Configuration(string folder, int port, IReadOnlyList<int> nodes) => $"""
        defaults
            mode http
            timeout connect 2s
            timeout client 60s
            timeout server 60s
            timeout http-request 10s
            timeout check 5s
            timeout tunnel 1h

        frontend crm
            bind 127.0.0.1:{port} ssl crt {folder}/certificate.pem alpn h2,http/1.1
            option forwardfor
            http-request set-header X-Forwarded-Proto https
            default_backend nodes

        backend nodes
            balance leastconn
            cookie {Cookie} insert indirect nocache httponly secure
            option httpchk
            http-check send meth GET uri /health/ready ver HTTP/1.1 hdr Host localhost
            http-check expect status 200
            retries 3
            option redispatch 1
            retry-on conn-failure empty-response
            http-request disable-l7-retry unless METH_GET
            default-server check inter 2s fall 5 rise 2 on-marked-down shutdown-sessions
            {string.Join("\n    ", nodes.Select((node, i) => string.Create(CultureInfo.InvariantCulture,
                $"server {NameOf(i)} 127.0.0.1:{node} cookie {NameOf(i)}")))}

        """;

    private static X509Certificate2 Certificate(ECDsa key)
    {
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task WaitAsync(string folder, CancellationToken cancellationToken)
    {
        using var site = new CircuitSite(Address, Trusted);
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Patience && !_keeper.HasExited)
        {
            try
            {
                if ((await site.SendAsync(HttpMethod.Get, "/health/live", new(), null, cancellationToken)).IsGood) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(50, cancellationToken);
        }

        var log = await File.ReadAllTextAsync(Path.Combine(folder, "log"), cancellationToken);
        throw new InvalidOperationException("HAProxy does not start: " + log);
    }
}
