using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Documents;

internal sealed class DocumentPart : CustomerPart<Document>
{
    public override int Position => 70;

    public override async Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken)
    {
        purge.Files.AddRange(await purge.Db.Documents.Where(d => purge.Ids.Contains(d.CustomerId)).Select(d => d.StoredName)
            .ToListAsync(cancellationToken));
        await base.PurgeAsync(purge, cancellationToken);
    }

    public override Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) =>
        merge.AllAsync(merge.Db.Documents.Where(d => merge.OtherIds.Contains(d.CustomerId)), d => d.CustomerId = merge.Survivor.Id,
            cancellationToken);

    public override async Task<IReadOnlyDictionary<long, string>> TitlesAsync(
        CrmDbContext db, IReadOnlyList<AuditEntry> rows, CancellationToken cancellationToken)
    {
        var ids = rows.Select(r => r.EntityId).ToList();
        return await db.Documents.Where(d => ids.Contains(d.Id)).ToDictionaryAsync(d => d.Id, d => d.Name, cancellationToken);
    }
}
