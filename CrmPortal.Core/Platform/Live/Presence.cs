using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Core.Platform.Live;

/// <summary>Someone who has a record open.</summary>
public sealed record Viewer(string ConnectionId, long UserId, string Name);

/// <summary>
/// Knows who has which record open, over all nodes. Each node repeats its own viewers, so that those of a node that died
/// disappear by themselves.
/// </summary>
public sealed partial class Presence : IAsyncDisposable
{
    private static readonly TimeSpan RepeatEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromSeconds(40);

    private readonly INodeChannel _channel;
    private readonly TimeProvider _clock;
    private readonly ILogger<Presence> _logger;
    private readonly ITimer _timer;
    private readonly ConcurrentDictionary<(string Subject, string ConnectionId), Viewer> _own = [];
    private readonly ConcurrentDictionary<(string Subject, string ConnectionId), (Viewer Viewer, DateTimeOffset Seen)> _known = [];
    private readonly ConcurrentDictionary<Guid, Action<string>> _listeners = [];

    public Presence(INodeChannel channel, TimeProvider clock, ILogger<Presence> logger)
    {
        _channel = channel;
        _clock = clock;
        _logger = logger;
        channel.Received += Receive;
        _timer = clock.CreateTimer(state => _ = RepeatAsync(), null, RepeatEvery, RepeatEvery);
    }

    /// <summary>Notes that a viewer opened a record, until the answer is disposed.</summary>
    /// <param name="subject">Such as <c>customer:12</c>.</param>
    public async Task<IAsyncDisposable> EnterAsync(string subject, Viewer viewer, CancellationToken cancellationToken)
    {
        _own[(subject, viewer.ConnectionId)] = viewer;
        await TellAsync(subject, viewer, false, cancellationToken);
        return new Leaving(async () =>
        {
            if (_own.TryRemove((subject, viewer.ConnectionId), out _)) await TellAsync(subject, viewer, true, CancellationToken.None);
        });
    }

    /// <summary>Who has the record open, beside the connection that asks.</summary>
    public IReadOnlyList<Viewer> Others(string subject, string connectionId)
    {
        var limit = _clock.GetUtcNow() - ForgetAfter;
        // Those of this node are known at once, and also while the others cannot be told.
        return [.. _own.Where(o => o.Key.Subject == subject && o.Key.ConnectionId != connectionId).Select(o => o.Value)
            .Concat(_known.Where(k => k.Key.Subject == subject && k.Key.ConnectionId != connectionId && k.Value.Seen > limit)
                .Select(k => k.Value.Viewer)).DistinctBy(v => v.ConnectionId).OrderBy(v => v.Name, StringComparer.CurrentCulture)];
    }

    /// <summary>Calls back with the subject whose viewers changed, until the answer is disposed.</summary>
    public IDisposable Listen(Action<string> listener)
    {
        var id = Guid.NewGuid();
        _listeners[id] = Listening.InOwnCulture(listener);
        return new Listening(() => _listeners.TryRemove(id, out _));
    }

    public async ValueTask DisposeAsync() => await _timer.DisposeAsync();

    private Task TellAsync(string subject, Viewer viewer, bool left, CancellationToken cancellationToken) =>
        _channel.PublishAsync(NodeMessage.Write(NodeMessage.Presence, new Message(subject, viewer, left)), cancellationToken);

    private void Receive(string text)
    {
        if (NodeMessage.Read<Message>(NodeMessage.Presence, text) is not { } message) return;
        var key = (message.Subject, message.Viewer.ConnectionId);
        var isNews = message.Left ? _known.TryRemove(key, out _) : !_known.ContainsKey(key);
        if (!message.Left) _known[key] = (message.Viewer, _clock.GetUtcNow());
        if (isNews) Announce(message.Subject);
    }

    private void Announce(string subject)
    {
        foreach (var listener in _listeners.Values)
        {
            try
            {
                listener(subject);
            }
            catch (Exception fault)
            {
                LogListener(fault);
            }
        }
    }

    private async Task RepeatAsync()
    {
        try
        {
            foreach (var (key, viewer) in _own) await TellAsync(key.Subject, viewer, false, CancellationToken.None);
        }
        catch (Exception fault)
        {
            // The next round tells again.
            LogRepeat(fault);
        }

        var limit = _clock.GetUtcNow() - ForgetAfter;
        foreach (var old in _known.Where(k => k.Value.Seen <= limit).ToList())
            if (_known.TryRemove(old.Key, out _)) Announce(old.Key.Subject);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A page could not take that somebody came or went")]
    private partial void LogListener(Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Other nodes could not be told who has which record open; it is tried again")]
    private partial void LogRepeat(Exception fault);

    private sealed record Message(string Subject, Viewer Viewer, bool Left);

    private sealed class Leaving(Func<Task> leave) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await leave();
    }
}
