using CrmPortal.Components.Ui;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Core.Tickets;
using CrmPortal.Layout;
using Microsoft.AspNetCore.Components;

namespace CrmPortal.Features.Tickets;

/// <summary>What is asked in a dialog of a ticket.</summary>
public enum Question { Subject, Merge, Link, Customer }

/// <summary>One ticket, kept up to date while it is open.</summary>
public sealed partial class TicketPane
{
    private TicketDetails? _ticket;
    private TicketConversation _conversation = new([], false);
    private IReadOnlyList<MacroDetails> _macros = [];
    private TicketComposer? _composer;
    private Question? _asked;
    private bool _isGone;
    private int _isToRead;

    [Parameter, EditorRequired] public long Id { get; set; }

    /// <summary>The list without a ticket beside it.</summary>
    [Parameter, EditorRequired] public required string Back { get; set; }

    /// <summary>The ticket that comes after this one in the list; null where there is none.</summary>
    [Parameter] public string? Next { get; set; }

    /// <summary>After something was changed here.</summary>
    [Parameter] public EventCallback OnChanged { get; set; }

    [Inject] public required TicketService Tickets { get; init; }
    [Inject] public required SavedReplyService Replies { get; init; }
    [Inject] public required LiveUpdates Live { get; init; }
    [Inject] public required Toasts Toasts { get; init; }
    [Inject] public required NavigationManager Navigation { get; init; }
    [Inject] public required TimeProvider Clock { get; init; }

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive)
            Hold(Live.Listen(change =>
            {
                if (change.Kind == "ticket" && change.SubjectId == Id) ReadSoon();
            }));
    }

    protected override async Task OnInitializedAsync()
    {
        await LoadAsync();
        // What only opens on a click is read once the page lives.
        if (RendererInfo.IsInteractive) _macros = await Replies.MacrosAsync(Ended);
    }

    private async Task LoadAsync()
    {
        (_ticket, _conversation) = await LatestAsync(async read => (await Tickets.GetAsync(Id, read), await Tickets.MessagesAsync(Id, null,
            read)));
        _isGone = _ticket is null;
    }

    private async Task ReloadAsync()
    {
        await LoadAsync();
        StateHasChanged();
        await OnChanged.InvokeAsync();
    }

    private async Task EarlierAsync()
    {
        if (_conversation.Messages.Count == 0) return;
        var earlier = await Tickets.MessagesAsync(Id, _conversation.Messages[0].Id, Ended);
        _conversation = new([.. earlier.Messages, .. _conversation.Messages], earlier.HasEarlier);
    }

    private async Task FollowAsync()
    {
        await Tickets.FollowAsync(Id, !_ticket!.IsFollowed, CancellationToken.None);
        await LoadAsync();
    }

    private async Task UnlinkAsync(long other)
    {
        await Tickets.LinkAsync(Id, other, false, CancellationToken.None);
        await LoadAsync();
    }

    private async Task OnWrittenAsync(string? goTo)
    {
        await ReloadAsync();
        if (goTo is not null) Navigation.NavigateTo(goTo);
    }

    private async Task OnTakenBackAsync(string text)
    {
        await ReloadAsync();
        if (_composer is not null) await _composer.TakeUpAsync(text);
    }

    private async Task OnSplitAsync(long id)
    {
        await OnChanged.InvokeAsync();
        Navigation.NavigateTo(CrmUrls.Ticket(id));
    }

    private async Task OnAnsweredAsync(long goTo)
    {
        _asked = null;
        await ReloadAsync();
        if (goTo != Id) Navigation.NavigateTo(CrmUrls.Ticket(goTo));
    }

    private async Task RunAsync(MacroDetails macro)
    {
        try
        {
            if (await Replies.RunAsync(macro.Id, Id, CancellationToken.None) is not { } outcome) return;
            if (outcome.ReplyId is { } reply)
                Toasts.Show(L["{0} was run.", macro.Name], async () =>
                {
                    if (await Tickets.TakeBackAsync(reply, CancellationToken.None) is null)
                        throw new RuleViolationException("", "The reply has left already.");
                });
            else Toasts.Show(L["{0} was run.", macro.Name], outcome.ChangeSetId, ReloadAsync);
            await OnWrittenAsync(outcome.After switch
            {
                AfterMacro.NextTicket => Next ?? Back,
                AfterMacro.BackToList => Back,
                _ => null,
            });
        }
        catch (RuleViolationException violation)
        {
            Toasts.Show(FormErrors.Sentence(violation, L));
        }
    }

    /// <summary>A mail may come with several changes at once.</summary>
    private void ReadSoon()
    {
        if (Interlocked.Exchange(ref _isToRead, 1) == 1) return;
        React(async () =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300), Clock, Ended);
            Interlocked.Exchange(ref _isToRead, 0);
            await LoadAsync();
            StateHasChanged();
        });
    }
}
