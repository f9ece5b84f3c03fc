using System.Text.Json;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

internal sealed class TagPart : CustomerPart<CustomerTag>
{
    public override int Position => 90;

    public override bool IsShownAsAt => true;

    public override Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) =>
        merge.UniqueAsync(merge.Db.CustomerTags, t => t.TagId, cancellationToken);

    public override async Task<IReadOnlyDictionary<long, string>> TitlesAsync(
        CrmDbContext db, IReadOnlyList<AuditEntry> rows, CancellationToken cancellationToken)
    {
        var tags = AuditKeys.Of(rows, nameof(CustomerTag.TagId));
        // A row without values, such as one of an import, is looked at itself.
        var bare = rows.Select(r => r.EntityId).Except(tags.Keys).ToList();
        if (bare.Count > 0)
            foreach (var row in await db.CustomerTags.Where(t => bare.Contains(t.Id)).Select(t => new { t.Id, t.TagId })
                .ToListAsync(cancellationToken)) tags[row.Id] = row.TagId;
        var ids = tags.Values.Distinct().ToList();
        var names = await db.Tags.Where(t => ids.Contains(t.Id)).ToDictionaryAsync(t => t.Id, t => t.Name, cancellationToken);
        var gone = ids.Where(id => !names.ContainsKey(id)).ToList();
        if (gone.Count > 0) await AddGoneAsync(db, gone, names, cancellationToken);
        return tags.Where(t => names.ContainsKey(t.Value)).ToDictionary(t => t.Key, t => names[t.Value]);
    }

    /// <summary>A tag that an undo took away, since nobody had it any more, is called by the name it had in the end.</summary>
    private static async Task AddGoneAsync(
        CrmDbContext db, List<long> gone, Dictionary<long, string> names, CancellationToken cancellationToken)
    {
        var rows = await db.AuditEntries.AsNoTracking()
            .Where(e => e.EntityType == nameof(Tag) && gone.Contains(e.EntityId) && e.Action == AuditAction.Deleted && e.Values != null)
            .OrderByDescending(e => e.Id).Select(e => new { e.EntityId, e.Values }).ToListAsync(cancellationToken);
        foreach (var row in rows)
        {
            using var values = JsonDocument.Parse(row.Values!);
            if (values.RootElement.TryGetProperty(nameof(Tag.Name), out var sides) && sides[0].GetString() is { } name)
                names.TryAdd(row.EntityId, name);
        }
    }
}
