using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>Which addresses a list shows; what is null asks nothing.</summary>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="City">A part of its name.</param>
public sealed record AddressQuery(long? CustomerId = null, AddressType? Type = null, bool? IsDefault = null, string? Country = null,
    string? State = null, string? City = null, AddressSort Sort = AddressSort.Newest, bool Descending = true);

public enum AddressSort { Newest, Default }

/// <summary>An address with the customer whose it is.</summary>
public sealed record OwnedAddress(long CustomerId, AddressDetails Address);

/// <summary>Finds addresses by themselves: those of all customers for staff, and their own for customers.</summary>
public sealed class AddressFinder(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access)
{
    /// <summary>One page of addresses and how many there are.</summary>
    /// <exception cref="RuleViolationException">There is no such page.</exception>
    public async Task<(IReadOnlyList<OwnedAddress> Items, int Total)> ListAsync(AddressQuery query, PageRequest page,
        CancellationToken cancellationToken)
    {
        var (grant, owner) = await SightAsync(cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = Visible(db, owner);
        if (query.CustomerId is { } customer) found = found.Where(a => a.CustomerId == customer);
        if (query.Type is { } type) found = found.Where(a => a.Type == type);
        if (query.IsDefault is { } isDefault) found = found.Where(a => a.IsDefault == isDefault);
        if (query.Country is { } country) found = found.Where(a => a.Country == country);
        if (query.State is { } state) found = found.Where(a => a.State == state);
        if (query.City is { } city && Address.FoldCity(city) is { Length: > 0 } part) found = found.Where(a => a.CityKey.Contains(part));
        var sorted = (query.Sort, query.Descending) switch
        {
            (AddressSort.Default, true) => found.OrderByDescending(a => a.IsDefault).ThenByDescending(a => a.Id),
            (AddressSort.Default, false) => found.OrderBy(a => a.IsDefault).ThenBy(a => a.Id),
            (_, true) => found.OrderByDescending(a => a.Id),
            _ => found.OrderBy(a => a.Id),
        };
        var rows = await sorted.Skip(skip).Take(take).ToListAsync(cancellationToken);
        return ([.. rows.Select(a => Shown(a, grant))], await found.CountAsync(cancellationToken));
    }

    /// <summary>An address and whose it is; null where there is none, or it is somebody else's.</summary>
    public async Task<OwnedAddress?> FindAsync(long addressId, CancellationToken cancellationToken)
    {
        var (grant, owner) = await SightAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await Visible(db, owner).FirstOrDefaultAsync(a => a.Id == addressId, cancellationToken) is { } found
            ? Shown(found, grant) : null;
    }

    /// <summary>Who asks, and whose addresses alone they may see.</summary>
    private async Task<(Grant Grant, long? Owner)> SightAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        if (grant.OwnCustomerId is { } own && !grant.Has(Permissions.CustomersView)) return (grant.AsOwner(), own);
        return (await access.DemandAsync(Permissions.CustomersView, cancellationToken), null);
    }

    private static IQueryable<Address> Visible(CrmDbContext db, long? owner)
    {
        var there = db.Addresses.AsNoTracking().Where(a => a.Customer!.DeletedAt == null);
        return owner is { } own ? there.Where(a => a.CustomerId == own) : there;
    }

    private static OwnedAddress Shown(Address address, Grant grant)
    {
        var details = CustomerQueries.Details(address);
        return new(address.CustomerId, grant.Has(Permissions.CustomersSensitive) ? details : details.Masked());
    }
}
