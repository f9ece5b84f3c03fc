using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CrmPortal.Core.History;

/// <content>What stands against taking a row back: that it is another's alone, that what it hangs on is gone, that a verification was of a
/// newer value.</content>
public sealed partial class UndoService
{
    /// <summary>What a row depends on that may be removed permanently while the row can still come back.</summary>
    private static readonly (string Field, string Type)[] Principals =
        [(nameof(CustomerTag.TagId), nameof(Tag)), (nameof(CustomFieldValue.FieldId), nameof(CustomField)),
            (nameof(Relationship.OtherId), nameof(Customer)), (OwnerField, nameof(Customer))];

    /// <summary>
    /// Whether a change of a note is its author's alone to undo: whatever happened to a private one, and what it says and whether it
    /// is private.
    /// What others may do with it, such as pinning, others may undo, and a merge carries it along.
    /// </summary>
    private static bool IsAnothers(AuditEntry entry, Note? note, Grant grant)
    {
        if (entry.Fields == OwnerField) return false;
        using var values = JsonDocument.Parse(entry.Values ?? "{}");
        var author = note is not null ? note.AuthorId : values.RootElement.TryGetProperty(nameof(Note.AuthorId), out var id)
            ? Read(id[0], typeof(long?)) as long? : null;
        if (author == grant.Actor.UserId) return false;
        if (note?.IsPrivate ?? (values.RootElement.TryGetProperty(nameof(Note.IsPrivate), out var wasPrivate)
            && wasPrivate[0].ValueKind == JsonValueKind.True)) return true;
        return entry.Action == AuditAction.Updated
            && (values.RootElement.TryGetProperty(nameof(Note.Text), out _)
            || values.RootElement.TryGetProperty(nameof(Note.IsPrivate), out _));
    }

    /// <summary>
    /// Finds out at once what the removed rows of a batch depend on and what of it is gone by now, unless it comes back with them.
    /// </summary>
    private static async Task FindGoneAsync(CrmDbContext db, List<AuditEntry> entries, UndoOperation undo,
        CancellationToken cancellationToken)
    {
        var named = new HashSet<(string Type, long Id)>();
        foreach (var entry in entries.Where(e => e.Action == AuditAction.Deleted && e.Values is not null))
        {
            using var values = JsonDocument.Parse(entry.Values!);
            named.UnionWith(PrincipalsOf(values.RootElement));
        }

        named.ExceptWith(entries.Where(e => e.Action == AuditAction.Deleted).Select(e => (e.EntityType, e.EntityId)));
        undo.Gone = named;
        await ThereAsync(nameof(Tag), ids => db.Tags.Where(t => ids.Contains(t.Id)).Select(t => t.Id));
        await ThereAsync(nameof(CustomField), ids => db.CustomFields.Where(f => ids.Contains(f.Id)).Select(f => f.Id));
        await ThereAsync(nameof(Customer), ids => db.Customers.Where(c => ids.Contains(c.Id)).Select(c => c.Id));

        async Task ThereAsync(string type, Func<List<long>, IQueryable<long>> query)
        {
            var ids = named.Where(n => n.Type == type).Select(n => n.Id).ToList();
            if (ids.Count > 0) named.ExceptWith((await query(ids).ToListAsync(cancellationToken)).Select(id => (type, id)));
        }
    }

    private static IEnumerable<(string Type, long Id)> PrincipalsOf(JsonElement values)
    {
        foreach (var (field, type) in Principals)
            if (values.TryGetProperty(field, out var id) && id[0].ValueKind == JsonValueKind.Number) yield return (type, id[0].GetInt64());
    }

    /// <summary>
    /// An e-mail, phone or address that comes back is not verified because the newer one was, unless the change set says when it was.
    /// </summary>
    private static void Unverify(EntityEntry row, HashSet<string> reverted)
    {
        if (row.Entity is Customer)
        {
            Forget([nameof(Customer.Email)], nameof(Customer.EmailVerifiedAt));
            Forget([nameof(Customer.Phone)], nameof(Customer.PhoneVerifiedAt));
        }
        else if (row.Entity is Address)
        {
            Forget([nameof(Address.Line1), nameof(Address.Line2), nameof(Address.City), nameof(Address.State), nameof(Address.PostalCode),
                nameof(Address.Country)], nameof(Address.VerifiedAt), nameof(Address.VerifiedByName));
        }

        void Forget(string[] fields, params string[] marks)
        {
            if (!reverted.Overlaps(fields)) return;
            foreach (var mark in marks.Where(m => !reverted.Contains(m))) row.Property(mark).CurrentValue = null;
        }
    }
}
