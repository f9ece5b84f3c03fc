using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.History;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Imports;

/// <summary>Fields that the shop added to customers, brought by a file.</summary>
public sealed class OwnFieldImportTests
{
    private const string Header = "e-mail;first name;Shoe size;Next check;Colour;member;Passport;motto\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Columns_AreProposedByLabelAndKey_Compared_Written_AndUndone(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await AddFieldsAsync(data);
        var ada = await data.AddCustomerAsync("Ada", null, "ada@example.com");
        var bob = await data.AddCustomerAsync("Bob", null, "bob@example.com");
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var fields = manager.Get<CustomFieldService>();
        await fields.SetAsync(ada.Id, "shoe_size", "38", Token);
        await fields.SetAsync(bob.Id, "passport", "X1", Token);
        await fields.SetAsync(bob.Id, "motto", "Carpe diem", Token);

        var id = await manager
            .UploadTextAsync(Header
            + "ada@example.com;;38,5;31.12.2026;BLUE;ja;P-77;\nbob@example.com;;;;;;X1;\nnew@example.com;New;1.234,25;;Red;no;N-1;Ad astra\n");
        var dry = await manager.CheckAsync(id);

        Assert.Equal((1, 1, 1, 0), (dry.Customers.New, dry.Customers.Changed, dry.Customers.Same, dry.Rejected));
        var said = dry.Differences.Single().Fields.ToDictionary(f => f.Key, f => string.Join(" → ", f.Value));
        Assert.Equal(new Dictionary<string, string> { ["Shoe size"] = "38 → 38.5", ["Next check"] = " → 2026-12-31", ["Colour"] = " → Blue",
            ["Member"] = " → yes", ["Passport"] = " → •••" }, said);
        Assert.Equal(["38", null, null, null, null, null], await ValuesAsync(manager, ada.Id));

        await manager.PublishAsync(id);
        var created = await data.ReadAsync(db => db.Customers.Where(c => c.GivenName == "New").Select(c => c.Id).SingleAsync(Token));
        Assert.Equal(["38.5", "2026-12-31", "Blue", "yes", "P-77", null], await ValuesAsync(manager, ada.Id));
        Assert.Equal([null, null, null, null, "X1", "Carpe diem"], await ValuesAsync(manager, bob.Id));
        Assert.Equal(["1234.25", null, "Red", "no", "N-1", "Ad astra"], await ValuesAsync(manager, created));
        Assert.DoesNotContain(await data.ReadAsync(db => db.CustomFieldValues.Select(v => v.Text ?? v.Secret ?? "").ToListAsync(Token)),
            t => t.Contains("N-1", StringComparison.Ordinal));
        Assert.Equal([created], (await manager.Finder.ListAsync(new(Filter: "field.shoe_size:more:100"), new(), Token)).Items
            .Select(r => r.Id));

        await manager.Get<UndoService>().UndoAsync((await manager.Imports.GetAsync(id, Token))!.ChangeSetId!.Value, false, Token);
        Assert.Equal(["38", null, null, null, null, null], await ValuesAsync(manager, ada.Id));
        Assert.Equal(3, await data.ReadAsync(db => db.CustomFieldValues.CountAsync(Token)));
    }

    [Fact]
    public async Task Values_OfAnotherType_AreLeftOutAndCounted()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await AddFieldsAsync(data);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var id = await manager
            .UploadTextAsync(Header
            + "a@example.com;A;42;2026-12-31;Red;yes;;\nb@example.com;B;big;;;;;\nc@example.com;C;;soon;;;;\nd@example.com;D;;;Green;;;\ne@example.com;E;;;;perhaps;;\n");

        var result = await manager
            .CheckAsync(id,
            p => p with { Columns = Enumerable.Range(0, 8)
            .ToDictionary(i => new[] { "email", "given_name", "field.shoe_size", "field.next_check", "field.colour", "field.member",
            "field.passport", "field.motto" }[i]) });

        Assert.Equal((5, 0, 5), (result.Rows, result.Rejected, result.Customers.New));
        Assert.Equal([(Skipped.Choice, "Colour", "Green"), (Skipped.Date, "Next check", "soon"), (Skipped.Number, "Shoe size", "big"),
            (Skipped.Choice, "member", "perhaps")],
            result.Notices.Select(n => (n.Sentence, n.Arguments[0], n.Arguments[1])).OrderBy(n => n.Item2, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Archived_IsNotOffered_NorProposedFromMemory_NorTaken()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await AddFieldsAsync(data);
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        const string file = "e-mail,motto\nada@example.com,Ad astra\n";
        await administrator.CheckAsync(await administrator.UploadTextAsync(file));
        var fields = administrator.Get<CustomFieldService>();
        var motto = (await fields.ListAsync(false, Token)).Single(f => f.Key == "motto");
        await fields.ChangeAsync(motto.Id, motto.Label, null, null, isArchived: true, Token);

        var id = await administrator.UploadTextAsync(file);

        var import = (await administrator.Imports.GetAsync(id, Token))!;
        Assert.Equal(["email"], import.Plan.Columns.Keys);
        Assert.DoesNotContain(import.Fields, f => f.Name == "field.motto");
        await Assert.ThrowsAsync<RuleViolationException>(() => administrator.Imports
            .SetPlanAsync(id, import.Plan with { Columns = new Dictionary<string, int> { ["email"] = 0, ["field.motto"] = 1 } }, Token));
        await administrator.Imports.SetFormatAsync(id, import.Format, ImportKind.Orders, Token);
        Assert.DoesNotContain((await administrator.Imports.GetAsync(id, Token))!.Fields, f => f.OwnType is not null);
    }

    private static async Task AddFieldsAsync(TestServices data)
    {
        await using var system = data.AsSystem();
        var fields = system.Get<CustomFieldService>();
        await fields.AddAsync(new() { Label = "Shoe size", Type = CustomFieldType.Number }, Token);
        await fields.AddAsync(new() { Label = "Next check", Type = CustomFieldType.Date }, Token);
        await fields.AddAsync(new() { Label = "Colour", Type = CustomFieldType.Choice, Choices = "Red\nBlue" }, Token);
        await fields.AddAsync(new() { Label = "Member", Type = CustomFieldType.YesNo }, Token);
        await fields.AddAsync(new() { Label = "Passport", IsSensitive = true }, Token);
        await fields.AddAsync(new() { Label = "Words to live by", Key = "motto" }, Token);
    }

    private static async Task<IEnumerable<string?>> ValuesAsync(TestScope scope, long id) =>
        (await scope.Get<CustomFieldService>().OfCustomerAsync(id, Token)).Select(a => a.Value);
}
