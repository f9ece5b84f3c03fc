using System.Globalization;
using CrmPortal.Account;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Core.Tickets;
using CrmPortal.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.JSInterop;

namespace CrmPortal.Features.Tickets;

/// <summary>Writes replies and notes; keeps what is typed, and tells others that somebody types.</summary>
public sealed partial class TicketComposer
{
    private const string TokenHeader = "RequestVerificationToken";
    private const string ReplyField = "reply";
    private const string NoteField = "note";
    private static readonly TimeSpan KeepAfter = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan TypingFor = TimeSpan.FromSeconds(6);

    private readonly string _connection = Guid.NewGuid().ToString("N");
    private IReadOnlyDictionary<string, string> _drafts = new Dictionary<string, string>();
    private IReadOnlyList<SavedReplyDetails>? _replies;
    private List<TicketFileDetails> _files = [];
    private DotNetObjectReference<TicketComposer>? _self;
    private CancellationTokenSource _keeping = new();
    private IAsyncDisposable? _entered;
    private ElementReference _input;
    private string? _text;
    private string? _error;
    private string? _typing;
    private long? _userId;
    private bool _isNote;
    private bool _isConnected;
    private bool _isKept;
    private bool _isPicking;

    [Parameter, EditorRequired] public required TicketDetails Ticket { get; set; }

    /// <summary>The ticket that comes after this one in the list.</summary>
    [Parameter] public string? Next { get; set; }

    /// <summary>After a message was written, with where to go on; null for staying.</summary>
    [Parameter] public EventCallback<string?> OnWritten { get; set; }

    [Inject] public required TicketService Tickets { get; init; }
    [Inject] public required SavedReplyService Replies { get; init; }
    [Inject] public required Presence Presence { get; init; }
    [Inject] public required Toasts Toasts { get; init; }
    [Inject] public required Display Display { get; init; }
    [Inject] public required IJSRuntime Script { get; init; }
    [Inject] public required AntiforgeryStateProvider Antiforgery { get; init; }
    [Inject] public required AuthenticationStateProvider Authentication { get; init; }
    [Inject] public required ShopClock Shop { get; init; }
    [Inject] public required TimeProvider Clock { get; init; }

    private string Field => _isNote ? NoteField : ReplyField;

    private string To => Ticket.Requester.Email is { } email ? L["Reply to {0}", email] : L["Answer, for the record"];

    private string TypingSubject => $"ticket:{Ticket.Id}:typing";

    /// <summary>Goes on with a reply that was taken back.</summary>
    public async Task TakeUpAsync(string text)
    {
        (_isNote, _text) = (false, text);
        _files = [.. await Tickets.UnsentFilesAsync(Ticket.Id, Ended)];
        StateHasChanged();
        await Script.InvokeVoidAsync("crm.focus", "#ticket-text");
    }

    /// <summary>Called by the browser with what was chosen; answers where each file goes.</summary>
    [JSInvokable]
    public UploadPlan Begin(IReadOnlyList<string> names, IReadOnlyList<long> sizes) => new(0,
        [.. names.Select(n =>
            $"{CrmUrls.TicketUpload(Ticket.Id)}?name={Uri.EscapeDataString(n.Length > TicketFile.NameLength ? n[^TicketFile.NameLength..] : n)}")],
        TokenHeader, Antiforgery.GetAntiforgeryToken()?.Value ?? "");

    [JSInvokable]
    public void Progress(int index, long sent)
    {
    }

    /// <summary>Called by the browser when a file was taken or refused.</summary>
    [JSInvokable]
    public async Task Finish(int index, bool isKept, string? message)
    {
        if (!isKept) Toasts.Show(message ?? L["The file could not be uploaded; try again."]);
        _files = [.. await Tickets.UnsentFilesAsync(Ticket.Id, Ended)];
        StateHasChanged();
    }

    protected override async Task OnInitializedAsync()
    {
        if (!RendererInfo.IsInteractive) return;
        Hold(Presence.Listen(OnPresence));
        await TakeTypedAsync();
        _drafts = await Tickets.DraftsAsync(Ticket.Id, Ended);
        _files = [.. await Tickets.UnsentFilesAsync(Ticket.Id, Ended)];
        _text ??= _drafts.GetValueOrDefault(Field);
        _userId = (await Authentication.GetAuthenticationStateAsync()).User.UserId();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_isConnected) return;
        _isConnected = true;
        _self = DotNetObjectReference.Create(this);
        await using var module = await Script.InvokeAsync<IJSObjectReference>("import", "/" + Assets["documents.js"]);
        await module.InvokeVoidAsync("connect", _input, _self);
    }

    private async Task SwitchAsync(bool isNote)
    {
        if (_isNote != isNote)
        {
            await KeepAsync();
            _drafts = await Tickets.DraftsAsync(Ticket.Id, Ended);
            (_isNote, _error) = (isNote, null);
            _text = _drafts.GetValueOrDefault(Field);
        }

        await Script.InvokeVoidAsync("crm.focus", "#ticket-text");
    }

    private void OnTyped(string? text)
    {
        (_text, _isKept) = (text, false);
        _keeping.Cancel();
        _keeping.Dispose();
        _keeping = new();
        var cancellation = _keeping.Token;
        React(async () =>
        {
            try
            {
                await SayTypingAsync(true);
                await Task.Delay(KeepAfter, Clock, cancellation);
                await KeepAsync();
                _isKept = true;
                StateHasChanged();
                await Task.Delay(TypingFor, Clock, cancellation);
                await SayTypingAsync(false);
            }
            catch (OperationCanceledException)
            {
                // The next letter was typed.
            }
        });
    }

    private async Task KeepAsync()
    {
        var (field, text) = (Field, _text);
        await Tickets.SaveDraftAsync(Ticket.Id, field, text, CancellationToken.None);
        await Script.InvokeVoidAsync("crm.drafts.settle", TypedKey(field), text);
    }

    /// <summary>
    /// Keeps what the browser still has: it was typed after the last time that it was kept here, when a node or the connection went.
    /// </summary>
    private async Task TakeTypedAsync()
    {
        var typed = await Script.InvokeAsync<Dictionary<string, string>>("crm.drafts.read", Ended, TypedKey(""));
        foreach (var field in new[] { ReplyField, NoteField })
        {
            if (!typed.TryGetValue(TypedKey(field), out var text)) continue;
            await Tickets.SaveDraftAsync(Ticket.Id, field, text, Ended);
            await Script.InvokeVoidAsync("crm.drafts.settle", TypedKey(field), text);
        }
    }

    private string TypedKey(string field) => string.Create(CultureInfo.InvariantCulture, $"ticket:{Ticket.Id}:{field}");

    private async Task SayTypingAsync(bool isTyping)
    {
        if (isTyping == (_entered is not null) || _userId is not { } me) return;
        if (!isTyping)
        {
            var left = Interlocked.Exchange(ref _entered, null);
            if (left is not null) await left.DisposeAsync();
            return;
        }

        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        var entered = await Presence.EnterAsync(TypingSubject, new(_connection, me, user.Identity?.Name ?? ""), CancellationToken.None);
        Hold(entered);
        _entered = entered;
    }

    private void OnPresence(string subject) => React(() =>
    {
        if (subject != TypingSubject) return Task.CompletedTask;
        _typing = Presence.Others(TypingSubject, _connection).FirstOrDefault(v => v.UserId != _userId)?.Name;
        StateHasChanged();
        return Task.CompletedTask;
    });

    private async Task LoadRepliesAsync() => _replies ??= await Replies.ListAsync(Ended);

    private async Task InsertAsync(long id)
    {
        if (await Replies.FilledAsync(id, Ticket.Id, Ended) is not { } filled) return;
        OnTyped(string.IsNullOrWhiteSpace(_text) ? filled : _text.TrimEnd() + "\n\n" + filled);
        await Script.InvokeVoidAsync("crm.focus", "#ticket-text");
    }

    /// <summary>Puts Markdown where the cursor was before the dialog opened.</summary>
    private async Task PutAsync(string markdown)
    {
        _isPicking = false;
        await Script.InvokeVoidAsync("crm.insert", "#ticket-text", markdown);
    }

    private async Task RemoveFileAsync(TicketFileDetails file)
    {
        await Tickets.RemoveFileAsync(file.Id, CancellationToken.None);
        _files.Remove(file);
    }

    /// <summary>Times that a reply may wait for, on the shop's clock.</summary>
    private IEnumerable<(DateTimeOffset At, string Label)> Later()
    {
        var now = Clock.GetUtcNow();
        yield return (now.AddHours(1), L["In one hour"]);
        var tomorrow = Shop.Today.AddDays(1);
        yield return (Shop.InstantOf(tomorrow.ToDateTime(new(8, 0))), L["Tomorrow at {0}", "8:00"]);
        var monday = Shop.Today.AddDays(((int)DayOfWeek.Monday - (int)Shop.Today.DayOfWeek + 7) % 7 is 0 and var same ? 7 + same
            : ((int)DayOfWeek.Monday - (int)Shop.Today.DayOfWeek + 7) % 7);
        yield return (Shop.InstantOf(monday.ToDateTime(new(8, 0))), L["On Monday at {0}", "8:00"]);
    }

    private async Task SendAsync(TicketState? state, DateTimeOffset? sendAt)
    {
        try
        {
            _error = null;
            _keeping.Cancel();
            IReadOnlyList<long> files = [.. _files.Select(f => f.Id)];
            var (isNote, ticket) = (_isNote, Ticket.Id);
            var written = isNote ? await Tickets.NoteAsync(ticket, _text, files, CancellationToken.None)
                : await Tickets.ReplyAsync(ticket, new() { Text = _text, FileIds = files, State = state, SendAt = sendAt },
                    CancellationToken.None);
            await SayTypingAsync(false);
            (_text, _files, _isKept) = (null, [], false);
            await Script.InvokeVoidAsync("crm.drafts.remove", TypedKey(isNote ? NoteField : ReplyField));
            if (isNote || written?.LeavesAt is null) Toasts.Show(isNote ? L["The note was added."] : L["The answer was noted."]);
            else Toasts.Show(sendAt is null ? L["The reply leaves in a moment."] : L["The reply leaves on {0}.",
                Display.Time(sendAt.Value)],
                () => TakeBackAsync(written.Id));
            await OnWritten.InvokeAsync(state == TicketState.Solved ? Next : null);
        }
        catch (RuleViolationException violation)
        {
            _error = FormErrors.Sentence(violation, L);
        }
    }

    private async Task TakeBackAsync(long messageId)
    {
        if (await Tickets.TakeBackAsync(messageId, CancellationToken.None) is not { } text)
            throw new RuleViolationException("", "The reply has left already.");
        await Tickets.SaveDraftAsync(Ticket.Id, ReplyField, text, CancellationToken.None);
        if (Ended.IsCancellationRequested) return;
        await TakeUpAsync(text);
        await OnWritten.InvokeAsync(null);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _keeping.Cancel();
        _keeping.Dispose();
        _self?.Dispose();
    }
}
