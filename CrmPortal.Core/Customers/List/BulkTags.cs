using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>The tags of the customers of one batch, as far as a bulk action is about them.</summary>
internal sealed class BulkTags
{
    private readonly CrmDbContext _db;
    private readonly BulkActionKind _kind;
    private readonly IReadOnlyList<Tag> _wanted;
    private readonly ILookup<long, CustomerTag> _worn;

    private BulkTags(CrmDbContext db, BulkActionKind kind, IReadOnlyList<Tag> wanted, IEnumerable<CustomerTag> worn) =>
        (_db, _kind, _wanted, _worn) = (db, kind, wanted, worn.ToLookup(t => t.CustomerId));

    public static async Task<BulkTags> ReadAsync(CrmDbContext db, IDatabaseProvider provider, List<long> customers, BulkAction action)
    {
        var tags = action.Kind switch
        {
            BulkActionKind.AddTag or BulkActionKind.SetTags => await TagService.FindOrCreateAsync(db, action.Argument!.Split(','),
                CancellationToken.None),
            BulkActionKind.RemoveTag when action.Argument!.ToLowerInvariant() is var name => await db.Tags.AsNoTracking()
                .Where(t => t.NameKey == name).ToListAsync(),
            _ => [],
        };
        if (tags.Count == 0) return new(db, action.Kind, tags, []);
        var fresh = tags.FindAll(t => t.Id == 0);
        var keys = fresh.Count == 0 ? [] : await provider.ReserveKeysAsync<Tag>(db, fresh.Count, CancellationToken.None);
        // A new tag has its key before it is saved, for the customers that get it.
        for (var i = 0; i < fresh.Count; i++) db.Entry(fresh[i]).Property(t => t.Id).CurrentValue = keys[i];
        var ids = tags.ConvertAll(t => t.Id);
        var worn = db.CustomerTags.AsNoTracking().Where(t => customers.Contains(t.CustomerId));
        if (action.Kind != BulkActionKind.SetTags) worn = worn.Where(t => ids.Contains(t.TagId));
        return new(db, action.Kind, tags, await worn.ToListAsync());
    }

    /// <summary>Puts the tags on a customer, takes them off, or sets exactly these.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Change(long customerId)
    {
        var worn = _worn[customerId].ToList();
        var gone = _kind switch
        {
            BulkActionKind.RemoveTag => worn,
            BulkActionKind.SetTags => worn.FindAll(t => _wanted.All(w => w.Id != t.TagId)),
            _ => [],
        };
        var come = _kind == BulkActionKind.RemoveTag ? [] : _wanted.Where(w => worn.TrueForAll(t => t.TagId != w.Id)).ToList();
        foreach (var tag in gone) _db.Mass.Remove(tag);
        foreach (var tag in come) _db.Mass.Add(key => new CustomerTag { Id = key, CustomerId = customerId, TagId = tag.Id });
        return gone.Count + come.Count > 0;
    }
}
