using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Imports;

/// <summary>
/// Reads customers out of rows, by the same rules as the form and the API. Only what names the customer rejects a row; any other value
/// that cannot be read is left out, and counted.
/// </summary>
internal sealed class CustomerRowReader(ImportPlan plan, OwnFieldReader ownFields, RowReader row, FileProfile profile, ShopOptions shop,
    DateOnly today)
{
    private readonly LocalZone _zone = plan.TimeZone.Length > 0 ? LocalZone.Of(plan.TimeZone) : shop.Zone;
    private readonly ContactCells _contacts = new(row);
    private readonly WishCells _wishes = new(row);
    private readonly StreetCells _street = new(row);
    private readonly TagCells _tags = new(row, plan.Columns.TryGetValue(ImportFields.Tags, out var tags)
        && profile.Columns[tags].Look.HasSpacedWords);
    private readonly Dictionary<string, string?> _countries = [];

    /// <summary>The customer of the row; what is wrong is in <see cref="RowReader.Fault"/>.</summary>
    public StagedCustomer Read()
    {
        var (given, family, full) = Names();
        var (country, home) = Country();
        var emails = _contacts.Emails();
        if (plan.Match == MatchKey.Email && emails.Count == 0 && _contacts.IsUnreadable)
            row.Reject("This is not an e-mail address, such as name@example.com.");
        var phones = _contacts.Phones(home);
        if (plan.Match == MatchKey.Phone && phones.Count == 0 && _contacts.IsUnreadable)
            row.Reject("This is not a phone number; write it with its country code, such as +44 20 7946 0958.");
        var (line1, line2) = _street.Read();
        var wishedAt = Time(ImportFields.ConsentAt);
        return new()
        {
            Number = row.Key(ImportFields.Number, 24),
            GivenName = given,
            FamilyName = family,
            FullName = full,
            Email = emails.FirstOrDefault(),
            Phone = phones.FirstOrDefault(),
            FurtherEmails = emails.Count > 1 ? emails[1..] : null,
            FurtherPhones = phones.Count > 1 ? phones[1..] : null,
            ExternalId = row.Key(ImportFields.ExternalId, CustomerRules.ExternalIdLength),
            LoyaltyCard = row.Key(ImportFields.LoyaltyCard, Customer.LoyaltyCardLength),
            DateOfBirth = DateOfBirth(),
            Gender = Choice<Gender>(ImportFields.Gender),
            Language = Language(),
            Currency = Currency(),
            Country = country,
            Source = Choice<CustomerSource>(ImportFields.Source),
            IsVip = YesNo(ImportFields.Vip),
            Tags = _tags.Read(),
            CreatedAt = Time(ImportFields.Created),
            Wishes = _wishes.Read(wishedAt),
            WishedAt = wishedAt,
            Note = row.Optional(ImportFields.Note, CustomerRules.NoteLength),
            Points = Points(),
            Line1 = line1,
            Line2 = line2,
            City = row.Optional(ImportFields.City, CustomerRules.CityLength),
            State = row.Optional(ImportFields.State, 100),
            PostalCode = row.Key(ImportFields.PostalCode, 20),
            OwnFields = ownFields.Read(row),
            Notices = row.TakeNotices(),
        };
    }

    private (string? Given, string? Family, string? Full) Names()
    {
        var (given, family) = (row.Text(ImportFields.GivenName, CustomerRules.NameLength),
            row.Text(ImportFields.FamilyName, CustomerRules.NameLength));
        // "van der" in a column of its own belongs before the family name.
        if (family is not null && row.Optional(ImportFields.NamePrefix, 60) is { } prefix
            && prefix.Length + family.Length < CustomerRules.NameLength) family = $"{prefix} {family}";
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

    /// <summary>The country of the row, and the one in which its phones are read.</summary>
    /// <remarks>A country that is named and not known is none: the shop's would make another phone of a number without calling
    /// code.</remarks>
    private (string? Country, string? Home) Country()
    {
        if (row.Optional(ImportFields.Country, 100) is not { } text || Placeholder.Is(text)) return (null, shop.Country);
        if (!_countries.TryGetValue(text, out var code)) _countries[text] = code = IsoCodes.CountryOf(text);
        if (code is null) row.Notice(new("“{0}” is not a known country; it is skipped.", [RowReader.Short(text)]));
        return (code, code);
    }

    private DateTimeOffset? Time(string field)
    {
        if (row.OptionalDate(field) is not { } time) return null;
        return row.IsUtc(field) ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)) : _zone.InstantOf(time);
    }

    private long? Points()
    {
        if (row.OptionalNumber(ImportFields.Points) is not { } points) return null;
        if (points is >= 0 and <= LedgerService.MostPoints) return (long)decimal.Truncate(points);
        row.Skip(Skipped.Number, ImportFields.Points, row.Optional(ImportFields.Points, 40)!);
        return null;
    }

    private DateOnly? DateOfBirth()
    {
        if (row.OptionalDay(ImportFields.DateOfBirth) is not { } born) return null;
        if (born <= today && born.Year >= CustomerRules.EarliestBirthYear) return born;
        row.Skip(Skipped.Birth, ImportFields.DateOfBirth, row.Optional(ImportFields.DateOfBirth, 60)!);
        return null;
    }

    private string? Language()
    {
        if (row.Optional(ImportFields.Language, 60) is not { } text || Placeholder.Is(text)) return null;
        var tag = ValueReader.Language(text);
        if (tag.Length <= 10 && CustomerRules.IsLanguage(tag)) return tag;
        row.Skip(Skipped.Language, ImportFields.Language, text);
        return null;
    }

    private string? Currency()
    {
        if (row.Optional(ImportFields.Currency, 60) is not { } text || Placeholder.Is(text)) return null;
        if (IsoCodes.Currencies.Contains(text.ToUpperInvariant())) return text.ToUpperInvariant();
        row.Skip(Skipped.Currency, ImportFields.Currency, text);
        return null;
    }

    private T? Choice<T>(string field)
        where T : struct, Enum
    {
        if (row.Optional(field, 200) is not { } text || Placeholder.Is(text)) return null;
        if (ValueReader.TryChoice<T>(text, out var value)) return value;
        row.Notice(new("{0}: “{1}” is not one of the choices; it is skipped.", [row.LabelOf(field), RowReader.Short(text)]));
        return null;
    }

    private bool? YesNo(string field)
    {
        if (row.Optional(field, 200) is not { } text) return null;
        if (ValueReader.YesNo(text) is { } value) return value;
        if (!Placeholder.Is(text)) row.Skip(Skipped.YesNo, field, text);
        return null;
    }
}
