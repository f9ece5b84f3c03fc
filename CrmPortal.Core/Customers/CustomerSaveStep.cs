using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CrmPortal.Core.Customers;

/// <summary>Updates derived values of a customer's row when it or its related rows change.</summary>
internal sealed class CustomerSaveStep : ISaveStep
{
    /// <summary>Recomputes search texts, and marks the customers whose own row must show that a part of them changed.</summary>
    public async Task DeriveAsync(CrmDbContext db, SaveEnvironment environment, CancellationToken cancellationToken)
    {
        var touched = new HashSet<long>();
        var contactsChanged = new HashSet<long>();
        foreach (var entry in db.ChangeTracker.Entries()
            .Where(e => e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted).ToList())
        {
            if (entry.Entity is Address address) address.Derive();
            // The key by which it is found follows the text wherever it comes from: a form, a merge, an undo.
            if (entry.Entity is CustomFieldValue value && entry.State != EntityState.Deleted) value.TextKey = value.Text is { } text
                ? CustomFieldWriter.KeyOf(text) : null;
            if (entry.Entity is ContactPoint point)
            {
                point.Derive();
                contactsChanged.Add(point.CustomerId);
                if (Before(entry) is { } left) contactsChanged.Add(left);
            }

            // A part of a customer that is shown with them raises their version, so that ETags and open pages notice.
            if (entry.Entity is Address or ContactPoint or CustomerTag or CustomFieldValue
                && ((ICustomerOwned)entry.Entity).CustomerId is > 0 and var id)
            {
                touched.Add(id);
                if (Before(entry) is { } left) touched.Add(left);
            }
        }

        foreach (var id in touched)
        {
            var customer = await db.Customers.FindAsync([id], cancellationToken);
            if (customer is not null && db.Entry(customer).State == EntityState.Unchanged)
                db.Entry(customer).Property(c => c.UpdatedAt).IsModified = true;
        }

        foreach (var entry in db.ChangeTracker.Entries<Customer>().Where(e => e.State is EntityState.Added or EntityState.Modified)
            .ToList())
        {
            entry.Entity.DeriveNames();
            var points = entry.Collection(c => c.ContactPoints);
            if (entry.State == EntityState.Modified)
            {
                if (!contactsChanged.Contains(entry.Entity.Id) && !entry.Property(c => c.Email).IsModified
                    && !entry.Property(c => c.Phone).IsModified) continue;
                if (!points.IsLoaded) await points.LoadAsync(cancellationToken);
            }

            entry.Entity.DeriveContacts(entry.Entity.ContactPoints.Where(p => db.Entry(p).State != EntityState.Deleted
                && (p.CustomerId == entry.Entity.Id || p.CustomerId == 0)));
        }

        // What was derived above changed these rows and no others.
        foreach (var entry in db.ChangeTracker.Entries()
            .Where(e => e.Entity is Customer or Address or ContactPoint or CustomFieldValue
            && e.State is EntityState.Added or EntityState.Modified).ToList()) entry.DetectChanges();

        // What a merge gives to another customer was a part of the one before.
        static long? Before(EntityEntry entry) =>
            entry.State == EntityState.Modified && entry.Property("CustomerId") is { IsModified: true, OriginalValue: long owner }
                ? owner : null;
    }

    /// <summary>
    /// Raises the versions of customers of whom only a part changed, such as a tag, with one statement for all that stand at the same
    /// version: each update of a customer by itself is prepared again, with every index of their table.
    /// </summary>
    public async Task<int> SaveInMassesAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var touched = db.ChangeTracker.Entries<Customer>().Where(e => e.State == EntityState.Modified
            && e.Properties.All(p => !p.IsModified || p.Metadata.Name is nameof(Customer.UpdatedAt) or nameof(Customer.Version))).ToList();
        foreach (var group in touched
            .GroupBy(e => (Before: e.Property(c => c.Version).OriginalValue, After: e.Entity.Version, e.Entity.UpdatedAt)))
        {
            var ids = group.Select(e => e.Entity.Id).ToList();
            var saved = await db.Customers.Where(c => ids.Contains(c.Id) && c.Version == group.Key.Before)
                .ExecuteUpdateAsync(c => c.SetProperty(x => x.Version, group.Key.After).SetProperty(x => x.UpdatedAt, group.Key.UpdatedAt),
                    cancellationToken);
            if (saved != ids.Count)
                throw new DbUpdateConcurrencyException("Somebody else saved one of these customers at the same moment.");
            foreach (var property in group.SelectMany(e => e.Properties.Where(p => p.IsModified)))
            {
                property.OriginalValue = property.CurrentValue;
                property.IsModified = false;
            }
        }

        return touched.Count;
    }
}
