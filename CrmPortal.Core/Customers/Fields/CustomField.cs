using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers.Fields;

public enum CustomFieldType { Text, Number, Date, Choice, YesNo }

/// <summary>What a field was added to.</summary>
public enum CustomFieldSubject { Customer, Ticket }

/// <summary>A field that an administrator added to customers or to tickets.</summary>
[AuditName("CustomField", Label = "Custom field")]
[OpenFields("Subject", "Key", "Label", "Type", "ChoiceLines", "IsSensitive", "IsArchived", "Position")]
public sealed class CustomField : IAudited, IVersioned
{
    public const int KeyLength = 40;
    public const int LabelLength = 60;
    public const int MostChoices = 100;
    public const int ChoiceLength = 100;
    public const int TextLength = 1_000;

    public long Id { get; internal init; }

    [AuditLabel("Belongs to")] public CustomFieldSubject Subject { get; init; }

    /// <summary>The name in filters, imports and the API: small letters, digits and underscores; unique in its subject, given
    /// once.</summary>
    [AuditLabel("Key")] public required string Key { get; init; }

    [AuditLabel("Label")] public required string Label { get; set; }
    [AuditLabel("Type")] public CustomFieldType Type { get; init; }

    /// <summary>The choices, a line each.</summary>
    [AuditLabel("Choices")] public string ChoiceLines { get; set; } = "";

    /// <summary>Seen only by those who may see sensitive values, and encrypted; set once, since values are stored differently.</summary>
    [AuditLabel("Sensitive")] public bool IsSensitive { get; init; }

    /// <summary>Kept with its values, but no longer offered.</summary>
    [AuditLabel("Archived")] public bool IsArchived { get; set; }

    [AuditLabel("Position")] public int Position { get; set; }
    public long Version { get; set; }

    public IReadOnlyList<string> Choices => ChoiceLines.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

internal static class CustomFieldQueries
{
    /// <summary>The fields that are offered to the holder of a grant, in their order.</summary>
    public static IQueryable<CustomField> OfferedTo(this IQueryable<CustomField> fields, Grant grant)
    {
        var maySee = grant.Has(Permissions.CustomersSensitive);
        return fields.InOrder(CustomFieldSubject.Customer, false).Where(f => maySee || !f.IsSensitive);
    }

    /// <summary>The fields of customers, or of tickets.</summary>
    public static IQueryable<CustomField> InOrder(this IQueryable<CustomField> fields, CustomFieldSubject subject, bool withArchived) =>
        fields.AsNoTracking().Where(f => f.Subject == subject && (withArchived || !f.IsArchived)).OrderBy(f => f.Position)
            .ThenBy(f => f.Id).Take(CustomFieldService.MostFields);
}

/// <summary>What there is in such a field: in the column of its type.</summary>
public abstract class FieldValue
{
    /// <summary>Numbers keep four decimals.</summary>
    public const int NumberScale = 10_000;

    public long FieldId { get; set; }
    public CustomField? Field { get; set; }

    /// <summary>A text or a choice.</summary>
    public string? Text { get; set; }

    /// <summary>The text folded, by which it is compared.</summary>
    [NotAudited] public string? TextKey { get; set; }

    /// <summary>A number times <see cref="NumberScale"/>.</summary>
    public long? Number { get; set; }

    public DateOnly? Day { get; set; }
    public bool? IsYes { get; set; }
}

/// <summary>What a customer has in a field.</summary>
[AuditName("CustomFieldValue", Label = "Value of a custom field", ShortLabel = "Custom field", PluralLabel = "Custom fields",
    FieldLabel = "Value")]
[OpenFields("CustomerId", "FieldId", "Text", "Number", "Day", "IsYes")]
public sealed class CustomFieldValue : FieldValue, ICustomerOwned
{
    public long Id { get; internal init; }
    public long CustomerId { get; set; }

    /// <summary>Any value of a sensitive field, encrypted.</summary>
    [Sensitive] public string? Secret { get; set; }

    /// <summary>The value with the keys of a record that is written in masses.</summary>
    internal CustomFieldValue Placed(long id, long customerId) =>
        new() { Id = id, CustomerId = customerId, FieldId = FieldId, Text = Text, TextKey = TextKey, Number = Number, Day = Day,
            IsYes = IsYes, Secret = Secret };
}

internal sealed class CustomFieldConfiguration : IEntityTypeConfiguration<CustomField>, IEntityTypeConfiguration<CustomFieldValue>
{
    public void Configure(EntityTypeBuilder<CustomField> builder)
    {
        builder.ToTable("CustomFields");
        builder.Ignore(f => f.Choices);
        builder.Property(f => f.Key).HasMaxLength(CustomField.KeyLength);
        builder.Property(f => f.Label).HasMaxLength(CustomField.LabelLength);
        builder.Property(f => f.Type).HasConversion<string>().HasMaxLength(10);
        // Those that were there before tickets had fields are of customers.
        builder.Property(f => f.Subject).HasConversion<string>().HasMaxLength(10).HasDefaultValue(CustomFieldSubject.Customer);
        builder.HasIndex(f => new { f.Subject, f.Key }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<CustomFieldValue> builder)
    {
        builder.ToTable("CustomFieldValues");
        builder.Property(v => v.Text).HasMaxLength(CustomField.TextLength);
        builder.Property(v => v.TextKey).HasMaxLength(CustomerRules.DisplayNameLength);
        builder.HasOne<Customer>().WithMany(c => c.CustomFields).HasForeignKey(v => v.CustomerId);
        builder.HasOne(v => v.Field).WithMany().HasForeignKey(v => v.FieldId);
        builder.HasIndex(v => new { v.CustomerId, v.FieldId }).IsUnique();
        builder.HasIndex(v => new { v.FieldId, v.TextKey, v.CustomerId }).HasFilter("\"TextKey\" IS NOT NULL");
        builder.HasIndex(v => new { v.FieldId, v.Number, v.CustomerId }).HasFilter("\"Number\" IS NOT NULL");
        builder.HasIndex(v => new { v.FieldId, v.Day, v.CustomerId }).HasFilter("\"Day\" IS NOT NULL");
        builder.HasIndex(v => new { v.FieldId, v.IsYes, v.CustomerId }).HasFilter("\"IsYes\" IS NOT NULL");
    }
}
