using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.History;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Upkeep;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

/// <summary>People around a customer, days that matter, related customers, households, what the customer prefers.</summary>
public sealed class CustomerTiesTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Persons_OneIsTheMainOne_AndHiddenContactsStay(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var persons = agent.Get<ContactPersonService>();
        var ana = (await persons.SaveAsync(customer.Id, null, new() { GivenName = "Ana", Phone = "+44 20 7946 0958", IsMain = true },
            default))!.Part;
        await persons.SaveAsync(customer.Id, null, new() { GivenName = "Bea", Email = "bea@example.com", IsMain = true }, default);

        var seen = (await staff.Get<ContactPersonService>().ListAsync(customer.Id, default)).Single(p => p.Id == ana.Id);
        await staff.Get<ContactPersonService>().SaveAsync(customer.Id, ana.Id, new() { GivenName = "Anna" }, default);

        Assert.Equal("+44•••58", seen.Phone);
        Assert.Equal([("Bea", true, null), ("Anna", false, "+442079460958")], (await persons.ListAsync(customer.Id, default))
            .Select(p => (p.GivenName, p.IsMain, p.Phone)));
        var removed = await persons.RemoveAsync(customer.Id, ana.Id, default);
        Assert.Single(await persons.ListAsync(customer.Id, default));
        await agent.Get<UndoService>().UndoAsync(removed!.Value, false, default);
        Assert.Equal(2, (await persons.ListAsync(customer.Id, default)).Count);
        Assert.Null(await persons.RemoveAsync(4711, ana.Id, default));
        await Assert.ThrowsAsync<RuleViolationException>(() => persons.SaveAsync(customer.Id, null, new() { Role = "Somebody" }, default));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Person_ChangedByAnotherSinceHeWasRead_IsAConflict(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var persons = agent.Get<ContactPersonService>();
        var read = (await persons.SaveAsync(customer.Id, null, new() { GivenName = "Ana" }, default))!.Part;
        await persons.SaveAsync(customer.Id, read.Id, new() { GivenName = "Theirs" }, default, read.Version);

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => persons.SaveAsync(customer.Id, read.Id, new() { GivenName = "Mine" },
            default, read.Version));

        Assert.Equal("Theirs", Assert.Single(await persons.ListAsync(customer.Id, default)).GivenName);
    }

    [Theory]
    [InlineData("2010-12-24", "2026-03-10", "2026-12-24")]
    [InlineData("2010-01-05", "2026-03-10", "2027-01-05")]
    [InlineData("2010-03-10", "2026-03-10", "2026-03-10")]
    [InlineData("2012-02-29", "2027-01-01", "2027-02-28")]
    [InlineData("2012-02-29", "2027-03-01", "2028-02-29")]
    [InlineData("2030-05-01", "2026-03-10", "2030-05-01")]
    public void Day_ThatComesEveryYear_SaysWhenNext(string day, string today, string next) =>
        Assert.Equal(DateOnly.Parse(next, System.Globalization.CultureInfo.InvariantCulture),
            RelationService.NextOf(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture),
            DateOnly.Parse(today, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Relationship_IsSaidFromBothSides_Once(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (mother, child) = (await data.AddCustomerAsync("Mia"), await data.AddCustomerAsync("Tim"));
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var relations = staff.Get<RelationService>();

        await relations.RelateAsync(child.Id, mother.Number, RelationshipKind.Parent, null, default);

        Assert.Equal((mother.Id, RelationshipKind.Parent), Assert.Single((await relations.RelationshipsAsync(child.Id, default))
            .Select(r => (r.OtherId, r.Kind))));
        Assert.Equal((child.Id, RelationshipKind.Child), Assert.Single((await relations.RelationshipsAsync(mother.Id, default))
            .Select(r => (r.OtherId, r.Kind))));
        foreach (var (one, number) in new[] { (child.Id, mother.Number), (mother.Id, child.Number), (child.Id, child.Number),
            (child.Id, "CUST-20000101-0001") })
            Assert.Equal("Other",
                (await Assert.ThrowsAsync<RuleViolationException>(() => relations.RelateAsync(one, number, RelationshipKind.Friend, null,
                default))).Errors[0].Field);
        Assert.NotNull(await relations.UnrelateAsync(mother.Id, (await relations.RelationshipsAsync(mother.Id, default))[0].Id, default));
        Assert.Empty(await relations.RelationshipsAsync(child.Id, default));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Household_IsWhoSharesAnAddress_HoweverItIsSpelled(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (mia, tim, far) = (await data.AddCustomerAsync("Mia"), await data.AddCustomerAsync("Tim"), await data.AddCustomerAsync("Far"));
        await data.AddOrderAsync("A-1", mia.Id, 1_000);
        await data.AddOrderAsync("A-2", tim.Id, 500);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var addresses = staff.Get<AddressService>();
        await addresses.SaveAsync(mia.Id, null, new() { Line1 = "12 Müller-Straße", City = "Köln", PostalCode = "50667", Country = "DE" },
            default);
        await addresses
            .SaveAsync(tim.Id, null, new() { Line1 = "12, MÜLLER STRASSE", City = "Koeln", PostalCode = "50667", Country = "de" }, default);
        await addresses.SaveAsync(far.Id, null, new() { Line1 = "12 Müller-Straße", City = "Bonn", PostalCode = "53111", Country = "DE" },
            default);

        var household = await staff.Get<RelationService>().HouseholdAsync(mia.Id, default);

        Assert.Equal(["Mia Lovelace", "Tim Lovelace"], household.Members.Select(m => m.Name));
        Assert.Equal((2, 1_500L), (household.Orders, household.Spent));
        Assert.Empty((await staff.Get<RelationService>().HouseholdAsync(far.Id, default)).Members);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Household_OfAddressesWithoutAStreet_IsNone_AlsoByKeysFromBefore(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        var (mia, tim) = (await InLondonAsync("Mia"), await InLondonAsync("Mia"));
        Assert.Empty((await system.Get<RelationService>().HouseholdAsync(mia, default)).Members);
        await data.WriteAsync(db => db.Addresses.ExecuteUpdateAsync(a => a.SetProperty(x => x.PlaceKey, "GB|LONDON|")));

        Assert.Empty((await system.Get<RelationService>().HouseholdAsync(tim, default)).Members);
        await system.Get<DuplicateService>().ScanAsync(new Progress<JobProgress>(), default);
        Assert.DoesNotContain(await data.ReadAsync(db => db.DuplicatePairs.Select(p => p.Reasons).ToListAsync()),
            r => r.Contains(nameof(DuplicateReasonKind.SameAddress), StringComparison.OrdinalIgnoreCase));
        Assert.Equal(2, await system.Get<RecalculateService>().RunAsync(null, default));
        Assert.All(await data.ReadAsync(db => db.Addresses.Select(a => a.PlaceKey).ToListAsync()), key => Assert.Equal("", key));

        async Task<long> InLondonAsync(string name) =>
            (await system.Customers.CreateAsync(new() { GivenName = name, FamilyName = "Smith" }, default,
            new() { City = "London", Country = "GB" })).Customer.Id;
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Preferences_AreSetTogetherOrNotAtAll(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var preferences = staff.Get<PreferenceService>();
        await preferences.SetAsync(customer.Id, [new("delivery", "day", "Friday"), new("size", "shoe", "42")], default);

        await Assert.ThrowsAsync<RuleViolationException>(() =>
            preferences.SetAsync(customer.Id, [new("delivery", "day", "Monday"), new("", "x", "y")], default));
        var set = await preferences.SetAsync(customer.Id, [new("size", "shoe", null), new("delivery", "place", "Door")], default);

        Assert.Equal([("day", "Friday"), ("place", "Door")], set!.Part.Select(p => (p.Key, p.Value)));
        await staff.Get<UndoService>().UndoAsync(set.ChangeSetId!.Value, false, default);
        Assert.Equal([("day", "Friday"), ("shoe", "42")], (await preferences.ListAsync(customer.Id, default))
            .Select(p => (p.Key, p.Value)));
    }

    [Fact]
    public async Task Communication_SaidTwice_IsOneEntry()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var preferences = staff.Get<PreferenceService>();

        await preferences.SetCommunicationAsync(customer.Id, Channel.Email, MessageKind.Newsletter, true, default);
        await preferences.SetCommunicationAsync(customer.Id, Channel.Email, MessageKind.Newsletter, false, default);
        await preferences.SetCommunicationAsync(customer.Id, Channel.Sms, MessageKind.Newsletter, true, default);

        Assert.Equal([(Channel.Email, false), (Channel.Sms, true)], (await preferences.CommunicationAsync(customer.Id, default))
            .Select(p => (p.Channel, p.IsOptedIn)));
    }
}
