using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Customers;

/// <summary>The list of tags itself.</summary>
public sealed class TagManagingTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Merge_GivesEverybodyTheOther_AndIsUndoneAsOne(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        for (var i = 0; i < 5; i++) await data.AddCustomerAsync($"Old{i}", tags: i < 2 ? ["old", "new"] : ["old"]);
        await data.AddCustomerAsync("New", tags: "new");
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var tags = manager.Get<TagService>();
        var before = await tags.ListAsync(default);
        var (old, into) = (before.Single(t => t.Name == "old"), before.Single(t => t.Name == "new"));

        var changeSet = await tags.MergeAsync(old.Id, into.Id, default);

        Assert.Equal(("new", 6), Assert.Single((await tags.ListAsync(default)).Select(t => (t.Name, t.Customers))));
        await manager.Get<UndoService>().UndoAsync(changeSet!.Value, false, default);
        Assert.Equal([("new", 3), ("old", 5)], (await tags.ListAsync(default)).Select(t => (t.Name, t.Customers)));
        Assert.Null(await tags.MergeAsync(old.Id, old.Id, default));
        Assert.Null(await tags.MergeAsync(4711, into.Id, default));
    }

    [Fact]
    public async Task Change_RenamesAndColours_AndATakenNameIsRefused()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await data.AddCustomerAsync(tags: ["premium", "Other"]);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var tags = manager.Get<TagService>();
        var premium = (await tags.ListAsync(default)).Single(t => t.Name == "premium");

        var changed = await tags.ChangeAsync(premium.Id, "Premium", "green", default);

        Assert.Equal(("Premium", "green", 1), (changed!.Part.Name, changed.Part.Colour, changed.Part.Customers));
        Assert.True((await Assert
            .ThrowsAsync<RuleViolationException>(() => tags.ChangeAsync(premium.Id, "OTHER", null, default))).IsDuplicate);
        Assert.Equal("Colour",
            (await Assert.ThrowsAsync<RuleViolationException>(() => tags.CreateAsync("x", "mauve", default))).Errors[0].Field);
        Assert.Equal("Name",
            (await Assert.ThrowsAsync<RuleViolationException>(() => tags.CreateAsync("a,b", null, default))).Errors[0].Field);
    }

    [Fact]
    public async Task ChangeOfACustomer_SetsAddsRemoves()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync(tags: ["a", "b"]);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var tags = staff.Get<TagService>();

        Assert.Equal(["a", "b", "c"], Names(await tags.ChangeAsync(customer.Id, ["C ", "c", "B"], TagAction.Add, default))
            .Select(n => n.ToLowerInvariant()));
        Assert.Equal(["b"], Names(await tags.ChangeAsync(customer.Id, ["A", "c", "zzz"], TagAction.Remove, default)));
        Assert.Equal(["b", "d"], Names(await tags.ChangeAsync(customer.Id, ["d", "B"], TagAction.Set, default)));
        Assert.Empty(Names(await tags.ChangeAsync(customer.Id, [], TagAction.Set, default)));

        static IEnumerable<string> Names(CustomerChangeResult? changed) => changed!.Customer.Tags.Select(t => t.Name)
            .Order(StringComparer.OrdinalIgnoreCase);
    }
}
