using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>Where a customer lives, as an export shows it.</summary>
internal sealed record ExportPlace(long Id, bool IsDefault, string City, string Country)
{
    /// <summary>Of several addresses the default one counts, as in the list.</summary>
    public bool IsBefore(ExportPlace other) => IsDefault == other.IsDefault ? Id < other.Id : IsDefault;
}

/// <summary>
/// Reads what depends on some thousand customers. Where their keys lie close together, as in a list by creation, everything
/// between the first and the last is read along the index; else the keys go as one value, since some thousand are slow to read
/// one by one. Both are put in order here: asked for an order, a database may walk through the whole table along it.
/// </summary>
internal sealed class CustomerExportParts(CrmDbContext db, CustomFieldWriter customFields) : IAsyncDisposable
{
    /// <summary>So many keys may lie between two that are asked for, on average, before asking for each is cheaper.</summary>
    private const int LargestGap = 4;

    private readonly Dictionary<long, string> _tagNames = [];

    public async Task<Dictionary<long, List<string>>> TagsAsync(List<long> ids, CancellationToken cancellationToken)
    {
        var found = new List<(long Id, long CustomerId, long TagId)>();
        var tags = Range(ids) is var (first, last)
            ? db.CustomerTags.Where(t => t.CustomerId >= first && t.CustomerId <= last)
            : db.CustomerTags.Where(t => EF.Parameter(ids).Contains(t.CustomerId));
        await foreach (var tag in tags.Select(t => new ValueTuple<long, long, long>(t.Id, t.CustomerId, t.TagId)).AsAsyncEnumerable()
            .WithCancellation(cancellationToken)) found.Add(tag);
        found.Sort();
        var names = new Dictionary<long, List<string>>(ids.Count);
        foreach (var (_, customerId, tagId) in found)
        {
            if (await NameAsync(tagId, cancellationToken) is not { } name) continue;
            if (!names.TryGetValue(customerId, out var those)) names[customerId] = those = [];
            those.Add(name);
        }

        return names;
    }

    public async Task<Dictionary<long, ExportPlace>> PlacesAsync(List<long> ids, CancellationToken cancellationToken)
    {
        var places = new Dictionary<long, ExportPlace>(ids.Count);
        var addresses = Range(ids) is var (first, last)
            ? db.Addresses.Where(a => a.CustomerId >= first && a.CustomerId <= last)
            : db.Addresses.Where(a => EF.Parameter(ids).Contains(a.CustomerId));
        var found = addresses
            .Select(a => new ValueTuple<long, ExportPlace>(a.CustomerId, new ExportPlace(a.Id, a.IsDefault, a.City, a.Country)));
        await foreach (var (customerId, place) in found.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (!places.TryGetValue(customerId, out var other) || place.IsBefore(other)) places[customerId] = place;
        }

        return places;
    }

    /// <summary>The text of the newest note for everybody.</summary>
    public async Task<Dictionary<long, string>> NotesAsync(List<long> ids, CancellationToken cancellationToken)
    {
        var notes = Range(ids) is var (first, last)
            ? db.Notes.Where(n => n.CustomerId >= first && n.CustomerId <= last)
            : db.Notes.Where(n => EF.Parameter(ids).Contains(n.CustomerId));
        return await NoteService.NewestOfEach(db, notes).Select(n => new { n.CustomerId, n.Text })
            .ToDictionaryAsync(n => n.CustomerId, n => n.Text, cancellationToken);
    }

    /// <summary>What customers have in fields that the shop added.</summary>
    public async Task<Dictionary<(long CustomerId, long FieldId), object?>> AddedFieldsAsync(List<long> ids,
        IReadOnlyCollection<CustomField> fields, CancellationToken cancellationToken)
    {
        var byId = fields.ToDictionary(f => f.Id);
        var keys = byId.Keys.ToList();
        var values = Range(ids) is var (first, last)
            ? db.CustomFieldValues.Where(v => v.CustomerId >= first && v.CustomerId <= last)
            : db.CustomFieldValues.Where(v => EF.Parameter(ids).Contains(v.CustomerId));
        var found = new Dictionary<(long, long), object?>();
        await foreach (var value in values.AsNoTracking().Where(v => keys.Contains(v.FieldId)).AsAsyncEnumerable()
            .WithCancellation(cancellationToken))
            found[(value.CustomerId, value.FieldId)] = customFields.Typed(byId[value.FieldId], value);
        return found;
    }

    public ValueTask DisposeAsync() => db.DisposeAsync();

    private static (long First, long Last)? Range(List<long> ids)
    {
        var (first, last) = (ids.Min(), ids.Max());
        return last - first < (long)ids.Count * LargestGap ? (first, last) : null;
    }

    /// <summary>There are few tags and many customers who have them. One that was made meanwhile is read when it is met.</summary>
    private async ValueTask<string?> NameAsync(long tagId, CancellationToken cancellationToken)
    {
        if (_tagNames.TryGetValue(tagId, out var known)) return known;
        var name = await db.Tags.Where(t => t.Id == tagId).Select(t => t.Name).FirstOrDefaultAsync(cancellationToken);
        if (name is not null) _tagNames[tagId] = name;
        return name;
    }
}
