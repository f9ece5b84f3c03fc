using System.Text;
using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Exports;

/// <summary>The customer list as a table: the rows, columns and order that the list shows, and nothing that it would not.</summary>
public sealed class CustomerExportTests
{
    private static readonly string[] AllColumns = ["email", "phone", "status", "tags", "city", "country", "source", "language", "orders",
        "spent", "average", "last-order", "created", "interaction", "updated"];

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Prepare_FilteredAndSorted_HasTheRowsOfTheListInItsOrder(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.WriteAsync(db =>
        {
            db.Customers.AddRange(Enumerable.Range(0, 4_500).Select(i => TestCustomers.Make(i, data.Clock.GetUtcNow())));
            return Task.CompletedTask;
        });
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        foreach (var query in new[]
        {
            new CustomerQuery(), new CustomerQuery(Sort: CustomerSort.Name, Descending: false),
                new CustomerQuery("garcia", "status:any:active", CustomerSort.Updated),
                new CustomerQuery(Filter: "email:starts:person0001"),
            new CustomerQuery(Sort: CustomerSort.Email), new CustomerQuery(Sort: CustomerSort.LastOrder, Descending: false),
        })
        {
            var expected = await NumbersAsync(manager, query);

            var rows = await RowsAsync(manager, new(query, [], "csv"));

            Assert.NotEmpty(rows);
            Assert.Equal(expected, rows.Select(r => r.GetProperty("number").GetString()));
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Prepare_AllColumns_HasTheValuesOfTheList(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com", "+442079460958", "Regular", "Gift buyer");
        var bob = await data.AddCustomerAsync("Bob", null);
        await data.WriteAsync(db =>
        {
            db.Addresses.AddRange(
                new Address { CustomerId = ada.Id, Line1 = "1", City = "Leeds", Country = "GB" },
                    new Address { CustomerId = ada.Id, Line1 = "2", City = "München", Country = "DE", IsDefault = true });
            return Task.CompletedTask;
        });
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        var rows = await RowsAsync(manager, new(new(), AllColumns, "json"));

        var row = rows[1];
        Assert.Equal(
            [ada.Number, "Ada Lovelace", "False", "ada@example.com", "+442079460958", "active", """["Regular","Gift buyer"]""", "München",
                "DE", "other", "en"],
            row.EnumerateObject().Take(11).Select(p => p.Value.ToString()));
        Assert.Equal(ada.CreatedAt, row.GetProperty("created").GetDateTimeOffset());
        Assert.Equal([bob.Number, "Bob", "False", "", "", "active", "", "", "", "other", "en"], rows[0].EnumerateObject().Take(11)
            .Select(p => p.Value.ToString()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task FieldsOfTheShop_AreColumnsOfTheListAndOfItsExports_ForThoseWhoMaySeeThem(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync("Ada", "Lovelace");
        await data.AddCustomerAsync("Bob", null);
        await using (var system = data.AsSystem())
        {
            var fields = system.Get<CustomFieldService>();
            await fields.AddAsync(new() { Label = "Shoe size", Type = CustomFieldType.Number }, default);
            await fields.AddAsync(new() { Label = "Next check", Type = CustomFieldType.Date }, default);
            await fields.AddAsync(new() { Label = "Member", Type = CustomFieldType.YesNo }, default);
            await fields.AddAsync(new() { Label = "Passport", IsSensitive = true }, default);
            foreach (var (key, value) in new[] { ("shoe_size", "38.5"), ("next_check", "2026-12-31"), ("member", "no"),
                ("passport", "X1") }) await fields.SetAsync(ada.Id, key, value, default);
        }

        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        string[] keys = ["passport", "shoe_size", "next_check", "member", "gone"];
        string[] columns = [.. keys.Select(k => "field." + k)];

        var listed = (await manager.Finder.ListAsync(new(), new(), default, keys)).Items;
        Assert.Empty(listed[0].OwnFields);
        Assert.Equal(new Dictionary<string, string> { ["shoe_size"] = "38.5", ["next_check"] = "2026-12-31", ["member"] = "no",
            ["passport"] = "X1" }, listed[1].OwnFields);
        Assert.DoesNotContain("passport", (await staff.Finder.ListAsync(new(), new(), default, keys)).Items[1].OwnFields.Keys);

        var row = (await RowsAsync(manager, new(new(), columns, "json")))[1];
        Assert.Equal(["number", "name", "vip", "field.passport", "field.shoe_size", "field.next_check", "field.member"],
            row.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["X1", "38.5", "2026-12-31", "False"], row.EnumerateObject().Skip(3).Select(p => p.Value.ToString()));
        await using var exporter = await data.AsAsync(Permissions.CustomersView, Permissions.CustomersExport);
        Assert.DoesNotContain((await RowsAsync(exporter, new(new(), columns, "json")))[1].EnumerateObject(),
            p => p.Name == "field.passport");
        foreach (var format in new[] { "csv", "xlsx", "pdf" })
        {
            var table = await manager.Get<CustomerExportService>().PrepareAsync(new(new(), columns, format), ExportAudience.Usual, default);
            Assert.NotEmpty(await ExportSamples.WriteAsync(ExportFormats.Demand(format), table));
        }
    }

    [Fact]
    public async Task Prepare_ChosenCustomers_HasJustThose_AndTheTrashHasItsOwn()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var (ada, bob, eve) = (await data.AddCustomerAsync("Ada"), await data.AddCustomerAsync("Bob"), await data.AddCustomerAsync("Eve"));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Trash.DeleteAsync(eve.Id, default);

        var chosen = await RowsAsync(manager, new(new(Filter: "vip:yes"), [], "json") { Ids = [bob.Id, eve.Id, ada.Id] });
        var trash = await RowsAsync(manager, new(new(InTrash: true), [], "json"));

        Assert.Equal([bob.Number, ada.Number], chosen.Select(r => r.GetProperty("number").GetString()));
        Assert.Equal(eve.Number, Assert.Single(trash).GetProperty("number").GetString());
        Assert.NotEqual(JsonValueKind.Null, trash[0].GetProperty("deleted").ValueKind);
    }

    [Fact]
    public async Task Prepare_IsInTheAuditLogBeforeTheFirstRow_WithFieldsAndNoValues()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await data.AddCustomerAsync("Ada", "Lovelace", "ada@example.com");
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        _ = await manager.Get<CustomerExportService>()
            .PrepareAsync(new(new("ada@example.com"), ["email", "city"], "pdf"), ExportAudience.Usual, default);

        var entry = Assert
            .Single(await data.ReadAsync(db => db.AuditEntries.Where(e => e.Action == AuditAction.Exported).Include(e => e.ChangeSet)
            .ToListAsync()));
        Assert.Equal(("pdf number name vip email city", null, manager.UserId), (entry.Fields, entry.Values, entry.ChangeSet!.ActorId));
    }

    [Fact]
    public async Task Prepare_WithoutThePermissions_IsRefused()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var request = new CustomerExportRequest(new(), [], "csv");

        await Assert.ThrowsAsync<AccessDeniedException>(() => staff.Get<CustomerExportService>()
            .PrepareAsync(request, ExportAudience.Usual, default));
        var raw = await Assert.ThrowsAsync<AccessDeniedException>(() => manager.Get<CustomerExportService>()
            .PrepareAsync(request with { IsRaw = true }, ExportAudience.Usual, default));

        Assert.Equal(Permissions.ExportsRaw, raw.Permission);
        Assert.False(await data.ReadAsync(db => db.AuditEntries.AnyAsync(e => e.Action == AuditAction.Exported)));
    }

    [Fact]
    public async Task Prepare_WithoutSensitiveFields_LeavesThemBlank_AndNamesNobodyByThem()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var ada = await data.AddCustomerAsync("Ada", null, "ada@example.com", "+442079460958");
        var nameless = await data.AddCustomerAsync(null, null, "eve@example.com");
        await using var exporter = await data.AsAsync(Permissions.CustomersView, Permissions.CustomersExport);

        var rows = await RowsAsync(exporter, new(new(), ["email", "phone"], "json"));

        Assert.Equal([(nameless.Number, "", ""), ("Ada", "", "")],
            rows.Select(r => (r.GetProperty("name").GetString()!, r.GetProperty("email").ToString(), r.GetProperty("phone").ToString())));
        await Assert.ThrowsAsync<RuleViolationException>(() => RowsAsync(exporter, new(new(Sort: CustomerSort.Email), [], "csv")));
        await Assert.ThrowsAsync<RuleViolationException>(() => RowsAsync(exporter, new(new(Filter: "email:starts:a"), [], "csv")));
        Assert.NotNull(ada);
    }

    [Theory]
    [InlineData("nonsense", "city", "csv")]
    [InlineData("unknown:is:1", "city", "csv")]
    [InlineData(null, "NameText", "csv")]
    [InlineData(null, "city", "docx")]
    public async Task Prepare_WhatIsNotThere_IsARuleViolation_BeforeAnythingIsLogged(string? filter, string column, string format)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<CustomerExportService>()
            .PrepareAsync(new(new(Filter: filter), [column], format), ExportAudience.Usual, default));

        Assert.False(await data.ReadAsync(db => db.AuditEntries.AnyAsync(e => e.Action == AuditAction.Exported)));
    }

    [Fact]
    public async Task Rows_LeftBeforeTheEnd_AreLetGoOf()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await data.WriteAsync(db =>
        {
            db.Customers.AddRange(Enumerable.Range(0, 6_000).Select(i => TestCustomers.Make(i, data.Clock.GetUtcNow())));
            return Task.CompletedTask;
        });
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var table = await manager.Get<CustomerExportService>().PrepareAsync(new(new(), ["city"], "csv"), ExportAudience.Usual, default);

        await foreach (var row in table.Rows)
        {
            Assert.NotNull(row[0]);
            break;
        }

        // A table can be read again, and nothing holds the database.
        Assert.Equal(6_000, await table.Rows.CountAsync());
        await data.AddCustomerAsync("New");
    }

    private static async Task<List<string>> NumbersAsync(TestScope scope, CustomerQuery query)
    {
        var numbers = new List<string>();
        for (var page = 1; ; page++)
        {
            var found = await scope.Finder.ListAsync(query, new(page, 100), default);
            numbers.AddRange(found.Items.Select(r => r.Number));
            if (!found.HasMore) return numbers;
        }
    }

    private static async Task<List<JsonElement>> RowsAsync(TestScope scope, CustomerExportRequest request)
    {
        var table = await scope.Get<CustomerExportService>().PrepareAsync(request, ExportAudience.Usual, default);
        using var document = JsonDocument.Parse(Encoding.UTF8.GetString(await ExportSamples.WriteAsync(new JsonExport(), table)));
        return [.. document.RootElement.EnumerateArray().Select(e => e.Clone())];
    }
}
