using CrmPortal.Core.Common;
using CrmPortal.Core.Filtering;

namespace CrmPortal.Core.Customers;

/// <summary>The fields by which customers are filtered: in lists, saved views, bulk actions and the API.</summary>
public static class CustomerFilters
{
    public static FilterCatalogue<Customer> Catalogue { get; } = new FilterCatalogue<Customer>()
        .Choice("status", "Status", c => c.Status)
        .YesNo("vip", "VIP", c => c.IsVip)
        .Tags("tags", "Tags", key => c => c.Tags.Any(t => t.Tag!.NameKey == key), keys => c => c.Tags.Any(t => keys.Contains(t.Tag!.NameKey)))
        .Related("city", "City", Address.FoldCity, city => c => c.Addresses.Any(a => a.CityKey == city), city => c => c.Addresses.Any(a => a.CityKey.StartsWith(city)), c => c.Addresses.Count > 0)
        .Related("country", "Country", v => v.ToUpperInvariant(), country => c => c.Country == country || c.Addresses.Any(a => a.Country == country),
            country => c => (c.Country != null && c.Country.StartsWith(country)) || c.Addresses.Any(a => a.Country.StartsWith(country)), c => c.Country != null || c.Addresses.Count > 0)
        .Date("created", "Created", c => c.CreatedAt)
        .Date("interaction", "Last interaction", c => c.LastInteractionAt)
        .Date("updated", "Last change", c => c.UpdatedAt)
        .Number("orders", "Orders", c => c.OrderCount)
        .Amount("spent", "Spent", c => c.TotalSpent)
        .Amount("average_order", "Average order", c => c.AverageOrder)
        .Date("first_order", "First order", c => c.FirstOrderAt)
        .Date("last_order", "Last order", c => c.LastOrderAt)
        .Choice("source", "Source", c => c.Source)
        .Choice("gender", "Gender", c => c.Gender)
        .Text("language", "Language", c => c.Language, v => v)
        .Text("currency", "Currency", c => c.Currency, v => v.ToUpperInvariant())
        .Text("external_id", "External id", c => c.ExternalId, v => v)
        .Text("email", "E-mail", c => c.EmailKey, v => v.ToLowerInvariant(), isSensitive: true)
        .Text("phone", "Phone", c => c.Phone, v => PhoneNumber.TryNormalize(v, null, out var e164) ? e164 : v, isSensitive: true);
}
