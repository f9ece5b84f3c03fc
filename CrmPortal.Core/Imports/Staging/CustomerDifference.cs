using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CrmPortal.Core.Imports;

/// <summary>What a row changes of a customer, as people read it.</summary>
internal static class CustomerDifference
{
    public static Dictionary<string, string?[]> Of(CrmDbContext db, Customer customer, OwnFields ownFields)
    {
        var fields = new Dictionary<string, string?[]>();
        AddModified(fields, db.Entry(customer), "");
        foreach (var address in customer.Addresses)
        {
            var entry = db.Entry(address);
            if (entry.State == EntityState.Added)
                fields["Address"] =
                [null, string.Join(", ", new[] { address.Line1, address.PostalCode, address.City, address.Country }
                .Where(p => !string.IsNullOrEmpty(p)))];
            else AddModified(fields, entry, "Address ");
        }

        foreach (var point in customer.ContactPoints.Where(p => db.Entry(p).State == EntityState.Added))
            fields[$"Further {point.Kind.ToString().ToLowerInvariant()}"] = [null, point.Value];
        var tags = customer.Tags.Where(t => db.Entry(t).State == EntityState.Added).Select(t => t.Tag!.Name).ToList();
        if (tags.Count > 0) fields["Tags"] = [null, string.Join(", ", tags)];
        foreach (var value in customer.CustomFields)
        {
            var entry = db.Entry(value);
            if (entry.State is not (EntityState.Added or EntityState.Modified)) continue;
            var (label, text) = ownFields.Say(value);
            fields[label] = [entry.State == EntityState.Added
                ? null : ownFields.Say((CustomFieldValue)entry.OriginalValues.ToObject()).Text, text];
        }

        return fields;
    }

    private static void AddModified(Dictionary<string, string?[]> fields, EntityEntry entry, string prefix)
    {
        if (entry.State != EntityState.Modified) return;
        foreach (var property in entry.Properties.Where(p => p.IsModified && ChangeRecorder.IsAudited(p.Metadata)))
        {
            if (!Equals(property.OriginalValue, property.CurrentValue))
                fields[prefix + property.Metadata.Name] = [Show(property.OriginalValue), Show(property.CurrentValue)];
        }
    }

    private static string? Show(object? value) => value is IFormattable formattable
        ? formattable.ToString(value is DateOnly ? "yyyy-MM-dd" : null, CultureInfo.InvariantCulture) : value?.ToString();
}
