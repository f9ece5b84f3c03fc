using CrmPortal.Components.Lists;
using CrmPortal.Core.Customers;
using Microsoft.AspNetCore.WebUtilities;

namespace CrmPortal.Features.Customers;

/// <summary>What the list of customers shows.</summary>
public sealed record CustomerListState : ListState<CustomerSort>
{
    /// <summary>The columns that there are, in their usual order; the name is always shown.</summary>
    public static readonly IReadOnlyList<string> AllColumns = ["email", "phone", "status", "tags", "city", "country", "source", "language",
        "orders", "spent", "average", "last-order", "points", "tier", "created", "interaction", "updated"];

    private const string OwnPrefix = "field.";
    private const int MostColumns = 50;

    private static readonly IReadOnlyList<string> UsualColumns = ["email", "phone", "status", "tags", "city", "spent", "interaction"];

    public CustomerListState() => Sort = CustomerSort.Newest;

    public IReadOnlyList<string> Columns { get; init; } = UsualColumns;

    /// <summary>The column of a field that the shop added, named as in filters.</summary>
    public static string OwnColumn(string key) => OwnPrefix + key;

    /// <summary>The key of the field of such a column, or null for another column.</summary>
    public static string? OwnKey(string column) => column.StartsWith(OwnPrefix, StringComparison.Ordinal)
        ? column[OwnPrefix.Length..] : null;

    public static CustomerListState Parse(string query)
    {
        var values = QueryHelpers.ParseQuery(query);
        var state = (CustomerListState)new CustomerListState().Read(values);
        var columns = Value(values, "columns")?.Split(',').Where(c => AllColumns.Contains(c) || OwnKey(c) is not null).Distinct()
            .Take(MostColumns).ToList();
        return state with { Columns = columns ?? UsualColumns };
    }

    public string ToQuery()
    {
        var values = Write(new CustomerListState());
        if (!Columns.SequenceEqual(UsualColumns)) values["columns"] = string.Join(',', Columns);
        return QueryHelpers.AddQueryString("", values);
    }

    public CustomerQuery Query(bool inTrash) => new(Search, Filter, Sort, Descending, inTrash);
}
