using System.Globalization;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Imports;

/// <summary>What becomes of one of the first rows: labels of fields with what is read from the row.</summary>
/// <param name="Fault">Why the row would be rejected; null where it would not.</param>
public sealed record FirstRow(IReadOnlyList<(string Label, string Value)> Values, FieldError? Fault);

/// <summary>Reads the first rows of a file as they would be imported, for a look before anything is checked.</summary>
internal sealed class FirstRows(ImportKind kind, FileProfile profile, ImportPlan plan, ShopOptions shop, DateTimeOffset now)
{
    private const int Most = 3;

    public List<FirstRow> Read()
    {
        if (plan.DateFormat.Length == 0) plan = plan with { DateFormat = ValueReader.DateFormats[0] };
        var cells = new RowReader(plan, profile);
        var customers = new CustomerRowReader(plan, new(plan, []), cells, profile, shop, shop.Zone.DayOf(now));
        var orders = new OrderRowReader(plan, cells, customers, shop, now);
        var rows = new List<FirstRow>();
        foreach (var (at, row) in profile.Preview.Take(Most).Index())
        {
            cells.Begin(new(at + 1, [.. row], false));
            var values = kind == ImportKind.Customers ? Of(customers.Read()) : orders.Read() is { } line ? Of(line) : [];
            rows.Add(new([.. values.Where(v => !string.IsNullOrEmpty(v.Value)).Select(v => (v.Label, v.Value!))], cells.Fault));
        }

        return rows;
    }

    private static IEnumerable<(string Label, string? Value)> Of(StagedCustomer customer) =>
    [
        ("Name", string.Join(' ', new[] { customer.GivenName, customer.FamilyName }.OfType<string>())),
        ("E-mail", Joined([customer.Email, .. customer.FurtherEmails ?? []])),
        ("Phone", Joined([customer.Phone, .. customer.FurtherPhones ?? []])),
        ("Address", Joined([customer.Line1, customer.Line2, customer.PostalCode, customer.City, customer.State, customer.Country])),
        ("Date of birth", customer.DateOfBirth?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        ("Tags", Joined(customer.Tags ?? [])),
        ("External id", customer.ExternalId),
        ("Created", Time(customer.CreatedAt)),
        ("Points", customer.Points?.ToString(CultureInfo.InvariantCulture)),
        ("Note", customer.Note),
    ];

    private IEnumerable<(string Label, string? Value)> Of(StagedOrderLine line) =>
    [
        ("Order number", line.Order),
        ("Date", Time(line.At)),
        ("Status", line.Status?.ToString()),
        ("Customer", line.Customer is { } c ? Joined([c.GivenName, c.FamilyName, c.Email, c.ExternalId]) : null),
        ("Product code", line.Product),
        ("Quantity", line.Quantity.ToString(CultureInfo.InvariantCulture)),
        ("Amount", Money.ToDecimal(line.Amount(line.Currency ?? shop.Currency), line.Currency ?? shop.Currency)
            .ToString(CultureInfo.InvariantCulture) + " " + (line.Currency ?? shop.Currency)),
    ];

    private static string Joined(IEnumerable<string?> parts) => string.Join(", ", parts.Where(p => !string.IsNullOrEmpty(p)));

    private static string? Time(DateTimeOffset? at) => at?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
