using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CrmPortal.Benchmarks;

/// <summary>The published program as a server of its own on the loopback, with an administrator who is signed in.</summary>
internal sealed partial class Portal : IAsyncDisposable
{
    /// <summary>With which raw mails are handed over.</summary>
    public const string IntakeKey = "benchmark-intake-key-0123";

    public const string Email = "benchmark@shop.example";
    public const string Password = "a sentence for measuring only";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly TaskCompletionSource<string> _setupLink = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Portal(Process process, int port)
    {
        (_process, Port) = (process, port);
        Http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress =
            new($"http://localhost:{port}"), Timeout = Patience };
    }

    public int Port { get; }

    /// <summary>Sends the administrator's token with every request.</summary>
    public HttpClient Http { get; }

    /// <summary>Milliseconds from the start of the process until it said that it is ready.</summary>
    public double ReadyAfter { get; private set; }

    /// <summary>
    /// The most memory that the process held since <see cref="ForgetPeak"/>, in megabytes; null where the system does not tell.
    /// </summary>
    public double? PeakMegabytes => Status("VmHWM:");

    /// <summary>How long processors have worked for it.</summary>
    public double ProcessorSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>What it holds now.</summary>
    public double? Megabytes => Status("VmRSS:");

    public static async Task<Portal> StartAsync(PublishedProgram program, CancellationToken cancellationToken)
    {
        var port = FreePort();
        var start = program.Start(["--urls", $"http://127.0.0.1:{port}", "--Api:RequestsPerMinute", "100000000", "--Support:IntakeKey", IntakeKey,
            "--Chat:CallsPerMinute", "100000000"]);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var watch = Stopwatch.StartNew();
        var portal = new Portal(Process.Start(start) ?? throw new InvalidOperationException("The program does not start."), port);
        try
        {
            portal.Listen();
            await portal.WaitUntilReadyAsync(watch, cancellationToken);
            await portal.SignInAsync(cancellationToken);
            return portal;
        }
        catch
        {
            await portal.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the program with SIGKILL: it gets no word to say.</summary>
    public void Kill() => _process.Kill();

    /// <summary>From now on, the peak is counted anew.</summary>
    public void ForgetPeak()
    {
        try
        {
            // Linux: 5 sets the peak back to what the process holds now.
            File.WriteAllText($"/proc/{_process.Id}/clear_refs", "5");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The peak since the start is told then.
        }
    }

    /// <summary>Reads an answer to its end and throws it away.</summary>
    /// <returns>Its length.</returns>
    public async Task<long> GetAsync(string address, CancellationToken cancellationToken)
    {
        using var answer = await Http.GetAsync(new Uri(address, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead,
            cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(
            $"{address} answers {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[1 << 16];
        var length = 0L;
        for (var read = await body.ReadAsync(buffer, cancellationToken); read > 0; read = await body.ReadAsync(buffer, cancellationToken))
            length += read;
        return length;
    }

    public async Task<JsonElement> SendAsync(HttpMethod method, string address, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(address, UriKind.Relative)) { Content = body is null
            ? null : JsonContent.Create(body) };
        using var answer = await Http.SendAsync(request, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {address} answers {(int)answer.StatusCode}: {text}");
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Reads on for ever, so that the program never waits for its reader.</summary>
    private void Listen()
    {
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text && Link().Match(text) is { Success: true } link)
                _setupLink.TrySetResult(new Uri(link.Value).PathAndQuery);
        };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private async Task WaitUntilReadyAsync(Stopwatch watch, CancellationToken cancellationToken)
    {
        while (watch.Elapsed < Patience)
        {
            if (_process.HasExited) break;
            try
            {
                using var answer = await Http.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    ReadyAfter = watch.Elapsed.TotalMilliseconds;
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(10, cancellationToken);
        }

        throw new InvalidOperationException("The program did not become ready.");
    }

    /// <summary>Makes the first administrator where there is none yet, and signs them in as a program.</summary>
    private async Task SignInAsync(CancellationToken cancellationToken)
    {
        using var first = await LoginAsync(cancellationToken);
        var answer = first;
        if (first.StatusCode == HttpStatusCode.Unauthorized)
        {
            await SetUpAsync(await _setupLink.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken), cancellationToken);
            answer = await LoginAsync(cancellationToken);
        }

        var tokens = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.GetProperty("access_token").GetString());
    }

    private Task<HttpResponseMessage> LoginAsync(CancellationToken cancellationToken) =>
        Http.PostAsJsonAsync(new Uri("/api/auth/login", UriKind.Relative), new { email = Email, password = Password }, cancellationToken);

    /// <summary>Fills the form in as a browser does; the cookies are carried by hand, since they are for HTTPS only.</summary>
    private async Task SetUpAsync(string link, CancellationToken cancellationToken)
    {
        using var page = await Http.GetAsync(new Uri(link, UriKind.Relative), cancellationToken);
        var values = Hidden().Matches(await page.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken))
            .DistinctBy(m => m.Groups[1].Value)
            .ToDictionary(m => m.Groups[1].Value, m => WebUtility.HtmlDecode(m.Groups[2].Value));
        values["Input.DisplayName"] = "Benchmark";
        values["Input.Email"] = Email;
        values["Input.Password"] = Password;
        using var request = new HttpRequestMessage(HttpMethod.Post,
            new Uri(link, UriKind.Relative)) { Content = new FormUrlEncodedContent(values) };
        if (page.Headers.TryGetValues("Set-Cookie", out var cookies))
            request.Headers.Add("Cookie", string.Join("; ", cookies.Select(c => c.Split(';')[0])));
        using var answer = await Http.SendAsync(request, cancellationToken);
        if (answer.StatusCode is not (HttpStatusCode.Found or HttpStatusCode.OK))
            throw new InvalidOperationException($"The first account could not be made: {(int)answer.StatusCode}.");
    }

    private double? Status(string name)
    {
        var file = $"/proc/{_process.Id}/status";
        if (!File.Exists(file) || File.ReadLines(file).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) is not { } line)
            return null;
        return double.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) / 1024;
    }

    [GeneratedRegex("http://[^\\s\"]+/setup\\?code=[^\\s\"]+")]
    private static partial Regex Link();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
