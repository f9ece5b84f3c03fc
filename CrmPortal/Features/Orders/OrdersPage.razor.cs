using CrmPortal.Components.Ui;
using CrmPortal.Core.Common;
using CrmPortal.Core.Orders;
using CrmPortal.Layout;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.Extensions.Localization;
using Microsoft.JSInterop;

namespace CrmPortal.Features.Orders;

/// <summary>The list of all orders.</summary>
public sealed partial class OrdersPage : IDisposable
{
    /// <summary>Up to here a list is counted at once; a longer one says "more than" and is counted while it is read.</summary>
    private const int CountAtOnce = 10_000;

    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(180);

    private CancellationTokenSource _typing = new();
    private CancellationTokenSource _loading = new();
    private OrderQuery? _shown;
    private RowCount? _count;
    private string? _error;
    private string? _asked;
    private bool _isBoxToSet;
    private bool _isWaiting;

    [Inject] public required OrderService Orders { get; init; }
    [Inject] public required NavigationManager Navigation { get; init; }
    [Inject] public required Display Display { get; init; }
    [Inject] public required IJSRuntime Script { get; init; }
    [Inject] public required TimeProvider Clock { get; init; }
    [Inject] public required IStringLocalizer<Texts> L { get; init; }

    /// <summary>The lines; kept from the first rendering on the server, so that they do not blink when the page comes alive.</summary>
    [PersistentState] public Page<OrderRow>? Rows { get; set; }

    /// <summary>The address for which <see cref="Rows"/> were read.</summary>
    [PersistentState] public string? RowsAddress { get; set; }

    private OrderListState State { get; set; } = new();

    private bool IsFiltered => State.Search is not null || State.Filter is not null;

    private string CountText => _count is null ? "" : _count is { IsExact: true, Rows: 1 } ? L["1 order"] : _count.IsExact ? L["{0} orders", Display.Number(_count.Rows)] : L["more than {0} orders", Display.Number(_count.Rows)];

    private string RangeText => Rows is not { Items.Count: > 0 } rows ? ""
        : L["{0} to {1}", Display.Number(((rows.Number - 1) * rows.Size) + 1), Display.Number(((rows.Number - 1) * rows.Size) + rows.Items.Count)];

    /// <summary>The number of the last page, once the list has been counted.</summary>
    private int? LastPage => _count is { IsExact: true, Rows: > 0 } count ? ((count.Rows - 1) / State.Size) + 1 : null;

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive) Navigation.LocationChanged += OnLocationChanged;
    }

    protected override Task OnParametersSetAsync() => ShowAsync();

    // The box is not bound: an answer that comes while the user goes on typing must never put older letters back.
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_isBoxToSet) return;
        _isBoxToSet = false;
        await Script.InvokeVoidAsync("crm.setValue", "[data-list-search]", State.Search ?? "");
    }

    private async Task ShowAsync()
    {
        var address = new Uri(Navigation.Uri);
        if (address.AbsolutePath != CrmUrls.Orders) return;
        State = OrderListState.Parse(address.Query);
        if (State.Search != _asked) (_asked, _isBoxToSet) = (State.Search, true);
        var query = State.Query;
        var isKept = _shown is null && RowsAddress == address.PathAndQuery && Rows is not null;
        if (!isKept) await LoadAsync(query, address.PathAndQuery);
        var isNewQuery = !IsShown(query);
        _shown = query;
        if (isNewQuery && _error is null) await CountAsync(query);
    }

    /// <summary>Whether the list holds the rows of the query already, in whatever order.</summary>
    private bool IsShown(OrderQuery query) => _shown is { } shown && shown with { Sort = query.Sort, Descending = query.Descending } == query;

    private async Task LoadAsync(OrderQuery query, string address)
    {
        var cancellation = Renew(ref _loading);
        try
        {
            _isWaiting = true;
            var total = _count is { IsExact: true } count && IsShown(query) ? count.Rows : (int?)null;
            var page = await Orders.ListAsync(query, new(State.Page, State.Size, total), cancellation);
            if (cancellation.IsCancellationRequested) return;
            (Rows, RowsAddress, _error) = (page, address, null);
        }
        catch (RuleViolation violation)
        {
            (Rows, RowsAddress, _error, _count) = (null, null, FormErrors.Sentence(violation, L), null);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return;
        }

        _isWaiting = false;
        StateHasChanged();
    }

    /// <summary>Counts up to a limit with the page, and the rest behind it.</summary>
    private async Task CountAsync(OrderQuery query)
    {
        var cancellation = _loading.Token;
        try
        {
            _count = null;
            var count = await Orders.CountAsync(query, CountAtOnce, cancellation);
            if (cancellation.IsCancellationRequested) return;
            _count = count;
            if (count is { IsExact: false, Rows: >= CountAtOnce } && RendererInfo.IsInteractive) _ = CountRestAsync(query, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Another list is shown by now.
        }
    }

    private async Task CountRestAsync(OrderQuery query, CancellationToken cancellation)
    {
        try
        {
            var count = await Task.Run(() => Orders.CountAsync(query, null, cancellation), cancellation);
            await InvokeAsync(() =>
            {
                if (_shown != query) return;
                _count = count;
                StateHasChanged();
            });
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Another list is shown by now.
        }
        catch (Exception fault)
        {
            await DispatchExceptionAsync(fault);
        }
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs e)
    {
        // A change of the query alone sets no parameters; it is ours to notice.
        _ = InvokeAsync(async () =>
        {
            try
            {
                await ShowAsync();
                StateHasChanged();
            }
            catch (Exception fault)
            {
                await DispatchExceptionAsync(fault);
            }
        });
    }

    private async Task OnSearchAsync(ChangeEventArgs change)
    {
        var cancellation = Renew(ref _typing);
        try
        {
            await Task.Delay(TypingPause, Clock, cancellation);
            _asked = change.Value as string is { } typed && !string.IsNullOrWhiteSpace(typed) ? typed : null;
            Go(State with { Search = _asked, Page = 1 });
        }
        catch (OperationCanceledException)
        {
            // The next letter was typed.
        }
    }

    private static CancellationToken Renew(ref CancellationTokenSource source)
    {
        source.Cancel();
        source.Dispose();
        source = new();
        return source.Token;
    }

    private void Go(OrderListState state) => Navigation.NavigateTo(CrmUrls.Orders + state.ToQuery(), replace: true);

    private void Open(string query) => Navigation.NavigateTo(CrmUrls.Orders + query);

    private void SetFilter(string? filter) => Go(State with { Filter = filter, Page = 1 });

    private void SortBy(OrderSort sort) => Go(State with { Sort = sort, Page = 1, Descending = State.Sort != sort || !State.Descending });

    private void OnSize(ChangeEventArgs change) => Go(State with { Size = int.Parse((string)change.Value!, System.Globalization.CultureInfo.InvariantCulture), Page = 1 });

    private string SortLabel(OrderSort sort) => sort == OrderSort.Total ? L["Total"] : L["Placed"];

    public void Dispose()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        _typing.Cancel();
        _typing.Dispose();
        _loading.Cancel();
        _loading.Dispose();
    }
}
