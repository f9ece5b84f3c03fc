using CrmPortal.Components.Lists;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Features.Exports;
using CrmPortal.Layout;
using Microsoft.AspNetCore.Components;

namespace CrmPortal.Features.Orders;

/// <summary>The list of all orders.</summary>
public sealed partial class OrdersPage
{
    private readonly RowSelection _selection = new();
    private FilterMenu? _filters;
    private long? _bulkJob;

    [Inject] public required OrderService Orders { get; init; }
    [Inject] public required OrderBulkService Bulk { get; init; }
    [Inject] public required Toasts Toasts { get; init; }

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
        one with { Sort = other.Sort, Descending = other.Descending } == other;

    protected override Task<Page<OrderRow>> ListAsync(OrderQuery query, PageRequest page, CancellationToken cancellationToken) =>
        Orders.ListAsync(query, page, cancellationToken, OrderColumns.PartsOf(State.Columns));

    protected override Task<RowCount> CountAsync(OrderQuery query, int? limit, CancellationToken cancellationToken) =>
        Orders.CountAsync(query, limit, cancellationToken);

    protected override void OnOtherQuery() => _selection.Clear();

    // A user who returns to the page sees the running job.
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        await base.OnAfterRenderAsync(firstRender);
        if (!firstRender || await Bulk.RunningAsync(Ended) is not { } job) return;
        _bulkJob = job;
        StateHasChanged();
    }

    private string ExportAddress(string format) => OrderExport.Url(format, State, ToExport.Count > 0 ? ToExport : null);

    private void Open(string query) => Navigation.NavigateTo(CrmUrls.Orders + query);

    private void SortBy(OrderSort sort) => Go(State with { Sort = sort, Page = 1, Descending = State.Sort != sort || !State.Descending });

    private string SortLabel(OrderSort sort) => sort == OrderSort.Total ? L["Total"] : L["Placed"];

    private void SelectPage(ChangeEventArgs change)
    {
        foreach (var id in PageIds.ToList()) _selection.Set(id, change.Value is true, PageIds);
    }

    private void FollowBulk(long job)
    {
        _bulkJob = job;
        _selection.Clear();
    }

    private async Task OnBulkEndAsync(JobDetails job)
    {
        _bulkJob = null;
        if (await Bulk.GetAsync(job.SubjectId, Ended) is { } edit)
        {
            // Also of what failed in the middle something may be there, which can be undone.
            var said = job.State == JobState.Failed ? L[job.Fault ?? "The job failed."].Value
                : OrderBulkLabels.Done(edit.Status, edit.Result, L);
            Toasts.Show(said, edit.Result.ChangeSetId, ReloadAsync);
        }

        await ReloadAsync();
    }
}
