using System.Collections.Concurrent;
using System.Globalization;
using CrmPortal.Core.Chats;
using Microsoft.AspNetCore.SignalR;

namespace CrmPortal.Features.Chats;

/// <summary>The visitors who are connected to this node; tells them that something is new in their chat.</summary>
/// <remarks>They are told no words: whoever is told asks for what comes after the last message that they have.</remarks>
internal sealed partial class ChatAudience(ChatSignals signals, IHubContext<ChatHub> hub, ILogger<ChatAudience> logger) : IHostedService
{
    private const int MostWindows = 10;

    private readonly ConcurrentDictionary<string, long> _chats = [];
    private readonly ConcurrentDictionary<long, int> _windows = [];
    private IDisposable? _listening;

    public static string Group(long chatId) => string.Create(CultureInfo.InvariantCulture, $"chat-{chatId}");

    /// <summary>What a visitor is present at while their page is open.</summary>
    public static string VisitorSubject(long chatId) => string.Create(CultureInfo.InvariantCulture, $"chat:{chatId}:visitor");

    /// <returns>False where the chat has as many windows as it may have.</returns>
    public bool Join(string connectionId, long chatId)
    {
        if (!_chats.TryAdd(connectionId, chatId)) return true;
        if (_windows.AddOrUpdate(chatId, 1, (_, count) => count + 1) <= MostWindows) return true;
        Leave(connectionId);
        return false;
    }

    public void Leave(string connectionId)
    {
        if (!_chats.TryRemove(connectionId, out var chatId)) return;
        if (_windows.AddOrUpdate(chatId, 0, (_, count) => count - 1) <= 0) _windows.TryRemove(new(chatId, 0));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listening = signals.Listen(Hear);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _listening?.Dispose();
        return Task.CompletedTask;
    }

    private void Hear(ChatSignal signal)
    {
        // What visitors type and read concerns the agents alone.
        if (signal is { IsVisitor: true, News: ChatNews.Typing or ChatNews.Read } || !_windows.ContainsKey(signal.ChatId)) return;
        _ = TellAsync(signal);
    }

    private async Task TellAsync(ChatSignal signal)
    {
        try
        {
            await hub.Clients.Group(Group(signal.ChatId)).SendAsync(ChatHub.News, signal.News.ToString(), signal.MessageId, signal.Name,
                signal.IsOn);
        }
        catch (Exception fault)
        {
            LogFault(fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A visitor could not be told of what is new; they ask again by themselves")]
    private partial void LogFault(Exception fault);
}
