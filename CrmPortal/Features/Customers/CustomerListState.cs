using CrmPortal.Components.Lists;
using CrmPortal.Core.Customers;
using Microsoft.AspNetCore.WebUtilities;

namespace CrmPortal.Features.Customers;

/// <summary>What the list of customers shows.</summary>
public sealed record CustomerListState : ListState<CustomerSort>
{
    /// <summary>The columns that there are, in their usual order; the name is always shown.</summary>
    public static readonly IReadOnlyList<string> AllColumns = ["email", "phone", "status", "tags", "city", "country", "source", "language",
        "orders", "spent", "average", "last-order", "points", "tier", "segment", "scores", "expected-value", "alive", "created",
        "interaction", "updated"];

    private const string OwnPrefix = "field.";

    private static readonly IReadOnlyList<string> UsualColumns = ["email", "phone", "status", "tags", "city", "spent", "interaction"];

    public CustomerListState() => (Sort, Columns) = (CustomerSort.Newest, UsualColumns);

    /// <summary>The column of a field that the shop added, named as in filters.</summary>
    public static string OwnColumn(string key) => OwnPrefix + key;

    /// <summary>The key of the field of such a column, or null for another column.</summary>
    public static string? OwnKey(string column) => column.StartsWith(OwnPrefix, StringComparison.Ordinal)
        ? column[OwnPrefix.Length..] : null;

    public static CustomerListState Parse(string query) =>
        (CustomerListState)new CustomerListState().Read(QueryHelpers.ParseQuery(query));

    public string ToQuery() => QueryHelpers.AddQueryString("", Write(new CustomerListState()));

    protected override bool IsColumn(string name) => AllColumns.Contains(name) || OwnKey(name) is not null;

    public CustomerQuery Query(bool inTrash) => new(Search, Filter, Sort, Descending, inTrash)
    {
        Then = Then == Sort ? null : Then, ThenDescending = ThenDescending,
    };
}
