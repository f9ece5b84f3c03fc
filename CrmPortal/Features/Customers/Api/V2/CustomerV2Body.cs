using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.Customers;

/// <summary>A customer as document 4 writes them. A field that is absent stays as it is; null clears it.</summary>
internal sealed record CustomerV2Body
{
    private const string WithPhone = "Customers have a phone number here, such as 529991234567.";

    private static readonly Dictionary<string, CustomerSource> Sources = Enum.GetValues<CustomerSource>()
        .ToDictionary(s => NameOf(s));

    [Description("With its country code, with or without a plus; unique among customers. Required for a new customer.")]
    public Optional<string?> PhoneNumber { get; init; }

    public Optional<string?> FirstName { get; init; }
    public Optional<string?> LastName { get; init; }

    [Description("Unique among customers, case-insensitive.")]
    public Optional<string?> Email { get; init; }

    [Description("All phones that the customer will have beside phoneNumber.")]
    public Optional<IReadOnlyList<string>?> AlternativePhones { get; init; }

    [Description("The parts that are given; an address only needs a city. null removes it.")]
    public Optional<AddressV2Body?> Address { get; init; }

    [Description("All tags that the customer will have; case is kept, and two that differ in it alone are one tag.")]
    public Optional<IReadOnlyList<string>?> Tags { get; init; }

    [Description("vip makes the customer a VIP, any other one lifts that. The others follow from status and age of the record.")]
    public Optional<string?> Segment { get; init; }

    [Description("whatsapp, referral, website, social_media or other.")]
    public Optional<string?> Source { get; init; }

    [Description("active or inactive; vip makes the customer a VIP. Customers are blocked at /block.")]
    public Optional<string?> Status { get; init; }

    [Description("Becomes a note unless the newest one says just this; notes are never changed or removed from here.")]
    public Optional<string?> Notes { get; init; }

    [Description("Texts by any key. Those of the shop's custom fields go there, others are kept beside them. Absent keys stay as they are.")]
    public Optional<Dictionary<string, string?>?> CustomFields { get; init; }

    public Optional<PreferencesV2Body?> Preferences { get; init; }

    /// <param name="home">The shop's country.</param>
    /// <exception cref="RuleViolationException">A word is none of those that there are.</exception>
    public WholeCustomer Read(bool isNew, string home)
    {
        var errors = new List<FieldError>();
        var address = Address.Value?.Read(errors);
        var place = address?.Country.Value;
        var whole = new WholeCustomer(Fields(isNew, place, place ?? home, errors))
        {
            Address = Address.IsPresent ? new(address is null ? null : address.From) : default,
            Phones = AlternativePhones.IsPresent
                ? new([.. (AlternativePhones.Value ?? []).Select(p => DocumentedPhone.Read(p, place ?? home))]) : default,
            Note = Notes.Value,
            IsVip = ReadVip(isNew, errors),
            IsActive = ReadActive(errors),
            IsSaidInactive = Word(Segment) == CustomerKinds.Inactive,
            Words = CustomFields.IsPresent ? new(CustomFields.Value) : default,
        };
        return errors.Count > 0 ? throw new RuleViolationException(errors) : whole;
    }

    /// <summary>How the document writes a source.</summary>
    public static string NameOf(CustomerSource source) => JsonNamingPolicy.SnakeCaseLower.ConvertName(source.ToString());

    private CustomerChanges Fields(bool isNew, string? place, string home, List<FieldError> errors)
    {
        if ((isNew || PhoneNumber.IsPresent) && string.IsNullOrWhiteSpace(PhoneNumber.Value))
            errors.Add(new(nameof(CustomerChanges.Phone), WithPhone));
        var changes = new CustomerChanges
        {
            Phone = PhoneNumber.Value is { } phone ? new(DocumentedPhone.Read(phone, home)) : PhoneNumber,
            GivenName = FirstName, FamilyName = LastName, Email = Email,
            Tags = Tags.IsPresent ? new(Tags.Value ?? []) : default, Source = ReadSource(errors),
            // What a later phone without a country code means.
            Country = isNew && place is not null ? new(place) : default,
        };
        return Preferences.IsPresent ? (Preferences.Value ?? PreferencesV2Body.None).On(changes, errors) : changes;
    }

    private Optional<CustomerSource> ReadSource(List<FieldError> errors)
    {
        if (!Source.IsPresent) return default;
        if (Word(Source) is not { } word) return CustomerSource.Other;
        if (Sources.TryGetValue(word, out var source)) return source;
        errors.Add(new(nameof(Source), OneOf(Sources.Keys)));
        return default;
    }

    /// <summary>The flag that segment and status say, which must not contradict each other.</summary>
    private Optional<bool> ReadVip(bool isNew, List<FieldError> errors)
    {
        var (segment, isVip) = (Word(Segment), Word(Status) == CustomerKinds.Vip);
        if (segment is not null && !CustomerKinds.Filters.ContainsKey(segment))
            errors.Add(new(nameof(Segment), OneOf(CustomerKinds.Filters.Keys)));
        else if (segment is not null && isVip && segment != CustomerKinds.Vip)
            errors.Add(new(nameof(Segment), "The status says vip, and the segment does not."));
        if (isVip || segment == CustomerKinds.Vip) return true;
        return Segment.IsPresent && !isNew ? false : default(Optional<bool>);
    }

    private Optional<bool> ReadActive(List<FieldError> errors)
    {
        switch (Word(Status))
        {
            case "active": return true;
            case "inactive": return false;
            case "blocked":
                errors.Add(new(nameof(Status), "Block a customer by a PATCH of /block, with a reason."));
                return default;
            case null when Status.IsPresent:
            case not (null or CustomerKinds.Vip):
                errors.Add(new(nameof(Status), OneOf(["active", "inactive", CustomerKinds.Vip])));
                return default;
            default: return default;
        }
    }

    private static string? Word(Optional<string?> text) =>
        string.IsNullOrWhiteSpace(text.Value) ? null : text.Value.Trim().ToLowerInvariant();

    private static string OneOf(IEnumerable<string> words) => $"It is one of: {string.Join(", ", words)}.";
}

/// <summary>An address as document 4 writes it.</summary>
internal sealed record AddressV2Body
{
    public Optional<string?> Street { get; init; }
    public Optional<string?> City { get; init; }
    public Optional<string?> State { get; init; }

    [Description("The name or the ISO 3166-1 alpha-2 code, such as México or MX.")]
    public Optional<string?> Country { get; init; }

    public Optional<string?> PostalCode { get; init; }

    [Description("Degrees north and east; null removes them.")]
    public Optional<CoordinatesV2?> Coordinates { get; init; }

    public AddressChange Read(List<FieldError> errors)
    {
        var country = string.IsNullOrWhiteSpace(Country.Value) ? null : IsoCodes.CountryOf(Country.Value);
        if (country is null && !string.IsNullOrWhiteSpace(Country.Value))
            errors.Add(new(nameof(AddressInput.Country), "This is neither the name nor the code of a country, such as México or MX."));
        return new()
        {
            Line1 = Street, City = City, State = State, PostalCode = PostalCode,
            Country = Country.IsPresent ? new(country) : default,
            Latitude = Coordinates.IsPresent ? new(Coordinates.Value?.Latitude) : default,
            Longitude = Coordinates.IsPresent ? new(Coordinates.Value?.Longitude) : default,
        };
    }
}

/// <param name="Latitude">Degrees north, WGS 84.</param>
/// <param name="Longitude">Degrees east.</param>
internal sealed record CoordinatesV2(double? Latitude, double? Longitude);

/// <summary>Preferences as document 4 writes them.</summary>
internal sealed record PreferencesV2Body
{
    private const string UsualLanguage = "en";

    /// <summary>What clearing all of them leaves.</summary>
    public static PreferencesV2Body None { get; } = new()
    {
        Language = new(null), CommunicationHours = new(null), PreferredAgent = new(null),
    };

    [Description("BCP 47, such as es.")]
    public Optional<string?> Language { get; init; }

    [Description("The hours for contact in the customer's own time; null for any hour.")]
    public Optional<HoursV2?> CommunicationHours { get; init; }

    [Description("The id of the member of staff who looks after the customer.")]
    public Optional<string?> PreferredAgent { get; init; }

    public CustomerChanges On(CustomerChanges changes, List<FieldError> errors) => changes with
    {
        Language = Language.IsPresent ? new(Language.Value ?? UsualLanguage) : default,
        ContactFrom = CommunicationHours.IsPresent
            ? new(Time(CommunicationHours.Value?.Start, nameof(CustomerChanges.ContactFrom), errors)) : default,
        ContactUntil = CommunicationHours.IsPresent
            ? new(Time(CommunicationHours.Value?.End, nameof(CustomerChanges.ContactUntil), errors)) : default,
        PreferredAgentId = PreferredAgent.IsPresent ? new(Agent(PreferredAgent.Value, errors)) : default,
    };

    private static TimeOnly? Time(string? text, string field, List<FieldError> errors)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (TimeOnly.TryParseExact(text.Trim(), ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return time;
        errors.Add(new(field, "Write a time such as 09:00."));
        return null;
    }

    private static long? Agent(string? text, List<FieldError> errors)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return id;
        errors.Add(new(nameof(CustomerChanges.PreferredAgentId), "This member of staff does not exist."));
        return null;
    }
}

/// <param name="Start">Such as 09:00.</param>
internal sealed record HoursV2(string? Start, string? End)
{
    public static HoursV2? Of(TimeOnly? start, TimeOnly? end) => start is { } from && end is { } until
        ? new(Written(from), Written(until)) : null;

    private static string Written(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
}

/// <summary>Phones as document 4 writes them: with the country code, without the plus.</summary>
internal static class DocumentedPhone
{
    /// <summary>
    /// What was typed, with its plus where it is a number with country code that lacks it: digits that a numbering plan knows as such, or
    /// that mean nothing within the country.
    /// </summary>
    public static string Read(string typed, string home)
    {
        var text = typed.Trim();
        if (text.Length == 0 || text[0] == '0' || !text.All(char.IsAsciiDigit)) return typed;
        return PhoneNumber.IsValid("+" + text) || !PhoneNumber.TryNormalize(text, home, out _) ? "+" + text : typed;
    }

    /// <summary>
    /// A text to search for: with the plus that it lacks, the whole phone of a customer is found by those too who see no phones.
    /// </summary>
    public static string? Sought(string? typed) => typed?.Trim() is { Length: > 0 } text && text[0] != '0' && text.All(char.IsAsciiDigit)
        && PhoneNumber.IsValid("+" + text) ? "+" + text : typed;

    [return: NotNullIfNotNull(nameof(phone))]
    public static string? Written(string? phone) => phone?.TrimStart('+');
}
