using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>
/// Words by key as other systems have them: those whose key is one of the shop's own fields stand there, so that the screens show them;
/// the others are preferences, so that none is lost.
/// </summary>
internal sealed class CustomerWords(CustomFieldWriter customFields)
{
    /// <summary>The type of the preferences that belong to no field.</summary>
    public const string Type = "custom";

    /// <summary>Collects what is wrong with words, whichever of them are fields.</summary>
    public static Dictionary<string, string?> Checked(IReadOnlyDictionary<string, string?> words, List<FieldError> errors)
    {
        var found = new Dictionary<string, string?>();
        foreach (var (name, text) in words)
        {
            var key = TextRules.Required("Fields", name, Preference.WordLength, "A preference needs a key.", errors);
            found[key] = TextRules.Text(NameOf(key), text, CustomField.TextLength, errors).Value;
        }

        return found;
    }

    /// <summary>Puts words on a customer; one that is null goes, and null instead of all of them takes all that are seen.</summary>
    public async Task PutAsync(CrmDbContext db, Customer customer, IReadOnlyDictionary<string, string?>? words, Grant grant,
        CancellationToken cancellationToken)
    {
        if (customer.Id > 0 && words is null)
        {
            words = (await OfAsync(db, [customer.Id], grant, cancellationToken)).GetValueOrDefault(customer.Id)?
                .ToDictionary(w => w.Key, _ => (string?)null);
        }

        if (words is not { Count: > 0 }) return;
        var keys = words.Keys.ToList();
        var fields = await db.CustomFields.Where(f => f.Subject == CustomFieldSubject.Customer && !f.IsArchived && keys.Contains(f.Key))
            .Select(f => f.Key).ToListAsync(cancellationToken);
        await customFields.ApplyAsync(db, customer, words.Where(w => fields.Contains(w.Key)).ToDictionary(), grant, cancellationToken);
        // A word that was there before the field of its key goes with the first value of that.
        await PutOthersAsync(db, customer, words.ToDictionary(w => w.Key, w => fields.Contains(w.Key) ? null : w.Value),
            cancellationToken);
    }

    /// <summary>The words of some customers; those in fields that are not offered to the holder of the grant are left out.</summary>
    public async Task<Dictionary<long, Dictionary<string, string>>> OfAsync(CrmDbContext db, IReadOnlyList<long> customerIds, Grant grant,
        CancellationToken cancellationToken)
    {
        var maySee = grant.Has(Permissions.CustomersSensitive);
        var found = new Dictionary<long, Dictionary<string, string>>();
        var values = await db.CustomFieldValues.AsNoTracking().Include(v => v.Field)
            .Where(v => customerIds.Contains(v.CustomerId) && !v.Field!.IsArchived && (maySee || !v.Field.IsSensitive))
            .ToListAsync(cancellationToken);
        foreach (var value in values.OrderBy(v => v.Field!.Position).ThenBy(v => v.FieldId))
            if (customFields.Read(value.Field!, value) is { } text) Of(value.CustomerId)[value.Field!.Key] = text;
        foreach (var word in await db.Preferences.AsNoTracking().Where(p => customerIds.Contains(p.CustomerId) && p.Type == Type)
            .OrderBy(p => p.Id).ToListAsync(cancellationToken)) Of(word.CustomerId).TryAdd(word.Key, word.Value);
        return found;

        Dictionary<string, string> Of(long id) => found.TryGetValue(id, out var words) ? words : found[id] = [];
    }

    private static async Task PutOthersAsync(CrmDbContext db, Customer customer, Dictionary<string, string?> words,
        CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        foreach (var (key, text) in words) TextRules.Text(NameOf(key), text, Preference.ValueLength, errors);
        var present = customer.Id == 0 ? []
            : await db.Preferences.Where(p => p.CustomerId == customer.Id).ToListAsync(cancellationToken);
        var (count, isChanged) = (present.Count, false);
        foreach (var (key, text) in words)
        {
            var known = present.Find(p => p.Type == Type && p.Key == key);
            isChanged |= known?.Value != text;
            if (text is null && known is not null) db.Preferences.Remove(known);
            else if (text is not null && known is not null) known.Value = text;
            else if (text is not null) customer.Preferences.Add(new Preference { Type = Type, Key = key, Value = text });
            count += (text is null ? 0 : 1) - (known is null ? 0 : 1);
        }

        if (count > PreferenceService.MostPreferences)
            errors.Add(new("Fields", "A customer can have at most {0} preferences.", PreferenceService.MostPreferences));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        // What is shown with a customer raises their version.
        if (customer.Id > 0 && isChanged) db.Entry(customer).Property(c => c.UpdatedAt).IsModified = true;
    }

    private static string NameOf(string key) => $"Fields.{key}";
}
