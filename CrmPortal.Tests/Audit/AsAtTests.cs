using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Audit;

public sealed class AsAtTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task AsAt_ShowsFieldsAddressesAndTagsOfThatDay_BesideToday(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var customer = await data.AddCustomerAsync("Ada", "Byron", "ada@example.com", null, "tea");
        await manager.Get<AddressService>()
            .SaveAsync(customer.Id, null, new() { Line1 = "1 High Street", City = "London", PostalCode = "W1A 1AA", Country = "GB" },
            CancellationToken.None);
        var day = DateOnly.FromDateTime(data.Clock.GetUtcNow().DateTime);
        data.Clock.Advance(TimeSpan.FromDays(3));
        await manager.Customers.UpdateAsync(customer.Id, new() { FamilyName = "Lovelace", Tags = new(["coffee"]) }, null, null,
            CancellationToken.None);
        var address = (await manager.Customers.GetAsync(customer.Id, CancellationToken.None))!.Addresses[0];
        await manager.Get<AddressService>().RemoveAsync(customer.Id, address.Id, CancellationToken.None);

        var then = await manager.Get<AsAtService>().GetAsync(customer.Id, day, CancellationToken.None);

        Assert.True(then is { WasThere: true, IsIncomplete: false, HasErased: false });
        Assert.Equal(new AsAtField(nameof(Customer.FamilyName), "Byron", "Lovelace", true, false),
            then.Profile.Single(f => f.Name == nameof(Customer.FamilyName)));
        Assert.Equal([(nameof(Customer.FamilyName), true)], then.Profile.Where(f => f.Differs).Select(f => (f.Name, f.Differs)));
        Assert.Equal([("coffee", AsAtChange.Added), ("tea", AsAtChange.Removed)], then.Parts.Where(p => p.EntityType == nameof(CustomerTag))
            .Select(p => (p.Title!, p.Change)).OrderBy(p => p.Item1));
        var place = Assert.Single(then.Parts, p => p.EntityType == nameof(Address));
        Assert.Equal((AsAtChange.Removed, "1 High Street"), (place.Change, place.Fields.Single(f => f.Name == nameof(Address.Line1)).Then));
        Assert.False((await manager.Get<AsAtService>().GetAsync(customer.Id, day.AddDays(-1), CancellationToken.None))!.WasThere);
        await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<AsAtService>()
            .GetAsync(customer.Id, day.AddDays(10), CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task AsAt_ForThoseWhoMayNotSee_IsMasked_AndErasedValuesAreSaid(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var customer = await data.AddCustomerAsync("Ada", "Byron", "ada@example.com");
        var day = DateOnly.FromDateTime(data.Clock.GetUtcNow().DateTime);
        data.Clock.Advance(TimeSpan.FromDays(3));
        await manager.Customers.UpdateAsync(customer.Id, new() { Email = "lovelace@example.com" }, null, null, CancellationToken.None);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var masked = await staff.Get<AsAtService>().GetAsync(customer.Id, day, CancellationToken.None);
        await data.ReadAsync(db => db.AuditEntries.ExecuteUpdateAsync(e => e.SetProperty(x => x.Values, (string?)null)));
        var erased = await manager.Get<AsAtService>().GetAsync(customer.Id, day, CancellationToken.None);

        Assert.Equal(new AsAtField(nameof(Customer.Email), null, null, true, true),
            masked!.Profile.Single(f => f.Name == nameof(Customer.Email)));
        Assert.True(erased!.HasErased);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task FieldHistory_TellsWhoChangedItFromWhatToWhat_MaskedForThoseWhoMayNotSee(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var customer = await data.AddCustomerAsync("Ada", "Byron", "ada@example.com");
        await manager.Customers.UpdateAsync(customer.Id, new() { FamilyName = "King", Email = "king@example.com" }, null, null,
            CancellationToken.None);
        await manager.Customers.UpdateAsync(customer.Id, new() { GivenName = "Augusta" }, null, null, CancellationToken.None);

        var names = await manager.Get<HistoryService>().OfFieldAsync(customer.Id, nameof(Customer.FamilyName), CancellationToken.None);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var emails = await staff.Get<HistoryService>().OfFieldAsync(customer.Id, nameof(Customer.Email), CancellationToken.None);

        Assert.Equal([("Byron", "King"), (null, "Byron")], names.Select(c => (c.Before, c.After)));
        Assert.Equal(manager.Actor.Name, names[0].ActorName);
        Assert.All(emails, e => Assert.True(e is { IsMasked: true, Before: null, After: null }));
        Assert.Equal(2, emails.Count);
    }
}
