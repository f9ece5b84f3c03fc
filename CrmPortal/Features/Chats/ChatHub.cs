using System.Globalization;
using CrmPortal.Account;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Resources;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;

namespace CrmPortal.Features.Chats;

/// <summary>What a visitor's call is answered with: what was asked for, or what is wrong, by field in the visitor's language.</summary>
/// <param name="Chat">The chat, where there is one.</param>
/// <param name="Id">The number of a message that was taken.</param>
/// <param name="Errors">The empty name stands for no field in particular.</param>
internal sealed record HubAnswer(VisitorChat? Chat = null, long? Id = null, IReadOnlyDictionary<string, string>? Errors = null);

/// <summary>
/// The connection of visitors. It holds one chat, by the key that the browser gives first; everything else is asked of the service with
/// that key.
/// </summary>
internal sealed class ChatHub(VisitorChatService chats, ChatAudience audience, Presence presence, AddressGuard guard, CurrentUser user,
    IOptions<ChatOptions> options, IStringLocalizer<Texts> texts, TimeProvider clock) : Hub
{
    public const string Path = "/chat/hub";

    /// <summary>The name of what browsers are called with.</summary>
    public const string News = "news";

    private const string KeyItem = "key";
    private const string RateItem = "rate";
    private const string PresenceItem = "presence";

    private string? Key => Context.Items[KeyItem] as string;

    /// <summary>Begins a chat, or leaves a message where nobody is there.</summary>
    public Task<HubAnswer> Start(ChatStart? start) => AnswerAsync(async () =>
    {
        start ??= new();
        var address = Context.GetHttpContext()?.Connection.RemoteIpAddress;
        if (await guard.CountAsync("chat-start", address, options.Value.StartsPerMinute, Context.ConnectionAborted) is not null)
            throw new RuleViolationException("", "Too many chats were started from here; wait a minute.");
        var begun = await chats.StartAsync(start with { Language = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName },
            Context.ConnectionAborted);
        await JoinAsync(start.Key!, begun.Id);
        return new(begun);
    });

    /// <summary>The chat of a key with what was said after a message; without a chat the answer is empty.</summary>
    public Task<HubAnswer> Resume(string? key, long after) => AnswerAsync(async () =>
    {
        if (await chats.ResumeAsync(key, after, Context.ConnectionAborted) is not { } chat) return new();
        if (Key is null) await JoinAsync(key!, chat.Id);
        return new(chat);
    });

    public Task<HubAnswer> Say(string? messageKey, string? text) => AnswerAsync(async () =>
    {
        DemandRate();
        return new(Id: await chats.SayAsync(Key, messageKey, text, Context.ConnectionAborted));
    });

    public Task<HubAnswer> Read(long messageId) => AnswerAsync(async () =>
    {
        await chats.ReadAsync(Key, messageId, Context.ConnectionAborted);
        return new();
    });

    public Task<HubAnswer> Type(bool isTyping) => AnswerAsync(async () =>
    {
        DemandRate();
        await chats.TypeAsync(Key, isTyping, Context.ConnectionAborted);
        return new();
    });

    public Task<HubAnswer> End() => AnswerAsync(async () =>
    {
        await chats.EndAsync(Key, Context.ConnectionAborted);
        return new(await chats.ResumeAsync(Key, 0, Context.ConnectionAborted));
    });

    public Task<HubAnswer> Rate(int? score, string? comment) => AnswerAsync(async () =>
    {
        await chats.RateAsync(Key, score, comment, Context.ConnectionAborted);
        return new(await chats.ResumeAsync(Key, 0, Context.ConnectionAborted));
    });

    public Task<HubAnswer> LeaveAddress(string? name, string? email) => AnswerAsync(async () =>
    {
        DemandRate();
        await chats.LeaveAddressAsync(Key, name, email, Context.ConnectionAborted);
        return new(await chats.ResumeAsync(Key, 0, Context.ConnectionAborted));
    });

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        audience.Leave(Context.ConnectionId);
        if (Context.Items[PresenceItem] is IAsyncDisposable present) await present.DisposeAsync();
        await base.OnDisconnectedAsync(exception);
    }

    private async Task JoinAsync(string key, long chatId)
    {
        if (!audience.Join(Context.ConnectionId, chatId))
            throw new RuleViolationException("", "This chat is open in too many windows; close one.");
        Context.Items[KeyItem] = key;
        await Groups.AddToGroupAsync(Context.ConnectionId, ChatAudience.Group(chatId), Context.ConnectionAborted);
        Context.Items[PresenceItem] = await presence.EnterAsync(ChatAudience.VisitorSubject(chatId), new(Context.ConnectionId, 0, ""),
            CancellationToken.None);
    }

    /// <summary>A visitor is no user; what they do is done in the name of the chat, in the language of their page.</summary>
    private async Task<HubAnswer> AnswerAsync(Func<Task<HubAnswer>> work)
    {
        user.Set(Actor.System("Chat"));
        var language = Context.GetHttpContext()?.Request.Query["lang"].ToString();
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(ProfileService.Languages.Contains(language) ? language! : "en");
        try
        {
            return await work();
        }
        catch (RuleViolationException violation)
        {
            return new(Errors: violation.Errors.GroupBy(e => e.Field)
                .ToDictionary(g => g.Key, g => texts[g.First().Message, g.First().Arguments].Value));
        }
    }

    /// <summary>So many calls a minute one connection may make.</summary>
    private void DemandRate()
    {
        var minute = clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        var (counted, count) = Context.Items[RateItem] is (long of, int made) && of == minute ? (of, made + 1) : (minute, 1);
        Context.Items[RateItem] = (counted, count);
        if (count > options.Value.CallsPerMinute) throw new RuleViolationException("Text", "You write very fast; wait a moment.");
    }
}
