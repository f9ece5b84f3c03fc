using CrmPortal.Core.Imports;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Imports.Migration;

/// <summary>The rules by which headings are understood, each with a file that no system writes just so.</summary>
public sealed class UnderstandingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    // Words before and behind a name.
    [InlineData("Primary Contact E-Mail;Home Tel.;Address 1 - Town;Address 1 - Label", "ada@example.com;+442079460958;Leeds;Home",
        "email=0 phone=1 city=2")]
    [InlineData("billing_first_name;billing_last_name;billing_postcode;shipping_postcode", "Ada;Fern;LS6 2AB;M1 1AE",
        "given_name=0 family_name=1 postal_code=2")]
    [InlineData("Work City;Home City;Other City", ";Leeds;", "city=1")]
    [InlineData("Work City;Home City;E-mail 1 - Type;E-mail 1 - Value", "Leeds;;Work;a@example.com", "city=0 email=3")]
    [InlineData("physical_address1;physical_city;postal_address1;postal_city;Street Address 2", "1 High St;Leeds;;;Flat 2",
        "line1=0 city=1 line2=4")]
    [InlineData("Email;Reference ID;Acme Customer ID;Email Subscription Status", "a@example.com;R1;A1;unsubscribed",
        "email=0 external_id=2 consent_email=3")]
    [InlineData("Name First;Name Last;Name Prefix;Phonetic Name", "Ada;Fern;Dr.;Ada", "given_name=0 family_name=1")]
    // Values.
    [InlineData("Name;Client;Contact info", "Ada Fern;true;a@example.com", "name=0 email=2")]
    [InlineData("Client;City", "Ada Fern;Leeds", "name=0 city=1")]
    [InlineData("Client;City", "C-17;Leeds", "external_id=0 city=1")]
    [InlineData("Name;Number;Street", "Ada Fern;14;High Street", "name=0 house_number=1 line1=2")]
    [InlineData("Name;Number", "Ada Fern;4711", "name=0 external_id=1")]
    [InlineData("Name;Number", "Ada Fern;CUST-20260101-0001", "name=0 number=1")]
    [InlineData("E-mail;Farview ID;Owner ID", "a@example.com;f-1;o-1", "email=0 external_id=1")]
    [InlineData("Name;Phone;Mobile", "Ada Fern;;07700 900101", "name=0 phone=2")]
    [InlineData("Name;Birthday", "Ada Fern;--02-27", "name=0 date_of_birth=1")]
    [InlineData("Name;Birthday", "Ada Fern;in spring", "name=0")]
    [InlineData("Name;Source", "Ada Fern;-6", "name=0")]
    [InlineData("Email;Categories;Street Address 1;Street Address 2", "a@example.com;vip;Rise 14;Flat 2", "email=0 tags=1 line1=2 line2=3")]
    [InlineData("Email;Farview Customer ID;First Visit", "a@example.com;f-1;2025-01-02", "email=0 external_id=1 created=2")]
    [InlineData("EMAIL;SMS;BLACKLISTED EMAIL;ADDED_TIME", "a@example.com;+33612345678;Yes;2025-01-02 10:00:00",
        "email=0 phone=1 objection_email=2 created=3")]
    [InlineData("Email;Email Subscription Status", "a@example.com;unsubscribed", "email=0 consent_email=1")]
    [InlineData("Email;Box Subscription", "a@example.com;yes", "email=0")]
    [InlineData("Voornaam;Tussenvoegsel;Achternaam;Straat;Huisnummer;Toevoeging", "Ada;van der;Fern;Laan;3;bis",
        "given_name=0 name_prefix=1 family_name=2 line1=3 house_number=4 house_addition=5")]
    // Languages.
    [InlineData("Vorname;Name;Straße;PLZ;Ort;Land;Geburtsdatum;Kunde seit", "Ada;Fern;Weg 1;50667;Köln;DE;12.04.1987;01.02.2020",
        "given_name=0 family_name=1 line1=2 postal_code=3 city=4 country=5 date_of_birth=6 created=7")]
    [InlineData("N° client;Nom;Prénom;Courriel;Téléphone portable;Code postal;Ville;Pays",
        "7;Fern;Ada;a@example.com;0639981234;69003;Lyon;FR",
        "external_id=0 family_name=1 given_name=2 email=3 phone=4 postal_code=5 city=6 country=7")]
    [InlineData("Nombre;Apellidos;Correo electrónico;Móvil;Dirección;C.P.;Población",
        "Ada;Fern;a@example.com;612345678;Calle 1;50003;Zaragoza",
        "given_name=0 family_name=1 email=2 phone=3 line1=4 postal_code=5 city=6")]
    [InlineData("Nombre;Correo", "Ada Fern;a@example.com", "name=0 email=1")]
    [InlineData("Nome;Cognome;Indirizzo e-mail;Cellulare;CAP;Città;Data di nascita",
        "Ada;Fern;a@example.com;3331234567;20121;Milano;12/04/1987",
        "given_name=0 family_name=1 email=2 phone=3 postal_code=4 city=5 date_of_birth=6")]
    [InlineData("Klantnummer;Voornaam;Achternaam;E-mailadres;Woonplaats;Geboortedatum", "K1;Ada;Fern;a@example.com;Delft;12-04-1987",
        "external_id=0 given_name=1 family_name=2 email=3 city=4 date_of_birth=5")]
    [InlineData("Imię;Nazwisko;Adres e-mail;Kod pocztowy;Miejscowość;Telefon komórkowy", "Ada;Fern;a@example.com;00-001;Warszawa;512345678",
        "given_name=0 family_name=1 email=2 postal_code=3 city=4 phone=5")]
    [InlineData("Nome;E-mail;Telemóvel;Código postal;Localidade;Data de nascimento",
        "Ada Fern;a@example.com;912345678;1000-001;Lisboa;12/04/1987",
        "name=0 email=1 phone=2 postal_code=3 city=4 date_of_birth=5")]
    public async Task CustomerColumns_AreUnderstood(string headings, string row, string expected) =>
        await AssertAsync(ImportKind.Customers, headings, row, expected);

    [Theory]
    [InlineData("Name;Lineitem quantity;Lineitem name;Lineitem price;Created at;Billing Name;Id",
        "#7;2;Blue mug;12.50;2026-01-05;Ada Fern;99",
        "order=0 quantity=1 description=2 unit_price=3 date=4 name=5")]
    [InlineData("order_number;customer_name;email;sku;name;quantity;price", "7;Ada Fern;a@example.com;MUG;Blue mug;2;12.50",
        "order=0 name=1 email=2 product=3 description=4 quantity=5 unit_price=6")]
    [InlineData("Sale ID;Date;Customer;Item;SKU;Qty;Retail;Total", "S-9;2026-01-05;Ada Fern;Mug;MUG;2;12.50;25.00",
        "order=0 date=1 name=2 description=3 product=4 quantity=5 unit_price=6")]
    [InlineData("Order #;Purchased on;Item SKU;Item Qty;Item Price;Customer", "7;2026-01-05;MUG;2;12.50;Ada Fern",
        "order=0 product=2 quantity=3 unit_price=4 name=5")]
    [InlineData("Bestellnummer;Bestelldatum;Artikelnummer;Artikel;Menge;Einzelpreis;Kundennummer",
        "B7;05.01.2026;MUG;Blauer Becher;2;12,50;K1", "order=0 date=1 product=2 description=3 quantity=4 unit_price=5 external_id=6")]
    [InlineData("N° de commande;Date de commande;Référence produit;Désignation;Quantité;Prix unitaire",
        "7;05/01/2026;MUG;Tasse bleue;2;12,50",
        "order=0 date=1 product=2 description=3 quantity=4 unit_price=5")]
    [InlineData("Numero ordine;Data ordine;Codice articolo;Quantità;Prezzo unitario;Stato", "7;13/01/2026;MUG;2;12,50;spedito",
        "order=0 date=1 product=2 quantity=3 unit_price=4 status=5")]
    public async Task OrderColumns_AreUnderstood(string headings, string row, string expected) =>
        await AssertAsync(ImportKind.Orders, headings, row, expected);

    [Fact]
    public async Task Column_SaysWhyItIsTakenOrNot()
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();
        var id = await system.UploadTextAsync(
            "Default City,Mail 2,Company,Zodiac,Nothing,Birthday,Town\nLeeds,ada@example.org,Fern Ltd,Aries,,spring,Bath\n");
        var import = (await system.Imports.GetAsync(id, Token))!;

        var insight = ImportChoices.Insight(import, import.Plan.Columns);

        Assert.Null(insight.Layout);
        Assert.Equal([InsightReasons.OtherColumn, InsightReasons.HeadingWithout, InsightReasons.NoField, InsightReasons.Unknown,
            InsightReasons.Blank, InsightReasons.OtherValues, InsightReasons.Heading], insight.Columns.Select(c => c.Reason));
        Assert.Equal(["Town", "2"], insight.Columns.Take(2).Select(c => c.Arguments.Single()));
    }

    [Fact]
    public async Task RememberedPlan_IsHeldAgainstTheValuesOfTheNextFile()
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();
        await system.ImportAsync("Email,Birthday\na@example.com,01/02/1990\n", p => p with { DateFormat = "dd/MM/yyyy" });

        var next = (await system.Imports.GetAsync(await system.UploadTextAsync("Email,Birthday\nb@example.com,02/27/1990\n"), Token))!.Plan;
        var same = (await system.Imports.GetAsync(await system.UploadTextAsync("Email,Birthday\nb@example.com,03/04/1990\n"), Token))!.Plan;

        Assert.Equal(("MM/dd/yyyy", "dd/MM/yyyy"), (next.DateFormat, same.DateFormat));
    }

    private static async Task AssertAsync(ImportKind kind, string headings, string row, string expected)
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();

        var import = (await system.Imports.GetAsync(await system.UploadTextAsync(headings + "\n" + row + "\n"), Token))!;

        Assert.Equal(expected, string.Join(' ', import.Plan.Columns.OrderBy(c => c.Value).Select(c => $"{c.Key}={c.Value}")));
        Assert.Equal(kind, import.Kind);
    }
}
