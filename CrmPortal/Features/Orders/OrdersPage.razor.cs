using CrmPortal.Components.Ui;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Layout;
using Microsoft.AspNetCore.Components;

namespace CrmPortal.Features.Orders;

/// <summary>The list of all orders.</summary>
public sealed partial class OrdersPage
{
    [Inject] public required OrderService Orders { get; init; }

    private FilterMenu? _filters;

    private string CountText => Count is null ? "" : Count is { IsExact: true, Rows: 1 } ? L["1 order"] : Count.IsExact
        ? L["{0} orders", Display.Number(Count.Rows)] : L["more than {0} orders", Display.Number(Count.Rows)];

    protected override string Path => CrmUrls.Orders;

    protected override OrderQuery Query => State.Query;

    protected override OrderListState? Read(Uri address) => address.AbsolutePath == CrmUrls.Orders
        ? OrderListState.Parse(address.Query) : null;

    protected override string Write(OrderListState state) => state.ToQuery();

    protected override bool HasSameRows(OrderQuery one, OrderQuery other) =>
        one with { Sort = other.Sort, Descending = other.Descending } == other;

    protected override Task<Page<OrderRow>> ListAsync(OrderQuery query, PageRequest page, CancellationToken cancellationToken) =>
        Orders.ListAsync(query, page, cancellationToken);

    protected override Task<RowCount> CountAsync(OrderQuery query, int? limit, CancellationToken cancellationToken) =>
        Orders.CountAsync(query, limit, cancellationToken);

    private void Open(string query) => Navigation.NavigateTo(CrmUrls.Orders + query);

    private void SortBy(OrderSort sort) => Go(State with { Sort = sort, Page = 1, Descending = State.Sort != sort || !State.Descending });

    private string SortLabel(OrderSort sort) => sort == OrderSort.Total ? L["Total"] : L["Placed"];
}
