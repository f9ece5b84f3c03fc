using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Core.Platform.Live;

/// <summary>A committed change, as open pages learn of it.</summary>
/// <param name="Topic">Such as <c>customer.updated</c>.</param>
/// <param name="Fields">The names of what changed; a part of a customer appears by its kind, such as <c>Note</c>.</param>
public sealed record LiveChange(string Topic, long SubjectId, IReadOnlyList<string> Fields, long? ActorId, string ActorName,
    long? ChangeSetId)
{
    /// <summary>The kind of record, such as <c>customer</c>.</summary>
    public string Kind => Topic[..Topic.IndexOf('.', StringComparison.Ordinal)];
}

/// <summary>Tells open pages, on whichever node, what has changed.</summary>
public sealed partial class LiveUpdates : IOutboxSubscriber
{
    private readonly INodeChannel _channel;
    private readonly ILogger<LiveUpdates> _logger;
    private readonly ConcurrentDictionary<Guid, Action<LiveChange>> _listeners = [];

    public LiveUpdates(INodeChannel channel, ILogger<LiveUpdates> logger)
    {
        _channel = channel;
        _logger = logger;
        channel.Received += Receive;
    }

    public string Name => "live";

    /// <summary>Calls back for every change until the answer is disposed. The callback must return at once.</summary>
    public IDisposable Listen(Action<LiveChange> listener)
    {
        var id = Guid.NewGuid();
        _listeners[id] = Listening.InOwnCulture(listener);
        return new Listening(() => _listeners.TryRemove(id, out _));
    }

    public Task HandleAsync(OutboxEvent happened, CancellationToken cancellationToken)
    {
        var payload = JsonSerializer.Deserialize<EventPayload>(happened.Payload);
        var change = new LiveChange(happened.Topic, happened.SubjectId, [.. (payload?.Fields ?? []).Take(40)], payload?.ActorId,
            payload?.ActorName ?? "", happened.ChangeSetId);
        return _channel.PublishAsync(NodeMessage.Write(NodeMessage.Change, change), cancellationToken);
    }

    private void Receive(string message)
    {
        if (NodeMessage.Read<LiveChange>(NodeMessage.Change, message) is not { } change) return;
        foreach (var listener in _listeners.Values)
        {
            try
            {
                listener(change);
            }
            catch (Exception fault)
            {
                LogFault(fault);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A page could not take a live change")]
    private partial void LogFault(Exception fault);
}

/// <summary>The form of what nodes tell each other: a letter for the kind, then JSON.</summary>
internal static class NodeMessage
{
    public const char Change = 'c';
    public const char Presence = 'p';

    /// <summary>What lacks a part or a value is no message.</summary>
    private static readonly JsonSerializerOptions Strict = new() { RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true };

    public static string Write<T>(char kind, T content) => kind + JsonSerializer.Serialize(content);

    public static T? Read<T>(char kind, string message)
        where T : class
    {
        try
        {
            return message.Length > 1 && message[0] == kind ? JsonSerializer.Deserialize<T>(message.AsSpan(1), Strict) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed class Listening(Action stop) : IDisposable
{
    private Action? _stop = stop;

    /// <summary>What a page draws on hearing of something is in its user's culture, not in that of the thread that tells it.</summary>
    public static Action<T> InOwnCulture<T>(Action<T> listener)
    {
        var own = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        return news =>
        {
            var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = own;
            try
            {
                listener(news);
            }
            finally
            {
                (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = before;
            }
        };
    }

    public void Dispose() => Interlocked.Exchange(ref _stop, null)?.Invoke();
}
