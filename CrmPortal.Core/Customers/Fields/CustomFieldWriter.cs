using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Search;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Fields;

/// <summary>Puts values into a customer's custom fields, and reads them back as text that does not depend on a culture.</summary>
public sealed class CustomFieldWriter(ISecretProtector secrets)
{
    internal const string SecretPurpose = "custom field";

    /// <summary>Sets the fields with these keys; a blank value removes what is there.</summary>
    /// <exception cref="RuleViolationException">There is no such field, or a value is not of its type; the error names the field as
    /// <c>Fields.key</c>.</exception>
    internal async Task ApplyAsync(CrmDbContext db, Customer customer, IReadOnlyDictionary<string, string?> values, Grant grant,
        CancellationToken cancellationToken)
    {
        if (values.Count == 0) return;
        var keys = values.Keys.Where(k => !StoredText.IsUnstorable(k)).ToList();
        var fields = await db.CustomFields
            .Where(f => f.Subject == CustomFieldSubject.Customer && keys.Contains(f.Key)).ToDictionaryAsync(f => f.Key, cancellationToken);
        var ids = fields.Values.Select(f => f.Id).ToList();
        Dictionary<long, CustomFieldValue> present = customer.Id == 0
            ? [] : await db.CustomFieldValues.Where(v => v.CustomerId == customer.Id && ids.Contains(v.FieldId))
            .ToDictionaryAsync(v => v.FieldId, cancellationToken);
        var errors = new List<FieldError>();
        foreach (var (key, text) in values)
        {
            var name = $"Fields.{key}";
            if (!fields.TryGetValue(key, out var field) || field.IsArchived)
            {
                errors.Add(new(name, "There is no field {0}.", key));
                continue;
            }

            if (field.IsSensitive && !grant.Has(Permissions.CustomersSensitive))
            {
                errors.Add(new(name, "You may not change {0}.", field.Label));
                continue;
            }

            if (string.IsNullOrWhiteSpace(text))
            {
                if (present.TryGetValue(field.Id, out var gone)) db.CustomFieldValues.Remove(gone);
                continue;
            }

            if (Check(field, StoredText.Composed(text.Trim()), name, errors) is not { } checkedText) continue;
            Put(customer, field, present.GetValueOrDefault(field.Id), checkedText);
        }

        if (errors.Count > 0) throw new RuleViolationException(errors);
    }

    /// <summary>
    /// The lines of a list with what customers have in some fields; those that are not offered to the holder of the grant are left out.
    /// </summary>
    internal async Task<List<CustomerRow>> WithValuesAsync(CrmDbContext db, List<CustomerRow> rows, IReadOnlyList<string> keys, Grant grant,
        CancellationToken cancellationToken)
    {
        var ids = rows.ConvertAll(r => r.Id);
        var maySee = grant.Has(Permissions.CustomersSensitive);
        var values = (await db.CustomFieldValues.AsNoTracking().Include(v => v.Field)
            .Where(v => ids.Contains(v.CustomerId) && keys.Contains(v.Field!.Key) && !v.Field.IsArchived
            && (maySee || !v.Field.IsSensitive))
            .ToListAsync(cancellationToken)).ToLookup(v => v.CustomerId);
        return rows.ConvertAll(r => r with { OwnFields = values[r.Id].Select(v => (v.Field!.Key, Value: Read(v.Field, v)))
            .Where(v => v.Value is not null).ToDictionary(v => v.Key, v => v.Value!) });
    }

    /// <summary>Gives a customer a value that was checked.</summary>
    /// <param name="known">What they have in the field already.</param>
    internal void Put(Customer customer, CustomField field, CustomFieldValue? known, string checkedText)
    {
        // The same secret encrypts differently each time, which would pass for a change.
        if (field.IsSensitive && known?.Secret is { } secret && secrets.Unprotect(SecretPurpose, secret) == checkedText) return;
        var value = known ?? new CustomFieldValue { FieldId = field.Id };
        if (known is null) customer.CustomFields.Add(value);
        Set(field, value, checkedText);
    }

    /// <summary>The value as text: numbers with a point, days as 2026-12-31, yes or no.</summary>
    internal string? Read(CustomField field, CustomFieldValue value) => field.IsSensitive ? value.Secret is { } secret
        ? secrets.Unprotect(SecretPurpose, secret) : null : Plain(field, value);

    /// <summary>The value as machines take it: a text, a <see cref="decimal"/>, a <see cref="DateOnly"/> or a <see cref="bool"/>.</summary>
    internal object? Typed(CustomField field, CustomFieldValue value) => Read(field, value) is not { } text ? null : field.Type switch
    {
        CustomFieldType.Number => decimal.Parse(text, CultureInfo.InvariantCulture),
        CustomFieldType.Date => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture),
        CustomFieldType.YesNo => text == "yes",
        _ => text,
    };

    internal static string? Plain(CustomField field, FieldValue value) => field.Type switch
    {
        CustomFieldType.Number => value.Number is { } number ? ((decimal)number / FieldValue.NumberScale)
            .ToString("0.####", CultureInfo.InvariantCulture) : null,
        CustomFieldType.Date => value.Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        CustomFieldType.YesNo => value.IsYes switch { true => "yes", false => "no", null => null },
        _ => value.Text,
    };

    /// <summary>The text in the form in which it is kept, or null with an error.</summary>
    internal static string? Check(CustomField field, string text, string name, List<FieldError> errors)
    {
        switch (field.Type)
        {
            case CustomFieldType.Number:
                if (decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                    out var number) && Math.Abs(number) < 1_000_000_000_000m)
                    return Math.Round(number, 4, MidpointRounding.AwayFromZero).ToString("0.####", CultureInfo.InvariantCulture);
                errors.Add(new(name, "{0} must be a number, such as 12.5.", field.Label));
                return null;
            case CustomFieldType.Date:
                if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                    return day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                errors.Add(new(name, "{0} must be a day, such as 2026-12-31.", field.Label));
                return null;
            case CustomFieldType.YesNo:
                if (text.ToLowerInvariant() is "yes" or "true" or "1") return "yes";
                if (text.ToLowerInvariant() is "no" or "false" or "0") return "no";
                errors.Add(new(name, "{0} must be yes or no.", field.Label));
                return null;
            case CustomFieldType.Choice:
                if (field.Choices.FirstOrDefault(c => string.Equals(c, text, StringComparison.OrdinalIgnoreCase)) is { } choice)
                    return choice;
                errors.Add(new(name, "{0} has no choice {1}.", field.Label, text));
                return null;
            default:
                return TextRules.Text(name, text, CustomField.TextLength, errors).Value;
        }
    }

    private void Set(CustomField field, CustomFieldValue value, string text)
    {
        if (field.IsSensitive)
        {
            value.Secret = secrets.Protect(SecretPurpose, text);
            return;
        }

        SetOpen(field, value, text);
    }

    /// <summary>Puts a text that was checked into the column of its type.</summary>
    internal static void SetOpen(CustomField field, FieldValue value, string text)
    {
        switch (field.Type)
        {
            case CustomFieldType.Number: value.Number =
                (long)(decimal.Parse(text, CultureInfo.InvariantCulture) * FieldValue.NumberScale); break;
            case CustomFieldType.Date: value.Day = DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture); break;
            case CustomFieldType.YesNo: value.IsYes = text == "yes"; break;
            default:
                value.Text = text;
                value.TextKey = KeyOf(text);
                break;
        }
    }

    /// <summary>The form in which texts are compared.</summary>
    internal static string KeyOf(string text) => SearchText.Cut(SearchText.Fold(text), CustomerRules.DisplayNameLength);
}
