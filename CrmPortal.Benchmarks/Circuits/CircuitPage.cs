using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CrmPortal.Benchmarks.Circuits;

/// <summary>
/// A page of the portal that is open, as a browser has it but without one: it asks for the HTML, starts the circuit of what is in it,
/// acknowledges what is drawn, answers what the server asks of the browser, and goes from page to page. Where the connection is lost it
/// does what the script of the framework and ours do: it tries the circuit again, and loads the page anew where the server knows none.
/// </summary>
internal sealed partial class CircuitPage : ICircuitListener, IAsyncDisposable
{
    /// <summary>As the script of the framework does it: ten times at once, ten times after 5 seconds, then after 30.</summary>
    private const int MostTries = 30;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CircuitSite _site;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _lock = new();
    private CircuitHub? _hub;
    private TaskCompletionSource _ready = NewSource();
    private (byte[] Text, TaskCompletionSource Source)? _awaited;
    private string _path;
    private string? _circuit;
    private Task _living = Task.CompletedTask;
    private int _leaving;
    private TaskCompletionSource<bool>? _mayLeave;
    private bool _guardsLeaving;
    private string _lastDrawn = "";

    private CircuitPage(CircuitSite site, Cookies cookies, string path) => (_site, Cookies, _path) = (site, cookies, path);

    public Cookies Cookies { get; }

    /// <summary>How often the connection was lost.</summary>
    public int Losses { get; private set; }

    /// <summary>Milliseconds from the last loss until the page lived again, with its content; null where it has not.</summary>
    public double? BackAfter { get; private set; }

    /// <summary>How often the server was asked until the page lived again.</summary>
    public int Tries { get; private set; }

    /// <summary>Why it does not live any more.</summary>
    public string? Fault { get; private set; }

    /// <summary>The HTML that the server sent when the page was last loaded.</summary>
    public string Html { get; private set; } = "";

    /// <summary>Bytes that were drawn.</summary>
    public long Drawn { get; private set; }

    /// <summary>Opens a page as whoever the cookies belong to; the page has its own from then on.</summary>
    public static async Task<CircuitPage> OpenAsync(CircuitSite site, Cookies cookies, string path, CancellationToken cancellationToken)
    {
        var page = new CircuitPage(site, new Cookies(cookies), path);
        try
        {
            await page.LoadAsync(cancellationToken);
            page._living = page.LiveAsync();
            return page;
        }
        catch
        {
            await page.DisposeAsync();
            throw;
        }
    }

    /// <summary>Goes to another page by a link, and waits until a text of it was drawn.</summary>
    /// <returns>Milliseconds.</returns>
    /// <exception cref="WebSocketException">The page was lost meanwhile.</exception>
    public async Task<double> GoAsync(string path, string text, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var source = NewSource();
        lock (_lock) _awaited = (Encoding.UTF8.GetBytes(text), source);
        (_path, _lastDrawn) = (path, "");
        await LeaveAsync(new Uri(_site.Address, path).AbsoluteUri, isLink: true);
        try
        {
            await source.Task.WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"{path} did not show “{text}” but “{_lastDrawn}”. {Fault}");
        }

        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>Waits until the page lives, where it is lost just now.</summary>
    public Task WhenAliveAsync(CancellationToken cancellationToken)
    {
        lock (_lock) return _ready.Task.WaitAsync(Patience, cancellationToken);
    }

    public void OnDrawn(long number, ReadOnlySpan<byte> batch)
    {
        Drawn += batch.Length;
        if (_hub is { } hub) CircuitHub.Forget(hub.SendAsync("OnRenderCompleted", number, null));
        lock (_lock)
        {
            if (_awaited is not var (text, source)) return;
            if (batch.IndexOf(text) < 0)
            {
                // Its words are at the end.
                _lastDrawn = Encoding.UTF8.GetString(batch[^Math.Min(batch.Length, 1_000)..]);
                return;
            }

            _awaited = null;
            source.TrySetResult();
        }
    }

    public void OnCall(string method, IReadOnlyList<object?> arguments)
    {
        switch (method)
        {
            case "JS.BeginInvokeJS":
                Answer((long)arguments[0]!, (string)arguments[1]!, arguments[2] as string ?? "[]");
                break;
            case "JS.EndLocationChanging":
                _mayLeave?.TrySetResult(arguments[1] is true);
                break;
            case "JS.Error":
                Fault = arguments[0] as string;
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        try
        {
            // A browser says when a page is closed; the server would keep its circuit for a while otherwise.
            if (_circuit is not null && Fault is null)
                await _site.SendAsync(HttpMethod.Post, "/_blazor/disconnect", Cookies,
                    new FormUrlEncodedContent([new("circuitId", _circuit)]), CancellationToken.None);
        }
        catch (HttpRequestException)
        {
            // Nor does a browser ask whether anybody heard it.
        }

        if (_hub is not null) await _hub.DisposeAsync();
        await _living;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var page = await _site.SendAsync(HttpMethod.Get, _path, Cookies, null, cancellationToken);
        if (!page.IsGood) throw new InvalidOperationException($"{_path} answers {page.Status} {page.Location}");
        Html = page.Text;
        var state = State().Match(page.Text).Groups["state"].Value;
        var operations = Marker().Matches(page.Text).Select((m, i) =>
            FormattableString.Invariant($$"""{"type":"add","ssrComponentId":{{i + 1}},"marker":{{m.Groups["marker"].Value}}}""")).ToList();
        if (operations.Count == 0) throw new InvalidOperationException($"{_path} is no page with a circuit.");
        if (_hub is not null) await _hub.DisposeAsync();
        _guardsLeaving = false;
        _hub = await CircuitHub.ConnectAsync(_site, Cookies, this, cancellationToken);
        var address = new Uri(_site.Address, _path).AbsoluteUri;
        _circuit = await _hub.AskAsync("StartCircuit", cancellationToken, new Uri(_site.Address, "/").AbsoluteUri, address, "[]", state)
            as string ?? throw new InvalidOperationException("The server starts no circuit.");
        await _hub.SendAsync("UpdateRootComponents", $$"""{"batchId":1,"operations":[{{string.Join(',', operations)}}]}""", state);
        await WhenAliveAsync(cancellationToken);
    }

    /// <summary>Comes back whenever the connection was lost, until the page is closed.</summary>
    private async Task LiveAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            await _hub!.Closed;
            if (_ended.IsCancellationRequested) return;
            var watch = Stopwatch.StartNew();
            Lose();
            try
            {
                await ComeBackAsync();
                BackAfter = watch.Elapsed.TotalMilliseconds;
            }
            catch (Exception fault)
            {
                // Whoever waits for the page hears of it.
                Fault = fault.Message;
                lock (_lock) _ready.TrySetException(fault);
                return;
            }
        }
    }

    private void Lose()
    {
        Losses++;
        BackAfter = null;
        lock (_lock)
        {
            _ready = NewSource();
            _awaited?.Source.TrySetException(new WebSocketException("The page was lost."));
            _awaited = null;
        }
    }

    private async Task ComeBackAsync()
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            Tries = tries + 1;
            await Task.Delay(TimeSpan.FromSeconds(tries < 10 ? 0 : tries < 20 ? 5 : 30), _ended.Token);
            try
            {
                await _hub!.DisposeAsync();
                _hub = await CircuitHub.ConnectAsync(_site, Cookies, this, _ended.Token);
                if (await _hub.AskAsync("ConnectCircuit", _ended.Token, _circuit) is true)
                {
                    lock (_lock) _ready.TrySetResult();
                    return;
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or WebSocketException or IOException)
            {
                continue;
            }

            // What is answered then is what stays on the screen: so the page waits, as our script does, until a server lives.
            while (!(await _site.SendAsync(HttpMethod.Get, "/health/live", Cookies, null, _ended.Token)).IsGood)
                await Task.Delay(TimeSpan.FromSeconds(1), _ended.Token);
            await LoadAsync(_ended.Token);
            return;
        }

        throw new InvalidOperationException("The page has given up.");
    }

    private async Task LeaveAsync(string address, bool isLink)
    {
        var hub = _hub!;
        if (_guardsLeaving)
        {
            _mayLeave = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await hub.SendAsync("OnLocationChanging", (long)Interlocked.Increment(ref _leaving), address, null, isLink);
            if (!await _mayLeave.Task.WaitAsync(Patience, _ended.Token)) return;
        }

        await hub.SendAsync("OnLocationChanged", address, null, isLink);
    }

    /// <summary>Answers for the browser; whoever wants nothing back is given nothing.</summary>
    private void Answer(long handle, string name, string arguments)
    {
        switch (name)
        {
            case "crm.ready":
                lock (_lock) _ready.TrySetResult();
                break;
            case "Blazor._internal.navigationManager.setHasLocationChangingListeners":
                _guardsLeaving = arguments.Contains("true", StringComparison.Ordinal);
                break;
            case "Blazor._internal.navigationManager.navigateTo":
                using (var document = JsonDocument.Parse(arguments))
                {
                    var address = new Uri(_site.Address, document.RootElement[0].GetString()).AbsoluteUri;
                    _path = new Uri(address).PathAndQuery;
                    CircuitHub.Forget(LeaveAsync(address, isLink: false));
                }

                break;
        }

        if (handle == 0 || _hub is not { } hub) return;
        CircuitHub.Forget(hub.SendAsync("EndInvokeJSFromDotNet", handle, true,
            FormattableString.Invariant($"[{handle},true,{BrowserAnswers.To(name)}]")));
    }

    [GeneratedRegex("<!--Blazor:(?<marker>\\{\"type\":\"server\".*?\\})-->")]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(?<state>[a-zA-Z0-9+/=]+)-->")]
    private static partial Regex State();
}
