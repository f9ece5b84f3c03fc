using System.Globalization;
using CrmPortal.Core.Common;
using CrmPortal.Core.Orders;
using Microsoft.AspNetCore.WebUtilities;

namespace CrmPortal.Features.Orders;

/// <summary>Everything that says what the list of orders shows; it stands in the address.</summary>
public sealed record OrderListState
{
    private static readonly int[] Sizes = [10, 25, 50, 100];

    public string? Search { get; init; }
    public string? Filter { get; init; }
    public OrderSort Sort { get; init; } = OrderSort.Placed;
    public bool Descending { get; init; } = true;
    public int Page { get; init; } = 1;
    public int Size { get; init; } = PageRequest.DefaultSize;

    public static IReadOnlyList<int> PageSizes => Sizes;

    public OrderQuery Query => new(Search, Filter, Sort, Descending);

    /// <summary>Reads an address; what it cannot read is as usual.</summary>
    public static OrderListState Parse(string query)
    {
        var values = QueryHelpers.ParseQuery(query);
        var usual = new OrderListState();
        return usual with
        {
            Search = Value("q"),
            Filter = Value("filter"),
            Sort = Enum.TryParse<OrderSort>(Value("sort"), true, out var sort) && Enum.IsDefined(sort) ? sort : usual.Sort,
            Descending = Value("order") is { } order ? order != "up" : usual.Descending,
            Page = int.TryParse(Value("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page > 0 ? page : 1,
            Size = int.TryParse(Value("size"), NumberStyles.None, CultureInfo.InvariantCulture, out var size) && Sizes.Contains(size) ? size : usual.Size,
        };

        string? Value(string name) => values.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.ToString() : null;
    }

    /// <summary>The query string, with only what is not as usual.</summary>
    public string ToQuery()
    {
        var usual = new OrderListState();
        var values = new Dictionary<string, string?>();
        if (!string.IsNullOrWhiteSpace(Search)) values["q"] = Search;
        if (!string.IsNullOrEmpty(Filter)) values["filter"] = Filter;
        if (Sort != usual.Sort) values["sort"] = Sort.ToString().ToLowerInvariant();
        if (Descending != usual.Descending) values["order"] = "up";
        if (Page > 1) values["page"] = Page.ToString(CultureInfo.InvariantCulture);
        if (Size != usual.Size) values["size"] = Size.ToString(CultureInfo.InvariantCulture);
        return QueryHelpers.AddQueryString("", values);
    }
}
