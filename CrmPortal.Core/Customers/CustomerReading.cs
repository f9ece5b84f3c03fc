using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>
/// Reads one customer with their addresses, further contacts and tags: what every program and every page asks for most often.
/// </summary>
internal sealed class CustomerReading
{
    private static readonly CompiledQueries<CustomerReading> Compiled = new(() => new());

    private readonly Func<CrmDbContext, long, bool, CancellationToken, Task<Customer?>> _customer = EF.CompileAsyncQuery(
        (CrmDbContext db, long id, bool alsoInTrash, CancellationToken _) =>
            db.Set<Customer>().AsNoTracking().FirstOrDefault(c => c.Id == id && (alsoInTrash || c.DeletedAt == null)));

    private readonly Func<CrmDbContext, long, IAsyncEnumerable<Address>> _addresses = EF.CompileAsyncQuery(
        (CrmDbContext db, long id) => db.Set<Address>().AsNoTracking().Where(a => a.CustomerId == id));

    private readonly Func<CrmDbContext, long, IAsyncEnumerable<ContactPoint>> _contactPoints = EF.CompileAsyncQuery(
        (CrmDbContext db, long id) => db.Set<ContactPoint>().AsNoTracking().Where(p => p.CustomerId == id));

    private readonly Func<CrmDbContext, long, IAsyncEnumerable<TagName>> _tags = EF.CompileAsyncQuery(
        (CrmDbContext db, long id) => db.Set<CustomerTag>().Where(t => t.CustomerId == id).OrderBy(t => t.Id)
            .Select(t => new TagName(t.TagId, t.Tag!.Name, t.Tag.Colour)));

    private readonly Func<CrmDbContext, long, bool, CancellationToken, Task<Customer?>> _followed = EF.CompileAsyncQuery(
        (CrmDbContext db, long id, bool alsoInTrash, CancellationToken _) =>
            db.Set<Customer>().FirstOrDefault(c => c.Id == id && (alsoInTrash || c.DeletedAt == null)));

    private readonly Func<CrmDbContext, long, IAsyncEnumerable<Address>> _followedAddresses = EF.CompileAsyncQuery(
        (CrmDbContext db, long id) => db.Set<Address>().Where(a => a.CustomerId == id));

    private readonly Func<CrmDbContext, long, IAsyncEnumerable<ContactPoint>> _followedContactPoints = EF.CompileAsyncQuery(
        (CrmDbContext db, long id) => db.Set<ContactPoint>().Where(p => p.CustomerId == id));

    private readonly Func<CrmDbContext, long, IAsyncEnumerable<CustomerTag>> _followedTags = EF.CompileAsyncQuery(
        (CrmDbContext db, long id) => db.Set<CustomerTag>().Include(t => t.Tag).Where(t => t.CustomerId == id));

    /// <summary>The customer with their parts, all followed by the context; null where there is none or they are in the trash.</summary>
    public static async Task<Customer?> FollowedAsync(CrmDbContext db, long id, CancellationToken cancellationToken,
        bool alsoInTrash = false)
    {
        var queries = Compiled.For(db);
        if (await queries._followed(db, id, alsoInTrash, cancellationToken) is not { } customer) return null;
        // The context puts them into the customer's lists as it reads them.
        await queries._followedAddresses(db, id).ToListAsync(cancellationToken);
        await queries._followedContactPoints(db, id).ToListAsync(cancellationToken);
        await queries._followedTags(db, id).ToListAsync(cancellationToken);
        return customer;
    }

    /// <summary>The customer, or null where there is none or they are in the trash.</summary>
    public static async Task<CustomerDetails?> DetailsAsync(CrmDbContext db, long id, bool maySeeSensitive,
        CancellationToken cancellationToken, bool alsoInTrash = false)
    {
        var queries = Compiled.For(db);
        // Opened once for all that is read.
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            if (await queries._customer(db, id, alsoInTrash, cancellationToken) is not { } customer) return null;
            customer.Addresses.AddRange(await queries._addresses(db, id).ToListAsync(cancellationToken));
            customer.ContactPoints.AddRange(await queries._contactPoints(db, id).ToListAsync(cancellationToken));
            var tags = await queries._tags(db, id).ToListAsync(cancellationToken);
            return CustomerQueries.Details(customer, tags, maySeeSensitive);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }
}
