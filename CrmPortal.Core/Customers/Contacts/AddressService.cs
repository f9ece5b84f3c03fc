using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Customers;

/// <summary>A customer's addresses, further e-mails and phones.</summary>
public sealed class AddressService(AccessControl access, CustomerService customers, TimeProvider clock,
    Microsoft.Extensions.Options.IOptions<ShopOptions> shop)
{
    public const int LineLength = 200;
    private const int MostAddresses = 50;
    internal const int MostContactPoints = 50;

    /// <summary>Adds an address, or changes the one with <paramref name="addressId"/>. The first of a type becomes its default.</summary>
    /// <param name="expectedVersion">Where set, any change of the address in between is a conflict.</param>
    /// <exception cref="RuleViolationException">A field is wrong, or there is no such address.</exception>
    /// <exception cref="ConcurrencyConflictException">The address was changed since <paramref name="expectedVersion"/>.</exception>
    public async Task<CustomerChangeResult?> SaveAsync(long customerId, long? addressId, AddressInput input,
        CancellationToken cancellationToken, long? expectedVersion = null)
    {
        if (await access.FindForAsync(customerId, Permissions.CustomersEdit, cancellationToken) is not { } grant) return null;
        var maySee = grant.Has(Permissions.CustomersSensitive);
        var errors = new List<FieldError>();
        var wanted = AddressWriter.Checked(input, isNew: addressId is null, maySee, needsStreet: true, errors, shop.Value.Country);
        if (errors.Count > 0) throw new RuleViolationException(errors);

        return await customers.ChangeAsync(grant, customerId, "customer.address", Permissions.CustomersEdit, async (db, customer) =>
        {
            var address = addressId is null ? null : customer.Addresses.FirstOrDefault(a => a.Id == addressId)
                ?? throw new RuleViolationException("", "This address was removed in the meantime.");
            if (address is not null && expectedVersion is { } version && version != address.Version)
                throw new ConcurrencyConflictException([], address.Version, null, null);
            if (address is null && customer.Addresses.Count >= MostAddresses)
                throw new RuleViolationException("", "A customer can have at most {0} addresses.", MostAddresses);
            var isDefault = input.IsDefault || customer.Addresses.All(a => a.Id == addressId || a.Type != input.Type || !a.IsDefault);
            await YieldDefaultAsync(db, customer, input.Type, addressId, isDefault, cancellationToken);
            if (address is null) customer.Addresses.Add(address = wanted.New());
            address.IsDefault = isDefault;
            wanted.Write(address);
        }, cancellationToken);
    }

    /// <summary>Notes that somebody made sure of an address, or that it is in doubt again.</summary>
    public async Task<CustomerChangeResult?> VerifyAsync(long customerId, long addressId, bool isVerified,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        return await customers.ChangeAsync(grant, customerId, "customer.address", Permissions.CustomersEdit, (_, customer) =>
        {
            var address = customer.Addresses.FirstOrDefault(a => a.Id == addressId)
                ?? throw new RuleViolationException("", "This address was removed in the meantime.");
            if (address.VerifiedAt is not null == isVerified) return Task.CompletedTask;
            address.VerifiedAt = isVerified ? clock.GetUtcNow() : null;
            address.VerifiedByName = isVerified ? grant.Actor.Name : null;
            return Task.CompletedTask;
        }, cancellationToken);
    }

    /// <summary>Makes a further e-mail or phone the primary one; the primary one until now becomes a further one.</summary>
    /// <exception cref="RuleViolationException">It is the primary one of another customer.</exception>
    public async Task<CustomerChangeResult?> MakePrimaryAsync(long customerId, long contactPointId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        return await customers.ChangeAsync(grant, customerId, "customer.contact", Permissions.CustomersEdit, (db, customer) =>
        {
            var point = customer.ContactPoints.FirstOrDefault(p => p.Id == contactPointId)
                ?? throw new RuleViolationException("", "This was removed in the meantime.");
            var (previous, previousVerified) = point.Kind == ContactKind.Email
                ? (customer.Email, customer.EmailVerifiedAt) : (customer.Phone, customer.PhoneVerifiedAt);
            if (point.Kind == ContactKind.Email)
            {
                customer.Email = point.Value;
                customer.EmailVerifiedAt = point.VerifiedAt;
            }
            else
            {
                customer.Phone = point.Value;
                customer.PhoneVerifiedAt = point.VerifiedAt;
            }

            customer.ContactPoints.Remove(point);
            db.ContactPoints.Remove(point);
            if (previous is not null)
                customer.ContactPoints.Add(new ContactPoint { Kind = point.Kind, Value = previous, VerifiedAt = previousVerified });
            return Task.CompletedTask;
        }, cancellationToken);
    }

    /// <summary>Removes an address; of the others of its type, the oldest is the default from then on where it was.</summary>
    public async Task<CustomerChangeResult?> RemoveAsync(long customerId, long addressId, CancellationToken cancellationToken)
    {
        if (await access.FindForAsync(customerId, Permissions.CustomersEdit, cancellationToken) is not { } grant) return null;
        return await customers.ChangeAsync(grant, customerId, "customer.address", Permissions.CustomersEdit, async (db, customer) =>
        {
            if (customer.Addresses.FirstOrDefault(a => a.Id == addressId) is { } address)
                await AddressWriter.RemoveAsync(db, customer, address, () => db.SaveChangesAsync(cancellationToken));
        }, cancellationToken);
    }

    /// <summary>Adds an e-mail or phone beside the primary one.</summary>
    /// <exception cref="RuleViolationException">The value is wrong, or there already.</exception>
    public async Task<CustomerChangeResult?> AddContactPointAsync(long customerId, ContactKind kind, string? value, string? label,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var errors = new List<FieldError>();
        var changes = kind == ContactKind.Email ? new CustomerChanges { Email = value } : new CustomerChanges { Phone = value };
        var normalized = CustomerRules.Normalize(changes, shop.Value, DateOnly.MaxValue, errors, kind == ContactKind.Phone
            ? await customers.HomeAsync(customerId, cancellationToken) : null);
        var stored = kind == ContactKind.Email ? normalized.Email.Value : normalized.Phone.Value;
        var checkedLabel = TextRules.Text("Label", label, 60, errors).Value;
        if (stored is null) errors.Add(new("Value", "Enter an e-mail or a phone."));
        if (errors.Count > 0)
            throw new RuleViolationException([.. errors.Select(e => e.Field is "Email" or "Phone" ? e with { Field = "Value" } : e)]);
        return await customers.ChangeAsync(grant, customerId, "customer.contact", Permissions.CustomersEdit, (_, customer) =>
        {
            if (customer.ContactPoints.Any(p => p.Kind == kind && p.ValueKey == stored!.ToLowerInvariant()))
                throw new RuleViolationException("Value", "The customer already has this one.");
            if (customer.ContactPoints.Count >= MostContactPoints)
                throw new RuleViolationException("Value", "A customer can have at most {0} additional e-mails and phones.",
                    MostContactPoints);
            customer.ContactPoints.Add(new ContactPoint { Kind = kind, Value = stored!, Label = checkedLabel });
            return Task.CompletedTask;
        }, cancellationToken);
    }

    public async Task<CustomerChangeResult?> RemoveContactPointAsync(long customerId, long contactPointId,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        return await customers.ChangeAsync(grant, customerId, "customer.contact", Permissions.CustomersEdit, (db, customer) =>
        {
            if (customer.ContactPoints.FirstOrDefault(p => p.Id == contactPointId) is not { } point) return Task.CompletedTask;
            customer.ContactPoints.Remove(point);
            db.ContactPoints.Remove(point);
            return Task.CompletedTask;
        }, cancellationToken);
    }

    /// <summary>Takes the mark from the present default first, since the database allows one default of a type at any moment.</summary>
    private static async Task YieldDefaultAsync(CrmDbContext db, Customer customer, AddressType type, long? addressId, bool isDefault,
        CancellationToken cancellationToken)
    {
        if (!isDefault) return;
        var previous = customer.Addresses.Where(a => a.Type == type && a.IsDefault && a.Id != addressId).ToList();
        if (previous.Count == 0) return;
        previous.ForEach(a => a.IsDefault = false);
        await db.SaveChangesAsync(cancellationToken);
    }
}
