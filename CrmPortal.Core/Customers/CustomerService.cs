using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Customers;

/// <summary>Reads, creates and changes customers.</summary>
public sealed partial class CustomerService(
    IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, AuditLog audit, ProfileAccessLog readings,
    CustomFieldWriter customFields, TimeProvider clock, IOptions<ShopOptions> shop)
{
    private const int Attempts = 3;

    /// <summary>Creates a customer.</summary>
    /// <param name="address">
    /// As much of their first address as another system knows: a city will do. It is kept as imports keep such a place, since a customer
    /// of whom only the city is known must not be refused, and their city not forgotten.
    /// </param>
    /// <exception cref="RuleViolationException">A field is wrong, nothing names the customer, or e-mail or phone belong to
    /// another.</exception>
    public async Task<CustomerChangeResult> CreateAsync(CustomerChanges input, CancellationToken cancellationToken,
        AddressInput? address = null)
    {
        var grant = await access.DemandAsync(Permissions.CustomersCreate, cancellationToken);
        return await CreateAsync(grant, input, address, [], null, cancellationToken);
    }

    /// <summary>The same for a service that has asked, with what it puts on the customer.</summary>
    /// <param name="errors">What that service found wrong itself.</param>
    internal async Task<CustomerChangeResult> CreateAsync(Grant grant, CustomerChanges input, AddressInput? address,
        List<FieldError> errors, CustomerAdditions? additions, CancellationToken cancellationToken)
    {
        var fields = CustomerRules.Normalize(input with { Language = input.Language.Or("en") }, shop.Value, Today(), errors);
        var place = address is null ? null : AddressRules.Normalize(address, errors, needsStreet: false);
        if (errors.Count > 0) throw new RuleViolationException(errors);

        return await AddAsync(grant, "customer.create", Permissions.CustomersCreate, fields, place, additions, cancellationToken);
    }

    /// <summary>Adds a customer of fields that were checked.</summary>
    internal Task<CustomerChangeResult> AddAsync(Grant grant, string kind, string? permission, CustomerChanges fields,
        AddressInput? place, CustomerAdditions? additions, CancellationToken cancellationToken) =>
        RetriedAsync(() => CreateOnceAsync(grant, (kind, permission), fields, place, additions, cancellationToken));

    /// <summary>Changes the fields that are present; null where there is no such customer.</summary>
    /// <param name="seen">
    /// The values that the editor began with, for the fields they changed. A field that someone else changed in between is a
    /// conflict; changes to different fields are joined.
    /// </param>
    /// <param name="expectedVersion">Where set, any change in between is a conflict.</param>
    /// <exception cref="RuleViolationException">A field is wrong.</exception>
    /// <exception cref="ConcurrencyConflictException">Someone else changed the same fields.</exception>
    public async Task<CustomerChangeResult?> UpdateAsync(long id, CustomerChanges changes, CustomerChanges? seen, long? expectedVersion,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        return await UpdateAsync(grant, id, changes, seen, expectedVersion, [], null, cancellationToken);
    }

    /// <summary>The same for a service that has asked, with what it changes besides.</summary>
    /// <param name="errors">What that service found wrong itself.</param>
    internal async Task<CustomerChangeResult?> UpdateAsync(Grant grant, long id, CustomerChanges changes, CustomerChanges? seen,
        long? expectedVersion, List<FieldError> errors, Func<CrmDbContext, Customer, Task>? more, CancellationToken cancellationToken)
    {
        var fields = CustomerRules.Normalize(changes, shop.Value, Today(), errors, changes.Phone.Value is null
            ? null : await HomeAsync(id, cancellationToken));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        return await ChangeAsync(grant, id, "customer.edit", Permissions.CustomersEdit, async (db, customer) =>
        {
            DemandVersion(customer, expectedVersion);
            if (seen is not null)
                await DemandUnchangedAsync(db, customer, fields, seen, grant.Has(Permissions.CustomersSensitive), cancellationToken);
            CustomerField.Apply(customer, fields);
            DemandName(customer);
            if (fields.PreferredAgentId.Value is { } agent) await DemandAgentAsync(db, agent, cancellationToken);
            if (fields.Tags.IsPresent) await SetTagsAsync(db, customer, fields.Tags.Value, cancellationToken);
            if (fields.Fields.Value is { } values) await customFields.ApplyAsync(db, customer, values, grant, cancellationToken);
            if (more is not null) await more(db, customer);
        }, cancellationToken);
    }

    /// <exception cref="ConcurrencyConflictException">A version is expected, and the customer has another.</exception>
    internal static void DemandVersion(Customer customer, long? expectedVersion)
    {
        if (expectedVersion is { } version && version != customer.Version)
            throw new ConcurrencyConflictException([], customer.Version, null, null);
    }

    private async Task<CustomerChangeResult> CreateOnceAsync(Grant grant, (string Kind, string? Permission) changeSet,
        CustomerChanges fields, AddressInput? place, CustomerAdditions? additions, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet(changeSet.Kind, changeSet.Permission);
        var now = clock.GetUtcNow();
        var day = now.UtcDateTime.ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
        var counter = await provider.RaiseCounterAsync(db, "customer-" + day, 1, cancellationToken);
        var customer = new Customer { Number = $"CUST-{day}-{counter:0000}", CreatedAt = now, LastInteractionAt = now };
        CustomerField.Apply(customer, fields);
        DemandName(customer);
        if (fields.PreferredAgentId.Value is { } agent) await DemandAgentAsync(db, agent, cancellationToken);
        if (place is not null)
            customer.Addresses
                .Add(new Address { Type = place.Type, IsDefault = true, Line1 = place.Line1!, Line2 = place.Line2, City = place.City!,
                State = place.State, PostalCode = place.PostalCode, Country = place.Country!, Phone = place.Phone,
                Latitude = place.Latitude, Longitude = place.Longitude });
        db.Customers.Add(customer);
        if (fields.Tags.IsPresent) await SetTagsAsync(db, customer, fields.Tags.Value, cancellationToken);
        if (fields.Fields.Value is { } values) await customFields.ApplyAsync(db, customer, values, grant, cancellationToken);
        if (additions?.Put is { } put) await put(db, customer);
        await SaveAsync(db, customer, cancellationToken);
        if (additions?.Follow is { } follow)
        {
            await follow(db, customer);
            await SaveAsync(db, customer, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return new(CustomerQueries.Details(customer, grant.Has(Permissions.CustomersSensitive)), db.LastChangeSetId);
    }

    /// <summary>Loads a customer, changes them in one transaction, and answers them as they are now.</summary>
    internal Task<CustomerChangeResult?> ChangeAsync(
        Grant grant, long id, string kind, string? permission, Func<CrmDbContext, Customer, Task> change,
            CancellationToken cancellationToken, bool inTrash = false) =>
        RetriedAsync(async () =>
        {
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            db.BeginChangeSet(kind, permission);
            await provider.LockCustomersAsync(db, [id], cancellationToken);
            if (await CustomerReading.FollowedAsync(db, id, cancellationToken, inTrash) is not { } customer) return null;
            await change(db, customer);
            await SaveAsync(db, customer, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return new CustomerChangeResult(CustomerQueries.Details(customer, grant.Has(Permissions.CustomersSensitive)),
                db.LastChangeSetId);
        });

    /// <summary>
    /// Somebody may save between our read and our write: then all is read again, so that their change is compared and kept.
    /// </summary>
    private async Task<T> RetriedAsync<T>(Func<Task<T>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (DbUpdateException failure) when (attempt < Attempts && MayBeRepeated(failure))
            {
            }
        }
    }

    internal async Task SaveAsync(CrmDbContext db, Customer customer, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is { } index)
        {
            throw index switch
            {
                "IX_Customers_EmailKey" => new RuleViolationException(nameof(CustomerChanges.Email),
                    "Another customer already has this e-mail.") { IsDuplicate = true },
                "IX_Customers_LoyaltyCard" => new RuleViolationException(nameof(CustomerChanges.LoyaltyCard),
                    "Another customer already has this loyalty card.") { IsDuplicate = true },
                "IX_Customers_Phone" => new RuleViolationException(nameof(CustomerChanges.Phone),
                    "Another customer already has this phone.") { IsDuplicate = true },
                _ when index.StartsWith("IX_Addresses_", StringComparison.Ordinal) =>
                    new RuleViolationException(nameof(AddressInput.IsDefault),
                    "Another address became the default in the meantime; try again."),
                _ => failure,
            };
        }
    }

    /// <summary>Whether reading again mends it: somebody saved in between, or made or put on the same tag at this moment.</summary>
    internal bool MayBeRepeated(DbUpdateException failure) =>
        failure is DbUpdateConcurrencyException || (provider.ViolatedUniqueIndex(failure) is { } index
            && (index.StartsWith("IX_Tags_", StringComparison.Ordinal) || index.StartsWith("IX_CustomerTags_", StringComparison.Ordinal)));

    private static async Task DemandUnchangedAsync(CrmDbContext db, Customer customer, CustomerChanges mine, CustomerChanges seen,
        bool maySeeSensitive, CancellationToken cancellationToken)
    {
        var conflicts = CustomerField.Conflicts(customer, mine, seen, maySeeSensitive);
        if (conflicts.Count == 0) return;
        var last = await db.AuditEntries.Where(e => e.CustomerId == customer.Id && e.Action != AuditAction.Viewed)
            .OrderByDescending(e => e.Id)
            .Select(e => new { e.ChangeSet!.ActorName, e.ChangeSet.At }).FirstOrDefaultAsync(cancellationToken);
        throw new ConcurrencyConflictException(conflicts, customer.Version, last?.ActorName, last?.At);
    }

    internal static void DemandName(Customer customer)
    {
        if (customer.GivenName is null && customer.FamilyName is null && customer.PreferredName is null && customer.Email is null
            && customer.Phone is null && customer.ExternalId is null)
            throw new RuleViolationException(nameof(CustomerChanges.GivenName),
                "Enter at least a name, an e-mail, a phone or an external id.");
    }

    private static async Task DemandAgentAsync(CrmDbContext db, long userId, CancellationToken cancellationToken)
    {
        if (!await db.Users.AnyAsync(u => u.Id == userId && u.DisabledAt == null, cancellationToken))
            throw new RuleViolationException(nameof(CustomerChanges.PreferredAgentId), "This member of staff does not exist.");
    }

    private static async Task SetTagsAsync(CrmDbContext db, Customer customer, IReadOnlyList<string> names,
        CancellationToken cancellationToken)
    {
        var tags = await TagService.FindOrCreateAsync(db, names, cancellationToken);
        foreach (var gone in customer.Tags.Where(t => tags.All(tag => tag.Id != t.TagId || tag.Id == 0)).ToList())
        {
            customer.Tags.Remove(gone);
            db.CustomerTags.Remove(gone);
        }

        foreach (var tag in tags.Where(tag => tag.Id == 0 || customer.Tags.All(t => t.TagId != tag.Id)))
            customer.Tags.Add(new CustomerTag { Tag = tag });
    }

    internal DateOnly Today() => shop.Value.Zone.DayOf(clock.GetUtcNow());
}

/// <summary>What a service puts on a customer who is being made, in the same transaction.</summary>
/// <param name="Put">What does not need their key, if anything does not.</param>
/// <param name="Follow">What needs the key, if anything does.</param>
internal sealed record CustomerAdditions(Func<CrmDbContext, Customer, Task>? Put, Func<CrmDbContext, Customer, Task>? Follow);
