using System.Globalization;
using CrmPortal.Core.Platform.Common;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace CrmPortal.Components.Lists;

/// <summary>How many lines a page may have.</summary>
public static class ListSizes
{
    public static IReadOnlyList<int> All { get; } = [10, 25, 50, 100];
}

/// <summary>
/// Everything that says what a list shows; it is in the address, so that back, reload and a shared link show the same.
/// </summary>
public abstract record ListState<TSort>
    where TSort : struct, Enum
{
    public string? Search { get; init; }
    public string? Filter { get; init; }
    public TSort Sort { get; init; }
    public bool Descending { get; init; } = true;

    /// <summary>By what those are sorted that are equal so far.</summary>
    public TSort? Then { get; init; }

    public bool ThenDescending { get; init; } = true;
    public int Page { get; init; } = 1;
    public int Size { get; init; } = PageRequest.DefaultSize;

    /// <summary>The columns that are shown, in their order; the first one always is, and is not among them.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The widths that were given to columns.</summary>
    public IReadOnlyDictionary<string, int> Widths { get; init; } = ColumnLayout.NoWidths;

    private const int MostColumns = 50;

    /// <summary>Whether the list may have a column of this name.</summary>
    protected abstract bool IsColumn(string name);

    protected static string? Value(Dictionary<string, StringValues> values, string name) =>
        values.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.ToString() : null;

    /// <summary>This state with what an address says; what it cannot read stays as it is.</summary>
    protected ListState<TSort> Read(Dictionary<string, StringValues> values) => this with
    {
        Search = Value(values, "q"),
        Filter = Value(values, "filter"),
        Sort = Enum.TryParse<TSort>(Value(values, "sort"), true, out var sort) && Enum.IsDefined(sort) ? sort : Sort,
        Descending = Value(values, "order") is { } order ? order != "up" : Descending,
        Then = Enum.TryParse<TSort>(Value(values, "then"), true, out var then) && Enum.IsDefined(then) ? then : null,
        ThenDescending = Value(values, "then-order") != "up",
        Page = int.TryParse(Value(values, "page"), NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page > 0 ? page : 1,
        Size = int.TryParse(Value(values, "size"), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            && ListSizes.All.Contains(size) ? size : Size,
        Columns = Value(values, "columns")?.Split(',').Where(IsColumn).Distinct().Take(MostColumns).ToList() ?? Columns,
        Widths = ColumnLayout.Read(Value(values, "widths"), IsColumn),
    };

    /// <summary>The values of the query string, with only what is not as usual.</summary>
    protected Dictionary<string, string?> Write(ListState<TSort> usual)
    {
        var values = new Dictionary<string, string?>();
        if (!string.IsNullOrWhiteSpace(Search)) values["q"] = Search;
        if (!string.IsNullOrEmpty(Filter)) values["filter"] = Filter;
        if (!Sort.Equals(usual.Sort)) values["sort"] = Sort.ToString().ToLowerInvariant();
        if (Descending != usual.Descending) values["order"] = Descending ? "down" : "up";
        if (Then is { } then) values["then"] = then.ToString().ToLowerInvariant();
        if (Then is not null && !ThenDescending) values["then-order"] = "up";
        if (Page > 1) values["page"] = Page.ToString(CultureInfo.InvariantCulture);
        if (Size != usual.Size) values["size"] = Size.ToString(CultureInfo.InvariantCulture);
        if (!Columns.SequenceEqual(usual.Columns)) values["columns"] = string.Join(',', Columns);
        if (ColumnLayout.Write(Widths) is { } widths) values["widths"] = widths;
        return values;
    }
}
