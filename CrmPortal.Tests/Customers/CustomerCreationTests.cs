using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

public sealed class CustomerCreationTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Create_TypedLoosely_IsStoredInOneForm(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        var created = (await agent.Customers.CreateAsync(new()
        {
            GivenName = "  José ", FamilyName = "", Email = " Jose@Example.COM ", Phone = "020 7946 0958", Currency = "usd",
            DateOfBirth = new DateOnly(1980, 2, 29), Gender = Gender.Male, Source = CustomerSource.Referral,
                Tags = new[] { "Gold", "gold ", "new" },
        }, CancellationToken.None)).Customer;

        Assert.Equal("CUST-20260310-0001", created.Number);
        Assert.Equal("José", created.GivenName);
        Assert.Null(created.FamilyName);
        Assert.Equal("Jose@Example.COM", created.Email);
        Assert.Equal("+442079460958", created.Phone);
        Assert.Equal("USD", created.Currency);
        Assert.Equal("en", created.Language);
        Assert.Equal(["Gold", "new"], created.Tags.Select(t => t.Name));
        Assert.Equivalent(created, await agent.Customers.GetAsync(created.Id, CancellationToken.None), strict: true);
    }

    public static TheoryData<string, string?> BadFields => new()
    {
        { nameof(CustomerChanges.Email), "no at" }, { nameof(CustomerChanges.Email), "a@b" }, { nameof(CustomerChanges.Email), "a@b..c" },
            { nameof(CustomerChanges.Email), "a b@c.de" },
        { nameof(CustomerChanges.Email), "a@b@c.de" }, { nameof(CustomerChanges.Email), new string('a', 250) + "@b.cd" },
        { nameof(CustomerChanges.Phone), "12" }, { nameof(CustomerChanges.Phone), "call me" },
            { nameof(CustomerChanges.Phone), "+1234567890123456" }, { nameof(CustomerChanges.Phone), "+44+44123456" },
        { nameof(CustomerChanges.GivenName), "a\0b" },
        { nameof(CustomerChanges.GivenName), new string('x', 101) },
        { nameof(CustomerChanges.ExternalId), new string('x', 101) }, { nameof(CustomerChanges.Currency), "XXZ" },
            { nameof(CustomerChanges.Currency), "EURO" },
        { nameof(CustomerChanges.Language), "English" }, { nameof(CustomerChanges.Language), "" },
            { nameof(CustomerChanges.DateOfBirth), "1899-12-31" }, { nameof(CustomerChanges.DateOfBirth), "2026-03-11" },
        { "Tags", "a,b" }, { "Tags", " " }, { "Tags", new string('t', 51) }, { "Tags", "\0" },
    };

    [Theory, MemberData(nameof(BadFields))]
    public async Task Create_BadField_IsRefusedWithTheFieldsName(string field, string? value)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var input = new CustomerChanges { ExternalId = "x" };
        input = field switch
        {
            nameof(CustomerChanges.Email) => input with { Email = value },
            nameof(CustomerChanges.Phone) => input with { Phone = value },
            nameof(CustomerChanges.GivenName) => input with { GivenName = value },
            nameof(CustomerChanges.FamilyName) => input with { FamilyName = value },
            nameof(CustomerChanges.ExternalId) => input with { ExternalId = value },
            nameof(CustomerChanges.Currency) => input with { Currency = value },
            nameof(CustomerChanges.Language) => input with { Language = value },
            nameof(CustomerChanges.DateOfBirth) =>
                input with { DateOfBirth = DateOnly.Parse(value!, System.Globalization.CultureInfo.InvariantCulture) },
            _ => input with { Tags = new[] { value! } },
        };

        var refused = await Assert.ThrowsAsync<RuleViolationException>(() => agent.Customers.CreateAsync(input, CancellationToken.None));

        Assert.Contains(refused.Errors, e => e.Field == field);
        Assert.Equal(0, await data.ReadAsync(db => db.Customers.CountAsync()));
    }

    [Fact]
    public async Task Create_HalfASurrogatePair_IsRefused()
    {
        // Not a row of the theory above: the runner cannot carry such a text.
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        foreach (var text in new[] { "a\ud800b", "\udc00", "\ud800\ud800" })
        {
            var refused = await Assert
                .ThrowsAsync<RuleViolationException>(() => agent.Customers.CreateAsync(new() { GivenName = text }, CancellationToken.None));
            Assert.Contains(refused.Errors, e => e.Field == nameof(CustomerChanges.GivenName));
        }
    }

    [Fact]
    public async Task Create_Nothing_IsRefused()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        await Assert.ThrowsAsync<RuleViolationException>(() => agent.Customers.CreateAsync(new() { GivenName = " ", Tags = new[] { "a" } },
            CancellationToken.None));

        Assert.Equal(0, await data.ReadAsync(db => db.ChangeSets.CountAsync(c => c.Kind == "customer.create")));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Create_TwentyAtOnce_GivesTwentyNumbersOfTheDay(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddCustomerAsync();
        data.Clock.Advance(TimeSpan.FromDays(1));

        var created = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => data.AddCustomerAsync())));

        Assert.Equal(20, created.Select(c => c.Number).Distinct().Count());
        Assert.All(created, c => Assert.Matches("^CUST-20260311-00(0[1-9]|1[0-9]|20)$", c.Number));
    }

    [Fact]
    public async Task Create_PastTheTenThousandthOfADay_HasAWiderNumber()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await data.WriteAsync(db =>
        {
            db.DailyCounters.Add(new DailyCounter { Name = "customer-20260310", Value = 9999 });
            return Task.CompletedTask;
        });

        Assert.Equal("CUST-20260310-10000", (await data.AddCustomerAsync()).Number);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Create_EmailOrPhoneOfAnother_IsRefusedAsDuplicate(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddCustomerAsync(email: "ada@example.com", phone: "+442079460958");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        var email = await Assert.ThrowsAsync<RuleViolationException>(() => agent.Customers.CreateAsync(new() { Email = "ADA@Example.com" },
            CancellationToken.None));
        var phone = await Assert.ThrowsAsync<RuleViolationException>(() => agent.Customers.CreateAsync(new() { Phone = "(020) 7946-0958" },
            CancellationToken.None));

        Assert.True(email.IsDuplicate);
        Assert.Equal(nameof(CustomerChanges.Email), Assert.Single(email.Errors).Field);
        Assert.True(phone.IsDuplicate);
        Assert.Equal(nameof(CustomerChanges.Phone), Assert.Single(phone.Errors).Field);
        Assert.Equal(1, await data.ReadAsync(db => db.Customers.CountAsync()));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Create_TheSameEmailTwiceAtOnce_SucceedsOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            try
            {
                await data.AddCustomerAsync(email: i % 2 == 0 ? "ada@example.com" : "ADA@EXAMPLE.COM");
                return true;
            }
            catch (RuleViolationException violation) when (violation.IsDuplicate)
            {
                return false;
            }
        })));

        Assert.Single(results, created => created);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Create_ContactsOfADeletedCustomer_AreFree(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var first = await data.AddCustomerAsync(email: "ada@example.com", phone: "+442079460958");
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Trash.DeleteAsync(first.Id, CancellationToken.None);

        var second = await data.AddCustomerAsync(email: "ada@example.com", phone: "+442079460958");

        Assert.NotEqual(first.Id, second.Id);
    }
}
