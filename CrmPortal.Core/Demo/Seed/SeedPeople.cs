using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Demo;

/// <summary>A customer before they have a key.</summary>
internal sealed record SeedPerson
{
    public required SeedCulture Culture { get; init; }
    public required string Given { get; init; }
    public required string Family { get; init; }
    public required Gender Gender { get; init; }
    public required string? Email { get; init; }
    public required string? Phone { get; init; }
    public required DateOnly? DateOfBirth { get; init; }
    public required CustomerSource Source { get; init; }
    public required CustomerStatus Status { get; init; }
    public required bool IsVip { get; init; }
    public required string? Tag { get; init; }
    public required string? Line1 { get; init; }
    public required string City { get; init; }
    public required string PostalCode { get; init; }
}

/// <summary>Makes people with names as frequent as in life: the first of a list is borne by many, the last by few (Zipf's law).</summary>
internal sealed class SeedPeople(ulong seed)
{
    public static readonly string[] Tags = ["Newsletter", "Regular", "Gift buyer", "Local", "Wholesale", "Complaint"];

    private static readonly string[] Domains = ["example.com", "example.org", "example.net", "mail.example", "post.example"];
    private static readonly string[] Nicknames = SeedCulture
        .Words("sakura bluebird lotus tiger panda coffee star river jasmine falcon mango cloud pearl cedar ocean maple amber breeze dragon honey");
    private static readonly double[] Cultures = SeedCatalogue.Cumulative([.. SeedCulture.All.Select(c => (double)c.Weight)]);
    private static readonly double[] TagShares = SeedCatalogue.Cumulative([40, 25, 15, 10, 6, 4]);

    private readonly Dictionary<int, double[]> _zipf = [];
    private readonly Dictionary<string, int> _phones = [];

    /// <summary>
    /// The person of a number; they must be asked for one after the other, since the ranges of phones are used up in turn.
    /// </summary>
    public SeedPerson Make(int number)
    {
        var random = SeedRandom.For(seed, SeedStream.Person, (ulong)number);
        var culture = SeedCulture.All[random.Place(Cultures)];
        var isFemale = random.Chance(0.58);
        var given = Pick(ref random, isFemale ? culture.Female : culture.Male);
        var family = Pick(ref random, culture.Family);
        if (isFemale
            && culture.FamilyOfWomen
            .FirstOrDefault(f => family.EndsWith(f.Of, StringComparison.Ordinal)) is { Of: { } ending } rule) family =
            family[..^ending.Length] + rule.Her;
        var genderTold = random.Chance(0.6);
        var mailbox = Mailbox(ref random, given, family);
        var domain = Domains[random.Below(Domains.Length)];
        var (hasEmail, hasPhone, hasBirth) = (random.Chance(0.92), random.Chance(0.7), random.Chance(0.45));
        var phone = Phone(culture, number, random.Below(1_000_000));
        var born = new DateOnly(1940, 1, 1).AddDays(random.Below(365 * 67));
        return new()
        {
            Culture = culture, Given = given, Family = family, Gender = !genderTold ? Gender.Unspecified : isFemale
                ? Gender.Female : Gender.Male,
            Email = hasEmail ? string.Create(CultureInfo.InvariantCulture, $"{mailbox}{number}@{domain}") : null,
            Phone = hasPhone ? phone : null,
            DateOfBirth = hasBirth ? born : null,
            Source = random.Share() switch { < 0.6 => CustomerSource.Website, < 0.75 => CustomerSource.Referral,
                < 0.88 => CustomerSource.SocialMedia, < 0.93 => CustomerSource.Whatsapp, _ => CustomerSource.Other },
            Status = random.Share() switch { < 0.003 => CustomerStatus.Blocked, < 0.03 => CustomerStatus.Inactive,
                _ => CustomerStatus.Active },
            IsVip = random.Chance(0.008),
            Tag = random.Chance(0.2) ? Tags[random.Place(TagShares)] : null,
            City = Pick(ref random, culture.Cities),
            Line1 = Street(ref random, culture),
            PostalCode = PostalCode(ref random, culture.PostalCode),
        };
    }

    private static string? Street(ref SeedRandom random, SeedCulture culture)
    {
        var street = culture.Streets[random.Below(culture.Streets.Length)];
        var line = string.Format(CultureInfo.InvariantCulture, culture.Line, street, 1 + random.Below(180));
        return random.Chance(0.86) ? line : null;
    }

    private string Pick(ref SeedRandom random, string[] names)
    {
        if (!_zipf.TryGetValue(names.Length, out var shares))
            shares = _zipf[names.Length] = SeedCatalogue.Cumulative([.. Enumerable.Range(0, names.Length).Select(i => 1.0 / (i + 5))]);
        return names[random.Place(shares)];
    }

    /// <summary>
    /// The next number of the country's range for fiction; beyond it, and where there is none, one under the calling code 999, which is
    /// nobody's.
    /// </summary>
    private string Phone(SeedCulture culture, int number, int last)
    {
        var next = _phones.GetValueOrDefault(culture.Country);
        _phones[culture.Country] = next + 1;
        foreach (var (prefix, digits) in culture.FictionPhones)
        {
            var size = digits switch { 2 => 100, 3 => 1_000, _ => 10_000 };
            if (next < size) return prefix + next.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
            next -= size;
        }

        return string.Create(CultureInfo.InvariantCulture, $"+999{number:00000000}{last % 10}");
    }

    /// <summary>The ASCII letters of a name; for scripts that have none, a nickname.</summary>
    private static string Mailbox(ref SeedRandom random, string given, string family)
    {
        var nickname = Nicknames[random.Below(Nicknames.Length)];
        var parts = new[] { given, family }.Select(n => string.Concat(SearchText.Fold(n).Where(char.IsAsciiLetterLower)))
            .Where(n => n.Length > 1).ToList();
        return parts.Count == 0 ? nickname : string.Join('.', parts);
    }

    private static string PostalCode(ref SeedRandom random, string pattern)
    {
        Span<char> code = stackalloc char[pattern.Length];
        for (var i = 0; i < pattern.Length; i++)
        {
            code[i] = pattern[i] switch { '#' => (char)('0' + random.Below(10)), '@' => (char)('A' + random.Below(26)), var sign => sign };
        }

        if (code[0] == '0') code[0] = '1';
        return new(code);
    }
}
