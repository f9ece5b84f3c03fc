using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Customers;

/// <summary>Somebody around a customer. E-mail and phone are masked for those who may not see them.</summary>
public sealed record ContactPersonDetails(long Id, string? GivenName, string? FamilyName, string? Role, string? Email, string? Phone,
    bool IsMain, long Version = 0)
{
    public string Name => $"{GivenName} {FamilyName}".Trim() is { Length: > 0 } name ? name : Email ?? Phone ?? Role ?? "";
}

public sealed record ContactPersonInput
{
    public string? GivenName { get; init; }
    public string? FamilyName { get; init; }
    public string? Role { get; init; }
    public string? Email { get; init; }
    public string? Phone { get; init; }
    public bool IsMain { get; init; }
}

/// <summary>The people around a customer.</summary>
public sealed class ContactPersonService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, CustomerService customers,
    IOptions<ShopOptions> shop)
{
    private const int MostPersons = 50;

    public async Task<IReadOnlyList<ContactPersonDetails>> ListAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var persons = await db.ContactPersons.AsNoTracking()
            .Where(p => p.CustomerId == customerId && db.Set<Customer>().Any(c => c.Id == customerId && c.DeletedAt == null))
            .OrderByDescending(p => p.IsMain).ThenBy(p => p.Id).Take(MostPersons).ToListAsync(cancellationToken);
        return [.. persons.Select(p => Details(p, grant.Has(Permissions.CustomersSensitive)))];
    }

    /// <summary>Adds a person, or changes the one with <paramref name="personId"/>; null where there is no such customer.</summary>
    /// <param name="expectedVersion">Where set, any change of the person in between is a conflict.</param>
    /// <exception cref="RuleViolationException">A field is wrong, nothing names the person, or there is no such person.</exception>
    /// <exception cref="ConcurrencyConflictException">The person was changed since <paramref name="expectedVersion"/>.</exception>
    public async Task<PartChangeResult<ContactPersonDetails>?> SaveAsync(long customerId, long? personId, ContactPersonInput input,
        CancellationToken cancellationToken, long? expectedVersion = null)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var maySee = grant.Has(Permissions.CustomersSensitive);
        var errors = new List<FieldError>();
        // The same rules as for the customer's own name, e-mail and phone.
        var fields = CustomerRules
            .Normalize(new CustomerChanges { GivenName = input.GivenName, FamilyName = input.FamilyName, Email = input.Email,
            Phone = input.Phone }, shop.Value, DateOnly.MaxValue, errors,
            string.IsNullOrWhiteSpace(input.Phone) ? null : await customers.HomeAsync(customerId, cancellationToken));
        var role = TextRules.Text(nameof(input.Role), input.Role, ContactPerson.RoleLength, errors).Value;
        // Who sees e-mail and phone masked and leaves them blank does not change them.
        var keepsHidden = personId is not null && !maySee;
        if (!keepsHidden && fields.GivenName.Value is null && fields.FamilyName.Value is null && fields.Email.Value is null
            && fields.Phone.Value is null)
            errors.Add(new(nameof(input.GivenName), "Enter at least a name, an e-mail or a phone."));
        if (errors.Count > 0) throw new RuleViolationException(errors);

        ContactPerson? person = null;
        var changed = await customers.ChangeAsync(grant, customerId, "customer.person", Permissions.CustomersEdit, async (db, _) =>
        {
            var persons = await db.ContactPersons.Where(p => p.CustomerId == customerId).ToListAsync(cancellationToken);
            person = personId is null ? null : persons.FirstOrDefault(p => p.Id == personId)
                ?? throw new RuleViolationException("", "This person was removed in the meantime.");
            if (person is not null && expectedVersion is { } version && version != person.Version)
                throw new ConcurrencyConflictException([], person.Version, null, null);
            if (person is null && persons.Count >= MostPersons)
                throw new RuleViolationException("", "A customer can have at most {0} contact persons.", MostPersons);
            if (person is null) db.ContactPersons.Add(person = new ContactPerson { CustomerId = customerId });
            if (input.IsMain) persons.Where(p => p != person).ToList().ForEach(p => p.IsMain = false);
            person.GivenName = fields.GivenName.Value;
            person.FamilyName = fields.FamilyName.Value;
            person.Role = role;
            person.IsMain = input.IsMain;
            if (!keepsHidden || fields.Email.Value is not null) person.Email = fields.Email.Value;
            if (!keepsHidden || fields.Phone.Value is not null) person.Phone = fields.Phone.Value;
        }, cancellationToken);
        return changed is null ? null : new(Details(person!, maySee), changed.ChangeSetId);
    }

    /// <summary>Removes a person; returns the change set by which that can be undone, or null where there is none.</summary>
    public async Task<long?> RemoveAsync(long customerId, long personId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var found = false;
        var changed = await customers.ChangeAsync(grant, customerId, "customer.person", Permissions.CustomersEdit, async (db, _) =>
        {
            if (await db.ContactPersons.FirstOrDefaultAsync(p => p.Id == personId && p.CustomerId == customerId,
                cancellationToken) is not { } person) return;
            found = true;
            db.ContactPersons.Remove(person);
        }, cancellationToken);
        return found ? changed?.ChangeSetId : null;
    }

    private static ContactPersonDetails Details(ContactPerson p, bool maySee) =>
        new(p.Id, p.GivenName, p.FamilyName, p.Role, maySee ? p.Email : Masking.Email(p.Email), maySee ? p.Phone : Masking.Phone(p.Phone),
            p.IsMain, p.Version);
}
