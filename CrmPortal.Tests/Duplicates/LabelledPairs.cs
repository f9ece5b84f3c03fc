using CrmPortal.Core.Customers;

namespace CrmPortal.Tests.Duplicates;

/// <summary>A record as somebody might have typed it.</summary>
internal sealed record Typed(string? Given, string? Family)
{
    public string? Email { get; init; }
    public string? Phone { get; init; }
    public string? FurtherEmail { get; init; }
    public string? FurtherPhone { get; init; }
    public DateOnly? Born { get; init; }
    public string? Street { get; init; }
    public string? ExternalId { get; init; }
}

/// <summary>
/// People and their records, made from a fixed seed: some people have a second record with what goes wrong in real life, and beside them
/// stand those who only look alike (families, twins, shared phones, people of the same name).
/// </summary>
internal sealed class LabelledPairs
{
    private static readonly string[] GivenNames =
    [
        "Katherine", "Oliver", "Sebastian", "Margaret", "Alejandro", "Francesca", "Benjamin", "Charlotte", "Dmitri", "Elisabeth",
            "Frederick", "Giovanni", "Henrietta", "Isabella", "Jonathan", "Konstantin",
        "Иван", "Екатерина", "Александр", "Γεώργιος", "Ελένη", "花子", "健太郎", "美咲", "지현", "محمد", "فاطمة", "Łucja", "Zoë", "Søren", "Ngọc",
            "Priya",
    ];

    private static readonly string[] FamilyNames =
    [
        "Lovelace", "Hernández", "Müller", "Kowalczyk", "O'Brien", "Rossellini", "Johansson", "Fitzgerald", "Nakamura", "Papadopoulos",
            "Schneider", "Fernandes", "Van der Berg", "Lindqvist", "Montgomery", "Castellanos",
        "Петров", "Кузнецова", "Παπαδόπουλος", "山田", "佐々木", "김", "الحسن", "Nguyễn", "Sharma", "Çelik",
    ];

    private static readonly string[] Streets = ["High Street", "Calle Mayor", "Hauptstraße", "Rue de la Paix", "улица Ленина", "Via Roma",
        "Green Lane", "Church Road"];

    private readonly Random _random = new(20260321);
    private int _number;

    /// <summary>All records; equal labels are one person.</summary>
    public List<(Typed Record, int Person)> Records { get; } = [];

    /// <summary>The kind of story of each person, for the message of a failure.</summary>
    public Dictionary<int, string> Stories { get; } = [];

    private int _person;

    public static LabelledPairs Make(int rounds)
    {
        var pairs = new LabelledPairs();
        for (var i = 0; i < rounds; i++) pairs.Round();
        return pairs;
    }

    private void Round()
    {
        // One person, two records.
        Twice("typo in the name, same phone", p => p,
            p => p with { Given = Typo(p.Given!), Email = null, Phone = null, FurtherPhone = p.Phone, Street = null });
        Twice("typo in the e-mail, same birth date", p => p, p => p with { Email = "x" + p.Email, Phone = null, Street = null });
        Twice("names swapped, same further e-mail", p => p, p => p with { Given = p.Family, Family = p.Given, Email = null, Phone = null,
            FurtherEmail = p.Email, Born = null, Street = null });
        Twice("moved in twice", p => p with { Born = null },
            p => p with { Email = null, Phone = null, Born = null, Street = p.Street!.ToUpperInvariant() });
        Twice("whole name in one field", p => p, p => p with { Given = $"{p.Given} {p.Family}", Family = null, Email = null, Phone = null,
            Street = null });
        Twice("other system, same number", p => p with { ExternalId = "A-" + _number },
            p => p with { Given = p.Given![..1] + ".", Email = null, Phone = null, Born = null, Street = null,
            ExternalId = "A-" + _number });
        Twice("married", p => p, p => p with { Family = Other(FamilyNames, p.Family!), Email = null, Phone = null, FurtherEmail = p.Email,
            FurtherPhone = p.Phone });
        Twice("day and month swapped", p => p with { Born = new(1980, 4, 11) },
            p => p with { Born = new(1980, 11, 4), Email = null, Phone = null, FurtherPhone = p.Phone, Street = null });

        // Two people.
        Two("couple at one address with one phone", p => p with { Born = null },
            p => p with { Given = Different(p.Given!), Email = null, Phone = null, FurtherPhone = p.Phone, Born = null });
        Two("father and son of one name", p => p with { Born = new(1955, 3, 2) },
            p => p with { Email = null, Phone = null, FurtherPhone = p.Phone, Born = new(1984, 9, 17) });
        Two("twins", p => p, p => p with { Given = Different(p.Given!), Email = null, Phone = null, FurtherPhone = p.Phone });
        Two("colleagues with the phone of the office", p => p,
            p => p with { Given = Different(p.Given!), Family = Other(FamilyNames, p.Family!), Email = null, Phone = null,
            FurtherPhone = p.Phone, Born = Day(), Street = null });
        Two("the same name in another town", p => p, p => p with { Email = null, Phone = null, Born = Day(), Street = null });
        Two("born on one day", p => p, p => p with { Given = Different(p.Given!), Family = Other(FamilyNames, p.Family!), Email = null,
            Phone = null, Street = null });
        Two("the same given name under one roof", p => p with { Born = null },
            p => p with { Family = Other(FamilyNames, p.Family!), Email = null, Phone = null, Born = null });
    }

    private void Twice(string story, Func<Typed, Typed> first, Func<Typed, Typed> second) => Add(story, first, second, isOne: true);

    private void Two(string story, Func<Typed, Typed> first, Func<Typed, Typed> second) => Add(story, first, second, isOne: false);

    private void Add(string story, Func<Typed, Typed> first, Func<Typed, Typed> second, bool isOne)
    {
        var number = ++_number;
        var person = new Typed(Any(GivenNames), Any(FamilyNames))
        {
            Email = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"p{number}@example.com"),
            Phone = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"+4420{79000000 + number}"),
            Born = Day(),
            Street = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Any(Streets)} {number}"),
        };
        Stories[++_person] = story;
        var one = first(person);
        Records.Add((one, _person));
        if (!isOne) Stories[++_person] = story;
        Records.Add((second(one), _person));
    }

    private string Any(string[] words) => words[_random.Next(words.Length)];

    private string Other(string[] words, string than)
    {
        while (true)
        {
            if (Any(words) is var word && word != than && word[0] != than[0]) return word;
        }
    }

    private string Different(string than) => Other(GivenNames, than);

    private DateOnly Day() => new DateOnly(1940, 1, 1).AddDays(_random.Next(25_000));

    /// <summary>A letter left out, doubled, or two turned round; short names lose nothing but an accent.</summary>
    private string Typo(string name)
    {
        if (name.Length < 5) return name.ToUpperInvariant();
        var at = _random.Next(1, name.Length - 2);
        return _random.Next(3) switch
        {
            0 => name.Remove(at, 1),
            1 => name.Insert(at, name[at].ToString()),
            _ => name[..at] + name[at + 1] + name[at] + name[(at + 2)..],
        };
    }
}
