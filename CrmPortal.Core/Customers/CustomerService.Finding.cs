using CrmPortal.Core.Access;
using CrmPortal.Core.Audit;
using CrmPortal.Core.Common;
using CrmPortal.Core.Data;
using CrmPortal.Core.Fields;
using CrmPortal.Core.Filtering;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <content>Finding: lists, counts, one customer, masked values.</content>
public sealed partial class CustomerService
{
    private const int MostMatchesByValue = 100;
    private const int MostMerges = 20;

    /// <summary>One page of a list.</summary>
    /// <param name="ownFields">Keys of the fields that the shop added and whose values are wanted.</param>
    /// <exception cref="RuleViolation">The page, the filter or the order is wrong.</exception>
    public async Task<Page<CustomerRow>> ListAsync(CustomerQuery query, PageRequest page, CancellationToken cancellationToken, IReadOnlyList<string>? ownFields = null)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        page.Validated();
        var maySee = grant.Has(Permissions.CustomersSensitive);
        if (query.Sort == CustomerSort.Email && !maySee) throw new RuleViolation("Sort", "You may not sort by {0}.", "email");
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);

        var context = await ContextAsync(db, grant, query, cancellationToken) with { Aim = query.Sort == CustomerSort.Newest ? FilterAim.UsualOrder : FilterAim.OtherOrder };
        var matches = db.Matching(provider, query, context, await ExactIdsAsync(query, grant, cancellationToken));
        var ids = await matches.Listed(query.Sort, query.Descending).ReadAsync(page, cancellationToken);
        var rows = await db.RowsAsync([.. ids.Keys], maySee, cancellationToken);
        if (ownFields is { Count: > 0 }) rows = await customFields.WithValuesAsync(db, rows, ownFields, grant, cancellationToken);
        return new(rows, page.Number, page.Size, ids.HasMore);
    }

    /// <summary>How many customers a query has.</summary>
    /// <param name="limit">Where set, counting stops there, and the answer says that it is not exact.</param>
    public async Task<RowCount> CountAsync(CustomerQuery query, int? limit, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (limit is null && query.IsEverything)
        {
            // Rows are counted without looking at them, and those in the trash stand in an index of their own.
            return new(await db.Customers.CountAsync(cancellationToken) - await db.Customers.CountAsync(c => c.DeletedAt != null, cancellationToken), true);
        }

        var matches = db.Matching(provider, query, await ContextAsync(db, grant, query, cancellationToken), await ExactIdsAsync(query, grant, cancellationToken));
        if (limit is not { } most) return new(await matches.CountAsync(cancellationToken), true);
        var counted = await matches.Select(m => m.Key).Take(most + 1).CountAsync(cancellationToken);
        return new(Math.Min(counted, most), counted <= most);
    }

    /// <summary>A customer, or null where there is none or he lies in the trash.</summary>
    /// <param name="alsoInTrash">Answers deleted customers as well.</param>
    public async Task<CustomerDetails?> GetAsync(long id, CancellationToken cancellationToken, bool alsoInTrash = false)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var customer = await db.Customers.Where(c => c.Id == id && (alsoInTrash || c.DeletedAt == null)).DetailsAsync(grant.Has(Permissions.CustomersSensitive), cancellationToken);
        if (customer is not null) readings.Add(grant.Actor, id);
        return customer;
    }

    /// <summary>The customer that a merged one leads to, or null where the customer is himself.</summary>
    public async Task<long?> SurvivorOfAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await SurvivorAsync(db, id, cancellationToken);
    }

    /// <summary>Follows merges to the one who is there; a survivor may have been merged in turn.</summary>
    internal static async Task<long?> SurvivorAsync(CrmDbContext db, long id, CancellationToken cancellationToken)
    {
        long? survivor = null;
        for (var steps = 0; steps < MostMerges; steps++)
        {
            var next = await db.Customers.Where(c => c.Id == (survivor ?? id)).Select(c => c.MergedIntoId).FirstOrDefaultAsync(cancellationToken);
            if (next is null) return survivor;
            survivor = next;
        }

        return survivor;
    }

    /// <summary>A customer whose number is complete, or null. The number of a merged customer leads to the one he was merged into.</summary>
    public async Task<CustomerDetails?> FindByNumberAsync(string number, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        if (CustomerRules.HasUnstorable(number)) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.Customers.Where(c => c.Number == number).Select(c => new { c.Id, c.MergedIntoId }).FirstOrDefaultAsync(cancellationToken);
        if (found is null) return null;
        var id = found.MergedIntoId is null ? found.Id : await SurvivorAsync(db, found.Id, cancellationToken);
        var customer = await db.Customers.Where(c => c.Id == id && c.DeletedAt == null).DetailsAsync(grant.Has(Permissions.CustomersSensitive), cancellationToken);
        if (customer is not null) readings.Add(grant.Actor, customer.Id);
        return customer;
    }

    /// <summary>
    /// A customer by a complete e-mail: whose primary one it is, else the only one who has it as a further one. Null where nobody has
    /// it, or several do. Looking for it is logged for those who may not see e-mails, since the answer says whose it is.
    /// </summary>
    public async Task<CustomerDetails?> FindByEmailAsync(string email, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        var key = email.Trim().ToLowerInvariant();
        if (CustomerRules.HasUnstorable(key) || !CustomerRules.IsEmail(key)) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var there = db.Customers.Where(c => c.DeletedAt == null);
        var ids = await there.Where(c => c.EmailKey == key).Select(c => c.Id).ToListAsync(cancellationToken);
        if (ids.Count == 0) ids = await db.ContactPoints.Where(p => p.ValueKey == key).Join(there, p => p.CustomerId, c => c.Id, (_, c) => c.Id).Distinct().OrderBy(found => found).Take(2).ToListAsync(cancellationToken);
        if (ids is not [var id]) return null;
        var maySee = grant.Has(Permissions.CustomersSensitive);
        if (!maySee) await audit.WriteAsync(AuditAction.Revealed, nameof(Customer), id, id, "Search", cancellationToken);
        var customer = await there.Where(c => c.Id == id).DetailsAsync(maySee, cancellationToken);
        if (customer is not null) readings.Add(grant.Actor, id);
        return customer;
    }

    /// <summary>
    /// One masked kind of value in the open, for a member of staff who needs it for his work; the reveal is in the audit log
    /// before it is answered. Null where there is no such customer.
    /// </summary>
    public async Task<IReadOnlyList<string>?> RevealAsync(long id, SensitiveField field, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var customer = await db.Customers.Where(c => c.Id == id).DetailsAsync(true, cancellationToken);
        if (customer is null) return null;
        await audit.WriteAsync(AuditAction.Revealed, nameof(Customer), id, id, field.ToString(), cancellationToken);
        return field switch
        {
            SensitiveField.Email => Values(customer.Email),
            SensitiveField.Phone => Values(customer.Phone),
            SensitiveField.DateOfBirth => Values(customer.DateOfBirth?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)),
            SensitiveField.Addresses => [.. customer.Addresses.Select(a => a.Line2 is null ? a.Line1 : $"{a.Line1}, {a.Line2}")],
            _ => [.. customer.ContactPoints.Select(p => p.Value)],
        };

        static IReadOnlyList<string> Values(string? value) => value is null ? [] : [value];
    }

    internal Task<FilterContext> ContextAsync(CrmDbContext db, Grant grant, CustomerQuery query, CancellationToken cancellationToken) =>
        new FilterContext(clock.GetUtcNow(), shop.Value.Zone, grant.Has(Permissions.CustomersSensitive), shop.Value.Currency) { May = grant.Has }
            .WithAddedAsync(db, query.Filter, cancellationToken);

    /// <summary>For those who may not see e-mails and phones: the customers with exactly the typed one. Such a search is logged.</summary>
    internal async Task<IReadOnlyList<long>?> ExactIdsAsync(CustomerQuery query, Grant grant, CancellationToken cancellationToken)
    {
        if (grant.Has(Permissions.CustomersSensitive) || string.IsNullOrWhiteSpace(query.Search) || CustomerRules.HasUnstorable(query.Search)) return null;
        var typed = query.Search.Trim();
        var key = typed.ToLowerInvariant();
        if (PhoneNumber.TryNormalize(typed, shop.Value.Country, out var phone)) key = phone;
        else if (!key.Contains('@')) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        // Each part has an index of its own; "or" would have none.
        var there = query.InTrash ? db.Customers.Where(c => c.DeletedAt != null) : db.Customers.Where(c => c.DeletedAt == null);
        var ids = await there.Where(c => c.EmailKey == key).Select(c => c.Id).Union(there.Where(c => c.Phone == key).Select(c => c.Id))
            .Union(db.ContactPoints.Where(p => p.ValueKey == key).Join(there, p => p.CustomerId, c => c.Id, (_, c) => c.Id))
            .OrderBy(id => id).Take(MostMatchesByValue).ToListAsync(cancellationToken);
        foreach (var id in ids) await audit.WriteAsync(AuditAction.Revealed, nameof(Customer), id, id, "Search", cancellationToken);
        return ids;
    }
}
