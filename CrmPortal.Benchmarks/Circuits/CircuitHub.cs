using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace CrmPortal.Benchmarks.Circuits;

/// <summary>What comes from the server by a connection, one after the other.</summary>
internal interface ICircuitListener
{
    /// <summary>What the page must draw; the bytes are there for this call only.</summary>
    void OnDrawn(long number, ReadOnlySpan<byte> batch);

    void OnCall(string method, IReadOnlyList<object?> arguments);
}

/// <summary>
/// A connection to the hub of circuits by a WebSocket, in the protocol that the script of the framework speaks (MessagePack under the
/// name of blazorpack).
/// </summary>
internal sealed class CircuitHub : IAsyncDisposable
{
    private const byte EndOfHandshake = 0x1e;
    private const int SmallBuffer = 4_096;

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<object?>> _asked = [];
    private readonly ICircuitListener _listener;
    private readonly CancellationTokenSource _ended = new();
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
    private int _filled;
    private int _number;

    private CircuitHub(ICircuitListener listener) => _listener = listener;

    /// <summary>Ends when the connection has, whoever ended it.</summary>
    public Task Closed { get; private set; } = Task.CompletedTask;

    /// <exception cref="HttpRequestException">The server does not want it, or is not there.</exception>
    public static async Task<CircuitHub> ConnectAsync(CircuitSite site, Cookies cookies, ICircuitListener listener,
        CancellationToken cancellationToken)
    {
        var hub = new CircuitHub(listener);
        try
        {
            await hub.OpenAsync(site, cookies, cancellationToken);
            return hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }

    public Task SendAsync(string method, params IReadOnlyList<object?> arguments) => SendAsync(PackWriter.Call(null, method, arguments));

    /// <summary>Calls a method of the hub and waits for what it answers.</summary>
    public async Task<object?> AskAsync(string method, CancellationToken cancellationToken, params IReadOnlyList<object?> arguments)
    {
        var number = Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture);
        var answer = _asked[number] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync(PackWriter.Call(number, method, arguments));
        return await answer.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _socket.Dispose();
        await Closed;
    }

    private async Task OpenAsync(CircuitSite site, Cookies cookies, CancellationToken cancellationToken)
    {
        var agreed = await site.SendAsync(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", cookies, null, cancellationToken);
        if (!agreed.IsGood) throw new HttpRequestException($"The server answers {agreed.Status} to who wants a connection.");
        using var document = JsonDocument.Parse(agreed.Text);
        var token = document.RootElement.GetProperty("connectionToken").GetString()!;
        _socket.Options.SetRequestHeader("Cookie", cookies.Header);
        _socket.Options.SetRequestHeader("Origin", site.Origin);
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
        await _socket.ConnectAsync(site.Socket($"/_blazor?id={Uri.EscapeDataString(token)}"), site.Invoker, cancellationToken);
        await SendAsync([.. "{\"protocol\":\"blazorpack\",\"version\":1}"u8, EndOfHandshake]);
        var read = await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
        var end = Array.IndexOf(_buffer, EndOfHandshake, 0, read.Count);
        if (end != 2) throw new HttpRequestException("The server refuses: " + Encoding.UTF8.GetString(_buffer, 0, read.Count));
        _filled = read.Count - end - 1;
        _buffer.AsSpan(end + 1, _filled).CopyTo(_buffer);
        Closed = Task.Run(ReceiveAsync, CancellationToken.None);
    }

    private async Task SendAsync(byte[] message)
    {
        await _sending.WaitAsync(_ended.Token);
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Binary, true, _ended.Token);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                TakeMessages();
                if (_filled == _buffer.Length) Resize(_buffer.Length * 2);
                var read = await _socket.ReceiveAsync(_buffer.AsMemory(_filled), _ended.Token);
                if (read.MessageType == WebSocketMessageType.Close) break;
                _filled += read.Count;
            }
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // It has ended.
        }
        finally
        {
            foreach (var answer in _asked.Values) answer.TrySetException(new WebSocketException("The connection has ended."));
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    /// <summary>Takes the whole messages; of the last one a part may be on its way.</summary>
    private void TakeMessages()
    {
        var at = 0;
        while (Length(_buffer.AsSpan(at, _filled - at)) is var (head, length) && at + head + length <= _filled)
        {
            Take(_buffer.AsSpan(at + head, length));
            at += head + length;
        }

        _filled -= at;
        _buffer.AsSpan(at, _filled).CopyTo(_buffer);
        // Many pages are open, and few of them draw at a time.
        if (_filled == 0 && _buffer.Length > SmallBuffer * 4) Resize(SmallBuffer);
    }

    private static (int Head, int Length)? Length(ReadOnlySpan<byte> data)
    {
        var length = 0;
        for (var i = 0; i < Math.Min(5, data.Length); i++)
        {
            length |= (data[i] & 0x7f) << (7 * i);
            if (data[i] < 0x80) return (i + 1, length);
        }

        return null;
    }

    private void Resize(int size)
    {
        var resized = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(0, _filled).CopyTo(resized);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = resized;
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        var reader = new PackReader(message);
        reader.Array();
        switch (reader.Integer())
        {
            case 1:
                reader.Skip();
                reader.Skip();
                TakeCall(reader.Text()!, ref reader);
                break;
            case 3:
                reader.Skip();
                if (!_asked.TryRemove(reader.Text()!, out var asked)) break;
                var kind = reader.Integer();
                if (kind == 1) asked.TrySetException(new InvalidOperationException(reader.Text()));
                else asked.TrySetResult(kind == 3 ? reader.Any() : null);
                break;
            case 6:
                Forget(SendAsync(PackWriter.Ping()));
                break;
        }
    }

    private void TakeCall(string method, ref PackReader reader)
    {
        var count = reader.Array();
        if (method == "JS.RenderBatch")
        {
            _listener.OnDrawn(reader.Integer(), reader.Bytes());
            return;
        }

        var arguments = new object?[count];
        for (var i = 0; i < count; i++) arguments[i] = reader.Any();
        _listener.OnCall(method, arguments);
    }

    /// <summary>Whether it arrives shows in the connection.</summary>
    public static void Forget(Task sending) =>
        sending.ContinueWith(s => s.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
