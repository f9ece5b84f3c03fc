using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>An address of a customer from which mail came back.</summary>
/// <param name="Address">Masked for whoever may not see it.</param>
/// <param name="Reason">What the mail server said; null for whoever may not see addresses, since servers repeat them.</param>
public sealed record BouncedContact(string Address, bool IsPermanent, string? Reason, DateTimeOffset At, int Count);

/// <summary>Which addresses of a customer mail comes back from. The mark belongs to the address: another one has none.</summary>
public sealed class BouncedAddressService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access)
{
    private const int Most = 50;

    /// <summary>The marked addresses of a customer.</summary>
    public async Task<IReadOnlyList<BouncedContact>> OfCustomerAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        var maySee = grant.Has(Permissions.CustomersSensitive);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return [.. (await Of(db, customerId).AsNoTracking().OrderBy(b => b.Address).Take(Most).ToListAsync(cancellationToken))
            .Select(b => new BouncedContact(maySee ? b.Address : Masking.Email(b.Address) ?? "", b.IsPermanent, maySee ? b.Reason : null,
                b.At, b.Count))];
    }

    /// <summary>Takes the marks from a customer's addresses, because somebody knows that they work again.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> ClearAsync(long customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var addresses = await Of(db, customerId).Select(b => b.Address).Take(Most).ToListAsync(cancellationToken);
        return addresses.Count == 0 ? 0
            : await db.BouncedAddresses.Where(b => addresses.Contains(b.Address)).ExecuteDeleteAsync(cancellationToken);
    }

    private static IQueryable<BouncedAddress> Of(CrmDbContext db, long customerId) => db.BouncedAddresses.Where(b =>
        db.Set<Customer>().Any(c => c.Id == customerId && c.DeletedAt == null && c.EmailKey == b.Address)
        || db.Set<ContactPoint>().Any(p => p.CustomerId == customerId && p.Kind == ContactKind.Email && p.ValueKey == b.Address));
}
