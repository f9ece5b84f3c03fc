using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;

namespace CrmPortal.Core.Imports;

/// <summary>The fields that the shop added, as an import writes them.</summary>
internal sealed class OwnFields(CustomFieldWriter writer, IReadOnlyList<CustomField> fields)
{
    private readonly Dictionary<string, CustomField> _byKey = fields.ToDictionary(f => f.Key);
    private readonly Dictionary<long, CustomField> _byId = fields.ToDictionary(f => f.Id);

    public IReadOnlyList<CustomField> Fields => fields;

    public bool AreBrought(ImportPlan plan) => fields.Any(f => plan.Columns.ContainsKey(ImportFields.NameOf(f.Key)));

    /// <summary>Gives a customer what a row has for them; a field that is offered no more is left as it is.</summary>
    public void Apply(Customer customer, IReadOnlyDictionary<string, string>? values)
    {
        foreach (var (key, text) in values ?? new Dictionary<string, string>())
            if (_byKey.TryGetValue(key, out var field))
                writer.Put(customer, field, customer.CustomFields.Find(v => v.FieldId == field.Id), text);
    }

    /// <summary>Label and text of a value; one that is sensitive is not said.</summary>
    public (string Label, string? Text) Say(CustomFieldValue value) =>
        _byId.TryGetValue(value.FieldId, out var field)
            ? (field.Label, field.IsSensitive ? Masking.Text(value.Secret) : CustomFieldWriter.Plain(field, value)) : ("", null);
}
