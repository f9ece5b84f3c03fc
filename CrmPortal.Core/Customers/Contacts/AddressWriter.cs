using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Customers;

/// <summary>An address in the form in which it is stored, and what of the present one stays.</summary>
/// <param name="maySee">Whether whoever writes sees streets and coordinates.</param>
internal sealed class AddressWriter(AddressInput fields, bool keepsLine1, bool keepsLine2, bool keepsPhone, bool maySee)
{
    /// <summary>
    /// Collects what is wrong. Who sees the street masked and leaves a line of it blank, or sends it back as they saw it, does not change
    /// it.
    /// </summary>
    /// <param name="home">The country that a phone without a calling code belongs to, where the address names none.</param>
    public static AddressWriter Checked(AddressInput input, bool isNew, bool maySee, bool needsStreet, List<FieldError> errors,
        string? home = null)
    {
        var (isMasked1, isMasked2) = (IsMask(input.Line1), IsMask(input.Line2));
        var keepsLine1 = !isNew && (isMasked1 || (!maySee && string.IsNullOrWhiteSpace(input.Line1)));
        var keepsLine2 = !isNew && (isMasked2 || (!maySee && string.IsNullOrWhiteSpace(input.Line2)));
        var keepsPhone = !isNew && !maySee && (string.IsNullOrWhiteSpace(input.Phone) || Masking.IsMasked(input.Phone));
        var typed = input with
        {
            Line1 = isMasked1 ? null : input.Line1, Line2 = isMasked2 ? null : input.Line2, Phone = keepsPhone ? null : input.Phone,
        };
        var fields = AddressRules.Normalize(typed, errors, needsStreet, keepsLine1, home);
        return new(fields, keepsLine1, keepsLine2, keepsPhone, maySee);

        static bool IsMask(string? line) => line?.Trim() == Masking.Text("");
    }

    /// <summary>
    /// Makes the address that stands first among a customer's of what it is now, with as much of it as is known; null removes that one.
    /// </summary>
    /// <param name="save">Saves the customer, where one address must go before another is the default.</param>
    /// <exception cref="RuleViolationException">A part of it is wrong.</exception>
    public static async Task PutFirstAsync(CrmDbContext db, Customer customer, Func<AddressDetails?, AddressInput>? change, bool maySee,
        Func<Task> save)
    {
        var address = customer.Addresses.OrderByDescending(a => a.IsDefault).ThenBy(a => a.Id).FirstOrDefault();
        if (change is null)
        {
            if (address is not null) await RemoveAsync(db, customer, address, save);
            return;
        }

        var shown = address is null ? null : CustomerQueries.Details(address);
        var errors = new List<FieldError>();
        var wanted = Checked(change(maySee ? shown : shown?.Masked()), address is null, maySee, needsStreet: false, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        if (address is null)
        {
            customer.Addresses.Add(address = wanted.New());
            address.IsDefault = true;
        }

        wanted.Write(address);
    }

    /// <summary>Removes an address; of the others of its type, the oldest is the default from then on where it was.</summary>
    public static async Task RemoveAsync(CrmDbContext db, Customer customer, Address address, Func<Task> save)
    {
        customer.Addresses.Remove(address);
        db.Addresses.Remove(address);
        if (!address.IsDefault || customer.Addresses.Where(a => a.Type == address.Type).MinBy(a => a.Id) is not { } next) return;
        // One default of a type at any moment: the old one goes first.
        await save();
        next.IsDefault = true;
    }

    public Address New() => new() { Line1 = fields.Line1!, City = fields.City!, Country = fields.Country! };

    public void Write(Address address)
    {
        address.Type = fields.Type;
        var (street, second) = (keepsLine1 ? address.Line1 : fields.Line1!, keepsLine2 ? address.Line2 : fields.Line2);
        var moved = address.Line1 != street || address.Line2 != second;
        (address.Line1, address.Line2) = (street, second);
        moved |= address.City != fields.City || address.State != fields.State || address.PostalCode != fields.PostalCode
            || address.Country != fields.Country;
        address.City = fields.City!;
        address.State = fields.State;
        address.PostalCode = fields.PostalCode;
        address.Country = fields.Country!;
        address.GivenName = fields.GivenName;
        address.FamilyName = fields.FamilyName;
        if (!keepsPhone) address.Phone = fields.Phone;
        if (maySee)
        {
            address.Latitude = fields.Latitude;
            address.Longitude = fields.Longitude;
        }

        // A changed address has not been verified.
        if (moved) (address.VerifiedAt, address.VerifiedByName) = (null, null);
    }
}
