using CrmPortal.Core.Audit;
using CrmPortal.Core.Data;
using CrmPortal.Core.Duplicates;
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
        return tags.Where(t => names.ContainsKey(t.Value)).ToDictionary(t => t.Key, t => names[t.Value]);
    }
}
