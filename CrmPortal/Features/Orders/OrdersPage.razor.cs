using CrmPortal.Components.Lists;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Features.Exports;
using CrmPortal.Layout;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace CrmPortal.Features.Orders;

/// <summary>The list of all orders.</summary>
public sealed partial class OrdersPage
{
    private readonly RowSelection _selection = new();
    private FilterMenu? _filters;
    private BulkJobBar? _bulkJob;
    private bool _mayOpen;

    [Inject] public required OrderService Orders { get; init; }
    [Inject] public required OrderBulkService Bulk { get; init; }
    [Inject] public required Toasts Toasts { get; init; }
    [Inject] public required IAuthorizationService Authorization { get; init; }
    [Inject] public required AuthenticationStateProvider Authentication { get; init; }

    private string CountText => Count is null ? "" : Count is { IsExact: true, Rows: 1 } ? L["1 order"] : Count.IsExact
        ? L["{0} orders", Display.Number(Count.Rows)] : L["more than {0} orders", Display.Number(Count.Rows)];

    private IEnumerable<long> PageIds => Rows?.Items.Select(r => r.Id) ?? [];

    private bool IsPageSelected => _selection.HasPage(PageIds);

    private OrderSelection Selection => _selection.IsAll ? new(null, State.Query) : new([.. _selection.Ids], null);

    private IReadOnlyCollection<long> ToExport => _selection.IsAll ? [] : _selection.Ids;

    private string? ExportExtent => ToExport.Count > 0 ? L["{0} selected", Display.Number(ToExport.Count)].Value : null;

    private string? ExportRefusal => ToExport.Count > OrderExportService.MostIds
        ? L["At most {0} selected orders can be exported; filter the list instead.", OrderExportService.MostIds].Value : null;

    protected override string Path => CrmUrls.Orders;

    protected override OrderQuery Query => State.Query;

    protected override OrderListState? Read(Uri address) => address.AbsolutePath == CrmUrls.Orders
        ? OrderListState.Parse(address.Query) : null;

    protected override string Write(OrderListState state) => state.ToQuery();

    protected override bool HasSameRows(OrderQuery one, OrderQuery other) =>
        one with { Sort = other.Sort, Descending = other.Descending, Then = other.Then, ThenDescending = other.ThenDescending } == other;

    protected override OrderQuery WithoutThen(OrderQuery query) => query with { Then = null };

    protected override bool BeginsDescending(OrderSort sort) => true;

    protected override Task<Page<OrderRow>> ListAsync(OrderQuery query, PageRequest page, CancellationToken cancellationToken) =>
        Orders.ListAsync(query, page, cancellationToken, OrderColumns.PartsOf(State.Columns));

    protected override Task<RowCount> CountAsync(OrderQuery query, int? limit, CancellationToken cancellationToken) =>
        Orders.CountAsync(query, limit, cancellationToken);

    protected override void OnOtherQuery() => _selection.Clear();

    protected override async Task OnInitializedAsync()
    {
        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        _mayOpen = (await Authorization.AuthorizeAsync(user, Permissions.CustomersView)).Succeeded;
    }

    private string ExportAddress(string format) => OrderExport.Url(format, State, ToExport.Count > 0 ? ToExport : null);

    private void Open(string query) => Navigation.NavigateTo(CrmUrls.Orders + query);

    private string SortLabel(OrderSort sort) => OrderColumns.SortLabel(sort, L);

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
        ? (OrderBulkLabels.Done(edit.Status, edit.Result, L), edit.Result.ChangeSetId) : null;
}
