using System.Globalization;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Customers;

/// <summary>What a customer's fields may hold; forms, the API and imports all pass here.</summary>
public static class CustomerRules
{
    public const int NameLength = 100;
    public const int DisplayNameLength = 2 * NameLength + 1;
    public const int CityLength = 100;
    public const int EmailLength = 254;
    public const int ExternalIdLength = 100;
    public const int ReasonLength = 500;
    public const int TagLength = 50;
    public const int NoteLength = 10_000;
    public const int TimeZoneLength = 60;

    internal const int EarliestBirthYear = 1900;

    private static readonly DateOnly EarliestBirth = new(EarliestBirthYear, 1, 1);

    /// <summary>Brings the fields into the form in which they are stored, and collects what is wrong with them.</summary>
    /// <param name="home">The country that a phone without a calling code belongs to, where the changes name none; else the shop's.</param>
    public static CustomerChanges Normalize(CustomerChanges changes, ShopOptions shop, DateOnly today, List<FieldError> errors,
        string? home = null)
    {
        var email = TextRules.Text(nameof(changes.Email), changes.Email, EmailLength, errors);
        if (email is { IsPresent: true, Value: { } address } && !TextRules.IsEmail(address))
            errors.Add(new(nameof(changes.Email), "This is not an e-mail address, such as name@example.com."));

        var currency = TextRules.Text(nameof(changes.Currency), changes.Currency, 3, errors);
        if (currency is { IsPresent: true, Value: { } code })
        {
            currency = code.ToUpperInvariant();
            if (!IsoCodes.Currencies.Contains(currency.Value!))
                errors.Add(new(nameof(changes.Currency), "This is not a currency code, such as EUR."));
        }

        var country = TextRules.Text(nameof(changes.Country), changes.Country, 2, errors);
        if (country is { IsPresent: true, Value: { } place })
        {
            country = place.ToUpperInvariant();
            if (!IsoCodes.Countries.Contains(country.Value!))
                errors.Add(new(nameof(changes.Country), "This is not a country code, such as GB."));
        }

        var phone = TextRules.Text(nameof(changes.Phone), changes.Phone, PhoneNumber.LongestTyped, errors);
        if (phone is { IsPresent: true, Value: { } typed })
        {
            if (PhoneNumber.TryNormalize(typed, country.Value ?? home ?? shop.Country, out var e164)) phone = e164;
            else errors.Add(new(nameof(changes.Phone),
                "This is not a phone number; write it with its country code, such as +44 20 7946 0958."));
        }

        var language = TextRules.Text(nameof(changes.Language), changes.Language, 10, errors);
        if (language.IsPresent && (language.Value is not { } tag || !IsLanguage(tag)))
            errors.Add(new(nameof(changes.Language), "This is not a language code, such as en or es."));

        if (changes.DateOfBirth is { IsPresent: true, Value: { } born } && (born > today || born < EarliestBirth))
            errors.Add(new(nameof(changes.DateOfBirth), "The date of birth must be between 1900 and today."));

        var zone = TextRules.Text(nameof(changes.TimeZone), changes.TimeZone, TimeZoneLength, errors);
        if (zone.Value is { } zoneName && !(zoneName.Contains('/') && LocalZone.IsKnown(zoneName)) && zoneName != "UTC")
            errors.Add(new(nameof(changes.TimeZone), "This is not a time zone, such as Europe/Madrid."));
        if (changes.ContactFrom.IsPresent != changes.ContactUntil.IsPresent
            || (changes.ContactFrom.IsPresent && changes.ContactFrom.Value is null != changes.ContactUntil.Value is null))
            errors.Add(new(nameof(changes.ContactUntil), "Enter both hours, or neither."));
        else if (changes.ContactFrom.Value is { } opens && changes.ContactUntil.Value is { } closes && opens == closes)
            errors.Add(new(nameof(changes.ContactUntil), "The hours must differ."));
        if (changes.FirstContactAt is { IsPresent: true, Value: { } first }
            && (shop.Zone.DayOf(first) > today || shop.Zone.DayOf(first) < EarliestBirth))
            errors.Add(new(nameof(changes.FirstContactAt), "The first contact must be between 1900 and today."));

        return changes with
        {
            PreferredName = TextRules.Text(nameof(changes.PreferredName), changes.PreferredName, NameLength, errors),
            TimeZone = zone,
            GivenName = TextRules.Text(nameof(changes.GivenName), changes.GivenName, NameLength, errors),
            FamilyName = TextRules.Text(nameof(changes.FamilyName), changes.FamilyName, NameLength, errors),
            Email = email,
            Phone = phone,
            ExternalId = TextRules.Text(nameof(changes.ExternalId), changes.ExternalId, ExternalIdLength, errors),
            LoyaltyCard = TextRules.Text(nameof(changes.LoyaltyCard), changes.LoyaltyCard, Customer.LoyaltyCardLength, errors),
            Currency = currency,
            Country = country,
            Language = language,
            Tags = changes.Tags.IsPresent
                ? new((changes.Tags.Value ?? []).Select(t => Tag(t, errors)).OfType<string>().DistinctBy(t => t.ToLowerInvariant())
                .ToList()) : changes.Tags,
        };
    }

    /// <summary>A tag's name, or null where it is wrong.</summary>
    public static string? Tag(string? name, List<FieldError> errors)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            errors.Add(new("Tags", "A tag needs a name."));
            return null;
        }

        name = StoredText.Composed(name.Trim());
        if (name.Length > TagLength) errors.Add(new("Tags", "A tag can have at most {0} characters.", TagLength));
        if (name.Contains(',') || name.Contains(';') || StoredText.IsUnstorable(name))
            errors.Add(new("Tags", "A tag cannot contain commas or semicolons."));
        return name;
    }

    internal static bool IsLanguage(string tag) =>
        tag.Split('-') is [{ Length: 2 or 3 } first, .. var rest] && first.All(char.IsAsciiLetterLower)
            && rest.All(p => p.Length is >= 2 and <= 8 && p.All(char.IsAsciiLetterOrDigit));
}
