using System.Globalization;
using CrmPortal.Core.Access;
using CrmPortal.Core.Common;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Data;
using CrmPortal.Core.Orders;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Demo;

/// <summary>
/// A shop's worth of made-up customers for a first look: the same on every machine, with phones from the ranges that the
/// numbering plans keep for fiction and mails under example domains.
/// </summary>
public sealed class DemoCustomers(IDatabaseProvider provider, TimeProvider clock, IOptions<ShopOptions> shop)
{
    private const string Done = "demo-customers";
    private const int Count = 260;

    private static readonly Culture[] Cultures =
    [
        new("GB", "en", ["London", "Leeds", "Bristol", "Edinburgh"], ["Amelia", "Oliver", "Isla", "Harry", "Freya", "Noah"], ["Smith", "Jones", "O'Brien", "Taylor", "Evans", "Walker"], "SW1A 1AA"),
        new("ES", "es", ["Madrid", "Sevilla", "Valencia", "Bilbao"], ["Lucía", "Álvaro", "Martina", "Íñigo", "Carmen", "Sofía"], ["García", "Muñoz", "Núñez", "Peña", "López", "Ibáñez"], "28013"),
        new("DE", "de", ["Berlin", "München", "Köln", "Lübeck"], ["Jürgen", "Zoë", "Björn", "Käthe", "Lukas", "Mia"], ["Müller", "Schröder", "Weiß", "Köhler", "Bauer", "Größe"], "10115"),
        new("FR", "fr", ["Paris", "Lyon", "Nîmes", "Besançon"], ["Chloé", "Hugo", "Zoé", "Léa", "Jérôme", "Anaïs"], ["Lefèvre", "Dubois", "Moreau", "François", "Garnier", "Noël"], "75001"),
        new("PL", "pl", ["Łódź", "Kraków", "Gdańsk"], ["Zofia", "Łukasz", "Małgorzata", "Jędrzej"], ["Kowalczyk", "Wiśniewska", "Zieliński", "Dąbrowska"], "90-001"),
        new("TR", "tr", ["İstanbul", "İzmir", "Muğla"], ["Ayşe", "Mehmet", "Gülşah", "Işıl"], ["Yılmaz", "Öztürk", "Şahin", "Çelik"], "34000"),
        new("GR", "el", ["Αθήνα", "Θεσσαλονίκη"], ["Ελένη", "Γιώργος", "Δήμητρα"], ["Παπαδόπουλος", "Γεωργίου", "Νικολάου"], "105 57"),
        new("UA", "uk", ["Київ", "Львів", "Одеса"], ["Оксана", "Тарас", "Юлія"], ["Шевченко", "Коваленко", "Бондаренко"], "01001"),
        new("IN", "hi", ["मुंबई", "दिल्ली", "Pune"], ["आरव", "अनन्या", "Priya"], ["शर्मा", "पटेल", "Iyer"], "400001"),
        new("JP", "ja", ["東京", "大阪", "京都"], ["太郎", "花子", "翔太"], ["山田", "佐藤", "鈴木"], "100-0001"),
        new("CN", "zh", ["北京", "上海", "成都"], ["伟", "芳", "秀英"], ["王", "李", "张"], "100000"),
        new("SA", "ar", ["الرياض", "جدة"], ["فاطمة", "محمد", "نورة"], ["العتيبي", "الحربي", "القحطاني"], "11564"),
        new("US", "en", ["Austin", "Boston", "Portland"], ["Mateo", "Ava", "Jayden", "Ruth"], ["Nguyen", "Johnson", "Ramirez", "van der Berg"], "78701"),
    ];

    private static readonly string[] Tags = ["Regular", "Wholesale", "Newsletter", "Gift buyer", "Local", "Complaint"];

    private static readonly string[] NoteTexts =
    [
        "Prefers to be called in the afternoon.", "Asked for the autumn catalogue.", "Bought a birthday present for her sister.",
        "Parcel arrived damaged in spring; replaced at once.", "Collects in the shop on Saturdays.",
    ];

    /// <summary>Loads the customers once; later calls do nothing.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var scope = new CurrentUser();
        scope.Set(Actor.System("Demo data"));
        await using var db = provider.CreateContext(new SaveEnvironment(scope, clock));
        if (await db.Settings.AnyAsync(s => s.Name == Done, cancellationToken) || await db.Customers.AnyAsync(cancellationToken)) return;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("demo.load");
        var tags = Tags.Select(t => new Tag { Name = t, NameKey = t.ToLowerInvariant() }).ToList();
        var random = new Random(20260101);
        var customers = Enumerable.Range(0, Count).Select(i => Make(i, random, tags)).OrderBy(c => c.CreatedAt).ToList();
        foreach (var day in customers.GroupBy(c => c.Number[5..13])) await provider.RaiseCounterAsync(db, "customer-" + day.Key, day.Count(), cancellationToken);
        db.Customers.AddRange(customers);
        db.Settings.Add(new Setting { Name = Done, Value = Count.ToString(CultureInfo.InvariantCulture) });
        await db.SaveChangesAsync(cancellationToken);
        await new DemoOrders(db, provider, clock.GetUtcNow(), shop.Value.Currency).WriteAsync(customers, cancellationToken);
        await OrderStatistics.RefreshRangeAsync(db, customers.Min(c => c.Id), customers.Max(c => c.Id), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private readonly Dictionary<string, int> _numbers = [];

    private Customer Make(int index, Random random, List<Tag> tags)
    {
        var culture = Cultures[index % Cultures.Length];
        var (given, family) = (Pick(random, culture.GivenNames), Pick(random, culture.FamilyNames));
        var created = clock.GetUtcNow().AddDays(-random.Next(0, 720)).AddMinutes(-random.Next(0, 1440));
        var seen = created.AddDays((clock.GetUtcNow() - created).TotalDays * random.NextDouble());
        var day = created.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var number = _numbers[day] = _numbers.GetValueOrDefault(day) + 1;
        var customer = new Customer
        {
            Number = $"CUST-{day}-{number:0000}",
            GivenName = given,
            FamilyName = family,
            Email = random.Next(10) == 0 ? null : $"{Mailbox(given, family)}{index}@example.{(index % 2 == 0 ? "com" : "org")}",
            Phone = random.Next(5) == 0 ? null : index % 2 == 0 ? $"+4477009{index:00000}" : $"+1{200 + index}55501{index % 100:00}",
            DateOfBirth = random.Next(3) == 0 ? null : new DateOnly(1945, 1, 1).AddDays(random.Next(0, 22_000)),
            Language = culture.Language,
            Source = Pick(random, Enum.GetValues<CustomerSource>()),
            CreatedAt = created,
            LastInteractionAt = seen,
        };
        if (random.Next(12) == 0) customer.SetVip(true, "Loyal for years", null, seen);
        if (random.Next(15) == 0) customer.Deactivate();
        if (random.Next(40) == 0) customer.Block("Did not pay twice");
        foreach (var tag in tags.Where(_ => random.Next(5) == 0)) customer.Tags.Add(new CustomerTag { Tag = tag });
        if (random.Next(8) > 0)
        {
            customer.Addresses.Add(new Address
            {
                Type = AddressType.Billing, IsDefault = true, Line1 = $"{random.Next(1, 180)} {Pick(random, ["High Street", "Station Road", "Market Square", "Mill Lane"])}",
                City = Pick(random, culture.Cities), PostalCode = culture.PostalCode, Country = culture.Country,
            });
        }

        if (random.Next(4) == 0) customer.Notes.Add(new Note { Text = Pick(random, NoteTexts), AuthorName = "Demo data", CreatedAt = seen });
        return customer;
    }

    private static T Pick<T>(Random random, IReadOnlyList<T> values) => values[random.Next(values.Count)];

    /// <summary>The ASCII letters of a name, for a mail address.</summary>
    private static string Mailbox(string given, string family)
    {
        var parts = new[] { given, family }.Select(n => string.Concat(Search.SearchText.Fold(n).Where(char.IsAsciiLetterLower))).Where(n => n.Length > 0).ToList();
        return parts.Count == 0 ? "guest" : string.Join('.', parts);
    }

    private sealed record Culture(string Country, string Language, string[] Cities, string[] GivenNames, string[] FamilyNames, string PostalCode);
}
