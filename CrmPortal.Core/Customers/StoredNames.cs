using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>Brings names and words that were stored with decomposed accents into the form of today; see
/// <see cref="StoredText.Composed"/>.</summary>
internal static class StoredNames
{
    private const int RowsAtOnce = 500;

    /// <summary>Composes what customers, their addresses, people and own fields are called.</summary>
    /// <returns>How many rows were in the other form.</returns>
    public static async Task<int> ComposeAsync(CrmDbContext db, long first, long last, CancellationToken cancellationToken)
    {
        // Only what is needed to tell is read of all; whole rows are those of the few.
        var customers = (await db.Customers.Where(c => c.Id >= first && c.Id <= last)
                .Select(c => new { c.Id, c.GivenName, c.FamilyName, c.PreferredName, c.ExternalId, c.Email })
                    .ToListAsync(cancellationToken))
            .Where(c => AnyDecomposed(c.GivenName, c.FamilyName, c.PreferredName, c.ExternalId, c.Email)).Select(c => c.Id).ToList();
        var addresses = (await db.Addresses.Where(a => a.CustomerId >= first && a.CustomerId <= last)
                .Select(a => new { a.Id, a.GivenName, a.FamilyName, a.Line1, a.Line2, a.City, a.State }).ToListAsync(cancellationToken))
            .Where(a => AnyDecomposed(a.GivenName, a.FamilyName, a.Line1, a.Line2, a.City, a.State)).Select(a => a.Id).ToList();
        var people = (await db.ContactPersons.Where(p => p.CustomerId >= first && p.CustomerId <= last)
            .Select(p => new { p.Id, p.GivenName, p.FamilyName, p.Role }).ToListAsync(cancellationToken))
            .Where(p => AnyDecomposed(p.GivenName, p.FamilyName, p.Role)).Select(p => p.Id).ToList();
        var values = (await db.CustomFieldValues.Where(v => v.CustomerId >= first && v.CustomerId <= last && v.Text != null)
            .Select(v => new { v.Id, v.Text }).ToListAsync(cancellationToken))
            .Where(v => AnyDecomposed(v.Text)).Select(v => v.Id).ToList();
        var found = customers.Count + addresses.Count + people.Count + values.Count;
        if (found == 0) return 0;

        db.BeginChangeSet("recalculate");
        foreach (var ids in customers.Chunk(RowsAtOnce))
            foreach (var customer in await db.Customers.Where(c => ids.Contains(c.Id)).ToListAsync(cancellationToken))
                (customer.GivenName, customer.FamilyName, customer.PreferredName, customer.ExternalId, customer.Email)
                    = (Of(customer.GivenName), Of(customer.FamilyName), Of(customer.PreferredName), Of(customer.ExternalId),
                        Of(customer.Email));
        foreach (var ids in addresses.Chunk(RowsAtOnce))
            foreach (var address in await db.Addresses.Where(a => ids.Contains(a.Id)).ToListAsync(cancellationToken))
                (address.GivenName, address.FamilyName, address.Line1, address.Line2, address.City, address.State)
                    = (Of(address.GivenName), Of(address.FamilyName), Of(address.Line1)!, Of(address.Line2), Of(address.City)!,
                        Of(address.State));
        foreach (var ids in people.Chunk(RowsAtOnce))
            foreach (var person in await db.ContactPersons.Where(p => ids.Contains(p.Id)).ToListAsync(cancellationToken))
                (person.GivenName, person.FamilyName, person.Role) = (Of(person.GivenName), Of(person.FamilyName), Of(person.Role));
        foreach (var ids in values.Chunk(RowsAtOnce))
        {
            foreach (var value in await db.CustomFieldValues.Where(v => ids.Contains(v.Id)).ToListAsync(cancellationToken))
            {
                value.Text = Of(value.Text);
                value.TextKey = CustomFieldWriter.KeyOf(value.Text!);
            }
        }

        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();
        return found;
    }

    /// <summary>Composes the names of tags; one that another has then is joined with it.</summary>
    /// <returns>How many tags were in the other form.</returns>
    public static async Task<int> ComposeTagsAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var found = (await db.Tags.ToListAsync(cancellationToken)).Where(t => AnyDecomposed(t.Name, t.NameKey)).ToList();
        if (found.Count == 0) return 0;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("recalculate");
        foreach (var tag in found)
        {
            var name = StoredText.Composed(tag.Name);
            var key = name.ToLowerInvariant();
            if (await db.Tags.FirstOrDefaultAsync(t => t.NameKey == key && t.Id != tag.Id, cancellationToken) is not { } same)
            {
                (tag.Name, tag.NameKey) = (name, key);
                await db.SaveChangesAsync(cancellationToken);
                continue;
            }

            var already = db.CustomerTags.Where(t => t.TagId == same.Id).Select(t => t.CustomerId);
            await db.CustomerTags.Where(t => t.TagId == tag.Id && already.Contains(t.CustomerId)).ExecuteDeleteAsync(cancellationToken);
            await db.CustomerTags.Where(t => t.TagId == tag.Id)
                .ExecuteUpdateAsync(t => t.SetProperty(x => x.TagId, same.Id), cancellationToken);
            db.Tags.Remove(tag);
            await db.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return found.Count;
    }

    private static bool AnyDecomposed(params ReadOnlySpan<string?> texts)
    {
        foreach (var text in texts)
            if (StoredText.IsDecomposed(text)) return true;
        return false;
    }

    private static string? Of(string? text) => text is null ? null : StoredText.Composed(text);
}
