using CrmPortal.Components.Lists;
using CrmPortal.Core.Orders;
using Microsoft.AspNetCore.WebUtilities;

namespace CrmPortal.Features.Orders;

/// <summary>What the list of orders shows.</summary>
public sealed record OrderListState : ListState<OrderSort>
{
    public OrderListState() => (Sort, Columns) = (OrderSort.Placed, OrderColumns.Usual);

    public OrderQuery Query => new(Search, Filter, Sort, Descending)
    {
        Then = Then == Sort ? null : Then, ThenDescending = ThenDescending,
    };

    public static OrderListState Parse(string query) => (OrderListState)new OrderListState().Read(QueryHelpers.ParseQuery(query));

    public string ToQuery() => QueryHelpers.AddQueryString("", Write(new OrderListState()));

    protected override bool IsColumn(string name) => OrderColumns.Names.Contains(name);
}
