using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.SelfService;

/// <summary>Reads and changes a customer as one form shows them, for staff and for the customer themselves.</summary>
public sealed class CustomerProfileService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, CustomerService customers,
    TimeProvider clock, IOptions<ShopOptions> shop)
{
    private const string Kind = "customer.edit";

    /// <summary>The record of the customer who is signed in; null where the account is no customer's.</summary>
    public async Task<CustomerDetails?> OwnAsync(CancellationToken cancellationToken) =>
        (await access.DemandSignedInAsync(cancellationToken)).OwnCustomerId is { } own
            ? await customers.GetAsync(own, cancellationToken) : null;

    /// <summary>The customer whose account is signed in; null where it is nobody's.</summary>
    public async Task<long?> OwnIdAsync(CancellationToken cancellationToken) =>
        (await access.DemandSignedInAsync(cancellationToken)).OwnCustomerId;

    /// <summary>
    /// The names with which customers sign in, of those who have an account; an e-mail is masked for those who may not see any.
    /// </summary>
    public async Task<IReadOnlyDictionary<long, string>> UserNamesAsync(IReadOnlyList<long> customerIds,
        CancellationToken cancellationToken)
    {
        var grant = await access.FindForAsync(customerIds, Permissions.CustomersView, cancellationToken);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(customerIds.Count, CustomerFinder.MostInFull);
        if (grant is null || customerIds.Count == 0) return new Dictionary<long, string>();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var accounts = await db.Users.Where(u => u.CustomerId != null && customerIds.Contains(u.CustomerId.Value)).OrderBy(u => u.Id)
            .Select(u => new { CustomerId = u.CustomerId!.Value, u.UserName }).ToListAsync(cancellationToken);
        var maySee = grant.Has(Permissions.CustomersSensitive);
        return accounts.GroupBy(a => a.CustomerId).ToDictionary(g => g.Key, g => g.First().UserName is var name && !maySee
            && name.Contains('@', StringComparison.Ordinal) ? Masking.Email(name) : g.First().UserName);
    }

    /// <summary>Creates a customer with what is said of them.</summary>
    /// <exception cref="RuleViolationException">A field is wrong, nothing names the customer, or e-mail or phone belong to
    /// another.</exception>
    public async Task<CustomerDetails> CreateAsync(ProfileChanges profile, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersCreate, cancellationToken);
        var errors = new List<FieldError>();
        var fields = CustomerRules.Normalize(profile.Fields with { Language = profile.Fields.Language.Or("en") }, shop.Value,
            customers.Today(), errors);
        var address = profile.Address.IsBlank ? null : AddressRules.Normalize(profile.Address.On(null, null), errors, needsStreet: false);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        var isAsked = profile.EmailMarketing is true || profile.SmsMarketing is true;
        return (await customers.AddAsync(grant, "customer.create", Permissions.CustomersCreate, fields, address, !isAsked ? null
            : new(null, async (db, customer) =>
            {
                await AgreeAsync(db, customer, Channel.Email, profile.EmailMarketing, profile.Form, grant.Actor, cancellationToken);
                await AgreeAsync(db, customer, Channel.Sms, profile.SmsMarketing, profile.Form, grant.Actor, cancellationToken);
            }), cancellationToken)).Customer;
    }

    /// <summary>
    /// Changes what is said, all of it or nothing; null where there is no such customer, or it is somebody else's record.
    /// </summary>
    /// <param name="expectedVersion">Where set, any change in between is a conflict.</param>
    /// <exception cref="RuleViolationException">A field is wrong, or e-mail or phone belong to another customer.</exception>
    /// <exception cref="ConcurrencyConflictException">Someone changed the customer in between.</exception>
    public async Task<CustomerDetails?> ChangeAsync(long customerId, ProfileChanges changes, long? expectedVersion,
        CancellationToken cancellationToken)
    {
        if (await access.FindForAsync(customerId, Permissions.CustomersEdit, cancellationToken) is not { } grant) return null;
        var errors = new List<FieldError>();
        var fields = CustomerRules.Normalize(changes.Fields, shop.Value, customers.Today(), errors, changes.Fields.Phone.Value is null
            ? null : await customers.HomeAsync(customerId, cancellationToken));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        // A ledger is never undone, so a save that adds to it is not offered for it.
        var permission = changes.EmailMarketing is null && changes.SmsMarketing is null ? Permissions.CustomersEdit : null;
        var changed = await customers.ChangeAsync(grant, customerId, Kind, permission, async (db, customer) =>
        {
            CustomerService.DemandVersion(customer, expectedVersion);
            CustomerField.Apply(customer, fields);
            CustomerService.DemandName(customer);
            await PutAddressAsync(db, customer, changes.Address, grant, cancellationToken);
            await AgreeAsync(db, customer, Channel.Email, changes.EmailMarketing, changes.Form, grant.Actor, cancellationToken);
            await AgreeAsync(db, customer, Channel.Sms, changes.SmsMarketing, changes.Form, grant.Actor, cancellationToken);
        }, cancellationToken);
        return changed?.Customer;
    }

    /// <summary>Changes the address that stands first, or adds one. As much as is known will do, as in imports.</summary>
    private async Task PutAddressAsync(CrmDbContext db, Customer customer, AddressChanges changes, Grant grant,
        CancellationToken cancellationToken)
    {
        if (customer.Addresses.Count == 0 ? changes.IsBlank : !changes.HasPlace && !changes.Country.IsPresent) return;
        await AddressWriter.PutFirstAsync(db, customer, shown => changes.On(shown, customer.Country),
            grant.Has(Permissions.CustomersSensitive), () => customers.SaveAsync(db, customer, cancellationToken));
    }

    /// <summary>Adds to the ledger of consents what is news.</summary>
    private async Task AgreeAsync(CrmDbContext db, Customer customer, Channel channel, bool? isGiven, string? form, Actor actor,
        CancellationToken cancellationToken)
    {
        var present = channel == Channel.Email ? customer.EmailMarketing : customer.SmsMarketing;
        if (isGiven is not { } given || given == present) return;
        var wording = await ConsentLedger.WordingAsync(db, ConsentPurpose.Marketing, customer.Language, cancellationToken);
        var entry = ConsentService.Entry(actor, ConsentPurpose.Marketing, channel, given ? ConsentState.Granted : ConsentState.Withdrawn,
            wording, form);
        await ConsentLedger.AddAsync(db, customer, entry, actor, clock.GetUtcNow(), cancellationToken);
    }
}
