using CrmPortal.Components.Lists;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Core.Segments;
using CrmPortal.Features.Exports;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;
using Microsoft.JSInterop;

namespace CrmPortal.Features.Customers;

/// <summary>The list of customers, and of those in the trash.</summary>
public sealed partial class CustomersPage
{
    private static readonly CustomerSort[] Sorts = [CustomerSort.Newest, CustomerSort.Name, CustomerSort.LastInteraction,
        CustomerSort.Updated, CustomerSort.Orders, CustomerSort.Spent, CustomerSort.AverageOrder, CustomerSort.LastOrder,
        CustomerSort.Points, CustomerSort.Tier];
    private static readonly TimeSpan LivePause = TimeSpan.FromMilliseconds(400);

    /// <summary>While much is changed, the list follows at this pace.</summary>
    private static readonly TimeSpan RereadEvery = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan DistantPause = TimeSpan.FromSeconds(10);

    private readonly RowSelection _selection = new();
    private FilterMenu? _filters;
    private FilterCatalogue? _catalogue;
    private IReadOnlyList<CustomFieldDetails> _ownFields = [];
    private BulkJobBar? _bulkJob;
    private DateTimeOffset? _rereadAt;
    private DateTimeOffset _lastReread;
    private bool _maySeeSensitive;
    private bool? _mayDelete;
    private bool _mayEdit;
    private CellEditing? _cells;
    private CellPlace? _edited;
    private CellPlace? _left;
    private string[] _held = [];

    [Inject] public required CustomFieldService Fields { get; init; }
    [Inject] public required CustomerBulkService Bulk { get; init; }
    [Inject] public required Toasts Toasts { get; init; }
    [Inject] public required CustomerFinder Finder { get; init; }
    [Inject] public required SegmentService Segments { get; init; }
    [Inject] public required LiveUpdates Live { get; init; }
    [Inject] public required IAuthorizationService Authorization { get; init; }
    [Inject] public required AuthenticationStateProvider Authentication { get; init; }

    private bool InTrash { get; set; }

    private string Title => InTrash ? L["Trash"] : L["Customers"];

    private string CountText => Count is null ? "" : Count is { IsExact: true, Rows: 1 } ? L["1 customer"] : Count.IsExact
        ? L["{0} customers", Display.Number(Count.Rows)] : L["more than {0} customers", Display.Number(Count.Rows)];

    private IEnumerable<long> PageIds => Rows?.Items.Select(r => r.Id) ?? [];

    private bool IsPageSelected => _selection.HasPage(PageIds);

    private IReadOnlyCollection<long> ToExport => _selection.IsAll ? [] : _selection.Ids;

    private string? ExportExtent => ToExport.Count > 0 ? L["{0} selected", Display.Number(ToExport.Count)].Value : null;

    private string? ExportRefusal => ToExport.Count > CustomerExportService.MostIds
        ? L["At most {0} selected customers can be exported; filter the list instead.", CustomerExportService.MostIds].Value
        : null;

    private string ExportAddress(string format) => CustomerExport.Url(format, State, InTrash, ToExport.Count > 0 ? ToExport : null);

    private bool CanSelectAll => !_selection.IsAll && IsPageSelected && Rows!.HasMore;

    private BulkSelection Selection => _selection.IsAll ? new(null, State.Query(false)) : new([.. _selection.Ids], null);

    protected override void OnInitialized()
    {
        base.OnInitialized();
        if (RendererInfo.IsInteractive) Hold(Live.Listen(OnLiveChange));
    }

    protected override async Task OnInitializedAsync()
    {
        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        _mayDelete = (await Authorization.AuthorizeAsync(user, Permissions.CustomersDelete)).Succeeded;
        _mayEdit = (await Authorization.AuthorizeAsync(user, Permissions.CustomersEdit)).Succeeded;
        _maySeeSensitive = (await Authorization.AuthorizeAsync(user, Permissions.CustomersSensitive)).Succeeded;
        _held = await Authorization.HeldForFiltersAsync(user);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        await base.OnAfterRenderAsync(firstRender);
        if (_edited is null && _left is { } place && _cells is not null)
        {
            _left = null;
            await _cells.FocusAsync(place);
        }
    }

    protected override string Path => InTrash ? "/customers/trash" : "/customers";

    protected override CustomerQuery Query => State.Query(InTrash);

    protected override CustomerListState? Read(Uri address)
    {
        if (address.AbsolutePath is not ("/customers" or "/customers/trash")) return null;
        InTrash = address.AbsolutePath == "/customers/trash";
        if (InTrash && _mayDelete != true) return null;
        return CustomerListState.Parse(address.Query);
    }

    protected override string Write(CustomerListState state) => state.ToQuery();

    protected override bool HasSameRows(CustomerQuery one, CustomerQuery other) =>
        one with { Sort = other.Sort, Descending = other.Descending, Then = other.Then, ThenDescending = other.ThenDescending } == other;

    protected override CustomerQuery WithoutThen(CustomerQuery query) => query with { Then = null };

    protected override bool BeginsDescending(CustomerSort sort) => sort is not (CustomerSort.Name or CustomerSort.Email);

    protected override Task<Page<CustomerRow>> ListAsync(CustomerQuery query, PageRequest page, CancellationToken cancellationToken) =>
        Finder.ListAsync(query, page, cancellationToken, [.. Columns.Select(CustomerListState.OwnKey).OfType<string>()]);

    protected override Task<RowCount> CountAsync(CustomerQuery query, int? limit, CancellationToken cancellationToken) =>
        Finder.CountAsync(query, limit, cancellationToken);

    protected override void OnOtherQuery()
    {
        _selection.Clear();
        _edited = null;
    }

    protected override Task PrepareAsync() => _catalogue is null ? LoadFieldsAsync() : Task.CompletedTask;

    private async Task LoadFieldsAsync()
    {
        var fields = await Fields.ListAsync(withArchived: false, Ended);
        var names = _held.Contains(Permissions.SegmentsView) ? await Segments.NamesAsync(Ended) : SegmentNames.None;
        _catalogue = CustomerFilters.With(fields, names.Segments, names.Groups);
        _ownFields = [.. fields.Where(f => _maySeeSensitive || !f.IsSensitive)];
    }

    private bool MayEdit => _mayEdit && !InTrash;

    /// <summary>Opens a cell that can be edited; one at a time.</summary>
    private void OpenCell(CellPlace place)
    {
        if (MayEdit && Columns.Contains(place.Column) && Rows?.Items.FirstOrDefault(r => r.Id == place.Id) is { } row
            && CellEditor.CanEdit(row, place.Column, OwnOf(place.Column))) _edited = place;
    }

    /// <summary>Shows the cell again, which gets the focus back once it is drawn.</summary>
    private void CloseCell() => (_edited, _left) = (null, _edited);

    private void OnLiveChange(LiveChange change)
    {
        if (change.Kind != "customer") return;
        React(() => ReadLaterAsync(change));
    }

    /// <summary>
    /// Reads again after a moment, for all that changes within it: soon where the change may be seen on this page, later where it might
    /// bring somebody else onto it, and not at all where it cannot.
    /// </summary>
    private async Task ReadLaterAsync(LiveChange change)
    {
        if (PauseBefore(change) is not { } pause) return;
        var due = Clock.GetUtcNow() + pause;
        if (_rereadAt is { } planned && planned <= due) return;
        _rereadAt = due;
        try
        {
            await Task.Delay(pause, Clock, Ended);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        // A change that came since is to be seen sooner, and has been.
        if (_rereadAt != due) return;
        _lastReread = Clock.GetUtcNow();
        _rereadAt = null;
        await ReadAgainAsync();
    }

    private TimeSpan? PauseBefore(LiveChange change)
    {
        var isSeen = change.Topic != "customer.updated" || change.SubjectId == 0 || change.Fields.Contains(nameof(Customer.DeletedAt))
            || Rows?.Items.Any(r => r.Id == change.SubjectId) == true;
        // The newest ones without a condition are the same ones after a change of another customer.
        if (!isSeen && !IsFiltered && State.Sort == CustomerSort.Newest) return null;
        if (!isSeen) return DistantPause;
        return Clock.GetUtcNow() - _lastReread < RereadEvery ? RereadEvery : LivePause;
    }

    private void Open(string query) => Navigation.NavigateTo("/customers" + query);

    private void SelectPage(ChangeEventArgs change)
    {
        foreach (var id in PageIds.ToList()) _selection.Set(id, change.Value is true, PageIds);
    }

    private void FollowBulk(long job)
    {
        _bulkJob?.Follow(job);
        _selection.Clear();
    }

    private async Task<(string Said, long? ChangeSetId)?> OutcomeAsync(long id) => await Bulk.GetAsync(id, Ended) is { } edit
        ? (BulkLabels.Done(edit.Kind, edit.Result, L), edit.Result.ChangeSetId) : null;

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

    private static bool IsNumber(CustomerSort sort) =>
        sort is CustomerSort.Orders or CustomerSort.Spent or CustomerSort.AverageOrder or CustomerSort.Points;

    private string SortLabel(CustomerSort sort) => SortLabels.Of(sort, L);

    /// <summary>The chosen columns, without fields that the shop offers no more or this user may not see.</summary>
    private IReadOnlyList<string> Columns => [.. State.Columns.Where(c => CustomerListState.OwnKey(c) is null || OwnOf(c) is not null)];

    private CustomFieldDetails? OwnOf(string column) => CustomerListState.OwnKey(column) is { } key
        ? _ownFields.FirstOrDefault(f => f.Key == key) : null;

    private string ColumnLabel(string column) => CustomerColumns.Label(column, _ownFields, L);
}
