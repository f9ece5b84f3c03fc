using CrmPortal.Components.Lists;
using CrmPortal.Core.Orders;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Orders;

/// <summary>The columns of the list of orders; the order's number is always shown, before them.</summary>
internal static class OrderColumns
{
    public static IReadOnlyList<string> Usual { get; } = ["placed", "customer", "products", "status", "channel", "total"];

    public static IReadOnlyList<string> Names { get; } =
        [.. Usual, "items", "payment", "currency", "refunded", "city", "country", "changed"];

    public static IReadOnlyList<ListColumn> All(IStringLocalizer<Texts> texts) =>
        [.. Names.Select(n => new ListColumn(n, Label(n, texts)))];

    public static string Label(string column, IStringLocalizer<Texts> texts) => column switch
    {
        "placed" => texts["Placed"],
        "customer" => texts["Customer"],
        "products" => texts["Products"],
        "status" => texts["Status"],
        "channel" => texts["Channel"],
        "total" => texts["Total"],
        "items" => texts["Items"],
        "payment" => texts["Payment"],
        "currency" => texts["Currency"],
        "refunded" => texts["Refunded"],
        "city" => texts["Sent to city"],
        "country" => texts["Sent to country"],
        _ => texts["Last change"],
    };

    public static string SortLabel(OrderSort sort, IStringLocalizer<Texts> texts) => sort == OrderSort.Total
        ? texts["Total"] : texts["Placed"];

    public static OrderSort? SortOf(string column) => column switch
    {
        "placed" => OrderSort.Placed,
        "total" => OrderSort.Total,
        _ => null,
    };

    /// <summary>What has to be read for some columns beside the order itself.</summary>
    public static OrderRowParts PartsOf(IReadOnlyList<string> columns) =>
        (columns.Contains("refunded") ? OrderRowParts.Refunded : OrderRowParts.None)
            | (columns.Contains("changed") ? OrderRowParts.Changed : OrderRowParts.None);
}
