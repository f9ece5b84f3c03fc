using CrmPortal.Account;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Live;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;

namespace CrmPortal.Features.Chats;

/// <summary>One chat, live while it is open.</summary>
public sealed partial class ChatPane
{
    private static readonly TimeSpan TypingFor = TimeSpan.FromSeconds(5);

    private ChatDetails? _chat;
    private List<ChatMessageDetails> _messages = [];
    private IReadOnlyList<ChatAgentDetails> _agents = [];
    private ChatComposer? _composer;
    private string? _subject;
    private string? _error;
    private long _typedAt;
    private bool _hasEarlier;
    private bool _isGone;
    private bool _isTyping;
    private bool _isVisitorHere;
    private bool _isMakingTicket;
    private bool _mayTicket;
    private bool _isToScroll;

    [Parameter, EditorRequired] public long Id { get; set; }

    /// <summary>The list without a chat beside it.</summary>
    [Parameter, EditorRequired] public required string Back { get; set; }

    /// <summary>After something was changed here.</summary>
    [Parameter] public EventCallback OnChanged { get; set; }

    [Inject] public required ChatService Chats { get; init; }
    [Inject] public required ChatSignals Signals { get; init; }
    [Inject] public required Presence Presence { get; init; }
    [Inject] public required Toasts Toasts { get; init; }
    [Inject] public required Display Display { get; init; }
    [Inject] public required IJSRuntime Script { get; init; }
    [Inject] public required TimeProvider Clock { get; init; }
    [Inject] public required AuthenticationStateProvider Authentication { get; init; }
    [Inject] public required IAuthorizationService Authorization { get; init; }

    private bool IsOpen => _chat?.State is ChatState.Waiting or ChatState.Active;

    private long? LastReadOfOurs => _messages.FindLast(m => m.Kind == ChatMessageKind.Agent && m.Id <= _chat!.VisitorReadId)?.Id;

    protected override void OnInitialized()
    {
        if (!RendererInfo.IsInteractive) return;
        Hold(Signals.Listen(OnNews));
        Hold(Presence.Listen(subject =>
        {
            if (subject == ChatAudience.VisitorSubject(Id)) React(ShowVisitorAsync);
        }));
    }

    protected override async Task OnInitializedAsync()
    {
        (_chat, var conversation) = await LatestAsync(async read => (await Chats.GetAsync(Id, read),
            await Chats.MessagesAsync(Id, null, null, read)));
        (_messages, _hasEarlier, _isGone, _isToScroll) = ([.. conversation.Messages], conversation.HasEarlier, _chat is null, true);
        if (!RendererInfo.IsInteractive || _chat is null) return;
        await ShowVisitorAsync();
        await MarkReadAsync();
        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        _mayTicket = (await Authorization.AuthorizeAsync(user, Permissions.TicketsWork)).Succeeded;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_isToScroll || _chat is null || !RendererInfo.IsInteractive) return;
        _isToScroll = false;
        await Script.InvokeVoidAsync("crm.scrollToEnd", "#chat-log");
    }

    private string Who(ChatMessageDetails message) => message.Kind == ChatMessageKind.Agent ? message.AuthorName
        : ChatLabels.Visitor(_chat!.Visitor, L);

    private void OnNews(ChatSignal signal)
    {
        if (signal.ChatId != Id) return;
        React(signal.News switch
        {
            ChatNews.Typing when signal.IsVisitor => () => TypedAsync(signal.IsOn),
            ChatNews.Message => NewsAsync,
            ChatNews.State or ChatNews.Read => ReloadAsync,
            _ => () => Task.CompletedTask,
        });
    }

    /// <summary>What came after the last message that is here.</summary>
    private async Task NewsAsync()
    {
        var conversation = await LatestAsync(read => Chats.MessagesAsync(Id, _messages.Count > 0 ? _messages[^1].Id : 0, null, read));
        var last = _messages.Count > 0 ? _messages[^1].Id : 0;
        // A gap would be more than one page of messages; then the page is read anew.
        if (conversation.HasEarlier) (_messages, _hasEarlier) = ([.. conversation.Messages], true);
        else _messages.AddRange(conversation.Messages.Where(m => m.Id > last));
        (_isTyping, _isToScroll) = (false, true);
        StateHasChanged();
        await MarkReadAsync();
    }

    private async Task ReloadAsync()
    {
        var chat = await LatestAsync(read => Chats.GetAsync(Id, read));
        (_chat, _isGone) = (chat, chat is null);
        await NewsAsync();
    }

    private async Task EarlierAsync()
    {
        var earlier = await Chats.MessagesAsync(Id, null, _messages.Count > 0 ? _messages[0].Id : null, Ended);
        _messages.InsertRange(0, earlier.Messages);
        _hasEarlier = earlier.HasEarlier;
    }

    private async Task MarkReadAsync()
    {
        if (_chat is { IsMine: true } && _messages.FindLast(m => m.Kind == ChatMessageKind.Visitor) is { } last
            && last.Id > _chat.AgentReadId)
        {
            _chat = _chat with { AgentReadId = last.Id };
            await Chats.ReadAsync(Id, last.Id, CancellationToken.None);
        }
    }

    private async Task TypedAsync(bool isOn)
    {
        var at = Clock.GetTimestamp();
        (_isTyping, _typedAt, _isToScroll) = (isOn, at, isOn);
        StateHasChanged();
        if (!isOn) return;
        await Task.Delay(TypingFor, Clock, Ended);
        if (_typedAt != at) return;
        _isTyping = false;
        StateHasChanged();
    }

    private Task ShowVisitorAsync()
    {
        _isVisitorHere = Presence.Others(ChatAudience.VisitorSubject(Id), "").Count > 0;
        StateHasChanged();
        return Task.CompletedTask;
    }

    private async Task LoadAgentsAsync() => _agents = await Chats.AgentsAsync(Ended);

    private Task AcceptAsync() => TryAsync(async () =>
    {
        if (!await Chats.AcceptAsync(Id, CancellationToken.None)) Toasts.Show(L["Somebody else was faster, or the chat is over."]);
        await ChangedAsync();
        if (_composer is not null) await _composer.FocusAsync();
    });

    private Task HandOverAsync(long? to) => TryAsync(async () =>
    {
        await Chats.HandOverAsync(Id, to, CancellationToken.None);
        await ChangedAsync();
    });

    private Task EndAsync() => TryAsync(async () =>
    {
        await Chats.EndAsync(Id, CancellationToken.None);
        await ChangedAsync();
    });

    private async Task MakeTicketAsync()
    {
        try
        {
            _error = null;
            await Chats.MakeTicketAsync(Id, _subject, CancellationToken.None);
            (_isMakingTicket, _subject) = (false, null);
            await ChangedAsync();
        }
        catch (RuleViolationException violation)
        {
            _error = FormErrors.Sentence(violation, L);
        }
    }

    private async Task ChangedAsync()
    {
        await ReloadAsync();
        await OnChanged.InvokeAsync();
    }

    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (RuleViolationException violation)
        {
            Toasts.Show(FormErrors.Sentence(violation, L));
        }
    }
}
