using CrmPortal.Core.Platform.Filtering;

namespace CrmPortal.Core.Orders;

/// <summary>The fields by which orders are filtered: in the list, saved views and exports.</summary>
public static class OrderFilters
{
    public static FilterCatalogue<Order> Catalogue { get; } = new FilterCatalogue<Order>()
        .Choice("status", "Status", o => o.Status)
        .Date("placed", "Placed", o => o.PlacedAt)
        .Amount("total", "Total", o => o.BaseTotal)
        .YesNo("anonymous", "Anonymous", o => o.CustomerId == null, o => (o.CustomerId ?? 0) == 0)
        .Related("customer", "Customer number", v => v.ToUpperInvariant(), number => o => o.Customer!.Number == number,
            number => o => o.Customer!.Number.StartsWith(number), o => o.CustomerId != null)
        .Text("channel", "Channel", o => o.Channel, v => v)
        .Text("currency", "Currency", o => o.Currency, v => v.ToUpperInvariant());
}
