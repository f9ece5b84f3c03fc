using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.History;

/// <content>What stands against bringing a row back: that what it depends on is gone.</content>
public sealed partial class UndoService
{
    /// <summary>What a row depends on that may be removed permanently while the row can still come back.</summary>
    private static readonly (string Field, string Type)[] Principals =
        [(nameof(CustomerTag.TagId), nameof(Tag)), (nameof(CustomFieldValue.FieldId), nameof(CustomField)),
            (nameof(Relationship.OtherId), nameof(Customer)), (OwnerField, nameof(Customer))];

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
}
