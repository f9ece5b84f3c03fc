using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Customers;

/// <summary>What hangs on a customer: tags, notes, addresses, further e-mails and phones.</summary>
public sealed class CustomerPartsTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Tag_InOtherCase_IsTheFirstOne(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync(tags: "Premium");
        var other = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var again = await staff.Get<TagService>().AddAsync(customer.Id, "PREMIUM", CancellationToken.None);
        var changed = await staff.Get<TagService>().AddAsync(other.Id, "premium", CancellationToken.None);

        Assert.Equal("Premium", Assert.Single(again!.Customer.Tags).Name);
        Assert.Equal("Premium", Assert.Single(changed!.Customer.Tags).Name);
        Assert.Equal(["Premium"], (await staff.Get<TagService>().SuggestAsync("PRE", CancellationToken.None)).Select(t => t.Name));
        Assert.Empty(await staff.Get<TagService>().SuggestAsync("%", CancellationToken.None));
        Assert.Empty((await staff.Get<TagService>()
            .RemoveAsync(customer.Id, changed.Customer.Tags[0].Id, CancellationToken.None))!.Customer.Tags);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Note_PinnedOnesComeFirst_ThenTheNewest(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var other = await data.AsRoleAsync(RoleNames.Staff);
        var notes = staff.Get<NoteService>();
        data.Clock.Advance(TimeSpan.FromHours(1));
        var first = await notes.AddAsync(customer.Id, " first ", CancellationToken.None);
        await notes.AddAsync(customer.Id, "second", CancellationToken.None);
        await other.Get<NoteService>().AddAsync(customer.Id, "third", CancellationToken.None);

        await notes.PinAsync(customer.Id, first!.Id, true, CancellationToken.None);

        var page = await notes.ListAsync(customer.Id, new(1, 2), CancellationToken.None);
        Assert.Equal([("first", true), ("third", false)], page.Items.Select(n => (n.Text, n.IsMine)));
        Assert.True(page.HasMore);
        Assert.Equal(first.CreatedAt.AddTicks(-(first.CreatedAt.Ticks % 10)),
            (await staff.Customers.GetAsync(customer.Id, CancellationToken.None))!.LastInteractionAt);
        Assert.Null(await notes.AddAsync(4711, "x", CancellationToken.None));
        Assert.Null(await notes.RemoveAsync(4711, first.Id, CancellationToken.None));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("  ")]
    [InlineData("a\0b")]
    public async Task Note_BadText_IsRefused(string? text)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        Assert.Equal("Text",
            Assert.Single((await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<NoteService>()
            .AddAsync(customer.Id, text, CancellationToken.None))).Errors).Field);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Address_FirstOfAType_IsItsDefaultAndYieldsToTheNext(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var addresses = agent.Get<AddressService>();

        await addresses.SaveAsync(customer.Id, null, new() { Line1 = "1", City = "Bath", Country = "gb" }, CancellationToken.None);
        await addresses.SaveAsync(customer.Id, null, new() { Line1 = "2", City = "Bath", Country = "GB" }, CancellationToken.None);
        await addresses.SaveAsync(customer.Id, null, new() { Line1 = "3", City = "Bath", Country = "GB", IsDefault = true },
            CancellationToken.None);
        var changed = await addresses
            .SaveAsync(customer.Id, null, new() { Type = AddressType.Shipping, Line1 = "4", City = "Bath", Country = "GB" },
            CancellationToken.None);

        Assert.Equal(["3", "4"], changed!.Customer.Addresses.Where(a => a.IsDefault).Select(a => a.Line1));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Address_ManyDefaultsAtOnce_LeaveOne(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            await using var system = data.AsSystem();
            await system.Get<AddressService>()
                .SaveAsync(customer.Id, null, new() { Line1 = $"{i}", City = "Bath", Country = "GB", IsDefault = true },
                CancellationToken.None);
        })));

        Assert.Equal((8, 1),
            await data.ReadAsync(async db => (await db.Addresses.CountAsync(), await db.Addresses.CountAsync(a => a.IsDefault))));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Address_SecondDefaultPastTheService_IsRefusedByTheDatabase(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();

        await Assert.ThrowsAsync<DbUpdateException>(() => data.WriteAsync(db =>
        {
            for (var i = 0; i < 2; i++)
                db.Addresses.Add(new Address { CustomerId = customer.Id, Line1 = "1", City = "Bath", Country = "GB", IsDefault = true });
            return Task.CompletedTask;
        }));
    }

    [Fact]
    public async Task Address_BadFields_AreAllNamed()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        var refused = await Assert.ThrowsAsync<RuleViolationException>(() => agent.Get<AddressService>().SaveAsync(
            customer.Id, null, new() { Line1 = " ", City = new string('x', 101), PostalCode = "\0", Country = "ZZ" },
                CancellationToken.None));

        Assert.Equal(["City", "Country", "Line1", "PostalCode"], refused.Errors.Select(e => e.Field).Order());
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Address_EditedWithoutSeeingTheStreet_KeepsIt(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var saved = await agent.Get<AddressService>()
            .SaveAsync(customer.Id, null, new() { Line1 = "Hidden 1", City = "Bath", Country = "GB" }, CancellationToken.None);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        await staff.Get<AddressService>()
            .SaveAsync(customer.Id, saved!.Customer.Addresses[0].Id, new() { City = "Bristol", Country = "GB" }, CancellationToken.None);

        var address = Assert.Single((await agent.Customers.GetAsync(customer.Id, CancellationToken.None))!.Addresses);
        Assert.Equal(("Hidden 1", "Bristol"), (address.Line1, address.City));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Address_LineThatIsMasked_IsKept_AndTheOtherChanged(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var input = new AddressInput { Line1 = "Hidden 1", Line2 = "Flat 1", City = "Bath", Country = "GB" };
        var id = (await agent.Get<AddressService>().SaveAsync(customer.Id, null, input, CancellationToken.None))!.Customer.Addresses[0].Id;
        await agent.Get<AddressService>().VerifyAsync(customer.Id, id, true, CancellationToken.None);

        Assert.Equal(("Hidden 1", "Flat 1", true), await SaveAsync(input with { Line1 = "•••", Line2 = "•••" }));
        Assert.Equal(("Hidden 1", "Flat 2", false), await SaveAsync(input with { Line1 = null, Line2 = "Flat 2" }));
        Assert.Equal(("New 5", "Flat 2", false), await SaveAsync(input with { Line1 = "New 5", Line2 = null }));
        await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<AddressService>()
            .SaveAsync(customer.Id, null, input with { Line1 = "•••" }, CancellationToken.None));

        async Task<(string, string?, bool)> SaveAsync(AddressInput changed)
        {
            await staff.Get<AddressService>().SaveAsync(customer.Id, id, changed, CancellationToken.None);
            var address = Assert.Single((await agent.Customers.GetAsync(customer.Id, CancellationToken.None))!.Addresses);
            return (address.Line1, address.Line2, address.VerifiedAt is not null);
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Address_ChangedByAnotherSinceItWasRead_IsAConflict_AndStaysAsTheOtherLeftIt(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var addresses = agent.Get<AddressService>();
        var input = new AddressInput { Line1 = "Old 1", City = "Bath", Country = "GB" };
        var read = (await addresses.SaveAsync(customer.Id, null, input, CancellationToken.None))!.Customer.Addresses[0];
        await addresses.SaveAsync(customer.Id, read.Id, input with { Line1 = "Theirs 2" }, CancellationToken.None, read.Version);

        var conflict = await Assert
            .ThrowsAsync<ConcurrencyConflictException>(() => addresses.SaveAsync(customer.Id, read.Id, input with { Line1 = "Mine 3" },
            CancellationToken.None, read.Version));

        Assert.Equal("Theirs 2", Assert.Single((await agent.Customers.GetAsync(customer.Id, CancellationToken.None))!.Addresses).Line1);
        Assert.Equal("Mine 3",
            (await addresses.SaveAsync(customer.Id, read.Id, input with { Line1 = "Mine 3" }, CancellationToken.None,
            conflict.CurrentVersion))!.Customer.Addresses[0].Line1);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Default_ThatIsRemoved_GoesToTheOldestOfItsKind_AndComesBackByUndo(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var addresses = agent.Get<AddressService>();
        foreach (var (line, type) in new[] { ("First", AddressType.Billing), ("Second", AddressType.Billing),
            ("Third", AddressType.Billing), ("Shop", AddressType.Shipping) })
            await addresses.SaveAsync(customer.Id, null, new() { Line1 = line, City = "Bath", Country = "GB", Type = type },
                CancellationToken.None);
        Assert.Equal(["First", "Shop"], await DefaultsAsync());

        var removed = await addresses
            .RemoveAsync(customer.Id, (await agent.Customers.GetAsync(customer.Id, CancellationToken.None))!.Addresses
            .Single(a => a.Line1 == "First").Id, CancellationToken.None);
        Assert.Equal(["Second", "Shop"], await DefaultsAsync());

        await agent.Get<UndoService>().UndoAsync(removed!.ChangeSetId!.Value, false, CancellationToken.None);
        Assert.Equal(["First", "Shop"], await DefaultsAsync());

        async Task<IEnumerable<string>> DefaultsAsync() =>
            (await agent.Customers.GetAsync(customer.Id, CancellationToken.None))!.Addresses.Where(a => a.IsDefault).Select(a => a.Line1)
                .Order(StringComparer.Ordinal);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task ContactPoint_OfAHousehold_MayRepeatButNotTwiceOnOne(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, ben) = (await data.AddCustomerAsync(email: "home@example.com"), await data.AddCustomerAsync());
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var contacts = agent.Get<AddressService>();

        await contacts.AddContactPointAsync(ben.Id, ContactKind.Email, "Home@Example.com", "home", CancellationToken.None);
        var phone = await contacts.AddContactPointAsync(ben.Id, ContactKind.Phone, "020 7946 0958", null, CancellationToken.None);

        Assert.Equal("+442079460958", phone!.Customer.ContactPoints[1].Value);
        Assert.Equal("Value",
            Assert.Single(
            (await Assert
            .ThrowsAsync<RuleViolationException>(() => contacts.AddContactPointAsync(ben.Id, ContactKind.Email, "home@example.com", null,
            CancellationToken.None))).Errors).Field);
        Assert.Equal("Value",
            Assert.Single(
            (await Assert.ThrowsAsync<RuleViolationException>(() => contacts.AddContactPointAsync(ben.Id, ContactKind.Phone, "nonsense",
            null, CancellationToken.None))).Errors).Field);
        Assert.Equal(2, (await agent.Finder.ListAsync(new("home@example.com"), new(), CancellationToken.None)).Items.Count);
        Assert.NotNull(ada);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task AnyPart_Changed_RaisesTheCustomersVersion(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        var tagged = await agent.Get<TagService>().AddAsync(customer.Id, "x", CancellationToken.None);
        var addressed = await agent.Get<AddressService>().SaveAsync(customer.Id, null, new() { Line1 = "1", City = "Bath", Country = "GB" },
            CancellationToken.None);
        var reached = await agent.Get<AddressService>()
            .AddContactPointAsync(customer.Id, ContactKind.Email, "b@example.com", null, CancellationToken.None);

        await using (var system = data.AsSystem())
            await system.Get<CustomFieldService>().AddAsync(new() { Label = "Motto" }, CancellationToken.None);
        await agent.Get<CustomFieldService>().SetAsync(customer.Id, "motto", "Carpe diem", CancellationToken.None);

        Assert.True(reached!.Customer.Version < (await agent.Customers.GetAsync(customer.Id, CancellationToken.None))!.Version);
        Assert.True(customer.Version < tagged!.Customer.Version && tagged.Customer.Version < addressed!.Customer.Version
            && addressed.Customer.Version < reached.Customer.Version);
    }
}
