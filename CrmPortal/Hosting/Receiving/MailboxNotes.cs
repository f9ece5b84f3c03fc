using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Hosting;

/// <summary>What is kept of mailboxes while they are looked into: who does it, how far they are, and how it went.</summary>
internal sealed class MailboxNotes(IDatabaseProvider provider, ReceivingTimes times, TimeProvider clock)
{
    /// <summary>Marks the statement by which every node looks for mailboxes.</summary>
    public const string LookingTag = "Looks for mailboxes";

    /// <summary>This node, as long as it runs.</summary>
    private readonly string _node = Guid.NewGuid().ToString("N");

    /// <summary>The mailboxes to be looked into, with their versions.</summary>
    public async Task<Dictionary<long, long>> ActiveAsync(CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        return await db.IncomingMailboxes.TagWith(LookingTag).Where(m => m.IsActive).OrderBy(m => m.Id).Take(MailboxService.MostMailboxes)
            .ToDictionaryAsync(m => m.Id, m => m.Version, cancellationToken);
    }

    public async Task<IncomingMailbox?> FindAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        return await db.IncomingMailboxes.AsNoTracking().FirstOrDefaultAsync(m => m.Id == id && m.IsActive, cancellationToken);
    }

    /// <summary>Takes a mailbox for this node, or keeps it; of several that ask at once one wins.</summary>
    /// <param name="isNew">Whether this node does not have it yet.</param>
    public async Task<bool> LeaseAsync(long id, bool isNew, CancellationToken cancellationToken)
    {
        var (now, until) = (clock.GetUtcNow(), clock.GetUtcNow() + times.Lease);
        // Where there is one process, whoever had it is gone.
        var isAlone = provider.HasOneProcess;
        await using var db = provider.CreateContext(null);
        return await db.IncomingMailboxes
            .Where(m => m.Id == id && m.IsActive
                && (m.LeasedBy == _node || (isNew && (m.LeasedUntil == null || m.LeasedUntil < now || isAlone))))
            .ExecuteUpdateAsync(m => m.SetProperty(x => x.LeasedBy, _node).SetProperty(x => x.LeasedUntil, until), cancellationToken) == 1;
    }

    public Task ReleaseAsync(long id) => OwnAsync(id, own => own.ExecuteUpdateAsync(m => m.SetProperty(x => x.LeasedBy, (string?)null)
        .SetProperty(x => x.LeasedUntil, (DateTimeOffset?)null), CancellationToken.None));

    /// <summary>The folder has been made anew: its mails have other numbers.</summary>
    public Task BeginAnewAsync(long id, long validity, CancellationToken cancellationToken) => OwnAsync(id, own => own.ExecuteUpdateAsync(
        m => m.SetProperty(x => x.UidValidity, validity).SetProperty(x => x.LastUid, 0L), cancellationToken));

    /// <summary>The mails up to this one are done with.</summary>
    public Task RaiseAsync(long id, long uid, CancellationToken cancellationToken) => OwnAsync(id, own => own.ExecuteUpdateAsync(
        m => m.SetProperty(x => x.LastUid, x => x.LastUid < uid ? uid : x.LastUid), cancellationToken));

    /// <summary>It was looked into; that a mail was left there stays to be read until somebody saves the mailbox.</summary>
    public Task CheckedAsync(long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return OwnAsync(id, own => own.ExecuteUpdateAsync(m => m.SetProperty(x => x.CheckedAt, now)
            .SetProperty(x => x.Failure, x => x.Failure == MailboxFailures.Skipped ? x.Failure : null), cancellationToken));
    }

    public Task FailedAsync(long id, string failure, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return OwnAsync(id, own => own.ExecuteUpdateAsync(m => m.SetProperty(x => x.CheckedAt, now).SetProperty(x => x.Failure, failure),
            cancellationToken));
    }

    /// <summary>Notes nothing of a mailbox that another node has by now.</summary>
    private async Task OwnAsync(long id, Func<IQueryable<IncomingMailbox>, Task<int>> note)
    {
        await using var db = provider.CreateContext(null);
        await note(db.IncomingMailboxes.Where(m => m.Id == id && m.LeasedBy == _node));
    }
}
