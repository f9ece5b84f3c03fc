using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Customers;

public sealed class CustomerUpdateTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Update_OthersChangedAnotherField_JoinsBoth(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await agent.Customers.UpdateAsync(customer.Id, new() { FamilyName = "King" }, new() { FamilyName = "Lovelace" }, null,
            CancellationToken.None);

        var changed = await agent.Customers.UpdateAsync(customer.Id, new() { GivenName = "Augusta" }, new() { GivenName = "Ada" }, null,
            CancellationToken.None);

        Assert.Equal("Augusta King", changed!.Customer.DisplayName);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Update_OthersChangedTheSameField_IsAConflictThatShowsAllThree(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace");
        await using var first = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var second = await data.AsRoleAsync(RoleNames.SupportAgent);
        await first.Customers.UpdateAsync(customer.Id, new() { FamilyName = "King" }, new() { FamilyName = "Lovelace" }, null,
            CancellationToken.None);

        var conflict = await Assert.ThrowsAsync<ConcurrencyConflictException>(() => second.Customers.UpdateAsync(
            customer.Id, new() { FamilyName = "Byron", GivenName = "Augusta" }, new() { FamilyName = "Lovelace", GivenName = "Ada" }, null,
                CancellationToken.None));

        Assert.Equal(new FieldConflict("FamilyName", "Lovelace", "King", "Byron"), Assert.Single(conflict.Fields));
        Assert.Equal(first.Actor.Name, conflict.ChangedBy);
        Assert.Equal("Ada King", (await second.Customers.GetAsync(customer.Id, CancellationToken.None))!.DisplayName);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Update_OldVersionExpected_IsAConflict(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var changed = await agent.Customers.UpdateAsync(customer.Id, new() { GivenName = "A" }, null, customer.Version,
            CancellationToken.None);

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => agent.Customers.UpdateAsync(customer.Id, new() { GivenName = "B" },
            null, customer.Version, CancellationToken.None));
        Assert.NotNull(await agent.Customers.UpdateAsync(customer.Id, new() { GivenName = "C" }, null, changed!.Customer.Version,
            CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Update_TenFieldsAtOnceByTenPeople_LosesNothing(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync("Ada", "Lovelace");
        CustomerChanges[] changes =
        [
            new() { GivenName = "Given" }, new() { FamilyName = "Family" }, new() { Email = "a@example.com" },
                new() { Phone = "+442079460958" }, new() { ExternalId = "E1" },
            new() { DateOfBirth = new DateOnly(1990, 1, 2) }, new() { Gender = Gender.Female }, new() { Language = "es" },
                new() { Currency = "USD" }, new() { Source = CustomerSource.Website },
        ];

        await Task.WhenAll(changes.Select(change => Task.Run(async () =>
        {
            await using var system = data.AsSystem();
            await system.Customers.UpdateAsync(customer.Id, change, null, null, CancellationToken.None);
        })).Concat(Enumerable.Range(0, 5).Select(i => Task.Run(async () =>
        {
            await using var system = data.AsSystem();
            await system.Get<TagService>().AddAsync(customer.Id, i % 2 == 0 ? $"tag{i}" : $"TAG{i}", CancellationToken.None);
            await system.Get<NoteService>().AddAsync(customer.Id, $"note {i}", CancellationToken.None);
        }))));

        await using var reader = data.AsSystem();
        var now = (await reader.Customers.GetAsync(customer.Id, CancellationToken.None))!;
        Assert.Equal(("Given Family", "a@example.com", "+442079460958", "E1"), (now.DisplayName, now.Email, now.Phone, now.ExternalId));
        Assert.Equal((new DateOnly(1990, 1, 2), Gender.Female, "es", "USD", CustomerSource.Website),
            (now.DateOfBirth, now.Gender, now.Language, now.Currency, now.Source));
        Assert.Equal(5, now.Tags.Count);
        Assert.Equal(5, (await reader.Get<NoteService>().ListAsync(customer.Id, new(), CancellationToken.None)).Items.Count);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Update_SameNewTagOnManyCustomersAtOnce_IsOneTag(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customers = new List<CustomerDetails>();
        for (var i = 0; i < 8; i++) customers.Add(await data.AddCustomerAsync());

        var changed = await Task.WhenAll(customers.Select(c => Task.Run(async () =>
        {
            await using var system = data.AsSystem();
            return await system.Get<TagService>().AddAsync(c.Id, "Premium", CancellationToken.None);
        })).Concat(Enumerable.Range(0, 4)
            .Select(_ =>
            Task.Run(async () => (CustomerChangeResult?)new CustomerChangeResult(await data.AddCustomerAsync(tags: "premium"), null)))));

        Assert.Single(changed.Select(c => Assert.Single(c!.Customer.Tags).Id).Distinct());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Update_EmailOfAnother_IsRefused(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddCustomerAsync(email: "taken@example.com");
        var customer = await data.AddCustomerAsync(email: "own@example.com");
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        var refused = await Assert
            .ThrowsAsync<RuleViolationException>(() => agent.Customers.UpdateAsync(customer.Id, new() { Email = "Taken@example.com" }, null,
            null, CancellationToken.None));

        Assert.True(refused.IsDuplicate);
        Assert.Equal("own@example.com", (await agent.Customers.GetAsync(customer.Id, CancellationToken.None))!.Email);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Update_LongestValues_AreStored(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var longEmail = new string('a', 200) + "@" + new string('b', 49) + ".com";

        var created = await agent.Customers.CreateAsync(new() { Email = longEmail }, CancellationToken.None);
        // This sign folds to eighteen letters.
        var widest = string.Concat(Enumerable.Repeat("ﷺ", 100));
        await agent.Customers.UpdateAsync(created.Customer.Id,
            new() { GivenName = widest, FamilyName = widest, ExternalId = widest, Tags = new[] { widest[..50] } }, null, null,
            CancellationToken.None);
        var changed = await agent.Get<AddressService>()
            .SaveAsync(created.Customer.Id, null, new() { Line1 = widest + widest, City = widest, Country = "gb" }, CancellationToken.None);

        Assert.Equal(longEmail, changed!.Customer.Email);
        Assert.Equal(widest, changed.Customer.FamilyName);
        Assert.Equal(widest, Assert.Single(changed.Customer.Addresses).City);
        Assert.Single((await agent.Finder.ListAsync(new(Filter: $"city:is:{widest}"), new(), CancellationToken.None)).Items);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Get_WithoutSensitive_IsMaskedEverywhere(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        var customer =
            (await system.Customers
            .CreateAsync(new() { Email = "secret@example.com", Phone = "+442079460958", DateOfBirth = new DateOnly(1980, 1, 1) },
            CancellationToken.None)).Customer;
        await system.Get<AddressService>().SaveAsync(customer.Id, null, new() { Line1 = "Secret street 1", City = "Bath", Country = "GB" },
            CancellationToken.None);
        await system.Get<AddressService>().AddContactPointAsync(customer.Id, ContactKind.Email, "secret2@example.com", null,
            CancellationToken.None);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var seen = System.Text.Json.JsonSerializer.Serialize(await staff.Customers.GetAsync(customer.Id, CancellationToken.None))
            + System.Text.Json.JsonSerializer.Serialize(await staff.Finder.ListAsync(new(), new(), CancellationToken.None))
            + System.Text.Json.JsonSerializer
                .Serialize((await staff.Get<Core.History.HistoryService>()
                .ForCustomerAsync(customer.Id, null, 50, CancellationToken.None)).Entries);

        Assert.DoesNotContain("secret", seen, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("2079460958", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("1980", seen, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Reveal_ByStaff_ShowsTheValueAndIsRecordedFirst(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync(email: "secret@example.com");
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        Assert.Equal(["secret@example.com"], await staff.Customers.RevealAsync(customer.Id, SensitiveField.Email, CancellationToken.None));

        Assert.True(await data.ReadAsync(db => Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.AnyAsync(
            db.AuditEntries, e => e.Action == AuditAction.Revealed && e.CustomerId == customer.Id && e.Fields == "Email"
                && e.ChangeSet!.ActorId == staff.UserId)));
    }
}
