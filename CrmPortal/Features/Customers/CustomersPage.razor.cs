using CrmPortal.Components.Ui;
using CrmPortal.Core.Access;
using CrmPortal.Core.Common;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Fields;
using CrmPortal.Core.Filtering;
using CrmPortal.Core.Live;
using CrmPortal.Features.Exports;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;
using Microsoft.JSInterop;

namespace CrmPortal.Features.Customers;

/// <summary>The list of customers, and of those in the trash.</summary>
public sealed partial class CustomersPage : IDisposable
{
    /// <summary>Up to here a list is counted at once; a longer one says "more than" and is counted while it is read.</summary>
    private const int CountAtOnce = 10_000;

    private static readonly CustomerSort[] Sorts = [CustomerSort.Newest, CustomerSort.Name, CustomerSort.LastInteraction, CustomerSort.Updated, CustomerSort.Orders, CustomerSort.Spent, CustomerSort.AverageOrder, CustomerSort.LastOrder, CustomerSort.Points, CustomerSort.Tier];
    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(180);
    private static readonly TimeSpan LivePause = TimeSpan.FromMilliseconds(400);

    private readonly HashSet<long> _selection = [];
    private CancellationTokenSource _typing = new();
    private CancellationTokenSource _loading = new();
    private IDisposable? _listening;
    private CustomerQuery? _shown;
    private RowCount? _count;
    private string? _error;
    private string? _asked;
    private bool _allSelected;
    private FilterCatalogue? _catalogue;
    private IReadOnlyList<CustomFieldDetails> _ownFields = [];
    private bool _isBoxToSet;
    private bool _isWaiting;
    private bool _reloadPending;
    private bool _maySeeSensitive;

    [Inject] public required CustomFieldService Fields { get; init; }
    [Inject] public required CustomerService Customers { get; init; }
    [Inject] public required NavigationManager Navigation { get; init; }
    [Inject] public required LiveUpdates Live { get; init; }
    [Inject] public required Display Display { get; init; }
    [Inject] public required IJSRuntime Script { get; init; }
    [Inject] public required TimeProvider Clock { get; init; }
    [Inject] public required IAuthorizationService Authorization { get; init; }
    [Inject] public required AuthenticationStateProvider Authentication { get; init; }
    [Inject] public required IStringLocalizer<Texts> L { get; init; }

    /// <summary>The lines; kept from the first rendering on the server, so that they do not blink when the page comes alive.</summary>
    [PersistentState] public Page<CustomerRow>? Rows { get; set; }

    /// <summary>The address for which <see cref="Rows"/> were read.</summary>
    [PersistentState] public string? RowsAddress { get; set; }

    private CustomerListState State { get; set; } = new();

    private bool InTrash { get; set; }

    private string Title => InTrash ? L["Trash"] : L["Customers"];

    private bool IsFiltered => State.Search is not null || State.Filter is not null;

    private string CountText => _count is null ? "" : _count is { IsExact: true, Rows: 1 } ? L["1 customer"] : _count.IsExact ? L["{0} customers", Display.Number(_count.Rows)] : L["more than {0} customers", Display.Number(_count.Rows)];

    private string RangeText => Rows is not { Items.Count: > 0 } rows ? ""
        : L["{0} to {1}", Display.Number(((rows.Number - 1) * rows.Size) + 1), Display.Number(((rows.Number - 1) * rows.Size) + rows.Items.Count)];

    private bool IsPageSelected => Rows is { Items.Count: > 0 } rows && rows.Items.All(r => IsSelected(r.Id));

    /// <summary>The number of the last page, once the list has been counted.</summary>
    private int? LastPage => _count is { IsExact: true, Rows: > 0 } count ? ((count.Rows - 1) / State.Size) + 1 : null;

    private HashSet<long> ToExport => _allSelected ? [] : _selection;

    private string? ExportExtent => ToExport.Count > 0 ? L["{0} selected", Display.Number(ToExport.Count)].Value : null;

    private string? ExportRefusal => ToExport.Count > CustomerExportService.MostIds
        ? L["At most {0} selected customers can be exported; filter the list instead.", CustomerExportService.MostIds].Value
        : null;

    private string ExportAddress(string format) => CustomerExport.Url(format, State, InTrash, ToExport.Count > 0 ? ToExport : null);

    private bool CanSelectAll => !_allSelected && IsPageSelected && Rows!.HasMore;

    private BulkSelection Selection => _allSelected ? new(null, State.Query(false)) : new([.. _selection], null);

    protected override async Task OnInitializedAsync()
    {
        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        _maySeeSensitive = (await Authorization.AuthorizeAsync(user, Permissions.CustomersSensitive)).Succeeded;
        if (!RendererInfo.IsInteractive) return;
        Navigation.LocationChanged += OnLocationChanged;
        _listening = Live.Listen(OnLiveChange);
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
        if (!address.AbsolutePath.StartsWith("/customers", StringComparison.Ordinal)) return;
        InTrash = address.AbsolutePath.EndsWith("/trash", StringComparison.Ordinal);
        State = CustomerListState.Parse(address.Query);
        if (State.Search != _asked) (_asked, _isBoxToSet) = (State.Search, true);
        var query = State.Query(InTrash);
        if (_shown != query) ClearSelection();
        var isKept = _shown is null && RowsAddress == address.PathAndQuery && Rows is not null;
        // Only now: a page that waits is drawn, and what it is drawn from stands above.
        if (_catalogue is null) await LoadFieldsAsync();
        if (!isKept) await LoadAsync(query, address.PathAndQuery);
        var isNewQuery = _shown is null || _shown with { Sort = query.Sort, Descending = query.Descending } != query;
        _shown = query;
        if (isNewQuery && _error is null) await CountAsync(query);
    }

    private async Task LoadFieldsAsync()
    {
        var fields = await Fields.ListAsync(withArchived: false, CancellationToken.None);
        _catalogue = CustomerFilters.With(fields);
        _ownFields = [.. fields.Where(f => _maySeeSensitive || !f.IsSensitive)];
    }

    private async Task LoadAsync(CustomerQuery query, string address)
    {
        var cancellation = Renew(ref _loading);
        try
        {
            _isWaiting = true;
            var page = await Customers.ListAsync(query, new(State.Page, State.Size, TotalOf(query)), cancellation, [.. Columns.Select(CustomerListState.OwnKey).OfType<string>()]);
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

    /// <summary>The length of the list that is shown, where it is known by now and is that of the query.</summary>
    private int? TotalOf(CustomerQuery query) =>
        _count is { IsExact: true } count && _shown is { } shown && shown with { Sort = query.Sort, Descending = query.Descending } == query ? count.Rows : null;

    /// <summary>Counts up to a limit with the page, and the rest behind it.</summary>
    private async Task CountAsync(CustomerQuery query)
    {
        var cancellation = _loading.Token;
        try
        {
            _count = null;
            var count = await Customers.CountAsync(query, CountAtOnce, cancellation);
            if (cancellation.IsCancellationRequested) return;
            _count = count;
            if (!count.IsExact && RendererInfo.IsInteractive) _ = CountRestAsync(query, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Another list is shown by now.
        }
    }

    private async Task CountRestAsync(CustomerQuery query, CancellationToken cancellation)
    {
        try
        {
            var count = await Task.Run(() => Customers.CountAsync(query, null, cancellation), cancellation);
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

    private void OnLocationChanged(object? sender, Microsoft.AspNetCore.Components.Routing.LocationChangedEventArgs e)
    {
        // Between the two addresses of this page the router sets parameters; a change of the query alone is ours to notice.
        _ = InvokeAsync(async () =>
        {
            try
            {
                if (new Uri(e.Location).AbsolutePath is "/customers" or "/customers/trash") await ShowAsync();
                StateHasChanged();
            }
            catch (Exception fault)
            {
                await DispatchExceptionAsync(fault);
            }
        });
    }

    private void OnLiveChange(LiveChange change)
    {
        if (change.Kind != "customer" || _reloadPending) return;
        _reloadPending = true;
        _ = InvokeAsync(async () =>
        {
            try
            {
                await Task.Delay(LivePause, Clock);
                _reloadPending = false;
                if (_listening is not null) await LoadAsync(State.Query(InTrash), RowsAddress ?? "");
            }
            catch (Exception fault)
            {
                await DispatchExceptionAsync(fault);
            }
        });
    }

    private async Task ReloadAsync()
    {
        ClearSelection();
        await LoadAsync(State.Query(InTrash), RowsAddress ?? "");
        await CountAsync(State.Query(InTrash));
        StateHasChanged();
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

    /// <summary>Ends the work before; at once, since the next event may come while this one waits.</summary>
    private static CancellationToken Renew(ref CancellationTokenSource source)
    {
        source.Cancel();
        source.Dispose();
        source = new();
        return source.Token;
    }

    private void Go(CustomerListState state) =>
        Navigation.NavigateTo((InTrash ? "/customers/trash" : "/customers") + state.ToQuery(), replace: true);

    private void Open(string query) => Navigation.NavigateTo("/customers" + query);

    private void SetFilter(string? filter) => Go(State with { Filter = filter, Page = 1 });

    private void SortBy(CustomerSort sort) => Go(State with
    {
        Sort = sort,
        Page = 1,
        // Names and e-mails read from A; times from the newest.
        Descending = State.Sort == sort ? !State.Descending : sort is not (CustomerSort.Name or CustomerSort.Email),
    });

    private void OnSize(ChangeEventArgs change) => Go(State with { Size = int.Parse((string)change.Value!, System.Globalization.CultureInfo.InvariantCulture), Page = 1 });

    private bool IsSelected(long id) => _allSelected || _selection.Contains(id);

    private void Select(long id, bool isSelected)
    {
        if (_allSelected)
        {
            _allSelected = false;
            _selection.UnionWith(Rows!.Items.Select(r => r.Id));
        }

        if (isSelected) _selection.Add(id);
        else _selection.Remove(id);
    }

    private void SelectPage(ChangeEventArgs change)
    {
        foreach (var row in Rows?.Items ?? []) Select(row.Id, change.Value is true);
    }

    private void ClearSelection()
    {
        _selection.Clear();
        _allSelected = false;
    }

    private CustomerSort? SortOf(string column) => column switch
    {
        "email" when _maySeeSensitive => CustomerSort.Email,
        "interaction" => CustomerSort.LastInteraction,
        "updated" => CustomerSort.Updated,
        "created" => CustomerSort.Newest,
        "orders" => CustomerSort.Orders,
        "spent" => CustomerSort.Spent,
        "average" => CustomerSort.AverageOrder,
        "last-order" => CustomerSort.LastOrder,
        "points" => CustomerSort.Points,
        "tier" => CustomerSort.Tier,
        _ => null,
    };

    private string SortLabel(CustomerSort sort) => SortLabels.Of(sort, L);

    /// <summary>The chosen columns, without fields that the shop offers no more or this user may not see.</summary>
    private IReadOnlyList<string> Columns => [.. State.Columns.Where(c => CustomerListState.OwnKey(c) is null || OwnOf(c) is not null)];

    private CustomFieldDetails? OwnOf(string column) => CustomerListState.OwnKey(column) is { } key ? _ownFields.FirstOrDefault(f => f.Key == key) : null;

    private string ColumnLabel(string column) => ColumnMenu.Label(column, _ownFields, L);

    public void Dispose()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        _listening?.Dispose();
        _listening = null;
        _typing.Cancel();
        _typing.Dispose();
        _loading.Cancel();
        _loading.Dispose();
    }
}
