using System.Globalization;
using CrmPortal.Core.Common;
using CrmPortal.Core.Customers;
using Microsoft.AspNetCore.WebUtilities;

namespace CrmPortal.Features.Customers;

/// <summary>Everything that says what the list shows; it stands in the address, so that back, reload and a shared link show the same.</summary>
public sealed record CustomerListState
{
    /// <summary>The columns that there are, in their usual order; the name is always shown.</summary>
    public static readonly IReadOnlyList<string> AllColumns = ["email", "phone", "status", "tags", "city", "country", "source", "language", "orders", "spent", "average", "last-order", "points", "tier", "created", "interaction", "updated"];

    private const string OwnPrefix = "field.";
    private const int MostColumns = 50;

    private static readonly IReadOnlyList<string> UsualColumns = ["email", "phone", "status", "tags", "city", "spent", "interaction"];
    private static readonly int[] Sizes = [10, 25, 50, 100];

    public string? Search { get; init; }
    public string? Filter { get; init; }
    public CustomerSort Sort { get; init; } = CustomerSort.Newest;
    public bool Descending { get; init; } = true;
    public int Page { get; init; } = 1;
    public int Size { get; init; } = PageRequest.DefaultSize;
    public IReadOnlyList<string> Columns { get; init; } = UsualColumns;

    public static IReadOnlyList<int> PageSizes => Sizes;

    /// <summary>The column of a field that the shop added, named as in filters.</summary>
    public static string OwnColumn(string key) => OwnPrefix + key;

    /// <summary>The key of the field of such a column, or null for another column.</summary>
    public static string? OwnKey(string column) => column.StartsWith(OwnPrefix, StringComparison.Ordinal) ? column[OwnPrefix.Length..] : null;

    /// <summary>Reads an address; what it cannot read is as usual.</summary>
    public static CustomerListState Parse(string query)
    {
        var values = QueryHelpers.ParseQuery(query);
        var state = new CustomerListState();
        var columns = Value("columns")?.Split(',').Where(c => AllColumns.Contains(c) || OwnKey(c) is not null).Distinct().Take(MostColumns).ToList();
        return state with
        {
            Search = Value("q"),
            Filter = Value("filter"),
            Sort = Enum.TryParse<CustomerSort>(Value("sort"), true, out var sort) && Enum.IsDefined(sort) ? sort : state.Sort,
            Descending = Value("order") is { } order ? order != "up" : state.Descending,
            Page = int.TryParse(Value("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page > 0 ? page : 1,
            Size = int.TryParse(Value("size"), NumberStyles.None, CultureInfo.InvariantCulture, out var size) && Sizes.Contains(size) ? size : state.Size,
            Columns = columns ?? UsualColumns,
        };

        string? Value(string name) => values.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.ToString() : null;
    }

    /// <summary>The query string, with only what is not as usual.</summary>
    public string ToQuery()
    {
        var usual = new CustomerListState();
        var values = new Dictionary<string, string?>();
        if (!string.IsNullOrWhiteSpace(Search)) values["q"] = Search;
        if (!string.IsNullOrEmpty(Filter)) values["filter"] = Filter;
        if (Sort != usual.Sort) values["sort"] = Sort.ToString().ToLowerInvariant();
        if (Descending != usual.Descending) values["order"] = "up";
        if (Page > 1) values["page"] = Page.ToString(CultureInfo.InvariantCulture);
        if (Size != usual.Size) values["size"] = Size.ToString(CultureInfo.InvariantCulture);
        if (!Columns.SequenceEqual(UsualColumns)) values["columns"] = string.Join(',', Columns);
        return QueryHelpers.AddQueryString("", values);
    }

    public CustomerQuery Query(bool inTrash) => new(Search, Filter, Sort, Descending, inTrash);
}
