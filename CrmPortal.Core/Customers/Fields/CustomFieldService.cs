using System.Text.RegularExpressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Search;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Fields;

/// <summary>A field that the shop added.</summary>
public sealed record CustomFieldDetails(long Id, string Key, string Label, CustomFieldType Type, IReadOnlyList<string> Choices,
    bool IsSensitive, bool IsArchived, int Position, CustomFieldSubject Subject = CustomFieldSubject.Customer);

/// <summary>A field with what a customer or a ticket has in it.</summary>
/// <param name="Value">As text that does not depend on a culture, or null; also null where it may not be seen.</param>
/// <param name="IsMasked">Whether there is a value that may not be seen.</param>
public sealed record CustomFieldAnswer(CustomFieldDetails Field, string? Value, bool IsMasked);

public sealed record CustomFieldInput
{
    public CustomFieldSubject Subject { get; init; }
    public string? Key { get; init; }
    public string? Label { get; init; }
    public CustomFieldType Type { get; init; }

    /// <summary>For a choice: a line each.</summary>
    public string? Choices { get; init; }

    public bool IsSensitive { get; init; }
}

/// <summary>The shop's own fields and their values.</summary>
public sealed partial class CustomFieldService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    CustomerService customers, CustomFieldWriter writer, AuditLog audit)
{
    public const int MostFields = 100;

    private static readonly CompiledQueries<Func<CrmDbContext, long, IAsyncEnumerable<FieldWithValue>>> OfCustomer = new(() =>
        EF.CompileAsyncQuery((CrmDbContext db, long customerId) => db.Set<CustomField>().AsNoTracking()
            .Where(f => f.Subject == CustomFieldSubject.Customer && !f.IsArchived).OrderBy(f => f.Position).ThenBy(f => f.Id)
            .Take(MostFields).LeftJoin(db.Set<CustomFieldValue>().Where(v => v.CustomerId == customerId), f => f.Id, v => v.FieldId,
                (f, v) => new FieldWithValue(f, v))));

    /// <summary>The fields in their order.</summary>
    /// <param name="withArchived">Also those that are no longer offered.</param>
    public async Task<IReadOnlyList<CustomFieldDetails>> ListAsync(bool withArchived, CancellationToken cancellationToken,
        CustomFieldSubject subject = CustomFieldSubject.Customer)
    {
        await access.DemandAnyAsync(subject == CustomFieldSubject.Ticket ? [Permissions.SettingsEdit, Permissions.TicketsWork]
            : [Permissions.CustomersView], cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return [.. (await db.CustomFields.InOrder(subject, withArchived).ToListAsync(cancellationToken)).Select(Details)];
    }

    /// <summary>Adds a field.</summary>
    /// <exception cref="RuleViolationException">Key, label or choices are wrong, the key is taken, or there are too many
    /// fields.</exception>
    public async Task<CustomFieldDetails> AddAsync(CustomFieldInput input, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        var errors = new List<FieldError>();
        var label = TextRules.Required(nameof(input.Label), input.Label, CustomField.LabelLength, "A field needs a label.", errors);
        var key = string.IsNullOrWhiteSpace(input.Key) ? KeyOf(label) : input.Key.Trim();
        if (errors.Count == 0 && !Key().IsMatch(key))
            errors.Add(new(nameof(input.Key), "The key must start with a letter and have only lowercase letters, digits and underscores."));
        var choices = Choices(input.Type, input.Choices, errors);
        // What is secret of a customer belongs to the customer; a ticket is read by everybody who works on it.
        if (input is { Subject: CustomFieldSubject.Ticket, IsSensitive: true })
            errors.Add(new(nameof(input.IsSensitive), "Only fields of customers can be sensitive."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("field.create", Permissions.SettingsEdit);
        var others = db.CustomFields.Where(f => f.Subject == input.Subject);
        if (await others.CountAsync(cancellationToken) >= MostFields)
            throw new RuleViolationException("", "There can be at most {0} fields.", MostFields);
        var field = new CustomField
        {
            Subject = input.Subject, Key = key, Label = label, Type = input.Type, ChoiceLines = choices, IsSensitive = input.IsSensitive,
                Position = 1 + (await others.MaxAsync(f => (int?)f.Position, cancellationToken) ?? 0),
        };
        db.CustomFields.Add(field);
        await SaveAsync(db, cancellationToken);
        return Details(field);
    }

    /// <summary>
    /// Changes label, choices and place of a field, and whether it is offered. A choice that customers have stays with them.
    /// </summary>
    public async Task<CustomFieldDetails?> ChangeAsync(long id, string? label, string? choices, int? position, bool isArchived,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("field.change", Permissions.SettingsEdit);
        var field = await db.CustomFields.FirstOrDefaultAsync(f => f.Id == id, cancellationToken);
        if (field is null) return null;
        var errors = new List<FieldError>();
        field.Label = TextRules.Required("Label", label, CustomField.LabelLength, "A field needs a label.", errors);
        field.ChoiceLines = Choices(field.Type, choices, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        field.Position = position ?? field.Position;
        field.IsArchived = isArchived;
        await SaveAsync(db, cancellationToken);
        return Details(field);
    }

    /// <summary>What a customer has in each field that is offered.</summary>
    public async Task<IReadOnlyList<CustomFieldAnswer>> OfCustomerAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var rows = await OfCustomer.For(db)(db, customerId).ToListAsync(cancellationToken);
        return [.. rows.OrderBy(r => r.Field.Position).ThenBy(r => r.Field.Id).Select(r =>
        {
            var isMasked = r.Field.IsSensitive && !grant.Has(Permissions.CustomersSensitive);
            return new CustomFieldAnswer(Details(r.Field), r.Value is null || isMasked ? null : writer.Read(r.Field, r.Value), isMasked
                && r.Value is not null);
        })];
    }

    /// <summary>Sets one field of a customer; blank removes what is there.</summary>
    /// <exception cref="RuleViolationException">The value is not of the field's type.</exception>
    public Task<CustomerChangeResult?> SetAsync(long customerId, string key, string? value, CancellationToken cancellationToken) =>
        customers.UpdateAsync(customerId, new() { Fields = new(new Dictionary<string, string?> { [key] = value }) }, null, null,
            cancellationToken);

    /// <summary>A masked value in the open; the reveal is in the audit log before it is answered.</summary>
    public async Task<string?> RevealAsync(long customerId, string key, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var value = await db.CustomFieldValues.AsNoTracking().Include(v => v.Field)
            .FirstOrDefaultAsync(v => v.CustomerId == customerId && v.Field!.Key == key, cancellationToken);
        if (value is null) return null;
        await audit.WriteAsync(AuditAction.Revealed, nameof(CustomFieldValue), value.Id, customerId, key, cancellationToken);
        return writer.Read(value.Field!, value);
    }

    internal static CustomFieldDetails Details(CustomField f) => new(f.Id, f.Key, f.Label, f.Type, f.Choices, f.IsSensitive, f.IsArchived,
        f.Position, f.Subject);

    private async Task SaveAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            throw new RuleViolationException(nameof(CustomFieldInput.Key), "Another field already has this key.") { IsDuplicate = true };
        }
    }

    private static string Choices(CustomFieldType type, string? text, List<FieldError> errors)
    {
        if (type != CustomFieldType.Choice) return "";
        var lines = (text ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(StoredText.Composed).DistinctBy(l => l.ToLowerInvariant()).ToList();
        if (lines.Count is 0 or > CustomField.MostChoices)
            errors.Add(new("Choices", "Enter 1 to {0} choices, one per line.", CustomField.MostChoices));
        foreach (var line in lines) TextRules.Text("Choices", line, CustomField.ChoiceLength, errors);
        return string.Join('\n', lines);
    }

    /// <summary>A key made of the label's letters and digits.</summary>
    private static string KeyOf(string label)
    {
        var letters = string.Concat(SearchText.Fold(label).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')).Trim('_');
        var key = letters.Length > 0 && char.IsAsciiLetter(letters[0]) ? letters : "field_" + letters;
        return key.Length > CustomField.KeyLength ? key[..CustomField.KeyLength] : key;
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,39}$")]
    private static partial Regex Key();

    private sealed record FieldWithValue(CustomField Field, CustomFieldValue? Value);
}
