using System.Globalization;
using CrmPortal.Core.Common;

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

    private static readonly HashSet<string> Currencies =
    [
        .. CultureInfo.GetCultures(CultureTypes.SpecificCultures).Where(c => !c.IsNeutralCulture && c.Name.Length > 0)
            .Select(c => new RegionInfo(c.Name).ISOCurrencySymbol).Where(c => c.Length == 3),
        "EUR", "USD", "GBP",
    ];

    private static readonly HashSet<string> Countries =
    [
        .. CultureInfo.GetCultures(CultureTypes.SpecificCultures).Where(c => c.Name.Length > 0)
            .Select(c => new RegionInfo(c.Name).TwoLetterISORegionName).Where(c => c.Length == 2 && c.All(char.IsAsciiLetterUpper)),
    ];

    private static readonly DateOnly EarliestBirth = new(1900, 1, 1);

    /// <summary>The ISO 3166-1 codes that addresses may hold.</summary>
    public static IReadOnlySet<string> CountryCodes => Countries;

    /// <summary>The ISO 3166-1 code of a country's code or of its name in English or in its own language, or null.</summary>
    public static string? CountryCode(string text) => Imports.ValueReader.Country(text);

    /// <summary>The ISO 4217 codes that customers may hold.</summary>
    public static IReadOnlySet<string> CurrencyCodes => Currencies;

    /// <summary>Brings the fields into the form in which they are stored, and collects what is wrong with them.</summary>
    /// <param name="home">The country that a phone without a calling code belongs to, where the changes name none; else the shop's.</param>
    public static CustomerChanges Normalize(CustomerChanges changes, ShopOptions shop, DateOnly today, List<FieldError> errors,
        string? home = null)
    {
        var email = Text(nameof(changes.Email), changes.Email, EmailLength, errors);
        if (email is { IsPresent: true, Value: { } address } && !IsEmail(address))
            errors.Add(new(nameof(changes.Email), "This is not an e-mail address, such as name@example.com."));

        var currency = Text(nameof(changes.Currency), changes.Currency, 3, errors);
        if (currency is { IsPresent: true, Value: { } code })
        {
            currency = code.ToUpperInvariant();
            if (!Currencies.Contains(currency.Value!))
                errors.Add(new(nameof(changes.Currency), "This is not a currency code, such as EUR."));
        }

        var country = Text(nameof(changes.Country), changes.Country, 2, errors);
        if (country is { IsPresent: true, Value: { } place })
        {
            country = place.ToUpperInvariant();
            if (!Countries.Contains(country.Value!)) errors.Add(new(nameof(changes.Country), "This is not a country code, such as GB."));
        }

        var phone = Text(nameof(changes.Phone), changes.Phone, PhoneNumber.LongestTyped, errors);
        if (phone is { IsPresent: true, Value: { } typed })
        {
            if (PhoneNumber.TryNormalize(typed, country.Value ?? home ?? shop.Country, out var e164)) phone = e164;
            else errors.Add(new(nameof(changes.Phone),
                "This is not a phone number; write it with its country code, such as +44 20 7946 0958."));
        }

        var language = Text(nameof(changes.Language), changes.Language, 10, errors);
        if (language.IsPresent && (language.Value is not { } tag || !IsLanguage(tag)))
            errors.Add(new(nameof(changes.Language), "This is not a language code, such as en or es."));

        if (changes.DateOfBirth is { IsPresent: true, Value: { } born } && (born > today || born < EarliestBirth))
            errors.Add(new(nameof(changes.DateOfBirth), "The date of birth must lie between 1900 and today."));

        var zone = Text(nameof(changes.TimeZone), changes.TimeZone, TimeZoneLength, errors);
        if (zone.Value is { } zoneName && !(zoneName.Contains('/') && LocalZone.IsKnown(zoneName)) && zoneName != "UTC")
            errors.Add(new(nameof(changes.TimeZone), "This is not a time zone, such as Europe/Madrid."));
        if (changes.ContactFrom.IsPresent != changes.ContactUntil.IsPresent
            || (changes.ContactFrom.IsPresent && changes.ContactFrom.Value is null != changes.ContactUntil.Value is null))
            errors.Add(new(nameof(changes.ContactUntil), "Give both hours, or neither."));
        else if (changes.ContactFrom.Value is { } opens && changes.ContactUntil.Value is { } closes && opens == closes)
            errors.Add(new(nameof(changes.ContactUntil), "The hours must differ."));
        if (changes.FirstContactAt is { IsPresent: true, Value: { } first }
            && (shop.Zone.DayOf(first) > today || shop.Zone.DayOf(first) < EarliestBirth))
            errors.Add(new(nameof(changes.FirstContactAt), "The first contact must lie between 1900 and today."));

        return changes with
        {
            PreferredName = Text(nameof(changes.PreferredName), changes.PreferredName, NameLength, errors),
            TimeZone = zone,
            GivenName = Text(nameof(changes.GivenName), changes.GivenName, NameLength, errors),
            FamilyName = Text(nameof(changes.FamilyName), changes.FamilyName, NameLength, errors),
            Email = email,
            Phone = phone,
            ExternalId = Text(nameof(changes.ExternalId), changes.ExternalId, ExternalIdLength, errors),
            LoyaltyCard = Text(nameof(changes.LoyaltyCard), changes.LoyaltyCard, Customer.LoyaltyCardLength, errors),
            Currency = currency,
            Country = country,
            Language = language,
            Tags = changes.Tags.IsPresent
                ? new((changes.Tags.Value ?? []).Select(t => Tag(t, errors)).OfType<string>().DistinctBy(t => t.ToLowerInvariant())
                .ToList()) : changes.Tags,
        };
    }

    /// <summary>A required text, trimmed.</summary>
    public static string Required(string field, string? value, int longest, string message, List<FieldError> errors)
    {
        var text = Text(field, value, longest, errors).Value;
        if (text is null && errors.All(e => e.Field != field)) errors.Add(new(field, message));
        return text ?? "";
    }

    /// <summary>A text, trimmed; blank is null.</summary>
    public static Optional<string?> Text(string field, Optional<string?> value, int longest, List<FieldError> errors)
    {
        if (!value.IsPresent || string.IsNullOrWhiteSpace(value.Value)) return value.IsPresent ? new(null) : value;
        var text = StoredText.Composed(value.Value.Trim());
        if (text.Length > longest) errors.Add(new(field, "This is too long; {0} characters are allowed.", longest));
        if (HasUnstorable(text)) errors.Add(new(field, "This holds a character that cannot be stored."));
        return text;
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
        if (name.Length > TagLength) errors.Add(new("Tags", "A tag may have {0} characters.", TagLength));
        if (name.Contains(',') || name.Contains(';') || HasUnstorable(name))
            errors.Add(new("Tags", "A tag may hold neither commas nor semicolons."));
        return name;
    }

    /// <summary>Whether a database would refuse the text: U+0000, or half a surrogate pair.</summary>
    public static bool HasUnstorable(string text) => StoredText.IsUnstorable(text);

    internal static bool IsEmail(string text)
    {
        var at = text.IndexOf('@');
        if (at < 1 || at != text.LastIndexOf('@')
            || text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '<' or '>' or ',' or ';' or '"')) return false;
        var domain = text[(at + 1)..];
        return domain.Contains('.') && domain[0] is not ('.' or '-') && domain[^1] is not ('.' or '-')
            && !domain.Contains("..", StringComparison.Ordinal);
    }

    internal static bool IsLanguage(string tag) =>
        tag.Split('-') is [{ Length: 2 or 3 } first, .. var rest] && first.All(char.IsAsciiLetterLower)
            && rest.All(p => p.Length is >= 2 and <= 8 && p.All(char.IsAsciiLetterOrDigit));
}
