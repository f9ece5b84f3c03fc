using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>What happens to documents by itself: removed ones lose their content, and staff hear of those that expire.</summary>
public sealed class DocumentUpkeep(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, DocumentStore store,
    CustomerService customers, TimeProvider clock)
{
    /// <summary>How long before its expiry a document is reminded of.</summary>
    public const int DaysBefore = 30;

    private const int BatchSize = 200;

    /// <summary>A day longer than removing can be undone.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(31);

    /// <summary>Permanently removes what was removed and can no longer come back. Twice at once, on two nodes, is no harm.</summary>
    public async Task RemoveDeletedAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        var limit = clock.GetUtcNow() - Kept;
        while (true)
        {
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            var old = await db.Documents.Where(d => d.DeletedAt != null && d.DeletedAt < limit).OrderBy(d => d.DeletedAt)
                .Select(d => new { d.Id, d.StoredName }).Take(BatchSize).ToListAsync(cancellationToken);
            // The file first: a row without a file is found again, a file without a row is not.
            foreach (var document in old) store.Delete(document.StoredName);
            var ids = old.Select(d => d.Id).ToList();
            await db.Documents.Where(d => ids.Contains(d.Id)).ExecuteDeleteAsync(cancellationToken);
            if (old.Count < BatchSize) return;
        }
    }

    /// <summary>
    /// Tells the customer's agent, or else who uploaded it, or else those who verify documents, of documents that expire soon; once for
    /// each
    /// expiry, whatever node looks. While there is nobody to tell, nothing is noted, so that it is told when there is.
    /// </summary>
    public async Task RemindAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SettingsEdit, cancellationToken);
        var today = customers.Today();
        var (last, after) = (today.AddDays(DaysBefore), 0L);
        while (true)
        {
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            var due = await db.Documents.Where(d => d.ExpiresOn != null && d.ExpiresOn >= today && d.ExpiresOn <= last
                && d.DeletedAt == null && (d.RemindedOf == null || d.RemindedOf != d.ExpiresOn) && d.Id > after)
                .Where(d => db.Set<Customer>().Any(c => c.Id == d.CustomerId && c.DeletedAt == null))
                .OrderBy(d => d.Id)
                .Select(d => new { d.Id, d.CustomerId, d.Name, d.ExpiresOn, d.UploadedById,
                    Agent = db.Set<Customer>().Where(c => c.Id == d.CustomerId).Select(c => c.PreferredAgentId).FirstOrDefault() })
                .Take(BatchSize).ToListAsync(cancellationToken);
            foreach (var document in due)
                await TellAsync(document.Id, document.CustomerId, document.Name, document.ExpiresOn!.Value,
                [document.Agent, document.UploadedById], cancellationToken);
            if (due.Count < BatchSize) return;
            after = due[^1].Id;
        }
    }

    private async Task TellAsync(long id, long customerId, string name, DateOnly expires, IReadOnlyList<long?> candidates,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Only one of two nodes changes the row.
        var marked = await db.Documents.Where(d => d.Id == id && d.ExpiresOn == expires
            && (d.RemindedOf == null || d.RemindedOf != expires))
            .ExecuteUpdateAsync(d => d.SetProperty(x => x.RemindedOf, expires), cancellationToken);
        if (marked == 0) return;
        var there = await db.Users.Where(u => candidates.Contains(u.Id) && u.DisabledAt == null).Select(u => (long?)u.Id)
            .ToListAsync(cancellationToken);
        IReadOnlyList<long> told = candidates.FirstOrDefault(c => c is not null && there.Contains(c)) is { } user
            ? [user] : await VerifiersAsync(db, cancellationToken);
        if (told.Count == 0) return;
        db.Notifications
            .AddRange(told.Select(u => new Notification { UserId = u, Kind = NotificationKind.DocumentExpires, CustomerId = customerId,
            Text = name, CreatedAt = clock.GetUtcNow() }));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<IReadOnlyList<long>> VerifiersAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var roles = (await db.Roles.AsNoTracking().ToListAsync(cancellationToken))
            .Where(r => r.Permissions.Contains(Permissions.DocumentsVerify)).Select(r => r.Id).ToList();
        return await db.Users.Where(u => u.DisabledAt == null && u.Roles.Any(r => roles.Contains(r.RoleId))).Select(u => u.Id)
            .ToListAsync(cancellationToken);
    }
}
