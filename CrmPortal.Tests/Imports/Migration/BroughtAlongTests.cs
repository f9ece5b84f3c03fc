using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Upkeep;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Imports.Migration;

/// <summary>What hangs on a customer in another system comes along, and once.</summary>
public sealed class BroughtAlongTests
{
    private const string File = """
        Email,Accepts Email Marketing,SMS consent,Do Not Call,Opt-in time (UTC),Note,Points balance
        a@example.com,yes,no,1,2024-03-05 10:00:00,Allergic to lavender,"1,250"
        b@example.com,no,yes,0,,,0
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task ConsentsNotesAndPoints_ComeOnce_HoweverOftenTheFileDoes(DatabaseKind kind)
    {
        await using var services = await TestServices.CreateAsync(kind);
        await using var system = services.AsSystem();

        var id = await system.UploadTextAsync(File, "audience.csv");
        var dry = await system.CheckAsync(id);
        Assert.Equal(0, await services.ReadAsync(db => db.Consents.CountAsync(Token)));
        var first = await system.PublishAsync(id);
        var second = await system.ImportAsync(File);

        Assert.Equal((3, 1, 1), Counts(dry));
        Assert.Equal((3, 1, 1), Counts(first));
        Assert.Equal((0, 0, 0), Counts(second));
        var wishes = await services.ReadAsync(db => db.Consents.OrderBy(c => c.CustomerId).ThenBy(c => c.Channel).ToListAsync(Token));
        Assert.Equal([(Channel.Email, ConsentState.Granted), (Channel.Phone, ConsentState.Withdrawn), (Channel.Sms, ConsentState.Granted)],
            wishes.OrderBy(w => w.Channel == Channel.Sms).ThenBy(w => w.Channel).Select(w => (w.Channel, w.State)));
        Assert.All(wishes, w => Assert.Equal((ConsentSource.Import, null, "audience.csv, wording unknown"),
            (w.Source, w.WordingId, w.Form)));
        Assert.Equal(new DateTimeOffset(2024, 3, 5, 10, 0, 0, TimeSpan.Zero), wishes.Single(w => w.Channel == Channel.Email).At);
        Assert.Equal([(true, false, 1_250L), (false, true, 0)], (await services.ReadAsync(db => db.Customers.OrderBy(c => c.Email)
            .Select(c => new { c.EmailMarketing, c.SmsMarketing, c.Points }).ToListAsync(Token)))
            .Select(c => (c.EmailMarketing, c.SmsMarketing, c.Points)));
        Assert.Equal("Allergic to lavender", await services.ReadAsync(db => db.Notes.Select(n => n.Text).SingleAsync(Token)));
        Assert.Equal(0, await system.Get<RecalculateService>().RunAsync(null, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Consent_DoesNotReturn_OnceSomebodyObjected_UnlessTheFileIsNewer(DatabaseKind kind)
    {
        await using var services = await TestServices.CreateAsync(kind);
        await using var system = services.AsSystem();
        const string file = "Email,Newsletter\na@example.com,yes\n";
        await system.ImportAsync(file);
        var id = await services.ReadAsync(db => db.Customers.Select(c => c.Id).SingleAsync(Token));
        services.Clock.Advance(TimeSpan.FromDays(1));
        await system.Get<ConsentService>().SetAsync(id, ConsentPurpose.Marketing, Channel.Email, false, "Phone call", Token);
        services.Clock.Advance(TimeSpan.FromDays(1));

        await system.ImportAsync(file);
        Assert.False(await services.ReadAsync(db => db.Customers.Select(c => c.EmailMarketing).SingleAsync(Token)));

        var now = services.Clock.GetUtcNow().AddHours(-1).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        await system.ImportAsync($"Email,Newsletter,Opt-in date (UTC)\na@example.com,yes,{now}\n");
        Assert.True(await services.ReadAsync(db => db.Customers.Select(c => c.EmailMarketing).SingleAsync(Token)));

        await system.ImportAsync("Email,Email opted out\na@example.com,1\n");
        Assert.False(await services.ReadAsync(db => db.Customers.Select(c => c.EmailMarketing).SingleAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_TakesConsentsAndNotesWithTheCustomersWhoCame(DatabaseKind kind)
    {
        await using var services = await TestServices.CreateAsync(kind);
        await using var system = services.AsSystem();
        var id = await system.UploadTextAsync("Email,Newsletter,Note\na@example.com,yes,Likes tea\n");
        await system.CheckAsync(id);
        await system.PublishAsync(id);

        await system.Get<UndoService>().UndoAsync((await system.Imports.GetAsync(id, Token))!.ChangeSetId!.Value, false, Token);

        Assert.Equal((0, 0, 0), await services.ReadAsync(async db => (await db.Customers.CountAsync(Token),
            await db.Consents.CountAsync(Token), await db.Notes.CountAsync(Token))));
    }

    [Fact]
    public async Task Points_AreForWhoMayApproveThem()
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var importer = await services.AsAsync(Permissions.ImportsRun, Permissions.CustomersView, Permissions.CustomersEdit);

        var import = (await importer.Imports.GetAsync(await importer.UploadTextAsync("email,points\na@example.com,1250\n"), Token))!;

        Assert.DoesNotContain(import.Fields, f => f.Name == ImportFields.Points);
        Assert.Equal(["email"], import.Plan.Columns.Keys);
    }

    [Theory]
    [InlineData("Accepts Marketing", ImportFields.ConsentEmail)]
    [InlineData("emailAddressIsOptedOut", ImportFields.ObjectionEmail)]
    [InlineData("Unsubscribed", ImportFields.ObjectionEmail)]
    [InlineData("WhatsApp marketing consent", ImportFields.ConsentWhatsapp)]
    [InlineData("Do not call", ImportFields.ObjectionPhone)]
    [InlineData("Receive Review/Abandoned Cart Emails?", ImportFields.ConsentEmail)]
    [InlineData("Einwilligung Werbung", ImportFields.ConsentEmail)]
    [InlineData("Email notifications", null)]
    [InlineData("Partner offers", null)]
    [InlineData("Tax exempt", null)]
    public void Heading_OfAConsent_IsKnown(string heading, string? field) =>
        Assert.Equal(field, WishHeading.FieldOf(Heading.Of(heading), isDate: false));

    private static (int Wishes, int Notes, int Points) Counts(ImportResult result)
    {
        return (Of("Consents"), Of("Notes"), Of("Opening"));

        int Of(string word) => result.Brought.Where(n => n.Sentence.StartsWith(word, StringComparison.Ordinal)).Sum(n => n.Count);
    }
}
