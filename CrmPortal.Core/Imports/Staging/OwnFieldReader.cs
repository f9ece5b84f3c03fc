using System.Globalization;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Imports;

/// <summary>
/// Reads the fields that the shop added out of rows: numbers and days as the file writes them, the rest as the form takes it.
/// </summary>
internal sealed class OwnFieldReader(ImportPlan plan, IReadOnlyCollection<CustomField> fields)
{
    private readonly (string Name, CustomField Field)[] _fields = [.. fields.Select(f => (ImportFields.NameOf(f.Key), f))
        .Where(f => plan.Columns.ContainsKey(f.Item1))];

    /// <summary>
    /// Key → value in the form in which it is kept, without blanks; null where there is none. What cannot be read is left out.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Read(RowReader row)
    {
        if (_fields.Length == 0) return null;
        var values = new Dictionary<string, string>();
        foreach (var (name, field) in _fields)
        {
            if (Plain(row, name, field.Type) is not { } text) continue;
            var errors = new List<FieldError>();
            if (CustomFieldWriter.Check(field, text, name, errors) is { } value) values[field.Key] = value;
            else row.Skip(Skipped.Choice, name, text);
        }

        return values.Count > 0 ? values : null;
    }

    private static string? Plain(RowReader row, string name, CustomFieldType type)
    {
        switch (type)
        {
            case CustomFieldType.Number: return row.OptionalNumber(name)?.ToString(CultureInfo.InvariantCulture);
            case CustomFieldType.Date: return row.OptionalDay(name)?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            case CustomFieldType.YesNo when row.Optional(name, 20) is { } text && ValueReader.YesNo(text) is { } isYes: return isYes
                ? "yes" : "no";
            default: return row.Optional(name, CustomField.TextLength);
        }
    }
}
