using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Imports;

/// <summary>A customer as a row gives them; null is a blank cell, which leaves a record's value as it is.</summary>
internal sealed record StagedCustomer
{
    public string? Number { get; init; }
    public string? GivenName { get; init; }
    public string? FamilyName { get; init; }

    /// <summary>The whole name, where given and family name were taken from it; it may be how a record is shown and not what it
    /// holds.</summary>
    public string? FullName { get; init; }

    public string? Email { get; init; }
    public string? Phone { get; init; }
    public string? ExternalId { get; init; }
    public string? LoyaltyCard { get; init; }
    public DateOnly? DateOfBirth { get; init; }
    public Gender? Gender { get; init; }
    public string? Language { get; init; }
    public string? Currency { get; init; }
    public string? Country { get; init; }
    public CustomerSource? Source { get; init; }
    public bool? IsVip { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public string? Line1 { get; init; }
    public string? Line2 { get; init; }
    public string? City { get; init; }
    public string? State { get; init; }
    public string? PostalCode { get; init; }

    /// <summary>Key of a field that the shop added → its value in the form in which it is kept.</summary>
    public IReadOnlyDictionary<string, string>? OwnFields { get; init; }

    /// <summary>What was left out of the row, such as a country that is none.</summary>
    public IReadOnlyList<ImportNotice>? Notices { get; init; }

    public bool HasName => GivenName is not null || FamilyName is not null || Email is not null || Phone is not null
        || ExternalId is not null;

    /// <summary>The value by which the customer is matched, folded as the database compares it.</summary>
    public string? KeyOf(MatchKey match) => match switch
    {
        MatchKey.Number => Number,
        MatchKey.Email => Email?.ToLowerInvariant(),
        MatchKey.Phone => Phone,
        _ => ExternalId,
    };
}

/// <summary>Reads customers out of rows, by the same rules as the form and the API.</summary>
internal sealed class CustomerRowReader(ImportPlan plan, OwnFieldReader ownFields, RowReader row, ShopOptions shop, DateOnly today)
{
    private readonly LocalZone _zone = plan.TimeZone.Length > 0 ? LocalZone.Of(plan.TimeZone) : shop.Zone;

    /// <summary>The customer of the row; what is wrong is in <see cref="RowReader.Fault"/>.</summary>
    public StagedCustomer Read()
    {
        var notices = new List<ImportNotice>();
        var (given, family, full) = Names();
        var changes = new CustomerChanges
        {
            GivenName = given,
            FamilyName = family,
            Email = row.Text(ImportFields.Email, CustomerRules.EmailLength),
            Phone = row.Text(ImportFields.Phone, PhoneNumber.LongestTyped),
            ExternalId = row.Key(ImportFields.ExternalId, CustomerRules.ExternalIdLength),
            LoyaltyCard = row.Key(ImportFields.LoyaltyCard, Customer.LoyaltyCardLength),
            DateOfBirth = row.Date(ImportFields.DateOfBirth) is { } born ? DateOnly.FromDateTime(born) : null,
            Currency = row.Text(ImportFields.Currency, 3),
        };
        if (row.Text(ImportFields.Language, 60) is { } language)
            changes = changes with { Language = ValueReader.Language(language) };
        var country = Country(notices);
        var errors = new List<FieldError>();
        // A country that is named and not known is none: the shop's would make another phone of a number without calling code.
        var isUnknown = country is null && row.Text(ImportFields.Country, 100) is not null;
        if (isUnknown && changes.Phone.Value is { } phone && !PhoneNumber.TryNormalize(phone, null, out _))
        {
            changes = changes with { Phone = null };
            notices.Add(new("“{0}” has no country code, and its country is not known; the phone is skipped.", [RowReader.Short(phone)]));
        }

        var home = new ShopOptions { Country = country ?? shop.Country, Currency = shop.Currency, TimeZone = shop.TimeZone };
        var fields = CustomerRules.Normalize(changes, home, today, errors);
        if (errors.Count > 0) row.Reject(errors[0].Message, errors[0].Arguments);
        return new()
        {
            Number = row.Key(ImportFields.Number, 24),
            GivenName = fields.GivenName.Value,
            FamilyName = fields.FamilyName.Value,
            FullName = full,
            Email = fields.Email.Value,
            Phone = fields.Phone.Value,
            ExternalId = fields.ExternalId.Value,
            LoyaltyCard = fields.LoyaltyCard.Value,
            DateOfBirth = fields.DateOfBirth.Value,
            Gender = Choice<Gender>(ImportFields.Gender, notices),
            Language = fields.Language.Or(null),
            Currency = fields.Currency.Value,
            Country = country,
            Source = Choice<CustomerSource>(ImportFields.Source, notices),
            IsVip = YesNo(ImportFields.Vip),
            Tags = Tags(),
            CreatedAt = row.Date(ImportFields.Created) is { } created ? _zone.InstantOf(created) : null,
            Line1 = row.Text(ImportFields.Line1, AddressService.LineLength),
            Line2 = row.Text(ImportFields.Line2, AddressService.LineLength),
            City = row.Text(ImportFields.City, CustomerRules.CityLength),
            State = row.Text(ImportFields.State, 100),
            PostalCode = row.Key(ImportFields.PostalCode, 20),
            OwnFields = ownFields.Read(row),
            Notices = notices.Count > 0 ? notices : null,
        };
    }

    private (string? Given, string? Family, string? Full) Names()
    {
        var (given, family) = (row.Text(ImportFields.GivenName, CustomerRules.NameLength),
            row.Text(ImportFields.FamilyName, CustomerRules.NameLength));
        if (given is not null || family is not null || row.Text(ImportFields.FullName,
            CustomerRules.DisplayNameLength) is not { } name) return (given, family, null);
        // "Family, Given" says which is which; else the last word is taken for the family name, and a single one for the given.
        if (name.IndexOf(',', StringComparison.Ordinal) is > 0 and var comma) return (Cut(name[(comma + 1)..]), Cut(name[..comma]), name);
        var blank = name.LastIndexOf(' ');
        return blank < 0 ? (Cut(name), null, name) : (Cut(name[..blank]), Cut(name[(blank + 1)..]), name);

        string? Cut(string part)
        {
            part = part.Trim();
            if (part.Length > CustomerRules.NameLength)
                row.Reject("{0}: “{1}” is too long; {2} characters are allowed.", row.LabelOf(ImportFields.FullName), RowReader.Short(part),
                CustomerRules.NameLength);
            return part.Length == 0 ? null : part;
        }
    }

    private string? Country(List<ImportNotice> notices)
    {
        if (row.Text(ImportFields.Country, 100) is not { } text) return null;
        if (IsoCodes.CountryOf(text) is { } code) return code;
        notices.Add(new("“{0}” is not a known country; it is skipped.", [RowReader.Short(text)]));
        return null;
    }

    private T? Choice<T>(string field, List<ImportNotice> notices)
        where T : struct, Enum
    {
        if (row.Text(field, 60) is not { } text) return null;
        if (ValueReader.TryChoice<T>(text, out var value)) return value;
        notices.Add(new("{0}: “{1}” is not one of the choices; it is skipped.", [row.LabelOf(field), RowReader.Short(text)]));
        return null;
    }

    private bool? YesNo(string field)
    {
        if (row.Text(field, 20) is not { } text) return null;
        if (ValueReader.YesNo(text) is { } value) return value;
        row.Reject("{0}: “{1}” is neither yes nor no.", row.LabelOf(field), RowReader.Short(text));
        return null;
    }

    private List<string>? Tags()
    {
        if (row.Text(ImportFields.Tags, 2000) is not { } text) return null;
        var errors = new List<FieldError>();
        var tags = text.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(t => CustomerRules.Tag(t, errors)).OfType<string>().DistinctBy(t => t.ToLowerInvariant()).ToList();
        if (errors.Count > 0) row.Reject(errors[0].Message, errors[0].Arguments);
        return tags;
    }
}
