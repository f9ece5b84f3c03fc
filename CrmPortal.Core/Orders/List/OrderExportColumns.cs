using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;

namespace CrmPortal.Core.Orders;

/// <summary>What an export reads of an order.</summary>
internal sealed record OrderExportRow(long Id, string? ExternalId, DateTimeOffset PlacedAt, Customer? Customer, int Products, long Pieces,
    OrderStatus Status, string? Channel, string? Payment, OrderAddress? SentTo, long Total, string Currency, long BaseTotal)
{
    /// <summary>What came back, in the order's currency.</summary>
    public long Refunded { get; init; }

    public DateTimeOffset? ChangedAt { get; init; }
}

/// <summary>A column of an export of orders.</summary>
/// <param name="Shown">The column of the list that it stands for.</param>
internal sealed record OrderExportColumn(string Shown, ExportColumn Column, Func<OrderExportRow, NameVisibility, object?> Value);

/// <summary>The columns of the list of orders that can be exported: one line for each.</summary>
internal static class OrderExportColumns
{
    private static readonly Dictionary<OrderStatus, string> Statuses =
        Enum.GetValues<OrderStatus>().ToDictionary(s => s, s => JsonNamingPolicy.SnakeCaseLower.ConvertName(s.ToString()));

    /// <summary>The columns that a list has of itself.</summary>
    public static IReadOnlyList<string> Usual { get; } = ["placed", "customer", "products", "status", "channel", "total"];

    /// <summary>The columns of an export of the list as it is shown: the order's number, then the chosen ones.</summary>
    /// <param name="currency">The shop's base currency.</param>
    /// <exception cref="RuleViolationException">There is no such column.</exception>
    public static IReadOnlyList<OrderExportColumn> Of(IReadOnlyList<string> chosen, string currency)
    {
        var all = All(currency).ToLookup(c => c.Shown);
        return [.. chosen.Prepend("order").Distinct().SelectMany(name => all.Contains(name) ? all[name]
            : throw new RuleViolationException("Columns", "There is no column {0}.", name))];
    }

    /// <summary>What has to be read for some columns beside the order itself.</summary>
    public static OrderRowParts PartsOf(IReadOnlyList<OrderExportColumn> columns) =>
        (columns.Any(c => c.Shown == "refunded") ? OrderRowParts.Refunded : OrderRowParts.None)
            | (columns.Any(c => c.Shown == "changed") ? OrderRowParts.Changed : OrderRowParts.None);

    private static IEnumerable<OrderExportColumn> All(string currency) =>
    [
        new("order", new("order", "Order", ExportKind.Text, 12) { IsWhole = true }, (o, _) => Order.NameOf(o.Id, o.ExternalId)),
        new("placed", new("placed", "Placed", ExportKind.Instant, 16), (o, _) => o.PlacedAt),
        new("customer", new("customer", "Customer number", ExportKind.Text, 21) { IsWhole = true }, (o, _) => o.Customer?.Number),
        new("customer", new("name", "Customer", ExportKind.Text, 24), (o, sight) => sight.Of(o.Customer)?.Name),
        new("products", new("products", "Products", ExportKind.Number, 8), (o, _) => o.Products),
        new("status", new("status", "Status", ExportKind.Choice, 10) { IsWhole = true }, (o, _) => Statuses[o.Status]),
        new("channel", new("channel", "Channel", ExportKind.Text, 10), (o, _) => o.Channel),
        new("total", new("total", "Total", ExportKind.Money, 15), (o, _) => new ExportAmount(o.Total, o.Currency)),
        new("total", new("base_total", "Total in base currency", ExportKind.Money, 15) { Currency = currency, IsSummed = true },
            (o, _) => o.BaseTotal),
        new("items", new("items", "Items", ExportKind.Number, 8), (o, _) => o.Pieces),
        new("payment", new("payment", "Payment", ExportKind.Text, 12), (o, _) => o.Payment),
        new("currency", new("currency", "Currency", ExportKind.Text, 8), (o, _) => o.Currency),
        new("refunded", new("refunded", "Refunded", ExportKind.Money, 15),
            (o, _) => o.Refunded > 0 ? new ExportAmount(o.Refunded, o.Currency) : null),
        new("city", new("city", "Sent to city", ExportKind.Text, 16), (o, _) => o.SentTo?.City),
        new("country", new("country", "Sent to country", ExportKind.Choice, 14), (o, _) => o.SentTo?.Country),
        new("changed", new("changed", "Last change", ExportKind.Instant, 16), (o, _) => o.ChangedAt),
    ];
}
