using System.Text;
using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Imports;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Imports;

public sealed class CustomerImportTests
{
    private const string People = """
        First name,Last name,E-mail,Mobile,Birthday,City,Postcode,Street,Country,Tags
        Ada,Lovelace,ada@example.com,+44 20 7946 0958,1815-12-10,London,SW1,12 St James's Square,UK,"maths, poetry"
        山田,太郎,taro@example.com,,1990-02-03,東京,100-0001,1-1,Japan,
        Zoë,,zoe@example.com,0044 20 7946 0959,,,,,Deutschland,maths
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task File_IsMappedByItsHeader_AndItsPeopleCanBeFound(DatabaseKind kind)
    {
        await using var services = await TestServices.CreateAsync(kind);
        await using var manager = await services.AsRoleAsync(RoleNames.Manager);

        var result = await manager.ImportAsync(People.Replace("1815", "1915", StringComparison.Ordinal));

        Assert.Equal((3, 0, 3), (result.Rows, result.Rejected, result.Customers.New));
        var ada = Assert.Single((await manager.Finder.ListAsync(new("lovelace"), new(), Token)).Items);
        Assert.Equal(("ada@example.com", "+442079460958", "London", "GB"), (ada.Email, ada.Phone, ada.City, ada.Country));
        Assert.Equal(["maths", "poetry"], ada.Tags);
        Assert.Single((await manager.Finder.ListAsync(new("太郎"), new(), Token)).Items);
        var history = await services
            .ReadAsync(db => db.AuditEntries.Where(e => e.EntityType == nameof(Customer) && e.Action == AuditAction.Created)
            .Select(e => new { e.ChangeSet!.Kind, e.ChangeSet.ActorId, e.Values }).ToListAsync(Token));
        Assert.Equal(3, history.Count);
        Assert.All(history, h => Assert.Equal(("import", manager.UserId, null), (h.Kind, h.ActorId!.Value, h.Values)));
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task DryRun_SaysNewChangedAndSame_AndUndoGivesBackWhatWas(DatabaseKind kind)
    {
        await using var services = await TestServices.CreateAsync(kind);
        await using var manager = await services.AsRoleAsync(RoleNames.Manager);
        var same = await services.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
        var changed = await services.AddCustomerAsync("Grace", "Hoper", "grace@example.com");

        var id = await manager
            .UploadTextAsync(
            "email,first name,last name\nADA@example.com,Ada,Lovelace\ngrace@example.com,,Hopper\nalan@example.com,Alan,Turing\n");
        var dry = await manager.CheckAsync(id, p => p with { Match = MatchKey.Email });

        // The letters of an e-mail's case are a change; who it is, is not.
        Assert.Equal((1, 2, 0), (dry.Customers.New, dry.Customers.Changed, dry.Customers.Same));
        Assert.Equal("Hoper → Hopper",
            string.Join(" → ", dry.Differences.Single(d => d.RowNumber == 3).Fields[nameof(Customer.FamilyName)]));
        Assert.Equal("Hoper", (await manager.Customers.GetAsync(changed.Id, Token))!.FamilyName);

        await manager.PublishAsync(id);
        Assert.Equal(("Grace", "Hopper"), await NameAsync(changed.Id));
        var changeSet = (await manager.Imports.GetAsync(id, Token))!.ChangeSetId!.Value;
        // A keystroke takes back small things; an import goes on its own page.
        Assert.DoesNotContain(changeSet, await manager.Get<UndoService>().LastOwnAsync(20, Token));
        var undone = await manager.Get<UndoService>().UndoAsync(changeSet, false, Token);
        Assert.Empty(undone.Kept);
        Assert.Equal(("Grace", "Hoper"), await NameAsync(changed.Id));
        Assert.Equal("ada@example.com", (await manager.Customers.GetAsync(same.Id, Token))!.Email);
        Assert.Equal(2, await services.ReadAsync(db => db.Customers.CountAsync(Token)));

        async Task<(string?, string?)> NameAsync(long customer)
        {
            var details = (await manager.Customers.GetAsync(customer, Token))!;
            return (details.GivenName, details.FamilyName);
        }
    }

    [Theory]
    [InlineData(ImportMode.CreateAndUpdate, 1, 1, 0)]
    [InlineData(ImportMode.Create, 1, 0, 1)]
    [InlineData(ImportMode.Update, 0, 1, 1)]
    public async Task Mode_LeavesOutWhatIsNotWanted(ImportMode mode, int created, int changed, int skipped)
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var manager = await services.AsRoleAsync(RoleNames.Manager);
        await services.AddCustomerAsync("Ada", null, "ada@example.com");

        var result = await manager.ImportAsync("email,first name\nada@example.com,Augusta\nnew@example.com,New\n",
            p => p with { Mode = mode });

        Assert.Equal((created, changed, skipped), (result.Customers.New, result.Customers.Changed, result.Customers.Skipped));
        Assert.Equal(1 + created, await services.ReadAsync(db => db.Customers.CountAsync(Token)));
    }

    [Theory]
    [InlineData(MatchKey.Number)]
    [InlineData(MatchKey.Email)]
    [InlineData(MatchKey.Phone)]
    [InlineData(MatchKey.ExternalId)]
    public async Task Match_FindsTheCustomerByAnyKey(MatchKey match)
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var manager = await services.AsRoleAsync(RoleNames.Manager);
        await using var system = services.AsSystem();
        var customer =
            (await system.Customers
            .CreateAsync(new() { GivenName = "Ada", Email = "ada@example.com", Phone = "+442079460958", ExternalId = "X-1" },
            Token)).Customer;

        var result = await manager
            .ImportAsync($"customer number,email,phone,external id,last name\n{customer.Number},ada@example.com,020 7946 0958,X-1,King\n",
            p => p with { Match = match });

        Assert.Equal((0, 1), (result.Customers.New, result.Customers.Changed));
        Assert.Equal("King", (await manager.Customers.GetAsync(customer.Id, Token))!.FamilyName);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task EmailOfAnother_IsKeptAsAFurtherOne(DatabaseKind kind)
    {
        await using var services = await TestServices.CreateAsync(kind);
        await using var manager = await services.AsRoleAsync(RoleNames.Manager);
        await services.AddCustomerAsync("Ada", null, "family@example.com");

        var result = await manager
            .ImportAsync(
            "external id,first name,email\n1,Byron,family@example.com\n2,Anne,anne@example.com\n3,Annabella,Anne@example.com\n");

        Assert.Equal((3, 2), (result.Customers.New, result.Notices.Single().Count));
        var byron = await services.ReadAsync(db => db.Customers.Include(c => c.ContactPoints)
            .SingleAsync(c => c.GivenName == "Byron", Token));
        Assert.Null(byron.Email);
        Assert.Equal("family@example.com", Assert.Single(byron.ContactPoints).Value);
        Assert.Contains("family@example.com", byron.ContactText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RejectedRows_ComeBackAsAFileWithReasons_AndGoInWhenMended()
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var manager = await services.AsRoleAsync(RoleNames.Manager);
        var id = await manager
            .UploadTextAsync(
            "id;Name;Email;Birthday\n1.2E+11;Ada;ada@example.com;\n2;Grace;grace@example.com;1906-12-09\n3;;;\n;;;\n2;Grace again;g2@example.com;\n5;Alan;alan@example.com;1912-13-45\n");

        var result = await manager.CheckAsync(id);

        Assert.Equal((5, 2, 3), (result.Rows, result.Rejected, result.Customers.New));
        using var file = new MemoryStream();
        await RejectedFile.WriteAsync(file, manager.Imports, id, s => s, Token);
        var lines = Encoding.UTF8.GetString(file.ToArray()).TrimStart('\ufeff').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("id;Name;Email;Birthday;Row;Reason", lines[0]);
        Assert.StartsWith("1.2E+11;Ada;ada@example.com;;2;\"id: “1.2E+11” is a number that a spreadsheet", lines[1],
            StringComparison.Ordinal);
        Assert.Equal("2;Grace again;g2@example.com;;6;Row 3 is for the same customer.", lines[2]);
        // A birthday that is none does not keep anybody out.
        Assert.Equal(Skipped.Date, Assert.Single(result.Notices).Sentence);

        await manager.PublishAsync(id);
        var mended = await manager.ImportAsync(lines[0] + "\n" + lines[1]
            .Replace("1.2E+11", "1", StringComparison.Ordinal) + "\n");
        Assert.Equal((1, 0), (mended.Customers.New, mended.Rejected));
    }

    [Fact]
    public async Task DryRun_WithoutSensitive_ShowsNoContactOfTheRecord_AndTheRejectedHeaderIsNoFormula()
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await services.AddCustomerAsync("Ada", "Lovelace", "ada@example.com", "+442079460958");
        await using var importer = await services.AsAsync(Permissions.ImportsRun, Permissions.CustomersView, Permissions.CustomersEdit);
        var id = await importer.UploadTextAsync("email,phone,last name,=1+1\nada@example.com,+4915112345678,King,x\nnobody,,,\n");

        var dry = await importer.CheckAsync(id, p => p with { Match = MatchKey.Email });

        var fields = Assert.Single(dry.Differences).Fields;
        Assert.Equal(("•••", "Lovelace"), (fields[nameof(Customer.Phone)][0], fields[nameof(Customer.FamilyName)][0]));
        using var file = new MemoryStream();
        await RejectedFile.WriteAsync(file, importer.Imports, id, s => s, Token);
        Assert.Contains(",'=1+1,", Encoding.UTF8.GetString(file.ToArray()).Split("\r\n")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mapping_IsRememberedForTheNextFileWithTheSameHeader()
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var manager = await services.AsRoleAsync(RoleNames.Manager);
        var id = await manager.UploadTextAsync("Who,Where\nAda,ada@example.com\n");
        Assert.Equal([ImportFields.Email], (await manager.Imports.GetAsync(id, Token))!.Plan.Columns.Keys);
        await manager.CheckAsync(id, p => p with { Columns = new Dictionary<string, int> { ["given_name"] = 0, ["email"] = 1 },
            Match = MatchKey.Email });

        var next = (await manager.Imports.GetAsync(await manager.UploadTextAsync("Who,Where\nGrace,grace@example.com\n"), Token))!.Plan;

        Assert.Equal((0, 1, MatchKey.Email), (next.Columns["given_name"], next.Columns["email"], next.Match));
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_KeepsCustomersWithWhomSomeoneHasWorkedSince(DatabaseKind kind)
    {
        await using var services = await TestServices.CreateAsync(kind);
        await using var manager = await services.AsRoleAsync(RoleNames.Manager);
        var id = await manager.UploadTextAsync("external id,first name\n1,Ada\n2,Grace\n");
        await manager.CheckAsync(id);
        await manager.PublishAsync(id);
        var ada = await services.ReadAsync(db => db.Customers.Where(c => c.GivenName == "Ada").Select(c => c.Id).SingleAsync(Token));
        await manager.Get<NoteService>().AddAsync(ada, "Rang today", Token);

        var undone = await manager.Get<UndoService>().UndoAsync((await manager.Imports.GetAsync(id, Token))!.ChangeSetId!.Value, false,
            Token);

        Assert.Equal((1, 1), (undone.Undone, undone.Kept.Count));
        Assert.Equal("Ada", await services.ReadAsync(db => db.Customers.Select(c => c.GivenName).SingleAsync(Token)));
    }

    [Fact]
    public async Task Staff_MayNotImport()
    {
        await using var services = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await services.AsRoleAsync(RoleNames.Staff);

        await Assert.ThrowsAsync<AccessDeniedException>(() => staff.UploadTextAsync("email\na@example.com\n"));
        Assert.Equal(0, await services.ReadAsync(db => db.Imports.CountAsync(Token)));
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task NaughtyStrings_GoInAndComeOutUnchanged_OrAreRefusedWithASentence(DatabaseKind kind)
    {
        var strings = JsonSerializer
            .Deserialize<List<string>>(await File.ReadAllTextAsync(TestData.Find("naughty-strings", "blns.json"), Token))!;
        await using var services = await TestServices.CreateAsync(kind);
        await using var manager = await services.AsRoleAsync(RoleNames.Manager);
        var csv = "external id,first name\n"
            + string.Concat(strings
            .Select((s, i) => $"N{i},\"{FormulaGuard.Guard(s).Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n"));

        var result = await manager.ImportAsync(csv);

        Assert.Equal(strings.Count, result.Rows);
        Assert.Equal(result.Rows - result.Rejected, result.Customers.New);
        var names = await services.ReadAsync(db => db.Customers.ToDictionaryAsync(c => c.ExternalId!, c => c.GivenName, Token));
        for (var i = 0; i < strings.Count; i++)
        {
            if (!names.TryGetValue($"N{i}", out var name)) continue;
            Assert.Equal(strings[i].Trim() is { Length: > 0 } kept ? kept : null, name);
        }

        Assert.Equal(result.Rejected, strings.Count(s => s.Trim().Length > CustomerRules.NameLength || StoredText.IsUnstorable(s)));
    }
}
