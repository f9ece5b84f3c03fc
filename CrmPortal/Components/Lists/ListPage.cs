using System.Globalization;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.Extensions.Localization;
using Microsoft.JSInterop;

namespace CrmPortal.Components.Lists;

/// <summary>
/// What every page with a long list does: it shows what the address says, reads a page of rows and counts behind it, searches
/// while one types, and lets a newer question end an older one.
/// </summary>
public abstract class ListPage<TState, TSort, TQuery, TRow> : CrmComponent
    where TState : ListState<TSort>, new()
    where TSort : struct, Enum
    where TQuery : class
{
    /// <summary>Up to here a list is counted at once; a longer one says "more than" and is counted while it is read.</summary>
    private const int CountAtOnce = SecondOrder.MostRows;

    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(180);

    private CancellationTokenSource _typing = new();
    private CancellationTokenSource _loading = new();
    private TQuery? _shown;
    private string? _asked;
    private string? _read;
    private bool _isBoxToSet;

    [Inject] public required NavigationManager Navigation { get; init; }
    [Inject] public required Display Display { get; init; }
    [Inject] public required IJSRuntime Script { get; init; }
    [Inject] public required TimeProvider Clock { get; init; }
    [Inject] public required IStringLocalizer<Texts> L { get; init; }

    /// <summary>The lines; kept from the first rendering on the server, so that they do not blink when the page comes alive.</summary>
    [PersistentState] public Page<TRow>? Rows { get; set; }

    /// <summary>The address for which <see cref="Rows"/> were read.</summary>
    [PersistentState] public string? RowsAddress { get; set; }

    protected TState State { get; private set; } = new();

    protected RowCount? Count { get; private set; }

    protected string? Error { get; private set; }

    /// <summary>Why the list is sorted by one column, where two were asked for.</summary>
    protected string? OrderRefusal { get; private set; }

    protected bool IsWaiting { get; private set; }

    protected bool IsFiltered => State.Search is not null || State.Filter is not null;

    protected string RangeText => Rows is not { Items.Count: > 0 } rows ? ""
        : L["{0} to {1}", Display.Number(((rows.Number - 1) * rows.Size) + 1),
            Display.Number(((rows.Number - 1) * rows.Size) + rows.Items.Count)];

    /// <summary>The number of the last page, once the list has been counted.</summary>
    protected int? LastPage => Count is { IsExact: true, Rows: > 0 } count ? ((count.Rows - 1) / State.Size) + 1 : null;

    /// <summary>Where the list is, without what is asked of it.</summary>
    protected abstract string Path { get; }

    /// <summary>What the state asks for.</summary>
    protected abstract TQuery Query { get; }

    /// <summary>Takes over an address, or says that it is another page's.</summary>
    protected abstract TState? Read(Uri address);

    /// <summary>The state in an address, as a query string.</summary>
    protected abstract string Write(TState state);

    /// <summary>The question without its second order.</summary>
    protected abstract TQuery WithoutThen(TQuery query);

    /// <summary>Whether one begins with the largest or newest; words read from A.</summary>
    protected abstract bool BeginsDescending(TSort sort);

    /// <summary>Whether two questions have the same rows, in whatever order.</summary>
    protected abstract bool HasSameRows(TQuery one, TQuery other);

    protected abstract Task<Page<TRow>> ListAsync(TQuery query, PageRequest page, CancellationToken cancellationToken);

    protected abstract Task<RowCount> CountAsync(TQuery query, int? limit, CancellationToken cancellationToken);

    /// <summary>Whatever has to be known before rows are read; the page is drawn while it waits.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>Another question is asked from now on.</summary>
    protected virtual void OnOtherQuery()
    {
    }

    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive) Navigation.LocationChanged += OnLocationChanged;
    }

    protected override Task OnParametersSetAsync() => ShowAsync();

    // The box is not bound: an answer that comes while the user goes on typing must never put older letters back.
    // Only another address puts another text into it.
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_isBoxToSet) return;
        _isBoxToSet = false;
        await Script.InvokeVoidAsync("crm.setValue", "[data-list-search]", State.Search ?? "");
    }

    private async Task ShowAsync()
    {
        var address = new Uri(Navigation.Uri);
        if (Read(address) is not { } state) return;
        State = state;
        if (State.Search != _asked) (_asked, _isBoxToSet) = (State.Search, true);
        var query = Query;
        if (_shown != query) OnOtherQuery();
        var isKept = Rows is not null && (_shown is null ? RowsAddress == address.PathAndQuery
            : RowsAddress != address.PathAndQuery && _read == ReadFor());
        if (isKept) RowsAddress = address.PathAndQuery;
        _read = ReadFor();
        // Only now: a page that waits is drawn, and what it is drawn from stands above.
        await PrepareAsync();
        if (!isKept) await LoadAsync(query, address.PathAndQuery);
        var isNewQuery = !IsShown(query);
        _shown = query;
        if (isNewQuery && Error is null) await CountAsync(query);
    }

    /// <summary>What rows are read for: columns that become wider have the same ones.</summary>
    private string ReadFor() => Path + Write(State with { Widths = ColumnLayout.NoWidths });

    /// <summary>Whether the list holds the rows of the query already, in whatever order.</summary>
    private bool IsShown(TQuery query) => _shown is { } shown && HasSameRows(shown, query);

    private async Task LoadAsync(TQuery query, string address)
    {
        var cancellation = Renew(ref _loading);
        try
        {
            IsWaiting = true;
            var total = Count is { IsExact: true } count && IsShown(query) ? count.Rows : (int?)null;
            var (page, refusal) = await ListInOrderAsync(query, new(State.Page, State.Size, total), cancellation);
            if (cancellation.IsCancellationRequested) return;
            // A refusal is told again when the page comes alive, and the next click goes on without the second order.
            if (refusal is not null) (State, address) = (State with { Then = null }, "");
            (Rows, RowsAddress, Error, OrderRefusal) = (page, address, null, refusal);
        }
        catch (RuleViolationException violation)
        {
            (Rows, RowsAddress, Error, Count) = (null, null, FormErrors.Sentence(violation, L), null);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return;
        }

        IsWaiting = false;
        StateHasChanged();
    }

    /// <summary>The page in its order; by the first column alone, and why, where the list is too long for the second.</summary>
    private async Task<(Page<TRow> Page, string? Refusal)> ListInOrderAsync(TQuery query, PageRequest page,
        CancellationToken cancellationToken)
    {
        try
        {
            return (await ListAsync(query, page, cancellationToken), null);
        }
        catch (RuleViolationException violation) when (State.Then is not null && violation.Errors is [{ Field: nameof(State.Then) }])
        {
            return (await ListAsync(WithoutThen(query), page, cancellationToken), FormErrors.Sentence(violation, L));
        }
    }

    /// <summary>Counts up to a limit with the page, and the rest behind it.</summary>
    private async Task CountAsync(TQuery query)
    {
        // Whoever left the page meanwhile needs no count.
        if (Ended.IsCancellationRequested) return;
        var cancellation = _loading.Token;
        try
        {
            Count = null;
            var count = await CountAsync(query, CountAtOnce, cancellation);
            if (cancellation.IsCancellationRequested) return;
            Count = count;
            if (count is { IsExact: false, Rows: >= CountAtOnce } && RendererInfo.IsInteractive) _ = CountRestAsync(query, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Another list is shown by now.
        }
    }

    private async Task CountRestAsync(TQuery query, CancellationToken cancellation)
    {
        var refusal = await BackgroundReads.TryAsync(Logging, async () =>
        {
            var count = await Task.Run(() => CountAsync(query, null, cancellation), cancellation);
            await InvokeAsync(() =>
            {
                if (_shown != query) return;
                Count = count;
                StateHasChanged();
            });
        });
        if (refusal is not null) await DispatchExceptionAsync(refusal);
    }

    private void OnLocationChanged(object? sender, LocationChangedEventArgs e)
    {
        // A change of the query alone sets no parameters; it is ours to notice.
        React(async () =>
        {
            await ShowAsync();
            StateHasChanged();
        });
    }

    /// <summary>Reads the rows again, as after a change of somebody else; where that fails, the list stays as it was.</summary>
    protected async Task ReadAgainAsync()
    {
        var refusal = await BackgroundReads.TryAsync(Logging, () => LoadAsync(Query, RowsAddress ?? ""));
        IsWaiting = false;
        if (refusal is not null) await DispatchExceptionAsync(refusal);
    }

    /// <summary>Reads and counts again, as after a change of many.</summary>
    protected async Task ReloadAsync()
    {
        OnOtherQuery();
        await ReadAgainAsync();
        await CountAsync(Query);
        StateHasChanged();
    }

    protected async Task OnSearchAsync(ChangeEventArgs change)
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

    protected void Go(ListState<TSort> state)
    {
        // That the browser has gone there is heard a moment later; what is clicked until then builds on this click.
        State = (TState)state;
        if (_shown != Query) OnOtherQuery();
        Navigation.NavigateTo(Path + Write(State), replace: true);
    }

    /// <summary>Whether a second order can be offered: the list is counted and short enough.</summary>
    protected bool MayAddOrder => Count is { IsExact: true, Rows: <= SecondOrder.MostRows };

    /// <summary>Sorts by a column, in the other direction where it is sorted by it already.</summary>
    /// <param name="isAdded">Whether the present order stays the first, and the column sorts those that are equal by it.</param>
    protected void SortBy(TSort sort, bool isAdded = false)
    {
        var isFirst = State.Sort.Equals(sort);
        if (isAdded && !isFirst)
            Go(State with { Then = sort, ThenDescending = sort.Equals(State.Then) ? !State.ThenDescending : BeginsDescending(sort),
                Page = 1 });
        else
            Go(State with { Sort = sort, Descending = isFirst ? !State.Descending : BeginsDescending(sort), Page = 1,
                Then = isAdded ? State.Then : null });
    }

    /// <summary>Adds a second order, or takes it away where it is there.</summary>
    protected void ThenBy(TSort sort)
    {
        if (sort.Equals(State.Then)) Go(State with { Then = null, Page = 1 });
        else SortBy(sort, isAdded: true);
    }

    /// <summary>In which direction the list is sorted by something, as the first or the second; null where it is not.</summary>
    protected bool? Sorted(TSort sort) => State.Sort.Equals(sort) ? State.Descending
        : sort.Equals(State.Then) ? State.ThenDescending : null;

    /// <summary>Of two orders, which one a column is.</summary>
    protected int? PlaceOf(TSort sort) => State.Then is null ? null : State.Sort.Equals(sort) ? 1 : sort.Equals(State.Then) ? 2 : null;

    protected void GoTo(int page) => Go(State with { Page = page });

    protected void SetSize(int size) => Go(State with { Size = size, Page = 1 });

    protected void Lay(ColumnLayout layout) => Go(State with { Columns = layout.Shown, Widths = layout.Widths });

    protected void SetFilter(string? filter) => Go(State with { Filter = filter, Page = 1 });

    /// <summary>Ends the work before; at once, since the next event may come while this one waits.</summary>
    private static CancellationToken Renew(ref CancellationTokenSource source)
    {
        source.Cancel();
        source.Dispose();
        source = new();
        return source.Token;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Navigation.LocationChanged -= OnLocationChanged;
        _typing.Cancel();
        _typing.Dispose();
        _loading.Cancel();
        _loading.Dispose();
    }
}
