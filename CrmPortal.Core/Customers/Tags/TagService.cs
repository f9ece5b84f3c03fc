using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>The tags there are, and how they are put on customers.</summary>
public sealed partial class TagService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    CustomerService customers)
{
    private const int MostSuggestions = 20;

    /// <summary>Tags whose name begins with what was typed, by name.</summary>
    public async Task<IReadOnlyList<TagName>> SuggestAsync(string? typed, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        var key = StoredText.Composed((typed ?? "").Trim()).ToLowerInvariant();
        if (StoredText.IsUnstorable(key)) return [];
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Tags.Where(t => t.NameKey.StartsWith(key)).OrderBy(t => t.NameKey).Take(MostSuggestions)
            .Select(t => new TagName(t.Id, t.Name, t.Colour)).ToListAsync(cancellationToken);
    }

    /// <summary>Puts a tag on a customer; one that they have already stays as it is.</summary>
    /// <exception cref="RuleViolationException">The name is wrong.</exception>
    public async Task<CustomerChangeResult?> AddAsync(long customerId, string name, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var errors = new List<FieldError>();
        var checkedName = CustomerRules.Tag(name, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        return await customers.ChangeAsync(grant, customerId, "customer.tags", Permissions.CustomersEdit, async (db, customer) =>
        {
            var tag = (await FindOrCreateAsync(db, [checkedName!], cancellationToken))[0];
            if (tag.Id == 0 || customer.Tags.All(t => t.TagId != tag.Id)) customer.Tags.Add(new CustomerTag { Tag = tag });
        }, cancellationToken);
    }

    /// <summary>Takes a tag off a customer.</summary>
    public async Task<CustomerChangeResult?> RemoveAsync(long customerId, long tagId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        return await customers.ChangeAsync(grant, customerId, "customer.tags", Permissions.CustomersEdit, (db, customer) =>
        {
            if (customer.Tags.FirstOrDefault(t => t.TagId == tagId) is not { } found) return Task.CompletedTask;
            customer.Tags.Remove(found);
            db.CustomerTags.Remove(found);
            return Task.CompletedTask;
        }, cancellationToken);
    }

    /// <summary>Puts tags on a customer, takes them off, or sets exactly these.</summary>
    /// <param name="expectedVersion">Where set, any change of the customer in between is a conflict.</param>
    /// <exception cref="RuleViolationException">A name is wrong.</exception>
    public async Task<CustomerChangeResult?> ChangeAsync(long customerId, IReadOnlyList<string> names, TagAction action,
        CancellationToken cancellationToken, long? expectedVersion = null)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var errors = new List<FieldError>();
        var wanted = names.Select(n => CustomerRules.Tag(n, errors)).OfType<string>().DistinctBy(n => n.ToLowerInvariant()).ToList();
        if (errors.Count > 0) throw new RuleViolationException(errors);
        return await customers.ChangeAsync(grant, customerId, "customer.tags", Permissions.CustomersEdit, async (db, customer) =>
        {
            CustomerService.DemandVersion(customer, expectedVersion);
            var keys = wanted.Select(n => n.ToLowerInvariant()).ToHashSet();
            foreach (var gone in customer.Tags.Where(t => action == TagAction.Remove
                ? keys.Contains(t.Tag!.NameKey) : action == TagAction.Set && !keys.Contains(t.Tag!.NameKey)).ToList())
            {
                customer.Tags.Remove(gone);
                db.CustomerTags.Remove(gone);
            }

            if (action == TagAction.Remove) return;
            foreach (var tag in await FindOrCreateAsync(db, wanted, cancellationToken))
                if (tag.Id == 0 || customer.Tags.All(t => t.TagId != tag.Id)) customer.Tags.Add(new CustomerTag { Tag = tag });
        }, cancellationToken);
    }

    /// <summary>The tags of these names, in this order; new ones are added to the context.</summary>
    internal static async Task<List<Tag>> FindOrCreateAsync(CrmDbContext db, IReadOnlyList<string> names,
        CancellationToken cancellationToken)
    {
        var keys = names.Select(n => n.ToLowerInvariant()).ToList();
        var known = await db.Tags.Where(t => keys.Contains(t.NameKey)).ToDictionaryAsync(t => t.NameKey, cancellationToken);
        foreach (var name in names)
        {
            var key = name.ToLowerInvariant();
            if (known.ContainsKey(key)) continue;
            known[key] = db.Tags.Add(new Tag { Name = name, NameKey = key }).Entity;
        }

        return [.. keys.Select(k => known[k])];
    }
}
