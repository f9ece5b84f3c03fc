using CrmPortal.Core.Customers;
using CrmPortal.Core.Imports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Imports.Migration;

/// <summary>Values as other programs write them; what cannot be read is left out and counted, and rejects nobody.</summary>
public sealed class ValueImportTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Phones_BelongToTheCountryOfTheirRow_AndAreNeverMadeUp(DatabaseKind kind)
    {
        await using var services = await TestServices.CreateAsync(kind);
        await using var system = services.AsSystem();

        var result = await system.ImportAsync("""
            E-mail,Phone,Mobile,Home Country
            a@example.com,612 34 56 78,,Spain
            b@example.com,447700900101,,
            c@example.com,12345,07400 123456,
            d@example.com,07700 900104 ::: +44 20 7946 0018,07700900104 x12,United Kingdom (UK)
            e@example.com,n/a,-,Atlantis
            """);

        Assert.Equal((0, 5), (result.Rejected, result.Customers.New));
        Assert.Equal(["+34612345678", "+447700900101", "+447400123456", "+447700900104", null], await services.ReadAsync(db =>
            db.Customers.OrderBy(c => c.Email).Select(c => c.Phone).ToListAsync(Token)));
        Assert.Equal(["+442079460018", "+447700900104;ext=12"], await services.ReadAsync(db => db.ContactPoints.OrderBy(p => p.Value)
            .Select(p => p.Value).ToListAsync(Token)));
        Assert.Equal([("Phone", "12345", 2), ("Mobile", "-", 1)], result.Notices.Where(n => n.Sentence == Skipped.Phone)
            .Select(n => (n.Arguments[0], n.Arguments[1], n.Count)));
    }

    [Fact]
    public async Task ValueThatCannotBeRead_IsLeftOut_WithItsCount()
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();

        var result = await system.ImportAsync("""
            Id,First Name,Email,Language,Birthday,VIP,Gender
            1,Ada,a@example.com,English,1987-04-12T00:00:00+02:00,ja,F
            2,Bo,b@example.com,en_US,--02-27,Gold,M
            3,Cy,c@example.com,EN,0000-00-00,VRAI,weiblich
            4,Di,not an address,Klingonish,31.02.1990,no,x
            """);

        Assert.Equal((0, 4), (result.Rejected, result.Customers.New));
        var people = await services.ReadAsync(db => db.Customers.OrderBy(c => c.ExternalId).ToListAsync(Token));
        Assert.Equal([("en", true, Gender.Female), ("en", false, Gender.Male), ("en", true, Gender.Female),
            ("en", false, Gender.Unspecified)],
            people.Select(c => (c.Language, c.IsVip, c.Gender)));
        Assert.Equal([new DateOnly(1987, 4, 12), null, null, null], people.Select(c => c.DateOfBirth));
        Assert.Equal(("Birthday", "--02-27", 1), Notice(result, Skipped.Year));
        Assert.Equal(("Birthday", "31.02.1990", 1), Notice(result, Skipped.Date));
        Assert.Equal(("Email", "not an address", 1), Notice(result, Skipped.Email));
        Assert.Equal(("Language", "Klingonish", 1), Notice(result, Skipped.Language));
        Assert.Equal(("VIP", "Gold", 1), Notice(result, Skipped.YesNo));
    }

    [Theory]
    [InlineData("vip, newsletter", "wholesale")]
    [InlineData("* mine ::: vip ::: newsletter", "wholesale ::: * mine")]
    [InlineData("vip|newsletter", "wholesale")]
    [InlineData("\"[\"\"vip\"\",\"\"newsletter\"\"]\"", "wholesale")]
    [InlineData("\"\"\"vip\"\",\"\"newsletter\"\"\"", "\"\"\"wholesale\"\"\"")]
    [InlineData("vip newsletter", "wholesale\nc;vip")]
    public async Task Tags_ArePartedByWhateverPartsThem(string first, string second)
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();

        await system.ImportAsync($"Id;Tags\na;{first}\nb;{second}\n");

        var tags = await services.ReadAsync(db => db.CustomerTags.OrderBy(t => t.Customer!.ExternalId).ThenBy(t => t.Tag!.Name)
            .Select(t => t.Customer!.ExternalId + " " + t.Tag!.Name).ToListAsync(Token));
        Assert.Equal(["a newsletter", "a vip", "b wholesale"], tags.Take(3));
    }

    [Theory]
    [InlineData("14.05.85", "dd.MM.yy")]
    [InlineData("\"May 14, 1985\"", "MMM dd, yyyy")]
    [InlineData("14 May 1985", "dd MMM yyyy")]
    [InlineData("05/14/85", "MM/dd/yy")]
    [InlineData("1985-05-14T00:00:00+02:00", "yyyy-MM-dd")]
    public async Task Dates_AreReadInTheFormOfTheirColumn(string born, string format)
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();
        var id = await system.UploadTextAsync($"Email,Birthday,Created (UTC)\na@example.com,{born},2024-07-01 12:00:00\n");
        var plan = (await system.Imports.GetAsync(id, Token))!.Plan;

        await system.CheckAsync(id);
        await system.PublishAsync(id);

        Assert.Contains(plan.DateFormat, new[] { format, "yyyy-MM-dd" });
        var customer = await services.ReadAsync(db => db.Customers.SingleAsync(Token));
        Assert.Equal(new DateOnly(1985, 5, 14), customer.DateOfBirth);
        Assert.Equal(new DateTimeOffset(2024, 7, 1, 12, 0, 0, TimeSpan.Zero), customer.CreatedAt);
    }

    [Theory]
    [InlineData("$12.50", false, 12.50)]
    [InlineData("€ 1.250,50", true, 1250.50)]
    [InlineData("12.50 EUR", false, 12.50)]
    [InlineData("1'250.50", false, 1250.50)]
    [InlineData("1\u202f250,50", true, 1250.50)]
    [InlineData("(12.50)", false, -12.50)]
    [InlineData("12,50-", true, -12.50)]
    [InlineData("\u221212.50", false, -12.50)]
    [InlineData("-$5", false, -5)]
    public void Money_IsReadWithItsSign(string text, bool isDecimalComma, double expected)
    {
        Assert.True(ValueReader.TryNumber(text, isDecimalComma, out var value));
        Assert.Equal((decimal)expected, value);
        Assert.False(ValueReader.TryNumber("0,125", false, out _));
        Assert.False(ValueReader.TryNumber("12 mugs", false, out _));
    }

    [Theory]
    [InlineData("sep=;\nName;E-Mail\nAda Fern;a@example.com\nBo Glen;b@example.com\n", 2)]
    [InlineData("Customers as of June\n\nName,E-Mail,City\nAda Fern,a@example.com,Leeds\nBo Glen,b@example.com,Bath\n", 2)]
    [InlineData("Name,E-Mail,City\nAda Fern,a@example.com,Leeds\n,,\nTotal: 1\n© 2026 Example Ltd\n", 1)]
    [InlineData("name;email;\nAda Fern;a@example.com\nBo Glen;b@example.com;\n", 2)]
    public async Task LinesAroundTheTable_AreNoRows(string text, int rows)
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();

        var result = await system.ImportAsync(text);

        Assert.Equal((rows, 0, rows), (result.Rows, result.Rejected, result.Customers.New));
        Assert.Equal("a@example.com", await services.ReadAsync(db => db.Customers.OrderBy(c => c.Id).Select(c => c.Email)
            .FirstAsync(Token)));
    }

    [Fact]
    public async Task Key_IsReadWithoutTheMarkOfASpreadsheet_AndStreetsWithTheirNumber()
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var system = services.AsSystem();

        await system.ImportAsync(
            "Internal ID,Firstname,Streetname,Number,City\n'7210448301101,Ada,High Street,14,Leeds\n'7210448301102,Bo,Low Road,14,Leeds\n");
        await system.ImportAsync("Internal ID,Street\n7210448301102,\"Low Road 14\nFlat 2\"\n");

        var addresses = await services.ReadAsync(db => db.Addresses.OrderBy(a => a.Customer!.ExternalId)
            .Select(a => new { a.Customer!.ExternalId, a.Line1, a.Line2 }).ToListAsync(Token));
        Assert.Equal([("7210448301101", "High Street 14", null), ("7210448301102", "Low Road 14", "Flat 2")],
            addresses.Select(a => (a.ExternalId!, a.Line1, a.Line2)));
    }

    private static (string Column, string Value, int Count) Notice(ImportResult result, string sentence)
    {
        var notice = result.Notices.Single(n => n.Sentence == sentence);
        return (notice.Arguments[0], notice.Arguments[1], notice.Count);
    }
}
