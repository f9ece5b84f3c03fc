using System.Collections.Concurrent;
using CrmPortal.Core.Platform.Live;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Core.Chats;

/// <summary>What is new in a chat.</summary>
public enum ChatNews { Message, State, Read, Typing }

/// <summary>That something is new in a chat; what it is, whoever hears of it reads.</summary>
/// <param name="IsVisitor">Whose doing it is.</param>
/// <param name="MessageId">The message that was said, or up to which was read.</param>
/// <param name="Name">Who types.</param>
/// <param name="IsOn">Whether somebody began to type, or stopped.</param>
public sealed record ChatSignal(long ChatId, ChatNews News, bool IsVisitor, long? MessageId = null, string? Name = null,
    bool IsOn = false);

/// <summary>Tells open pages and visitors' connections, on whichever node, of what is new in chats.</summary>
public sealed partial class ChatSignals
{
    private const char Kind = 'h';

    private readonly INodeChannel _channel;
    private readonly ILogger<ChatSignals> _logger;
    private readonly ConcurrentDictionary<Guid, Action<ChatSignal>> _listeners = [];

    public ChatSignals(INodeChannel channel, ILogger<ChatSignals> logger)
    {
        (_channel, _logger) = (channel, logger);
        channel.Received += Receive;
    }

    /// <summary>Calls back for every signal until the answer is disposed. The callback must return at once.</summary>
    public IDisposable Listen(Action<ChatSignal> listener)
    {
        var id = Guid.NewGuid();
        _listeners[id] = Listening.InOwnCulture(listener);
        return new Listening(() => _listeners.TryRemove(id, out _));
    }

    /// <summary>Tells of what was committed. Where that fails, those who wait find it by their next look.</summary>
    public async Task TellAsync(ChatSignal signal)
    {
        try
        {
            await _channel.PublishAsync(NodeMessage.Write(Kind, signal), CancellationToken.None);
        }
        catch (Exception fault)
        {
            LogUntold(fault);
        }
    }

    private void Receive(string text)
    {
        if (NodeMessage.Read<ChatSignal>(Kind, text) is not { } signal) return;
        foreach (var listener in _listeners.Values)
        {
            try
            {
                listener(signal);
            }
            catch (Exception fault)
            {
                LogListener(fault);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Others could not be told of what is new in a chat; they find it by their next look")]
    private partial void LogUntold(Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "A page could not take what is new in a chat")]
    private partial void LogListener(Exception fault);
}
