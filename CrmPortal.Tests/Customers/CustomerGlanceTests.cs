using CrmPortal.Core.Customers;
using CrmPortal.Core.Glance;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Customers;

/// <summary>What the first screen of a customer's page says.</summary>
public sealed class CustomerGlanceTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Months_AreThoseOfTheShop_AndRefundsAreTakenOffInTheirOwn(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind,
            services => services.Configure<ShopOptions>(o => o.TimeZone = "America/Vancouver"));
        // It is the tenth of March 2026; Vancouver's February ends at eight in the morning, UTC.
        var customer = await data.AddCustomerAsync();
        await data.AddOrderAsync("Last of February", customer.Id, 10_000, placedAt: Utc(2026, 3, 1, 7, 59));
        await data.AddOrderAsync("First of March", customer.Id, 2_001, placedAt: Utc(2026, 3, 1, 8, 0));
        await data.AddOrderAsync("First of all months", customer.Id, 500, placedAt: Utc(2025, 4, 1, 7, 0));
        await data.AddOrderAsync("Before them", customer.Id, 70_000, placedAt: Utc(2025, 4, 1, 6, 59));
        await data.AddOrderAsync("Not paid", customer.Id, 90_000, OrderStatus.Pending, Utc(2026, 3, 2, 0, 0));
        await data.AddOrderAsync("Of nobody", null, 90_000, placedAt: Utc(2026, 3, 2, 0, 0));
        await data.AddRefundAsync("R-1", customer.Id, 3_000, "Last of February", Utc(2026, 3, 5, 0, 0));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        var bought = (await manager.Get<CustomerGlanceService>().GetAsync(customer.Id, default))!.Purchases!;

        Assert.Equal(Enumerable.Range(0, 12).Select(new DateOnly(2025, 4, 1).AddMonths), bought.Months.Select(m => m.Month));
        Assert.Equal((1, 500), (bought.Months[0].Orders, bought.Months[0].Spent));
        Assert.All(bought.Months.Skip(1).SkipLast(2), m => Assert.Equal((0, 0), (m.Orders, m.Spent)));
        Assert.Equal((1, 10_000), (bought.Months[10].Orders, bought.Months[10].Spent));
        Assert.Equal((1, 2_001 - 3_000), (bought.Months[11].Orders, bought.Months[11].Spent));
        Assert.Equal((3, 9_501, 3_167), (bought.Orders, bought.Spent, bought.Average));
        Assert.Equal(("Not paid", OrderStatus.Pending, 90_000, "EUR"),
            (bought.LastOrder!.Name, bought.LastOrder.Status, bought.LastOrder.Total, bought.LastOrder.Currency));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Get_OfACustomerWithNothing_IsEmpty_AndOfNone_IsNull(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (customer, deleted) = (await data.AddCustomerAsync(), await data.AddCustomerAsync("Gone"));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Trash.DeleteAsync(deleted.Id, default);
        var glances = manager.Get<CustomerGlanceService>();

        var glance = (await glances.GetAsync(customer.Id, default))!;

        Assert.Equal((0, 0, null, null),
            (glance.Purchases!.Orders, glance.Purchases.Spent, glance.Purchases.Average, glance.Purchases.LastOrder));
        Assert.Equal((new PointsGlance(0, 0), null, null), (glance.Points, glance.NextDate, glance.LastNote));
        Assert.Null(glance.Standing.Tier);
        Assert.Null(await glances.GetAsync(deleted.Id, default));
        Assert.Null(await glances.GetAsync(4711, default));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Orders_AreLeftOut_ForThoseWhoMayNotSeeThem(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await data.AddOrderAsync("A-1", customer.Id, 100);
        await using var looker = await data.AsAsync(Permissions.CustomersView);
        await using var other = await data.AsAsync(Permissions.OrdersView);

        Assert.Null((await looker.Get<CustomerGlanceService>().GetAsync(customer.Id, default))!.Purchases);
        await Assert.ThrowsAsync<AccessDeniedException>(() => other.Get<CustomerGlanceService>().GetAsync(customer.Id, default));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Note_IsTheNewest_ThatTheUserMaySee(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await agent.Get<NoteService>().AddAsync(customer.Id, "Pinned and old", default, isPinned: true);
        data.Clock.Advance(TimeSpan.FromMinutes(1));
        await agent.Get<NoteService>().AddAsync(customer.Id, "\n**For** all, [here](https://example.com)\nand more", default);
        data.Clock.Advance(TimeSpan.FromMinutes(1));
        await agent.Get<NoteService>().AddAsync(customer.Id, "For my eyes", default, isPrivate: true);

        var (own, seen) = (await LastAsync(agent), await LastAsync(manager));

        Assert.Equal(("For my eyes", true), (own.FirstLine, own.IsPrivate));
        Assert.Equal(("For all, here", false, agent.Actor.Name), (seen.FirstLine, seen.IsPrivate, seen.AuthorName));

        async Task<NoteGlance> LastAsync(TestScope scope) =>
            (await scope.Get<CustomerGlanceService>().GetAsync(customer.Id, default))!.LastNote!;
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task PointsTierAndDate_AreWhatTheirPartsSay(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using var system = data.AsSystem();
        await system.Get<LedgerService>().EarnAsync(new() { CustomerId = customer.Id, Points = 500, ExpiryDays = 10 }, null, default);
        await system.Get<LedgerService>().EarnAsync(new() { CustomerId = customer.Id, Points = 40, ExpiryDays = 100 }, null, default);
        await system.Get<LedgerService>().RedeemAsync(new() { CustomerId = customer.Id, Points = 100 }, null, default);
        await system.Get<RelationService>().AddDateAsync(customer.Id, "Over", new(2026, 3, 9), false, default);
        await system.Get<RelationService>().AddDateAsync(customer.Id, "Wedding", new(2010, 3, 9), true, default);
        await system.Get<RelationService>().AddDateAsync(customer.Id, "Moving", new(2026, 3, 10), false, default);

        await SameAsync();
        Assert.Equal("Moving", (await GetAsync()).NextDate!.Label);
        data.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(new NextDateGlance(NextDateKind.PointsExpire, new(2026, 3, 20)), (await GetAsync()).NextDate);
        // Points that have expired by now are gone, whether that was booked or not.
        data.Clock.Advance(TimeSpan.FromDays(20));
        await SameAsync();
        Assert.Equal(("Wedding", new DateOnly(2027, 3, 9)), ((await GetAsync()).NextDate!.Label, (await GetAsync()).NextDate!.Day));

        async Task<CustomerGlanceDetails> GetAsync() => (await system.Get<CustomerGlanceService>().GetAsync(customer.Id, default))!;

        async Task SameAsync()
        {
            var (glance, balance) = (await GetAsync(), (await system.Get<LedgerService>().BalanceAsync(customer.Id, default))!);
            Assert.Equal((balance.Current, balance.ExpiringSoon), (glance.Points.Current, glance.Points.ExpiringSoon));
            Assert.Equal(await system.Get<TierService>().StandingAsync(customer.Id, default), glance.Standing);
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Birthday_IsAmongTheNextDates_ForThoseWhoMaySeeIt_AndThe29thOfFebruaryComesEachYear(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        var id = (await system.Customers.CreateAsync(new() { GivenName = "Ada", DateOfBirth = new DateOnly(1992, 2, 29) }, default))
            .Customer.Id;
        await system.Get<RelationService>().AddDateAsync(id, "Wedding", new(2010, 3, 9), true, default);

        // It is the tenth of March 2026.
        Assert.Equal(new NextDateGlance(NextDateKind.Birthday, new(2027, 2, 28)), await NextAsync(RoleNames.Manager));
        Assert.Equal(new NextDateGlance(NextDateKind.Important, new(2027, 3, 9), "Wedding"), await NextAsync(RoleNames.Staff));
        data.Clock.Advance(new DateTime(2027, 2, 28) - new DateTime(2026, 3, 10));
        Assert.Equal(new DateOnly(2027, 2, 28), (await NextAsync(RoleNames.Manager))!.Day);
        data.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("Wedding", (await NextAsync(RoleNames.Manager))!.Label);

        async Task<NextDateGlance?> NextAsync(string role)
        {
            await using var scope = await data.AsRoleAsync(role);
            return (await scope.Get<CustomerGlanceService>().GetAsync(id, default))!.NextDate;
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Get_WithThousandsOfOrders_SendsNoMoreStatements(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (few, many) = (await data.AddCustomerAsync("Few"), await data.AddCustomerAsync("Many"));
        await data.WriteAsync(db =>
        {
            for (var i = 0; i < 3_000; i++)
                db.Orders.Add(new Order { CustomerId = many.Id, ExternalId = $"M-{i}", Currency = "EUR",
                    PlacedAt = data.Clock.GetUtcNow().AddHours(-i), Status = OrderStatus.Paid, Total = 10, BaseTotal = 10 });
            return Task.CompletedTask;
        });
        await using (var system = data.AsSystem())
        {
            for (var i = 0; i < 5; i++)
            {
                await system.Get<NoteService>().AddAsync(many.Id, $"Note {i}", default);
                await system.Get<RelationService>().AddDateAsync(many.Id, $"Date {i}", new(2020, 5, 1 + i), true, default);
                await system.Get<LedgerService>().EarnAsync(new() { CustomerId = many.Id, Points = 10 }, null, default);
            }
        }

        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var forFew = await CountAsync(few.Id);
        var forMany = await CountAsync(many.Id);

        Assert.Equal(forFew, forMany);
        Assert.True(forMany <= 11, $"{forMany} statements.");

        async Task<int> CountAsync(long id)
        {
            var before = data.Commands.Count;
            Assert.NotNull(await manager.Get<CustomerGlanceService>().GetAsync(id, default));
            return data.Commands.Count - before;
        }
    }

    private static DateTimeOffset Utc(int year, int month, int day, int hour, int minute) =>
        new(year, month, day, hour, minute, 0, TimeSpan.Zero);
}
