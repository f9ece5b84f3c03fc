using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Customers;

/// <summary>
/// Saves a customer together with address, phones, note, flag, status and words: everything of one request is one change, which is
/// checked whole, undone whole, or refused whole.
/// </summary>
public sealed class WholeCustomerService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, CustomerService customers,
    Fields.CustomFieldWriter customFields, TimeProvider clock, IOptions<ShopOptions> shop)
{
    /// <summary>The type of the preferences that hold words which belong to none of the shop's fields.</summary>
    public const string WordType = CustomerWords.Type;

    private readonly CustomerWords _words = new(customFields);

    /// <exception cref="RuleViolationException">Something is wrong, or e-mail or phone belong to another.</exception>
    /// <exception cref="AccessDeniedException">A flag or a status is set by somebody who may not edit customers.</exception>
    public async Task<CustomerChangeResult> CreateAsync(WholeCustomer whole, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersCreate, cancellationToken);
        // Only creating is allowed to those who may not edit: nobody is made a VIP by it.
        if (whole.IsVip.Value || whole.IsActive is { IsPresent: true, Value: false })
            grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var errors = new List<FieldError>();
        var input = Checked(whole, whole.Fields.Country.Value, errors, mayBeMasked: false);
        return await customers.CreateAsync(grant, input.Fields, input.Address.Value?.Invoke(null), errors, new(
            (db, customer) => PutAsync(db, customer, input, grant, cancellationToken),
            input.Note is null ? null : (db, customer) => NoteAsync(db, customer, input.Note, grant, cancellationToken)),
            cancellationToken);
    }

    /// <returns>Null where there is no such customer.</returns>
    /// <exception cref="RuleViolationException">Something is wrong, or e-mail or phone belong to another.</exception>
    /// <exception cref="ConcurrencyConflictException">The customer was changed since <paramref name="expectedVersion"/>.</exception>
    /// <exception cref="AccessDeniedException">A block is lifted by somebody who may not block.</exception>
    public async Task<CustomerChangeResult?> UpdateAsync(long id, WholeCustomer whole, long? expectedVersion,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var errors = new List<FieldError>();
        var home = whole.Phones.IsPresent ? await customers.HomeAsync(id, cancellationToken) : null;
        var input = Checked(whole, home, errors, mayBeMasked: true);
        try
        {
            return await customers.UpdateAsync(grant, id, input.Fields, null, expectedVersion, errors, async (db, customer) =>
            {
                if (input.Address.IsPresent)
                    await AddressWriter.PutFirstAsync(db, customer, input.Address.Value, grant.Has(Permissions.CustomersSensitive),
                        () => customers.SaveAsync(db, customer, cancellationToken));
                await PutAsync(db, customer, input, grant, cancellationToken);
                await NoteAsync(db, customer, input.Note, grant, cancellationToken);
            }, cancellationToken);
        }
        catch (AccessDeniedException denied)
        {
            // The refusal is a write of its own, which would wait for ever within the transaction above.
            await access.DemandAsync(denied.Permission, cancellationToken);
            throw;
        }
    }

    /// <summary>What stands beside the details of some customers, of each of them; a fixed number of statements for all.</summary>
    public async Task<IReadOnlyDictionary<long, WholeCustomerParts>> PartsOfAsync(IReadOnlyList<long> ids,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Count, CustomerFinder.MostInFull);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var notes = await NoteService.NewestOfEach(db, db.Notes.Where(n => ids.Contains(n.CustomerId)))
            .Select(n => new { n.CustomerId, n.Text }).ToDictionaryAsync(n => n.CustomerId, n => n.Text, cancellationToken);
        var words = await _words.OfAsync(db, ids, grant, cancellationToken);
        return ids.Distinct().ToDictionary(id => id,
            id => new WholeCustomerParts(notes.GetValueOrDefault(id), words.GetValueOrDefault(id) ?? []));
    }

    /// <summary>The parts in the form in which they are stored.</summary>
    private WholeCustomer Checked(WholeCustomer whole, string? home, List<FieldError> errors, bool mayBeMasked) => whole with
    {
        Note = TextRules.Text("Text", whole.Note, CustomerRules.NoteLength, errors).Value,
        Phones = whole.Phones.IsPresent ? new(Phones(whole.Phones.Value, home ?? shop.Value.Country, errors, mayBeMasked)) : whole.Phones,
        Words = whole.Words.Value is { } words ? CustomerWords.Checked(words, errors) : whole.Words,
    };

    private static List<string> Phones(IReadOnlyList<string> typed, string home, List<FieldError> errors, bool mayBeMasked)
    {
        if (typed.Count > AddressService.MostContactPoints)
            errors.Add(new("Phones", "A customer can have at most {0} additional e-mails and phones.", AddressService.MostContactPoints));
        var found = new List<string>();
        foreach (var text in typed)
        {
            if (mayBeMasked && Masking.IsMasked(text)) found.Add(text);
            else if (PhoneNumber.TryNormalize(text, home, out var phone)) found.Add(phone);
            else errors.Add(new("Phones", "This is not a phone number; write it with its country code, such as +44 20 7946 0958."));
        }

        return [.. found.Distinct()];
    }

    private async Task PutAsync(CrmDbContext db, Customer customer, WholeCustomer whole, Grant grant, CancellationToken cancellationToken)
    {
        if (whole.IsVip.IsPresent && whole.IsVip.Value != customer.IsVip)
            customer.SetVip(whole.IsVip.Value, null, grant.Actor.UserId, clock.GetUtcNow());
        if (whole.IsActive.IsPresent) SetActive(customer, whole.IsActive.Value, grant);
        if (whole.IsSaidInactive && customer.Status == CustomerStatus.Active)
            throw new RuleViolationException("Segment", "Customers are inactive by their status; set that one.");
        if (whole.Phones.IsPresent) PutPhones(db, customer, whole.Phones.Value);
        if (whole.Words.IsPresent) await _words.PutAsync(db, customer, whole.Words.Value, grant, cancellationToken);
    }

    private static void SetActive(Customer customer, bool isActive, Grant grant)
    {
        if (isActive == (customer.Status == CustomerStatus.Active) && customer.Status != CustomerStatus.Blocked) return;
        if (customer.Status == CustomerStatus.Blocked && !grant.Has(Permissions.CustomersBlock))
            throw new AccessDeniedException(Permissions.CustomersBlock);
        if (isActive) customer.Activate();
        else customer.Deactivate();
    }

    /// <summary>Phones that are sent as they are masked stay.</summary>
    private static void PutPhones(CrmDbContext db, Customer customer, IReadOnlyList<string> wanted)
    {
        foreach (var gone in customer.ContactPoints.Where(p => p.Kind == ContactKind.Phone
            && !wanted.Any(w => w == p.Value || Unsigned(w) == Unsigned(Masking.Phone(p.Value)))).ToList())
        {
            customer.ContactPoints.Remove(gone);
            db.ContactPoints.Remove(gone);
        }

        foreach (var added in wanted.Where(w => !Masking.IsMasked(w) && customer.ContactPoints.All(p => p.Value != w)).ToList())
            customer.ContactPoints.Add(new ContactPoint { Kind = ContactKind.Phone, Value = added });
        if (customer.ContactPoints.Count > AddressService.MostContactPoints)
            throw new RuleViolationException("Phones", "A customer can have at most {0} additional e-mails and phones.",
                AddressService.MostContactPoints);

        static string Unsigned(string phone) => phone.TrimStart('+');
    }

    private async Task NoteAsync(CrmDbContext db, Customer customer, string? text, Grant grant, CancellationToken cancellationToken)
    {
        if (text is null) return;
        var newest = await NoteService.NewestOfEach(db, db.Notes.Where(n => n.CustomerId == customer.Id)).Select(n => n.Text)
            .FirstOrDefaultAsync(cancellationToken);
        if (newest != text) await NoteService.AddToAsync(db, customer, new() { Text = text }, grant, clock.GetUtcNow(), cancellationToken);
    }
}
