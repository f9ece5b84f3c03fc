using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

/// <summary>What a profile holds beside names: hours, zone, agent, subscription, reasons, verified contacts.</summary>
public sealed class CustomerProfileTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Update_ProfileFields_AreKept_AndUndone(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace");
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var changed = await staff.Customers.UpdateAsync(customer.Id, new()
        {
            PreferredName = "Countess", TimeZone = "Europe/Madrid", ContactFrom = new TimeOnly(9, 0), ContactUntil = new TimeOnly(17, 30),
                PreferredAgentId = staff.UserId,
            Subscription = SubscriptionState.Suspended, FirstContactAt = new DateTimeOffset(2020, 2, 29, 0, 0, 0, TimeSpan.Zero),
        }, null, null, default);

        var now = (await staff.Customers.GetAsync(customer.Id, default))!;
        Assert.Equal(("Countess", "Europe/Madrid", new TimeOnly(9, 0), new TimeOnly(17, 30)),
            (now.DisplayName, now.TimeZone, now.ContactFrom!.Value, now.ContactUntil!.Value));
        Assert.Equal((staff.UserId, SubscriptionState.Suspended, 2020),
            (now.PreferredAgentId!.Value, now.Subscription, now.FirstContactAt.Year));
        Assert.Equal(customer.Id, Assert.Single((await staff.Finder.ListAsync(new("countess"), new(1, 10), default)).Items).Id);

        await staff.Get<UndoService>().UndoAsync(changed!.ChangeSetId!.Value, false, default);
        var before = (await staff.Customers.GetAsync(customer.Id, default))!;
        Assert.Equal(("Ada Lovelace", null, null, SubscriptionState.None),
            (before.DisplayName, before.TimeZone, before.PreferredAgentId, before.Subscription));
    }

    [Theory]
    [InlineData("Mars/Crater", "TimeZone")]
    [InlineData("CET\0", "TimeZone")]
    public async Task Update_BadZone_IsSaidBesideTheField(string zone, string field)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var violation = await Assert
            .ThrowsAsync<RuleViolationException>(() => staff.Customers.UpdateAsync(customer.Id, new() { TimeZone = zone }, null, null,
            default));

        Assert.Equal(field, violation.Errors[0].Field);
    }

    [Fact]
    public async Task Update_HalfHours_OrAnUnknownAgent_IsRefused()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        await Assert.ThrowsAsync<RuleViolationException>(() =>
            staff.Customers.UpdateAsync(customer.Id, new() { ContactFrom = new TimeOnly(9, 0) }, null, null, default));
        await Assert.ThrowsAsync<RuleViolationException>(() =>
            staff.Customers.UpdateAsync(customer.Id, new() { ContactFrom = new TimeOnly(9, 0), ContactUntil = new TimeOnly(9, 0) }, null,
            null, default));
        await Assert.ThrowsAsync<RuleViolationException>(() => staff.Customers.UpdateAsync(customer.Id, new() { PreferredAgentId = 4711 },
            null, null, default));
    }

    [Fact]
    public async Task Update_Phone_TakesTheCountryOfTheCustomer()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var spaniard = await data.AddCustomerAsync("Ana");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await agent.Get<AddressService>()
            .SaveAsync(spaniard.Id, null, new() { Line1 = "Calle 1", City = "Madrid", Country = "es", PostalCode = "28001" }, default);

        var changed = await agent.Customers.UpdateAsync(spaniard.Id, new() { Phone = "612 345 678" }, null, null, default);
        var withPoint = await agent.Get<AddressService>()
            .AddContactPointAsync(spaniard.Id, ContactKind.Phone, "911 111 111", null, default);

        Assert.Equal("+34612345678", changed!.Customer.Phone);
        Assert.Equal("+34911111111", Assert.Single(withPoint!.Customer.ContactPoints).Value);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task MakePrimary_ChangesPlaces_AndAnotherCustomersValueIsRefused(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync("Ada", email: "ada@example.com");
        await data.AddCustomerAsync("Bob", email: "bob@example.com");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var addresses = agent.Get<AddressService>();
        var first = (await addresses.AddContactPointAsync(ada.Id, ContactKind.Email, "ada@work.example", "Work",
            default))!.Customer.ContactPoints[0];
        await data.WriteAsync(db => db.ContactPoints.Where(p => p.Id == first.Id)
            .ExecuteUpdateAsync(p => p.SetProperty(x => x.VerifiedAt, data.Clock.GetUtcNow())));

        var swapped = (await addresses.MakePrimaryAsync(ada.Id, first.Id, default))!.Customer;
        var taken = (await addresses.AddContactPointAsync(ada.Id, ContactKind.Email, "bob@example.com", null,
            default))!.Customer.ContactPoints.Single(p => p.Value == "bob@example.com");

        Assert.Equal(("ada@work.example", true), (swapped.Email, swapped.EmailVerifiedAt is not null));
        Assert.Equal("ada@example.com", Assert.Single(swapped.ContactPoints).Value);
        Assert.True((await Assert
            .ThrowsAsync<RuleViolationException>(() => addresses.MakePrimaryAsync(ada.Id, taken.Id, default))).IsDuplicate);
        Assert.Null((await agent.Customers.UpdateAsync(ada.Id, new() { Email = "other@example.com" }, null, null,
            default))!.Customer.EmailVerifiedAt);
    }

    [Fact]
    public async Task Deactivate_KeepsTheReason_UntilHeIsActiveAgain()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var inactive = await staff.Customers.SetActiveAsync(customer.Id, false, default, "Moved abroad");
        var active = await staff.Customers.SetActiveAsync(customer.Id, true, default);

        Assert.Equal((CustomerStatus.Inactive, "Moved abroad"), (inactive!.Customer.Status, inactive.Customer.InactiveReason));
        Assert.Equal((CustomerStatus.Active, null), (active!.Customer.Status, active.Customer.InactiveReason));
    }

    [Theory]
    [InlineData("GB", "n1 1aa", "N1 1AA")]
    [InlineData("NL", "1234  ab", "1234 AB")]
    [InlineData("US", "12345-6789", "12345-6789")]
    [InlineData("KE", "whatever 7", "WHATEVER 7")]
    [InlineData("DE", " ", null)]
    public void PostalCode_OfTheCountrysShape_IsWrittenInOneWay(string country, string typed, string? expected)
    {
        Assert.Equal(expected, PostalCode.Checked(typed, country, out var isGood));
        Assert.True(isGood);
    }

    [Theory]
    [InlineData("GB", "12345")]
    [InlineData("DE", "1234")]
    [InlineData("US", "ABCDE")]
    [InlineData("JP", "12-3456")]
    public async Task PostalCode_OfAnotherShape_IsRefused(string country, string typed)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var violation = await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<AddressService>()
            .SaveAsync(customer.Id, null, new() { Line1 = "1", City = "X", Country = country, PostalCode = typed }, default));

        Assert.Equal(nameof(AddressInput.PostalCode), Assert.Single(violation.Errors).Field);
    }

    [Fact]
    public async Task Address_Changed_IsUnverifiedAgain_AndItsPlaceIsWithinTheWorld()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var addresses = agent.Get<AddressService>();
        var input = new AddressInput { GivenName = "Ana", Line1 = "1 High Street", City = "London", Country = "GB", Latitude = 51.5,
            Longitude = -0.1 };
        var id = (await addresses.SaveAsync(customer.Id, null, input, default))!.Customer.Addresses[0].Id;

        var verified = (await addresses.VerifyAsync(customer.Id, id, true, default))!.Customer.Addresses[0];
        var renamed = (await addresses.SaveAsync(customer.Id, id, input with { GivenName = "Eve" }, default))!.Customer.Addresses[0];
        var moved = (await addresses.SaveAsync(customer.Id, id, input with { City = "Leeds" }, default))!.Customer.Addresses[0];

        Assert.Equal(agent.Actor.Name, verified.VerifiedByName);
        Assert.NotNull(renamed.VerifiedAt);
        Assert.Null(moved.VerifiedAt);
        Assert.Equal(51.5, moved.Latitude);
        await Assert.ThrowsAsync<RuleViolationException>(() => addresses.SaveAsync(customer.Id, id, input with { Latitude = 91 }, default));
        await Assert.ThrowsAsync<RuleViolationException>(() => addresses.SaveAsync(customer.Id, id, input with { Longitude = null },
            default));
    }
}
