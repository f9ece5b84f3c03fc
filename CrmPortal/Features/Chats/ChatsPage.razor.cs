using CrmPortal.Components.Ui;
using CrmPortal.Core.Chats;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Layout;
using Microsoft.AspNetCore.Components;

namespace CrmPortal.Features.Chats;

/// <summary>The chats that go on and those that are over, with the open one beside them.</summary>
public sealed partial class ChatsPage
{
    private const int PageSize = 30;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(400);

    private IReadOnlyList<ChatRow> _open = [];
    private Page<ChatRow>? _past;
    private int _size = PageSize;
    private int _most = ChatAgent.UsualMost;
    private int _isToRead;
    private bool _isAvailable;
    private bool _isOn = true;
    private bool _isLoaded;

    [Parameter] public long? Id { get; set; }

    [SupplyParameterFromQuery] public string? View { get; set; }

    [Inject] public required ChatService Chats { get; init; }
    [Inject] public required VisitorChatService Door { get; init; }
    [Inject] public required ChatSignals Signals { get; init; }
    [Inject] public required Toasts Toasts { get; init; }
    [Inject] public required Display Display { get; init; }
    [Inject] public required TimeProvider Clock { get; init; }

    private bool IsPast => View == "past";

    private string Summary => !_isLoaded ? "" : _isAvailable
        ? L["{0} wait, {1} go on.", Display.Number(_open.Count(c => c.State == ChatState.Waiting)),
            Display.Number(_open.Count(c => c.State == ChatState.Active))]
        : L["You take no chats at the moment."];

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive) Hold(Signals.Listen(OnNews));
    }

    protected override Task OnParametersSetAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        var isPast = IsPast;
        (_open, _past, (_isAvailable, _most), _isOn) = await LatestAsync(async read => (await Chats.OpenAsync(read),
            isPast ? await Chats.PastAsync(null, new(1, _size), read) : null, await Chats.OwnAsync(read),
            (await Door.DoorAsync(read)).IsOn));
        _isLoaded = true;
        StateHasChanged();
    }

    private Task MoreAsync()
    {
        _size = Math.Min(PageRequest.LargestSize, _size * 2);
        return LoadAsync();
    }

    private IEnumerable<(string? Title, IReadOnlyList<ChatRow> Rows)> Groups() => IsPast ? [(null, _past?.Items ?? [])] :
    [
        (L["Waiting"], [.. _open.Where(c => c.State == ChatState.Waiting)]),
        (L["Mine"], [.. _open.Where(c => c is { State: ChatState.Active, IsMine: true })]),
        (L["Of colleagues"], [.. _open.Where(c => c is { State: ChatState.Active, IsMine: false })]),
    ];

    private static string Address(bool isPast) => CrmUrls.Chats + (isPast ? "?view=past" : "");

    private Task SetAvailableAsync(bool isAvailable)
    {
        _isAvailable = isAvailable;
        return SaveOwnAsync();
    }

    private Task SetMostAsync(int most)
    {
        _most = most;
        return SaveOwnAsync();
    }

    private async Task SaveOwnAsync()
    {
        try
        {
            await Chats.SetOwnAsync(_isAvailable, _most, CancellationToken.None);
        }
        catch (RuleViolationException violation)
        {
            Toasts.Show(FormErrors.Sentence(violation, L));
            // The field is told its own number first, or it would not see that it goes back to the one before.
            StateHasChanged();
            await LoadAsync();
        }
    }

    /// <summary>Several things may be new at once.</summary>
    private void OnNews(ChatSignal signal)
    {
        if (signal.News == ChatNews.Typing || Interlocked.Exchange(ref _isToRead, 1) == 1) return;
        React(async () =>
        {
            await Task.Delay(LookEvery, Clock, Ended);
            Interlocked.Exchange(ref _isToRead, 0);
            await LoadAsync();
        });
    }
}
