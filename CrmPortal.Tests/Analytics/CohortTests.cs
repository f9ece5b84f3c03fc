using System.Globalization;
using CrmPortal.Core.Analytics;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Overview;
using CrmPortal.Tests.Performance;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Analytics;

/// <summary>The months of customers and cohorts are those of the orders and refunds, by whichever door these were changed.</summary>
public sealed class CohortTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseKind.Sqlite, 1, 150, "Europe/Berlin")]
    [InlineData(DatabaseKind.Sqlite, 2, 150, "Asia/Kolkata")]
    [InlineData(DatabaseKind.Postgres, 3, 90, "America/Vancouver")]
    public async Task History_OfManySteps_LeavesTheMonthsThatTheOrdersAddUpTo(DatabaseKind kind, int seed, int steps, string zone)
    {
        await using var data = await TestServices.CreateAsync(kind, services => services.Configure<ShopOptions>(o => o.TimeZone = zone));
        await using var history = new ShopHistory(data, new Random(seed));
        for (var step = 0; step < steps; step++)
        {
            var what = await history.StepAsync();
            // Months are longer than the days of the other figures: time passes more quickly here.
            if (step % 4 == 0) data.Clock.Advance(TimeSpan.FromDays(3));
            if (step % 3 == 0) await AssertMonthsAsync(data, zone, string.Create(CultureInfo.InvariantCulture, $"step {step}: {what}"));
        }

        await AssertMonthsAsync(data, zone, "the end");
        Assert.Equal(0, await data.Get<CohortKeeper>().RecalculateAsync(Token));
        Assert.NotEqual(0, await data.ReadAsync(db => db.CohortMonths.CountAsync(m => m.Month > m.Cohort, Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task ChangeOfOneCustomer_IsReadFromTheirRowsAlone(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, bob) = (await data.AddCustomerAsync(), await data.AddCustomerAsync("Bob"));
        await data.AddOrderAsync("A-1", ada.Id, 1_000, placedAt: Day(1, 5));
        await data.AddOrderAsync("A-2", ada.Id, 2_000, placedAt: Day(2, 5));
        await data.AddOrderAsync("B-1", bob.Id, 4_000, placedAt: Day(1, 6));
        await data.AddOrderAsync("N-1", null, 8_000, placedAt: Day(1, 6));
        Assert.Equal(2, await data.Get<CohortKeeper>().RunAsync(Token));
        Assert.Equal([(1, 1, 2, 2, 5_000), (1, 2, 1, 1, 2_000)], await SumsAsync(data));

        await data.WriteAsync(db => db.Orders.Where(o => o.ExternalId == "A-1").ExecuteDeleteAsync(Token));
        Assert.Equal([ada.Id], await data.ReadAsync(db => db.StaleBuyers.Select(b => b.CustomerId).ToListAsync(Token)));
        Assert.Equal(1, await data.Get<CohortKeeper>().RunAsync(Token));

        // Ada's first order is that of February now.
        Assert.Equal([(1, 1, 1, 1, 4_000), (2, 2, 1, 1, 2_000)], await SumsAsync(data));
        Assert.Equal(0, await data.ReadAsync(db => db.StaleBuyers.CountAsync(Token)));
        Assert.Equal(0, await data.Get<CohortKeeper>().RunAsync(Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task RemovalForGood_TakesTheCustomerOutAtOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, bob) = (await data.AddCustomerAsync(), await data.AddCustomerAsync("Bob"));
        await data.AddOrderAsync("A-1", ada.Id, 1_000, placedAt: Day(1, 5));
        await data.AddOrderAsync("B-1", bob.Id, 4_000, placedAt: Day(1, 6));
        await data.Get<CohortKeeper>().RunAsync(Token);
        await using var system = data.AsSystem();

        await system.Trash.DeleteAsync(ada.Id, Token);
        Assert.Equal([(1, 1, 2, 2, 5_000)], await SumsAsync(data));
        await system.Trash.PurgeAsync(ada.Id, Token);

        Assert.Equal([(1, 1, 1, 1, 4_000)], await SumsAsync(data));
        Assert.False(await data.ReadAsync(db => db.CustomerMonths.AnyAsync(m => m.CustomerId == ada.Id, Token)));
        Assert.Equal(0, await data.Get<CohortKeeper>().RecalculateAsync(Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Shop_InAnotherZone_HasOtherMonths(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync();
        await data.AddOrderAsync("A-1", ada.Id, 1_000, placedAt: new(2026, 1, 31, 23, 30, 0, TimeSpan.Zero));
        await data.Get<CohortKeeper>().RunAsync(Token);
        Assert.Equal([(1, 1, 1, 1, 1_000)], await SumsAsync(data));
        await using var moved = TestServices.On(data.Database, data.Clock,
            services => services.Configure<ShopOptions>(o => o.TimeZone = "Asia/Tokyo"));

        await moved.Get<CohortKeeper>().RunAsync(Token);

        Assert.Equal([(2, 2, 1, 1, 1_000)], await SumsAsync(data));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Recalculation_FindsWhatIsWrong_AndMendsIt(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync();
        await data.AddOrderAsync("A-1", ada.Id, 1_000, placedAt: Day(1, 5));
        await data.Get<CohortKeeper>().RunAsync(Token);
        await data.WriteAsync(async db =>
        {
            await db.CohortMonths.ExecuteUpdateAsync(m => m.SetProperty(x => x.Amount, 7), Token);
            db.CustomerMonths.Add(new() { CustomerId = 4_711, Month = 24_312, Cohort = 24_312, Orders = 1, Amount = 5 });
        });

        Assert.NotEqual(0, await data.Get<CohortKeeper>().RecalculateAsync(Token));
        Assert.Equal([(1, 1, 1, 1, 1_000)], await SumsAsync(data));
        Assert.Equal(1, await data.ReadAsync(db => db.CustomerMonths.CountAsync(Token)));
        Assert.Equal(0, await data.Get<CohortKeeper>().RecalculateAsync(Token));
    }

    [Fact]
    public async Task Triggers_ThatAreMissing_AreMadeAgain_AndEverybodyIsLookedAt()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var ada = await data.AddCustomerAsync();
        await data.Get<CohortKeeper>().RunAsync(Token);
        await data.WriteAsync(db => db.Database.ExecuteSqlRawAsync("drop trigger OrdersBuyerInsert", Token));
        await data.AddOrderAsync("A-1", ada.Id, 1_000, placedAt: Day(1, 5));
        await data.Get<CohortKeeper>().RunAsync(Token);
        Assert.Empty(await SumsAsync(data));

        await data.Get<IDatabaseProvider>().PrepareAsync(Token);
        await data.Get<CohortKeeper>().RunAsync(Token);

        Assert.Equal([(1, 1, 1, 1, 1_000)], await SumsAsync(data));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task TwoNodesAtOnce_CountNobodyTwice(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var other = TestServices.On(data.Database, data.Clock);
        await data.Get<CohortKeeper>().RunAsync(Token);
        var ada = await data.AddCustomerAsync();
        for (var i = 0; i < 8; i++)
        {
            await data.AddOrderAsync($"A-{i}", ada.Id, 1_000, placedAt: Day(1 + (i % 3), 5));
            await Task.WhenAll(data.Get<CohortKeeper>().RunAsync(Token), other.Get<CohortKeeper>().RunAsync(Token));
        }

        Assert.Equal([(1, 1, 1, 3, 3_000), (1, 2, 1, 3, 3_000), (1, 3, 1, 2, 2_000)], await SumsAsync(data));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Matrix_HasARowForEachMonthOfFirstOrders_UpToNow(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, bob) = (await data.AddCustomerAsync(), await data.AddCustomerAsync("Bob"));
        await data.AddOrderAsync("A-1", ada.Id, 1_000, placedAt: Day(1, 5));
        await data.AddOrderAsync("A-2", ada.Id, 1_000, placedAt: Day(3, 5));
        await data.AddOrderAsync("B-1", bob.Id, 4_000, placedAt: Day(1, 6));
        await data.AddRefundAsync("R-1", bob.Id, 500, "B-1", Day(2, 1));
        await data.AddOrderAsync("old", (await data.AddCustomerAsync("Cy")).Id, 1_000, placedAt: new(2020, 5, 5, 12, 0, 0, TimeSpan.Zero));
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        Assert.True((await manager.Get<RetentionService>().GetAsync(null, Token)).IsBehind);
        await data.Get<CohortKeeper>().RunAsync(Token);

        var matrix = await manager.Get<RetentionService>().GetAsync(null, Token);

        var row = Assert.Single(matrix.Cohorts);
        Assert.Equal((new DateOnly(2026, 1, 1), 2, true, false), (row.First, row.Customers, row.IsSmall, matrix.IsBehind));
        Assert.Equal([new CohortFigures(2, 2, 5_000), new(0, 0, -500), new(1, 1, 1_000)], row.Months);
        // March is not over.
        Assert.Equal((1.0, 0.0, null), (matrix.ShareOfAll(0), matrix.ShareOfAll(1), matrix.ShareOfAll(2)));
        Assert.Equal([2026, 2025, 2024, 2023, 2022, 2021, 2020], matrix.Years);
        var old = Assert.Single((await manager.Get<RetentionService>().GetAsync(2020, Token)).Cohorts);
        Assert.Equal(RetentionService.MostMonths, old.Months.Count);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await Assert.ThrowsAsync<AccessDeniedException>(() => staff.Get<RetentionService>().GetAsync(null, Token));
    }

    [Fact]
    public async Task Statements_ReadTheOrdersOfThoseMarked_AndPagesReadNone()
    {
        var plans = new PlanRecorder();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IInterceptor>(plans));
        await data.WriteAsync(db =>
        {
            var customers = Enumerable.Range(0, 300).Select(i => TestCustomers.Make(i, data.Clock.GetUtcNow())).ToList();
            db.Customers.AddRange(customers);
            TestOrders.Add(db, customers, data.Clock.GetUtcNow());
            return Task.CompletedTask;
        });
        await data.Get<CohortKeeper>().RunAsync(Token);
        await data.Get<DayKeeper>().RunAsync(Token);
        await data.AddOrderAsync("late", await data.ReadAsync(db => db.Customers.MinAsync(c => c.Id, Token)), 1_000);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        plans.Clear();

        Assert.Equal(1, await data.Get<CohortKeeper>().RunAsync(Token));

        Assert.DoesNotContain(plans.Plans, p => p.Contains(CohortKeeper.KeepingTag, StringComparison.Ordinal)
            && PlanRecorder.Scans(p).Any() && !p.Contains("\"StaleBuyers\"", StringComparison.Ordinal));
        plans.Clear();
        data.Commands.Clear();
        await manager.Get<RetentionService>().GetAsync(null, Token);
        await manager.Get<TrendsService>().GetAsync(TrendPeriod.Of(PeriodKind.Year, null, null, null, new(2026, 3, 10)), Token);
        Assert.InRange(data.Commands.Count, 8, 20);
        Assert.DoesNotContain(plans.Plans, p => p.Contains("\"Orders\" AS", StringComparison.Ordinal)
            || p.Contains("\"CustomerMonths\"", StringComparison.Ordinal) || p.Contains("SCAN c", StringComparison.Ordinal));
        plans.Clear();
        await manager.Get<TrendsService>().RankAsync(new(new(2026, 2, 1), new(2026, 3, 10)), Token);
        // The orders of the time are read along an index of dates, and from there on by keys.
        Assert.DoesNotContain(plans.Plans, p => p.Contains("SCAN o", StringComparison.Ordinal));
    }

    private static DateTimeOffset Day(int month, int day) => new(2026, month, day, 12, 0, 0, TimeSpan.Zero);

    private static Task<List<(int, int, int, int, long)>> SumsAsync(TestServices data) => data.ReadAsync(async db =>
        (await db.CohortMonths.OrderBy(m => m.Cohort).ThenBy(m => m.Month).ToListAsync(Token))
            .ConvertAll(m => ((m.Cohort % 12) + 1, (m.Month % 12) + 1, m.Customers, m.Orders, m.Amount)));

    /// <summary>Adds everything up in memory, by the months of the shop's zone, and compares it with what is kept.</summary>
    private static async Task AssertMonthsAsync(TestServices data, string zone, string when)
    {
        await data.Get<CohortKeeper>().RunAsync(Token);
        var (orders, refunds) = await data.ReadAsync(async db => (await db.Orders.AsNoTracking().Where(o => o.CustomerId != null)
            .ToListAsync(Token), await db.Refunds.AsNoTracking().Where(r => r.CustomerId != null).ToListAsync(Token)));
        var shop = LocalZone.Of(zone);
        var paid = orders.Where(o => o.Status is not (OrderStatus.Pending or OrderStatus.Cancelled)).ToList();
        var cohorts = paid.GroupBy(o => o.CustomerId!.Value).ToDictionary(g => g.Key, g => g.Min(o => MonthOf(o.PlacedAt)));
        var months = paid.Select(o => (Customer: o.CustomerId!.Value, Month: MonthOf(o.PlacedAt), Orders: 1, Amount: o.BaseTotal))
            .Concat(refunds.Where(r => cohorts.ContainsKey(r.CustomerId!.Value))
                .Select(r => (Customer: r.CustomerId!.Value, Month: MonthOf(r.RefundedAt), Orders: 0, Amount: -r.BaseAmount)))
            .GroupBy(m => (m.Customer, m.Month)).OrderBy(g => g.Key)
            .Select(g => (g.Key.Customer, g.Key.Month, Cohort: cohorts[g.Key.Customer], Orders: g.Sum(m => m.Orders),
                Amount: g.Sum(m => m.Amount))).ToList();
        var sums = months.GroupBy(m => (m.Cohort, m.Month)).OrderBy(g => g.Key).Select(g => (g.Key.Cohort, g.Key.Month,
            g.Count(m => m.Orders > 0), g.Sum(m => m.Orders), g.Sum(m => m.Amount))).Where(s => s is not (_, _, 0, 0, 0)).ToList();

        var kept = await data.ReadAsync(db => db.CustomerMonths.AsNoTracking().OrderBy(m => m.CustomerId).ThenBy(m => m.Month)
            .ToListAsync(Token));
        var keptSums = await data.ReadAsync(db => db.CohortMonths.AsNoTracking().OrderBy(m => m.Cohort).ThenBy(m => m.Month)
            .ToListAsync(Token));
        Assert.True(months.SequenceEqual(kept.Select(m => (m.CustomerId, m.Month, m.Cohort, m.Orders, m.Amount))), $"{when}: customers");
        Assert.True(sums.SequenceEqual(keptSums.Select(m => (m.Cohort, m.Month, m.Customers, m.Orders, m.Amount))), $"{when}: cohorts");

        int MonthOf(DateTimeOffset at) => CalendarMonth.Of(shop.DayOf(at));
    }
}
