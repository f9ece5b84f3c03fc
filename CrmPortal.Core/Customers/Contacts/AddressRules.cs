using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Customers;

/// <summary>What an address may hold; forms, the API and new customers of other systems all pass here.</summary>
internal static class AddressRules
{
    /// <summary>Brings an address into the form in which it is stored, and collects what is wrong with it.</summary>
    /// <param name="needsStreet">Without it, as much as is known will do, as it does in imports: a city, with or without a street and a
    /// country.</param>
    /// <param name="keepsStreet">Whether the street that is there stays, since anyone who writes sees it masked.</param>
    /// <param name="home">The country that a phone without a calling code belongs to, where the address names none.</param>
    public static AddressInput Normalize(AddressInput input, List<FieldError> errors, bool needsStreet, bool keepsStreet = false,
        string? home = null)
    {
        var line1 = needsStreet && !keepsStreet
            ? TextRules.Required(nameof(input.Line1), input.Line1, AddressService.LineLength, "An address needs a street.", errors)
            : TextRules.Text(nameof(input.Line1), input.Line1, AddressService.LineLength, errors).Value ?? "";
        var city = TextRules.Required(nameof(input.City), input.City, CustomerRules.CityLength, "An address needs a city.", errors);
        var country = (needsStreet
            ? TextRules.Required(nameof(input.Country), input.Country, 2, "An address needs a country.", errors)
            : TextRules.Text(nameof(input.Country), input.Country, 2, errors).Value ?? "").ToUpperInvariant();
        if (country.Length > 0 && errors.All(e => e.Field != nameof(input.Country)) && !IsoCodes.Countries.Contains(country))
            errors.Add(new(nameof(input.Country), "This is not a country code, such as GB."));
        var postalCode = PostalCode.Checked(TextRules.Text(nameof(input.PostalCode), input.PostalCode, 20, errors).Value, country,
            out var isPostalCode);
        if (!isPostalCode) errors.Add(new(nameof(input.PostalCode), "{0} is not a postal code of this country.", postalCode ?? ""));
        var phone = TextRules.Text(nameof(input.Phone), input.Phone, PhoneNumber.LongestTyped, errors).Value;
        if (phone is not null && errors.All(e => e.Field != nameof(input.Phone)))
        {
            if (PhoneNumber.TryNormalize(phone, country.Length == 2 ? country : home, out var e164)) phone = e164;
            else errors.Add(new(nameof(input.Phone),
                "This is not a phone number; write it with its country code, such as +44 20 7946 0958."));
        }

        if (input.Latitude is null != input.Longitude is null)
            errors.Add(new(nameof(input.Latitude), "Enter both latitude and longitude, or neither."));
        if (input.Latitude is < -90 or > 90 or double.NaN)
            errors.Add(new(nameof(input.Latitude), "The latitude must be between -90 and 90 degrees."));
        if (input.Longitude is < -180 or > 180 or double.NaN)
            errors.Add(new(nameof(input.Longitude), "The longitude must be between -180 and 180 degrees."));
        return input with
        {
            Line1 = line1,
            City = city,
            PostalCode = postalCode,
            Country = country,
            Phone = phone,
            Line2 = TextRules.Text(nameof(input.Line2), input.Line2, AddressService.LineLength, errors).Value,
            State = TextRules.Text(nameof(input.State), input.State, 100, errors).Value,
            GivenName = TextRules.Text(nameof(input.GivenName), input.GivenName, CustomerRules.NameLength, errors).Value,
            FamilyName = TextRules.Text(nameof(input.FamilyName), input.FamilyName, CustomerRules.NameLength, errors).Value,
        };
    }
}
