using System.Globalization;
using CrmPortal.Core.Customers;

namespace CrmPortal.Core.Demo;

/// <summary>Thinks out who the customers are: names of many scripts, couples who share an address, and some who are there twice.</summary>
internal sealed class DemoPeople(ulong seed, DateTimeOffset now, DateOnly today)
{
    public static readonly (string Name, string? Colour)[] Tags =
    [
        ("Newsletter", "blue"), ("Regular", "green"), ("Gift buyer", "pink"), ("Local", "teal"), ("Wholesale", "violet"),
        ("Complaint", "red"),
        ("Collects in shop", "orange"), ("Press", "yellow"),
    ];

    private const int Couples = 17;
    private const int Twins = 71;
    private const int Birthdays = 60;

    // Spelt in one way each, so that who looks for the usual spelling finds them all.
    private static readonly Dictionary<string, string> Spellings = new() { ["Muller"] = "Müller", ["Garcia"] = "García" };
    private static readonly double[] TagShares = [0.16, 0.03, 0.1, 0.12, 0.03, 0.03, 0.06, 0.01];

    /// <param name="came">When each came, in the order of the keys.</param>
    public List<DemoCustomer> Make(IReadOnlyList<long> keys, Func<int, DateTimeOffset> came)
    {
        var people = new SeedPeople(seed);
        var made = new List<DemoCustomer>(keys.Count);
        for (var i = 0; i < keys.Count; i++)
        {
            var random = SeedRandom.For(seed, SeedStream.DemoPerson, (ulong)i);
            var customer = new DemoCustomer { Id = keys[i], Index = i, Person = Spelt(people.Make(i)),
                CreatedAt = Earlier(came(i), now.AddMinutes(-20)) };
            if (i % Birthdays == 5)
                customer.Person = customer.Person with { DateOfBirth = BornOn(today.AddDays(i / Birthdays % 7), 1955 + random.Below(48)) };
            if (i % Twins == Twins - 1) Repeat(customer, made, ref random);
            else if (i % Couples == 8 && made[^1] is { TwinOf: null, Partner: null, Person.Line1: not null } other)
                Marry(customer, other, ref random);
            for (var t = 0; t < Tags.Length; t++)
                if (random.Chance(TagShares[t])) customer.Tags.Add(Tags[t].Name);
            AddContacts(customer, ref random);
            made.Add(customer);
        }

        return made;
    }

    private static SeedPerson Spelt(SeedPerson person) => Spellings.TryGetValue(person.Family, out var usual)
        ? person with { Family = usual } : person;

    private static DateOnly BornOn(DateOnly day, int year) => day is { Month: 2, Day: 29 } ? new(1988, 2, 29)
        : new(year, day.Month, day.Day);

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static void Marry(DemoCustomer customer, DemoCustomer other, ref SeedRandom random)
    {
        var culture = other.Person.Culture;
        var isFemale = other.Person.Gender != Gender.Female;
        var names = isFemale ? culture.Female : culture.Male;
        customer.Person = customer.Person with
        {
            Culture = culture, Given = names[random.Below(names.Length)], Family = other.Person.Family,
            Gender = isFemale ? Gender.Female : Gender.Male, Line1 = other.Person.Line1, City = other.Person.City,
            PostalCode = other.Person.PostalCode, Email = string.Create(CultureInfo.InvariantCulture, $"home{customer.Index}@example.net"),
        };
        (customer.Partner, other.Partner) = (other, customer);
    }

    /// <summary>Somebody who came a second time: the same person, a little otherwise.</summary>
    private static void Repeat(DemoCustomer customer, List<DemoCustomer> made, ref SeedRandom random)
    {
        var from = made.Count - 1 - random.Below(50);
        while (from >= 0 && made[from] is not { TwinOf: null, Partner: null, Person: { Line1: not null, Family: not "Müller" } }) from--;
        if (from < 0) return;
        var (other, way) = (made[from], customer.Index / Twins % 4);
        customer.TwinOf = other;
        customer.Person = other.Person with
        {
            Given = way == 1 && IsSwappable(other.Person.Given) ? Swapped(other.Person.Given) : other.Person.Given,
            Family = way == 2 && IsSwappable(other.Person.Family) ? Swapped(other.Person.Family) : way == 3
            ? other.Person.Family.ToUpperInvariant() : other.Person.Family,
            Email = way == 0 ? null : customer.Person.Email, Phone = null, Tag = null, Source = customer.Person.Source,
            Status = CustomerStatus.Active, IsVip = false,
        };
        if (other.Person.Phone is { } phone && way != 1)
            customer.Contacts.Add(new() { Kind = ContactKind.Phone, Value = phone, Label = "Mobile" });
        if (other.Person.Email is { } email && way == 1) customer.Contacts.Add(new() { Kind = ContactKind.Email, Value = email });
    }

    /// <summary>Signs of some scripts hang together and cannot change places.</summary>
    private static bool IsSwappable(string name) => name.Length > 4 && name.All(c => c < 'ʰ' && char.IsLetter(c));

    private static string Swapped(string name) => name[..2] + name[3] + name[2] + name[4..];

    private static void AddContacts(DemoCustomer customer, ref SeedRandom random)
    {
        if (customer.TwinOf is not null) return;
        if (random.Chance(0.1))
            customer.Contacts.Add(new() { Kind = ContactKind.Email, Value = string.Create(CultureInfo.InvariantCulture,
                $"office{customer.Index}@example.org"), Label = "Work" });
        if (random.Chance(0.08))
            customer.Contacts.Add(new() { Kind = ContactKind.Phone, Value = string.Create(CultureInfo.InvariantCulture,
                $"+9998{customer.Index:0000000}"), Label = random.Chance(0.5) ? "Home" : "Work" });
    }
}
