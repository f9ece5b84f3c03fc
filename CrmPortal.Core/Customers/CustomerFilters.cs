using CrmPortal.Core.Common;
using CrmPortal.Core.Fields;
using CrmPortal.Core.Filtering;
using CrmPortal.Core.Loyalty;

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
        .Related("state", "State or county", v => v, state => c => c.Addresses.Any(a => a.State == state), state => c => c.Addresses.Any(a => a.State!.StartsWith(state)), c => c.Addresses.Any(a => a.State != null))
        .Related("postal_code", "Postal code", v => v.ToUpperInvariant(), code => c => c.Addresses.Any(a => a.PostalCode == code), code => c => c.Addresses.Any(a => a.PostalCode!.StartsWith(code)), c => c.Addresses.Any(a => a.PostalCode != null))
        .Date("created", "Created", c => c.CreatedAt)
        .Date("first_contact", "First contact", c => c.FirstContactAt)
        .Date("interaction", "Last interaction", c => c.LastInteractionAt)
        .Date("updated", "Last change", c => c.UpdatedAt)
        .Number("orders", "Orders", c => c.OrderCount)
        .Amount("spent", "Spent", c => c.TotalSpent)
        .Amount("average_order", "Average order", c => c.AverageOrder)
        .Date("first_order", "First order", c => c.FirstOrderAt)
        .Date("last_order", "Last order", c => c.LastOrderAt)
        .Number("points", "Points", c => c.Points)
        .Code("tier", "Tier", c => c.Tier, [.. new ProgrammeRules().Tiers.Select(t => t.Code)])
        .Choice("subscription", "Subscription", c => c.Subscription)
        .YesNo("email_marketing", "Advertising by e-mail allowed", c => c.EmailMarketing)
        .YesNo("sms_marketing", "Advertising by SMS allowed", c => c.SmsMarketing)
        .YesNo("email_verified", "E-mail verified", c => c.EmailVerifiedAt != null)
        .YesNo("phone_verified", "Phone verified", c => c.PhoneVerifiedAt != null)
        .Choice("source", "Source", c => c.Source)
        .Choice("gender", "Gender", c => c.Gender)
        .Text("language", "Language", c => c.Language, v => v)
        .Text("currency", "Currency", c => c.Currency, v => v.ToUpperInvariant())
        .Anniversary("birthday", "Birthday", c => c.Birthday, isSensitive: true)
        .Day("date_of_birth", "Date of birth", c => c.DateOfBirth, isSensitive: true)
        .Text("time_zone", "Time zone", c => c.TimeZone, v => v)
        .Related("agent", "Preferred agent", v => v, name => c => c.PreferredAgent!.DisplayName == name, name => c => c.PreferredAgent!.DisplayName.StartsWith(name), c => c.PreferredAgentId != null)
        .YesNo("has_documents", "Has documents", c => c.Documents.Any(d => d.DeletedAt == null))
        .YesNo("has_notes", "Has notes", c => c.Notes.Any(n => !n.IsPrivate))
        .Text("external_id", "External id", c => c.ExternalId, v => v)
        .Text("email", "E-mail", c => c.EmailKey, v => v.ToLowerInvariant(), isSensitive: true)
        .Text("phone", "Phone", c => c.Phone, v => PhoneNumber.TryNormalize(v, null, out var e164) ? e164 : v, isSensitive: true)
        .Otherwise(CustomFieldFilters.Build);

    /// <summary>The fields of every shop, and those that this one added.</summary>
    public static FilterCatalogue<Customer> With(IEnumerable<CustomFieldDetails> fields) => Catalogue.With(CustomFieldFilters.Fields(fields));
}
