using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Customers;

/// <summary>Finds, creates, changes and deletes customers.</summary>
public sealed partial class CustomerService(
    IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, AuditLog audit, ProfileAccessLog readings,
        CustomFieldWriter customFields, DocumentStore documents,
    TimeProvider clock, IOptions<ShopOptions> shop, IEnumerable<ISentCopies> sentCopies)
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
        var errors = new List<FieldError>();
        var fields = CustomerRules.Normalize(input with { Language = input.Language.Or("en") }, shop.Value, Today(), errors);
        var place = address is null ? null : AddressRules.Normalize(address, errors, needsStreet: false);
        if (errors.Count > 0) throw new RuleViolationException(errors);

        return await RetriedAsync(() => CreateOnceAsync(grant, fields, place, cancellationToken));
    }

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
        var errors = new List<FieldError>();
        var fields = CustomerRules.Normalize(changes, shop.Value, Today(), errors, changes.Phone.Value is null
            ? null : await HomeAsync(id, cancellationToken));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        return await ChangeAsync(grant, id, "customer.edit", Permissions.CustomersEdit, async (db, customer) =>
        {
            if (expectedVersion is { } version && version != customer.Version)
                throw new ConcurrencyConflictException([], customer.Version, null, null);
            if (seen is not null)
                await DemandUnchangedAsync(db, customer, fields, seen, grant.Has(Permissions.CustomersSensitive), cancellationToken);
            Apply(customer, fields);
            DemandName(customer);
            if (fields.PreferredAgentId.Value is { } agent) await DemandAgentAsync(db, agent, cancellationToken);
            if (fields.Tags.IsPresent) await SetTagsAsync(db, customer, fields.Tags.Value, cancellationToken);
            if (fields.Fields.Value is { } values) await customFields.ApplyAsync(db, customer, values, grant, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Activates or deactivates a customer. Lifting a block is for those who may block.</summary>
    /// <param name="reason">Why they are deactivated.</param>
    public async Task<CustomerChangeResult?> SetActiveAsync(long id, bool isActive, CancellationToken cancellationToken,
        string? reason = null)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var errors = new List<FieldError>();
        var why = TextRules.Text("Reason", reason, CustomerRules.ReasonLength, errors).Value;
        if (errors.Count > 0) throw new RuleViolationException(errors);
        var isBlocked = false;
        var changed = await ChangeAsync(grant, id, "customer.status", Permissions.CustomersEdit, (_, customer) =>
        {
            // Lifting a block is for those who may block.
            isBlocked = customer.Status == CustomerStatus.Blocked && !grant.Has(Permissions.CustomersBlock);
            if (isBlocked) return Task.CompletedTask;
            if (isActive) customer.Activate();
            else customer.Deactivate(why);
            return Task.CompletedTask;
        }, cancellationToken);
        // The refusal is a write of its own, which would wait for ever within the transaction above.
        if (isBlocked) await access.DemandAsync(Permissions.CustomersBlock, cancellationToken);
        return changed;
    }

    /// <summary>Blocks a customer, who then gets no messages and cannot sign in.</summary>
    /// <exception cref="RuleViolationException">There is no reason.</exception>
    public async Task<CustomerChangeResult?> BlockAsync(long id, string? reason, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersBlock, cancellationToken);
        var why = Reason(reason, "Enter a reason for blocking the customer.");
        return await ChangeAsync(grant, id, "customer.block", Permissions.CustomersBlock, (_, customer) =>
        {
            customer.Block(why);
            return Task.CompletedTask;
        }, cancellationToken);
    }

    /// <summary>Unblocks a customer; does nothing if they are not blocked.</summary>
    public async Task<CustomerChangeResult?> UnblockAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersBlock, cancellationToken);
        return await ChangeAsync(grant, id, "customer.block", Permissions.CustomersBlock, (_, customer) =>
        {
            if (customer.Status == CustomerStatus.Blocked) customer.Activate();
            return Task.CompletedTask;
        }, cancellationToken);
    }

    /// <summary>Sets or lifts the VIP flag.</summary>
    public async Task<CustomerChangeResult?> SetVipAsync(long id, bool isVip, string? reason, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var errors = new List<FieldError>();
        var why = TextRules.Text("Reason", reason, CustomerRules.ReasonLength, errors).Value;
        if (errors.Count > 0) throw new RuleViolationException(errors);
        return await ChangeAsync(grant, id, "customer.vip", Permissions.CustomersEdit, (_, customer) =>
        {
            customer.SetVip(isVip, why, grant.Actor.UserId, clock.GetUtcNow());
            return Task.CompletedTask;
        }, cancellationToken);
    }

    /// <summary>Moves a customer to the trash; returns the change set by which that can be undone, or null where there is none.</summary>
    public async Task<long?> DeleteAsync(long id, CancellationToken cancellationToken, long? expectedVersion = null)
    {
        var grant = await access.DemandAsync(Permissions.CustomersDelete, cancellationToken);
        var deleted = await ChangeAsync(grant, id, "customer.delete", Permissions.CustomersDelete, (_, customer) =>
        {
            if (expectedVersion is { } version && version != customer.Version)
                throw new ConcurrencyConflictException([], customer.Version, null, null);
            customer.MoveToTrash(clock.GetUtcNow());
            return Task.CompletedTask;
        }, cancellationToken);
        return deleted?.ChangeSetId;
    }

    /// <summary>Takes a customer out of the trash, with the status they had.</summary>
    /// <param name="keepCollidingAsFurther">
    /// When another customer now has the same e-mail or phone, keeps it as a further one of the restored customer instead of refusing.
    /// </param>
    /// <exception cref="RuleViolationException">E-mail or phone belong to another customer now
    /// (<see cref="RuleViolationException.IsDuplicate"/>).</exception>
    public async Task<CustomerChangeResult?> RestoreAsync(long id, bool keepCollidingAsFurther, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersDelete, cancellationToken);
        return await ChangeAsync(grant, id, "customer.restore", Permissions.CustomersDelete, async (db, customer) =>
        {
            if (customer.DeletedAt is null) return;
            if (keepCollidingAsFurther) await KeepCollidingAsync(db, customer, cancellationToken);
            customer.Restore();
        }, cancellationToken, inTrash: true);
    }

    /// <summary>
    /// Removes a customer in the trash permanently, and the records that were merged into them, with all that belongs to them and the
    /// values in their history. What must stay for the figures (orders, refunds, points) stays without saying whose it was; what each
    /// kind of rows does says its <see cref="ICustomerPart"/>. It cannot be undone.
    /// </summary>
    public async Task<bool> PurgeAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersPurge, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await CustomerPurge.OfAsync(db, id, cancellationToken) is not { } purge) return false;
        await provider.LockCustomersAsync(db, purge.Ids, cancellationToken);
        foreach (var part in CustomerParts.All) await part.PurgeAsync(purge, cancellationToken);
        await db.Customers.Where(c => purge.Ids.Contains(c.MergedIntoId!.Value))
            .ExecuteUpdateAsync(c => c.SetProperty(x => x.MergedIntoId, (long?)null), cancellationToken);
        await db.Customers.Where(c => purge.Ids.Contains(c.Id)).ExecuteDeleteAsync(cancellationToken);

        // Set-based statements pass the recorder by, so the rows that say what was done are written here; they hold no values. Without
        // a permission the change set is none that anybody can undo.
        db.BeginChangeSet("customer.purge");
        var changeSet = await db.StartChangeSetAsync(cancellationToken);
        var now = clock.GetUtcNow();
        foreach (var gone in purge.Ids.Order())
        {
            db.AuditEntries.Add(new AuditEntry { ChangeSet = changeSet, EntityType = nameof(Customer), EntityId = gone, CustomerId = gone,
                Action = AuditAction.Deleted });
            db.OutboxEvents.Add(new OutboxEvent { Topic = "customer.purged", SubjectId = gone, Payload = "{}",
                ChangeSet = changeSet, CreatedAt = now });
        }

        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        // The keys of the contents went with their rows: a file that a crash leaves here can be decrypted by nobody.
        foreach (var content in purge.Files) documents.Delete(content);
        foreach (var copies in sentCopies) await copies.RemoveAsync(purge.Emails, purge.Phones, CancellationToken.None);
        await provider.EraseTracesAsync(db, CancellationToken.None);
        return true;
    }

    private async Task<CustomerChangeResult> CreateOnceAsync(Grant grant, CustomerChanges fields, AddressInput? place,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("customer.create", Permissions.CustomersCreate);
        var now = clock.GetUtcNow();
        var day = now.UtcDateTime.ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
        var counter = await provider.RaiseCounterAsync(db, "customer-" + day, 1, cancellationToken);
        var customer = new Customer { Number = $"CUST-{day}-{counter:0000}", CreatedAt = now, LastInteractionAt = now };
        Apply(customer, fields);
        DemandName(customer);
        if (fields.PreferredAgentId.Value is { } agent) await DemandAgentAsync(db, agent, cancellationToken);
        if (place is not null)
            customer.Addresses
                .Add(new Address { Type = place.Type, IsDefault = true, Line1 = place.Line1!, Line2 = place.Line2, City = place.City!,
                State = place.State, PostalCode = place.PostalCode, Country = place.Country! });
        db.Customers.Add(customer);
        if (fields.Tags.IsPresent) await SetTagsAsync(db, customer, fields.Tags.Value, cancellationToken);
        if (fields.Fields.Value is { } values) await customFields.ApplyAsync(db, customer, values, grant, cancellationToken);
        await SaveAsync(db, customer, cancellationToken);
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
            var customer = await db.Customers.Include(c => c.Addresses).Include(c => c.ContactPoints).Include(c => c.Tags)
                .ThenInclude(t => t.Tag)
                .OrderBy(c => c.Id).FirstOrDefaultAsync(c => c.Id == id && (inTrash || c.DeletedAt == null), cancellationToken);
            if (customer is null) return null;
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

    private async Task SaveAsync(CrmDbContext db, Customer customer, CancellationToken cancellationToken)
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

    private static async Task KeepCollidingAsync(CrmDbContext db, Customer customer, CancellationToken cancellationToken)
    {
        if (customer.EmailKey is { } email && await db.Customers.AnyAsync(c => c.DeletedAt == null && c.Id != customer.Id
            && c.EmailKey == email, cancellationToken))
        {
            db.ContactPoints.Add(new ContactPoint { CustomerId = customer.Id, Kind = ContactKind.Email, Value = customer.Email! });
            customer.Email = null;
        }

        if (customer.Phone is { } phone && await db.Customers.AnyAsync(c => c.DeletedAt == null && c.Id != customer.Id && c.Phone == phone,
            cancellationToken))
        {
            db.ContactPoints.Add(new ContactPoint { CustomerId = customer.Id, Kind = ContactKind.Phone, Value = phone });
            customer.Phone = null;
        }

        // Two people cannot have one card, and nobody has a further one.
        if (customer.LoyaltyCard is { } card && await db.Customers.AnyAsync(c => c.DeletedAt == null && c.Id != customer.Id
            && c.LoyaltyCard == card, cancellationToken)) customer.LoyaltyCard = null;
    }

    private static async Task DemandUnchangedAsync(CrmDbContext db, Customer customer, CustomerChanges mine, CustomerChanges seen,
        bool maySeeSensitive, CancellationToken cancellationToken)
    {
        var conflicts = new List<FieldConflict>();
        Compare(nameof(mine.GivenName), seen.GivenName, customer.GivenName, mine.GivenName);
        Compare(nameof(mine.FamilyName), seen.FamilyName, customer.FamilyName, mine.FamilyName);
        if (maySeeSensitive) Compare(nameof(mine.Email), seen.Email, customer.Email, mine.Email);
        if (maySeeSensitive) Compare(nameof(mine.Phone), seen.Phone, customer.Phone, mine.Phone);
        if (maySeeSensitive) Compare(nameof(mine.DateOfBirth), seen.DateOfBirth, customer.DateOfBirth, mine.DateOfBirth);
        Compare(nameof(mine.ExternalId), seen.ExternalId, customer.ExternalId, mine.ExternalId);
        Compare(nameof(mine.LoyaltyCard), seen.LoyaltyCard, customer.LoyaltyCard, mine.LoyaltyCard);
        Compare(nameof(mine.Gender), seen.Gender, customer.Gender, mine.Gender);
        Compare(nameof(mine.Language), seen.Language, customer.Language, mine.Language);
        Compare(nameof(mine.Currency), seen.Currency, customer.Currency, mine.Currency);
        Compare(nameof(mine.Country), seen.Country, customer.Country, mine.Country);
        Compare(nameof(mine.Source), seen.Source, customer.Source, mine.Source);
        Compare(nameof(mine.PreferredName), seen.PreferredName, customer.PreferredName, mine.PreferredName);
        Compare(nameof(mine.TimeZone), seen.TimeZone, customer.TimeZone, mine.TimeZone);
        Compare(nameof(mine.ContactFrom), seen.ContactFrom, customer.ContactFrom, mine.ContactFrom);
        Compare(nameof(mine.ContactUntil), seen.ContactUntil, customer.ContactUntil, mine.ContactUntil);
        Compare(nameof(mine.PreferredAgentId), seen.PreferredAgentId, customer.PreferredAgentId, mine.PreferredAgentId);
        Compare(nameof(mine.Subscription), seen.Subscription, customer.Subscription, mine.Subscription);
        if (conflicts.Count == 0) return;
        var last = await db.AuditEntries.Where(e => e.CustomerId == customer.Id && e.Action != AuditAction.Viewed)
            .OrderByDescending(e => e.Id)
            .Select(e => new { e.ChangeSet!.ActorName, e.ChangeSet.At }).FirstOrDefaultAsync(cancellationToken);
        throw new ConcurrencyConflictException(conflicts, customer.Version, last?.ActorName, last?.At);

        void Compare<T>(string field, Optional<T> before, T current, Optional<T> wanted)
        {
            if (!before.IsPresent || !wanted.IsPresent) return;
            var same = EqualityComparer<T>.Default;
            if (same.Equals(before.Value, current) || same.Equals(wanted.Value, current)) return;
            conflicts.Add(new(field, Show(before.Value), Show(current), Show(wanted.Value)));
        }

        static string? Show<T>(T value) => value is IFormattable formattable
            ? formattable.ToString(value is DateOnly ? "yyyy-MM-dd" : null, System.Globalization.CultureInfo.InvariantCulture) : value?
            .ToString();
    }

    private static void Apply(Customer customer, CustomerChanges fields)
    {
        customer.GivenName = fields.GivenName.Or(customer.GivenName);
        customer.FamilyName = fields.FamilyName.Or(customer.FamilyName);
        customer.Email = fields.Email.Or(customer.Email);
        customer.Phone = fields.Phone.Or(customer.Phone);
        customer.ExternalId = fields.ExternalId.Or(customer.ExternalId);
        customer.LoyaltyCard = fields.LoyaltyCard.Or(customer.LoyaltyCard);
        customer.DateOfBirth = fields.DateOfBirth.Or(customer.DateOfBirth);
        customer.Gender = fields.Gender.Or(customer.Gender);
        customer.Language = fields.Language.Or(customer.Language) ?? customer.Language;
        customer.Currency = fields.Currency.Or(customer.Currency);
        customer.Country = fields.Country.Or(customer.Country);
        customer.Source = fields.Source.Or(customer.Source);
        customer.PreferredName = fields.PreferredName.Or(customer.PreferredName);
        customer.TimeZone = fields.TimeZone.Or(customer.TimeZone);
        customer.ContactFrom = fields.ContactFrom.Or(customer.ContactFrom);
        customer.ContactUntil = fields.ContactUntil.Or(customer.ContactUntil);
        customer.PreferredAgentId = fields.PreferredAgentId.Or(customer.PreferredAgentId);
        customer.FirstContactAt = fields.FirstContactAt.Or(customer.FirstContactAt);
        customer.Subscription = fields.Subscription.Or(customer.Subscription);
    }

    private static void DemandName(Customer customer)
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

    /// <summary>The country of the customer, which says what a phone without a calling code means.</summary>
    internal async Task<string?> HomeAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Customers.Where(c => c.Id == id).Select(c => c.Country ?? c.Addresses.OrderByDescending(a => a.IsDefault)
            .ThenBy(a => a.Id).Select(a => a.Country).FirstOrDefault()).FirstOrDefaultAsync(cancellationToken);
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

    private static string Reason(string? reason, string message)
    {
        var errors = new List<FieldError>();
        var text = TextRules.Required("Reason", reason, CustomerRules.ReasonLength, message, errors);
        return errors.Count > 0 ? throw new RuleViolationException(errors) : text;
    }

    internal DateOnly Today() => shop.Value.Zone.DayOf(clock.GetUtcNow());
}
