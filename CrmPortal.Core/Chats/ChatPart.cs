using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Chats;

internal sealed class ChatPart : CustomerPart<Chat>
{
    private const int KeysAtOnce = 500;

    public override int Position => 56;

    /// <summary>The whole talk goes, with its files, and that of whoever gave the same address before they were known.</summary>
    public override async Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken)
    {
        var (db, ids, emails) = (purge.Db, purge.Ids, purge.Emails);
        var keys = await db.Chats.Where(c => ids.Contains(c.CustomerId!.Value)
            || (c.CustomerId == null && emails.Contains(c.VisitorEmail!))).Select(c => c.Id).ToListAsync(cancellationToken);
        foreach (var some in keys.Chunk(KeysAtOnce))
        {
            purge.Files.AddRange(await db.ChatFiles.Where(f => some.Contains(f.ChatId)).Select(f => f.StoredName)
                .ToListAsync(cancellationToken));
            await db.AuditEntries.Where(e => e.EntityType == nameof(Chat) && some.Contains(e.EntityId) && e.Values != null)
                .ExecuteUpdateAsync(e => e.SetProperty(x => x.Values, (string?)null), cancellationToken);
            await db.Chats.Where(c => some.Contains(c.Id)).ExecuteDeleteAsync(cancellationToken);
        }
    }

    public override Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) =>
        merge.AllAsync(merge.Db.Chats.Where(c => merge.OtherIds.Contains(c.CustomerId!.Value)), c => c.CustomerId = merge.Survivor.Id,
            cancellationToken);

    public override Task<IReadOnlyList<IAudited>> RowsAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IAudited>>([]);
}
