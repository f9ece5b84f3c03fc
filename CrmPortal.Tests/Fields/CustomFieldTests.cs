using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Fields;

/// <summary>Fields that a shop adds to its customers.</summary>
public sealed class CustomFieldTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Value_OfEachType_IsKept_Changed_AndUndone(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        var fields = administrator.Get<CustomFieldService>();
        await fields.AddAsync(new() { Label = "Motto" }, default);
        await fields.AddAsync(new() { Label = "Shoe size", Type = CustomFieldType.Number }, default);
        await fields.AddAsync(new() { Label = "Next check", Type = CustomFieldType.Date }, default);
        await fields.AddAsync(new() { Label = "Colour", Type = CustomFieldType.Choice, Choices = "Red\n Blue \n\nred" }, default);
        await fields.AddAsync(new() { Label = "Member", Type = CustomFieldType.YesNo }, default);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var created = await staff.Customers.CreateAsync(new()
        {
            GivenName = "Ada",
                Fields = new(new Dictionary<string, string?> { ["motto"] = " Carpe diem ", ["shoe_size"] = "42.50",
                ["next_check"] = "2026-12-31", ["colour"] = "BLUE", ["member"] = "true" }),
        }, default);
        var id = created.Customer.Id;

        Assert.Equal(["Carpe diem", "42.5", "2026-12-31", "Blue", "yes"], await ValuesAsync(staff, id));
        var changed = await staff.Get<CustomFieldService>().SetAsync(id, "shoe_size", "-3", default);
        await staff.Get<CustomFieldService>().SetAsync(id, "motto", " ", default);
        Assert.Equal([null, "-3", "2026-12-31", "Blue", "yes"], await ValuesAsync(staff, id));
        await staff.Get<UndoService>().UndoAsync(changed!.ChangeSetId!.Value, false, default);
        Assert.Equal([null, "42.5", "2026-12-31", "Blue", "yes"], await ValuesAsync(staff, id));
    }

    [Theory]
    [InlineData("size", "big")]
    [InlineData("size", "1e9999")]
    [InlineData("day", "31.12.2026")]
    [InlineData("day", "2026-02-30")]
    [InlineData("colour", "Green")]
    [InlineData("member", "perhaps")]
    [InlineData("nothing", "x")]
    public async Task Value_OfAnotherType_IsSaidBesideTheField(string key, string value)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await AddFieldsAsync(data);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var violation = await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<CustomFieldService>()
            .SetAsync(customer.Id, key, value, default));

        Assert.Equal("Fields." + key, violation.Errors[0].Field);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Sensitive_IsEncrypted_Masked_AndRevealedOnTheRecord(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        await administrator.Get<CustomFieldService>().AddAsync(new() { Label = "Passport", IsSensitive = true }, default);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var set = await agent.Get<CustomFieldService>().SetAsync(customer.Id, "passport", "X1234567", default);
        var again = await agent.Get<CustomFieldService>().SetAsync(customer.Id, "passport", "X1234567", default);

        Assert.NotNull(set!.ChangeSetId);
        Assert.Null(again!.ChangeSetId);
        var stored = await data.ReadAsync(db => db.CustomFieldValues.AsNoTracking().SingleAsync());
        Assert.Null(stored.Text);
        Assert.DoesNotContain("X1234567", stored.Secret, StringComparison.Ordinal);
        Assert.DoesNotContain("X1234567",
            string.Concat(await data.ReadAsync(db => db.AuditEntries.Select(e => e.Values ?? "").ToListAsync())), StringComparison.Ordinal);
        var masked = Assert.Single(await staff.Get<CustomFieldService>().OfCustomerAsync(customer.Id, default));
        Assert.Equal((null, true), (masked.Value, masked.IsMasked));
        Assert.Equal("X1234567", Assert.Single(await agent.Get<CustomFieldService>().OfCustomerAsync(customer.Id, default)).Value);
        await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<CustomFieldService>()
            .SetAsync(customer.Id, "passport", "Y", default));
        Assert.Equal("X1234567", await staff.Get<CustomFieldService>().RevealAsync(customer.Id, "passport", default));
        Assert.Equal(1,
            await data.ReadAsync(db => db.AuditEntries.CountAsync(e => e.Action == AuditAction.Revealed && e.CustomerId == customer.Id
            && e.Fields == "passport")));
        var (history, _) = await agent.Get<HistoryService>().ForCustomerAsync(customer.Id, null, 20, default);
        Assert.DoesNotContain(history.SelectMany(h => h.Items).SelectMany(i => i.Fields), f => f.Name == nameof(CustomFieldValue.Secret)
            && !f.IsMasked);
    }

    [Theory]
    [InlineData("", null, "Label")]
    [InlineData("Fine", "Not fine", "Key")]
    [InlineData("Fine", "1st", "Key")]
    [InlineData("Fine", "motto", "Key")]
    public async Task Add_BadField_IsRefused(string label, string? key, string field)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        var fields = administrator.Get<CustomFieldService>();
        await fields.AddAsync(new() { Label = "Motto" }, default);

        Assert.Equal(field,
            (await Assert
            .ThrowsAsync<RuleViolationException>(() => fields.AddAsync(new() { Label = label, Key = key }, default))).Errors[0].Field);
        await Assert.ThrowsAsync<RuleViolationException>(() =>
            fields.AddAsync(new() { Label = "Choice", Type = CustomFieldType.Choice, Choices = " \n " }, default));
        Assert.Equal("field_1", (await fields.AddAsync(new() { Label = "1" }, default)).Key);
        Assert.Equal("strasse", (await fields.AddAsync(new() { Label = "Straße" }, default)).Key);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Filter_ThatFitsNoFieldOfTheShop_IsRefused_InsteadOfFindingEverybody(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await data.AddCustomerAsync();
        await AddFieldsAsync(data);
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        await administrator.Get<CustomFieldService>().AddAsync(new() { Label = "Passport", IsSensitive = true }, default);
        await administrator.Get<CustomFieldService>().SetAsync(customer.Id, "passport", "X1234567", default);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        foreach (var filter in (string[])["field.typo:none:x", "field.typo:empty", "field.passport:not:x", "field.passport:none:x",
            "field.passport:present", "field.passport:empty",
            "field.size:none:4", "field.size:starts:4", "field.size:is:x", "field.colour:is:Red", "field.member:not:yes",
                "field.day:is:2026-01-01"])
        {
            var query = new CustomerQuery(Filter: filter);
            await Assert.ThrowsAsync<RuleViolationException>(() => staff.Finder.ListAsync(query, new(), default));
            await Assert.ThrowsAsync<RuleViolationException>(() => staff.Finder.CountAsync(query, null, default));
            await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<CustomerBulkService>()
                .RunAsync(new(null, query), new(BulkActionKind.AddTag, "x"), null, default));
        }

        await Assert.ThrowsAsync<RuleViolationException>(() => agent.Finder.CountAsync(new(Filter: "field.passport:not:x"), null,
            default));
        Assert.Equal(1, (await agent.Finder.CountAsync(new(Filter: "field.passport:present"), null, default)).Rows);
        Assert.Equal(2, (await staff.Finder.CountAsync(new(Filter: "field.colour:empty"), null, default)).Rows);
    }

    [Fact]
    public async Task Archived_IsNoLongerOffered_AndItsValuesStay()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await AddFieldsAsync(data);
        await using var administrator = await data.AsRoleAsync(RoleNames.Administrator);
        var fields = administrator.Get<CustomFieldService>();
        await fields.SetAsync(customer.Id, "size", "42", default);
        var size = (await fields.ListAsync(false, default)).Single(f => f.Key == "size");

        await fields.ChangeAsync(size.Id, "Size", null, 9, isArchived: true, default);

        Assert.DoesNotContain(await fields.OfCustomerAsync(customer.Id, default), a => a.Field.Key == "size");
        Assert.Contains(await fields.ListAsync(true, default), f => f is { Key: "size", IsArchived: true });
        await Assert.ThrowsAsync<RuleViolationException>(() => fields.SetAsync(customer.Id, "size", "43", default));
        Assert.Equal(420_000, await data.ReadAsync(db => db.CustomFieldValues.Select(v => v.Number).SingleAsync()));
    }

    private static async Task AddFieldsAsync(TestServices data)
    {
        await using var system = data.AsSystem();
        var fields = system.Get<CustomFieldService>();
        await fields.AddAsync(new() { Label = "Size", Type = CustomFieldType.Number }, default);
        await fields.AddAsync(new() { Label = "Day", Type = CustomFieldType.Date }, default);
        await fields.AddAsync(new() { Label = "Colour", Type = CustomFieldType.Choice, Choices = "Red\nBlue" }, default);
        await fields.AddAsync(new() { Label = "Member", Type = CustomFieldType.YesNo }, default);
    }

    private static async Task<IEnumerable<string?>> ValuesAsync(TestScope scope, long id) =>
        (await scope.Get<CustomFieldService>().OfCustomerAsync(id, default)).Select(a => a.Value);
}
