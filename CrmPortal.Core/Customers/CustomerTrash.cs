using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>Deletes customers into the trash, takes them out of it, and removes them for good.</summary>
public sealed class CustomerTrash(
    IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, CustomerService customers,
    DocumentStore documents, TimeProvider clock, IEnumerable<ISentCopies> sentCopies)
{
    /// <summary>Moves a customer to the trash; returns the change set by which that can be undone, or null where there is none.</summary>
    public async Task<long?> DeleteAsync(long id, CancellationToken cancellationToken, long? expectedVersion = null)
    {
        var grant = await access.DemandAsync(Permissions.CustomersDelete, cancellationToken);
        var deleted = await customers.ChangeAsync(grant, id, "customer.delete", Permissions.CustomersDelete, (_, customer) =>
        {
            CustomerService.DemandVersion(customer, expectedVersion);
            customer.MoveToTrash(clock.GetUtcNow());
            return Task.CompletedTask;
        }, cancellationToken);
        return deleted?.ChangeSetId;
    }

    /// <summary>Takes a customer out of the trash, with the status they had.</summary>
    /// <param name="keepCollidingAsFurther">
    /// When another customer now has the same e-mail or phone, keeps it as a further one of the restored customer instead of refusing.
    /// </param>
    /// <exception cref="RuleViolationException">E-mail or phone belong to another customer now
    /// (<see cref="RuleViolationException.IsDuplicate"/>).</exception>
    public async Task<CustomerChangeResult?> RestoreAsync(long id, bool keepCollidingAsFurther, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersDelete, cancellationToken);
        return await customers.ChangeAsync(grant, id, "customer.restore", Permissions.CustomersDelete, async (db, customer) =>
        {
            if (customer.DeletedAt is null) return;
            if (keepCollidingAsFurther) await KeepCollidingAsync(db, customer, cancellationToken);
            customer.Restore();
        }, cancellationToken, inTrash: true);
    }

    /// <summary>
    /// Removes a customer in the trash permanently, and the records that were merged into them, with all that belongs to them and the
    /// values in their history. What must stay for the figures (orders, refunds, points) stays without saying whose it was; what each
    /// kind of rows does says its <see cref="ICustomerPart"/>. It cannot be undone.
    /// </summary>
    public async Task<bool> PurgeAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersPurge, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await CustomerPurge.OfAsync(db, id, cancellationToken) is not { } purge) return false;
        await provider.LockCustomersAsync(db, purge.Ids, cancellationToken);
        foreach (var part in CustomerParts.All) await part.PurgeAsync(purge, cancellationToken);
        await db.Customers.Where(c => purge.Ids.Contains(c.MergedIntoId!.Value))
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.MergedIntoId, (long?)null), cancellationToken);
        await db.Customers.Where(c => purge.Ids.Contains(c.Id)).ExecuteDeleteAsync(cancellationToken);

        // Set-based statements pass the recorder by, so the rows that say what was done are written here; they hold no values. Without
        // a permission the change set is none that anybody can undo.
        db.BeginChangeSet("customer.purge");
        var changeSet = await db.StartChangeSetAsync(cancellationToken);
        var now = clock.GetUtcNow();
        foreach (var gone in purge.Ids.Order())
        {
            db.AuditEntries.Add(new AuditEntry { ChangeSet = changeSet, EntityType = nameof(Customer), EntityId = gone, CustomerId = gone,
                Action = AuditAction.Deleted });
            db.OutboxEvents.Add(new OutboxEvent { Topic = "customer.purged", SubjectId = gone, Payload = "{}",
                ChangeSet = changeSet, CreatedAt = now });
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        // The keys of the contents went with their rows: a file that a crash leaves here can be decrypted by nobody.
        foreach (var content in purge.Files) documents.Delete(content);
        foreach (var copies in sentCopies) await copies.RemoveAsync(purge.Emails, purge.Phones, CancellationToken.None);
        await provider.EraseTracesAsync(db, CancellationToken.None);
        return true;
    }

    private static async Task KeepCollidingAsync(CrmDbContext db, Customer customer, CancellationToken cancellationToken)
    {
        if (customer.EmailKey is { } email && await db.Customers.AnyAsync(c => c.DeletedAt == null && c.Id != customer.Id
            && c.EmailKey == email, cancellationToken))
        {
            db.ContactPoints.Add(new ContactPoint { CustomerId = customer.Id, Kind = ContactKind.Email, Value = customer.Email! });
            customer.Email = null;
        }

        if (customer.Phone is { } phone && await db.Customers.AnyAsync(c => c.DeletedAt == null && c.Id != customer.Id && c.Phone == phone,
            cancellationToken))
        {
            db.ContactPoints.Add(new ContactPoint { CustomerId = customer.Id, Kind = ContactKind.Phone, Value = phone });
            customer.Phone = null;
        }

        // Two people cannot have one card, and nobody has a further one.
        if (customer.LoyaltyCard is { } card && await db.Customers.AnyAsync(c => c.DeletedAt == null && c.Id != customer.Id
            && c.LoyaltyCard == card, cancellationToken)) customer.LoyaltyCard = null;
    }
}
