using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Customers;

public sealed class CustomerListTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_EveryOrder_PagesShowEveryRowOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        for (var i = 0; i < 23; i++)
        {
            // Many ties: names and times repeat, most have no e-mail.
            await data.AddCustomerAsync("Kim", i % 3 == 0 ? "Lee" : null, i % 5 == 0 ? $"kim{i}@example.com" : null);
            if (i % 7 == 0) data.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        foreach (var sort in Enum.GetValues<CustomerSort>())
        {
            foreach (var (descending, search) in new[] { (true, null), (false, null), (true, "kim"), (false, "k") })
            {
                var seen = new List<long>();
                for (var number = 1; ; number++)
                {
                    var page = await agent.Finder.ListAsync(new(search, null, sort, descending), new(number, 4), CancellationToken.None);
                    seen.AddRange(page.Items.Select(r => r.Id));
                    if (!page.HasMore) break;
                }

                Assert.Equal(23, seen.Count);
                Assert.Equal(23, seen.Distinct().Count());
            }
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_ReadFromTheEnd_HasTheSamePages(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        for (var i = 0; i < 23; i++)
        {
            var customer = await data.AddCustomerAsync("Kim", i % 3 == 0 ? "Lee" : null, i % 5 == 0 ? $"kim{i}@example.com" : null);
            if (i % 2 == 0)
                await data.AddOrderAsync($"A-{i}", customer.Id, (i % 4) * 10_00, placedAt: data.Clock.GetUtcNow().AddDays(-i % 6));
        }

        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        foreach (var sort in Enum.GetValues<CustomerSort>())
        {
            foreach (var descending in new[] { true, false })
            {
                for (var number = 1; number <= 7; number++)
                {
                    var query = new CustomerQuery(null, null, sort, descending);
                    var forwards = await agent.Finder.ListAsync(query, new(number, 4), CancellationToken.None);
                    var counted = await agent.Finder.ListAsync(query, new(number, 4, 23), CancellationToken.None);
                    Assert.Equal((sort, descending, number, forwards.HasMore), (sort, descending, number, counted.HasMore));
                    Assert.Equal(forwards.Items.Select(r => r.Id), counted.Items.Select(r => r.Id));
                }
            }
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_BySecondOrder_SortsThoseThatAreEqual_UnknownOnesLast_EitherWay(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (never, old, young, regular) = (await data.AddCustomerAsync("Never"), await data.AddCustomerAsync("Old"),
            await data.AddCustomerAsync("Young"), await data.AddCustomerAsync("Regular"));
        await data.AddOrderAsync("A-1", old.Id, 10_00, placedAt: data.Clock.GetUtcNow().AddDays(-9));
        await data.AddOrderAsync("A-2", young.Id, 10_00, placedAt: data.Clock.GetUtcNow().AddDays(-2));
        await data.AddOrderAsync("A-3", regular.Id, 20_00, placedAt: data.Clock.GetUtcNow().AddDays(-5));
        await data.AddOrderAsync("A-4", never.Id, 30_00, OrderStatus.Pending);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        Assert.Equal([regular.Id, young.Id, old.Id, never.Id], await IdsAsync(new(Sort: CustomerSort.Spent)
            { Then = CustomerSort.LastOrder, ThenDescending = true }));
        Assert.Equal([regular.Id, old.Id, young.Id, never.Id], await IdsAsync(new(Sort: CustomerSort.Spent)
            { Then = CustomerSort.LastOrder }));
        Assert.Equal([never.Id, old.Id, young.Id, regular.Id], await IdsAsync(new(Sort: CustomerSort.Spent, Descending: false)
            { Then = CustomerSort.Name }));
        // Nobody has a tier, so that the second order is all there is.
        Assert.Equal([young.Id, regular.Id, old.Id, never.Id], await IdsAsync(new(Sort: CustomerSort.Tier)
            { Then = CustomerSort.LastOrder, ThenDescending = true }));
        await Assert.ThrowsAsync<RuleViolationException>(() => IdsAsync(new(Sort: CustomerSort.Spent) { Then = CustomerSort.Email }));

        async Task<IEnumerable<long>> IdsAsync(CustomerQuery query) =>
            (await staff.Finder.ListAsync(query, new(), CancellationToken.None)).Items.Select(r => r.Id);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_BySecondOrder_HasEachRowOnce_FromEitherEnd(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        for (var i = 0; i < 23; i++)
        {
            var customer = await data.AddCustomerAsync("Kim", i % 3 == 0 ? "Lee" : null, i % 5 == 0 ? $"kim{i}@example.com" : null);
            if (i % 2 == 0)
                await data.AddOrderAsync($"A-{i}", customer.Id, (i % 4) * 10_00, placedAt: data.Clock.GetUtcNow().AddDays(-i % 6));
        }

        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        foreach (var then in Enum.GetValues<CustomerSort>())
        {
            foreach (var sort in new[] { CustomerSort.Orders, CustomerSort.LastOrder, CustomerSort.Tier })
            {
                var query = new CustomerQuery(Sort: sort) { Then = then, ThenDescending = then < CustomerSort.Orders };
                var seen = new List<long>();
                for (var number = 1; number <= 6; number++)
                {
                    var forwards = await agent.Finder.ListAsync(query, new(number, 4), CancellationToken.None);
                    var counted = await agent.Finder.ListAsync(query, new(number, 4, 23), CancellationToken.None);
                    Assert.Equal(forwards.Items.Select(r => r.Id), counted.Items.Select(r => r.Id));
                    seen.AddRange(forwards.Items.Select(r => r.Id));
                }

                Assert.Equal((sort, then, 23), (sort, then, seen.Distinct().Count()));
            }
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_BySecondOrder_OfMoreThanTenThousand_IsRefused_UntilAFilterMakesItShort(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.WriteAsync(db =>
        {
            db.Customers.AddRange(Enumerable.Range(0, SecondOrder.MostRows + 1)
                .Select(i => TestCustomers.Make(i, data.Clock.GetUtcNow())));
            return Task.CompletedTask;
        });
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var query = new CustomerQuery(Sort: CustomerSort.Spent) { Then = CustomerSort.Name };

        var refusal = await Assert.ThrowsAsync<RuleViolationException>(() => agent.Finder.ListAsync(query, new(), CancellationToken.None));
        var filtered = await agent.Finder.ListAsync(query with { Search = "person00001" }, new(), CancellationToken.None);

        Assert.Equal(("Then", SecondOrder.MostRows), (refusal.Errors.Single().Field, refusal.Errors.Single().Arguments.Single()));
        Assert.NotEmpty(filtered.Items);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_ByFigures_PutsThoseWithoutOrdersLast_EitherWay(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (never, small, large) = (await data.AddCustomerAsync("Never"), await data.AddCustomerAsync("Small"),
            await data.AddCustomerAsync("Large"));
        await data.AddOrderAsync("A-1", small.Id, 5_00, placedAt: data.Clock.GetUtcNow().AddDays(-9));
        await data.AddOrderAsync("A-2", large.Id, 50_00, placedAt: data.Clock.GetUtcNow().AddDays(-2));
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        foreach (var sort in new[] { CustomerSort.AverageOrder, CustomerSort.LastOrder })
        {
            Assert.Equal([large.Id, small.Id, never.Id], await IdsAsync(new(Sort: sort)));
            Assert.Equal([small.Id, large.Id, never.Id], await IdsAsync(new(Sort: sort, Descending: false)));
        }

        Assert.Equal([large.Id, small.Id, never.Id], await IdsAsync(new(Sort: CustomerSort.Spent)));
        var figures = (await staff.Customers.GetAsync(large.Id, CancellationToken.None))!.Orders;
        Assert.Equal((1, 50_00L, 50_00L, figures.FirstAt), (figures.Count, figures.Spent, figures.Average, figures.LastAt));

        async Task<IEnumerable<long>> IdsAsync(CustomerQuery query) =>
            (await staff.Finder.ListAsync(query, new(), CancellationToken.None)).Items.Select(r => r.Id);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_ByName_SortsWithoutAccentsAndCase(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        foreach (var name in new[] { "Zoe", "Émile", "adam", "Ödön", "Ben", "Øyvind", "eva" }) await data.AddCustomerAsync(name, null);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);

        var page = await agent.Finder.ListAsync(new(Sort: CustomerSort.Name, Descending: false), new(), CancellationToken.None);

        Assert.Equal(["adam", "Ben", "Émile", "eva", "Ödön", "Øyvind", "Zoe"], page.Items.Select(r => r.DisplayName));
    }

    [Fact]
    public async Task List_ByEmailWithoutSensitive_IsRefused()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        await Assert.ThrowsAsync<RuleViolationException>(() => staff.Finder.ListAsync(new(Sort: CustomerSort.Email), new(),
            CancellationToken.None));
    }

    [Theory]
    [InlineData(0, 25)]
    [InlineData(-1, 25)]
    [InlineData(1, 0)]
    [InlineData(1, 101)]
    [InlineData(int.MaxValue, 100)]
    public async Task List_PageOutOfRange_IsRefused(int number, int size)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        await Assert.ThrowsAsync<RuleViolationException>(() => staff.Finder.ListAsync(new(), new(number, size), CancellationToken.None));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Count_WithLimit_StopsThereAndSaysSo(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        for (var i = 0; i < 6; i++) await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        Assert.Equal(new RowCount(5, false), await staff.Finder.CountAsync(new(), 5, CancellationToken.None));
        Assert.Equal(new RowCount(6, true), await staff.Finder.CountAsync(new(), 6, CancellationToken.None));
        Assert.Equal(new RowCount(6, true), await staff.Finder.CountAsync(new("ada"), null, CancellationToken.None));
    }
}
