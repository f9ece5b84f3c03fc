using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

internal sealed class TicketPart : CustomerPart<Ticket>
{
    private const int KeysAtOnce = 500;

    public override int Position => 55;

    /// <summary>The whole conversation goes, with its files, and that of whoever wrote under the same address before they were
    /// known.</summary>
    public override async Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken)
    {
        var (db, ids, emails) = (purge.Db, purge.Ids, purge.Emails);
        var keys = await db.Tickets.Where(t => ids.Contains(t.CustomerId!.Value)
            || (t.CustomerId == null && emails.Contains(t.ContactEmail!))).Select(t => t.Id).ToListAsync(cancellationToken);
        foreach (var some in keys.Chunk(KeysAtOnce))
        {
            purge.Files.AddRange(await db.TicketFiles.Where(f => some.Contains(f.TicketId)).Select(f => f.StoredName)
                .ToListAsync(cancellationToken));
            purge.Files.AddRange(await db.TicketMessages.Where(m => some.Contains(m.TicketId) && m.RawStoredName != null)
                .Select(m => m.RawStoredName!).ToListAsync(cancellationToken));
            await db.AuditEntries.Where(e => e.EntityType == nameof(Ticket) && some.Contains(e.EntityId) && e.Values != null)
                .ExecuteUpdateAsync(e => e.SetProperty(x => x.Values, (string?)null), cancellationToken);
            await db.Notifications.Where(n => some.Contains(n.TicketId!.Value)).ExecuteDeleteAsync(cancellationToken);
            await db.Tickets.Where(t => some.Contains(t.Id)).ExecuteDeleteAsync(cancellationToken);
        }
    }

    public override Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) =>
        merge.AllAsync(merge.Db.Tickets.Where(t => merge.OtherIds.Contains(t.CustomerId!.Value)), t => t.CustomerId = merge.Survivor.Id,
            cancellationToken);

    public override Task<IReadOnlyList<IAudited>> RowsAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IAudited>>([]);

    public override async Task<IReadOnlyDictionary<long, string>> TitlesAsync(
        CrmDbContext db, IReadOnlyList<AuditEntry> rows, CancellationToken cancellationToken)
    {
        var ids = rows.Select(r => r.EntityId).ToList();
        return (await db.Tickets.Where(t => ids.Contains(t.Id)).Select(t => new { t.Id, t.Subject }).ToListAsync(cancellationToken))
            .ToDictionary(t => t.Id, t => $"{Ticket.NameOf(t.Id)} {t.Subject}");
    }
}

/// <summary>A conversation is not unmade: what is taken back of a ticket are its fields.</summary>
internal sealed class TicketUndo : UndoRule<Ticket>
{
    protected override UndoOutcome TakeBack(UndoStep step, Ticket? row) =>
        step.Entry.Action == AuditAction.Created || step.Entry.Fields.Split(' ').Contains(nameof(Ticket.MergedIntoId))
            ? UndoOutcome.Kept : UndoOutcome.Usual;
}

/// <summary>The number of unsolved tickets on the customers' rows.</summary>
internal static class TicketFigures
{
    /// <summary>Counts again for a stretch of customers.</summary>
    /// <returns>How many had another number.</returns>
    public static Task<int> RefreshRangeAsync(CrmDbContext db, long first, long last, CancellationToken cancellationToken) =>
        db.Customers.Where(c => c.Id >= first && c.Id <= last
            && c.OpenTickets != db.Set<Ticket>().Count(t => t.CustomerId == c.Id && Ticket.UnsolvedStates.Contains(t.State)))
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.OpenTickets,
                x => db.Set<Ticket>().Count(t => t.CustomerId == x.Id && Ticket.UnsolvedStates.Contains(t.State))), cancellationToken);
}
