using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.History;

/// <content>Taking back what bulk actions do to customers, past the change tracker.</content>
public sealed partial class UndoService
{
    /// <summary>Of fewer rows the usual way is as quick.</summary>
    private const int FewestPlain = 20;

    /// <summary>
    /// How many of the first rows of a batch are plain: tags put on customers or taken off, notes, and fields of customers from which
    /// nothing is derived and which others may have as well. A row that occurs again depends on what becomes of it before, and fields and
    /// tags of the same customer are one change of them.
    /// </summary>
    private static int CountPlain(List<AuditEntry> entries)
    {
        var seen = new HashSet<(string Type, long Id)>();
        var isOfCustomers = entries.Count > 0 && entries[0].EntityType == nameof(Customer);
        var plain = entries.TakeWhile(e => IsPlain(e) && e.EntityType == nameof(Customer) == isOfCustomers
            && seen.Add((e.EntityType, e.EntityId))).Count();
        return plain < FewestPlain ? 0 : plain;
    }

    private static bool IsPlain(AuditEntry entry) => (entry.EntityType, entry.Action) switch
    {
        (nameof(CustomerTag), AuditAction.Created or AuditAction.Deleted) => true,
        (nameof(Note), AuditAction.Created) => true,
        (nameof(Customer), AuditAction.Updated) => entry.Values is not null && entry.Fields.Split(' ').All(CustomerUndo.Plain.Contains),
        _ => false,
    };

    private async Task TakeBackPlainAsync(CrmDbContext db, List<AuditEntry> entries, UndoOperation undo,
        CancellationToken cancellationToken)
    {
        List<long> customerIds = [.. entries.Where(e => e.EntityType == nameof(Customer)).Select(e => e.EntityId)];
        var customers = customerIds.Count == 0 ? []
            : await db.Customers.AsNoTracking().Where(c => customerIds.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);
        foreach (var customer in customers.Values) db.Mass.Watch(customer);
        List<long> tagged = [.. entries.Where(e => e.EntityType == nameof(CustomerTag)).Select(e => e.CustomerId).OfType<long>()
            .Distinct()];
        var touched = new HashSet<long>();
        var tags = tagged.Count == 0 ? []
            : await db.CustomerTags.AsNoTracking().Where(t => tagged.Contains(t.CustomerId))
                .ToDictionaryAsync(t => t.Id, cancellationToken);
        var worn = tags.Values.Select(t => (t.CustomerId, t.TagId)).ToHashSet();
        var noteIds = entries.Where(e => e.EntityType == nameof(Note)).Select(e => e.EntityId).ToList();
        var notes = noteIds.Count == 0 ? []
            : await db.Notes.AsNoTracking().Where(n => noteIds.Contains(n.Id)).ToDictionaryAsync(n => n.Id, cancellationToken);
        await FindGoneAsync(db, entries, undo, cancellationToken);
        foreach (var entry in entries)
        {
            var isUndone = entry.EntityType switch
            {
                nameof(CustomerTag) => TakeBackTag(entry),
                nameof(Note) => await TakeBackNoteAsync(entry),
                _ => customers.TryGetValue(entry.EntityId, out var found) ? TakeBackFields(db, found, entry, undo)
                    : undo.Keep(entry.EntityType),
            };
            if (isUndone) undo.Undone++;
        }

        if (touched.Count > 0)
        {
            var versions = await db.Customers.Where(c => touched.Contains(c.Id)).Select(c => new { c.Id, c.Version })
                .ToListAsync(cancellationToken);
            foreach (var customer in versions) db.Mass.Touch<Customer>(customer.Id, customer.Version);
        }

        await SaveAsync(db, cancellationToken);

        bool TakeBackTag(AuditEntry entry)
        {
            if (tags.TryGetValue(entry.EntityId, out var there))
            {
                // One that was taken off is back already.
                if (entry.Action == AuditAction.Deleted) return false;
                db.Mass.Remove(there);
                worn.Remove((there.CustomerId, there.TagId));
                touched.Add(there.CustomerId);
                return true;
            }

            if (entry.Action == AuditAction.Created) return false;
            if (entry.Values is null) return undo.Keep(entry.EntityType);
            using var values = JsonDocument.Parse(entry.Values);
            // What it depends on was removed since, or somebody put the tag on again.
            if (PrincipalsOf(values.RootElement).Any(undo.Gone.Contains)) return undo.Keep(entry.EntityType);
            var (customer, tag) = (Before(nameof(CustomerTag.CustomerId)), Before(nameof(CustomerTag.TagId)));
            if (!worn.Add((customer, tag))) return undo.Keep(entry.EntityType);
            db.Mass.Add(new CustomerTag { Id = entry.EntityId, CustomerId = customer, TagId = tag });
            touched.Add(customer);
            return true;

            long Before(string field) => values.RootElement.GetProperty(field)[0].GetInt64();
        }

        async Task<bool> TakeBackNoteAsync(AuditEntry entry)
        {
            var note = notes.GetValueOrDefault(entry.EntityId);
            if (await UndoRules.Find(entry.EntityType)!.TakeBackAsync(new(db, entry, note, undo.Grant, clock.GetUtcNow()),
                cancellationToken) == UndoOutcome.Kept) return undo.Keep(entry.EntityType);
            if (note is null) return false;
            db.Mass.Remove(note);
            return true;
        }
    }

    private static bool TakeBackFields(CrmDbContext db, Customer customer, AuditEntry entry, UndoOperation undo)
    {
        var type = BulkColumns.TypeOf<Customer>(db);
        return RevertFields(new(type, customer, p => p.GetGetter().GetClrValue(customer),
            (p, value) => p.PropertyInfo!.SetValue(customer, value)), UndoRules.Find(entry.EntityType), entry, undo).Count > 0;
    }
}
