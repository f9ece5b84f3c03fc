using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.History;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Imports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Overview;

/// <summary>The figures by day are those of the orders, refunds and points themselves, by whichever door these were changed.</summary>
public sealed class DayFiguresTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseKind.Sqlite, 1, 150, "Europe/Berlin")]
    [InlineData(DatabaseKind.Sqlite, 2, 150, "Asia/Kolkata")]
    [InlineData(DatabaseKind.Postgres, 3, 90, "America/Vancouver")]
    [InlineData(DatabaseKind.Postgres, 4, 60, "Australia/Adelaide")]
    public async Task History_OfManySteps_LeavesTheFiguresThatTheRowsAddUpTo(DatabaseKind kind, int seed, int steps, string zone)
    {
        await using var data = await TestServices.CreateAsync(kind, services => services.Configure<ShopOptions>(o => o.TimeZone = zone));
        await using var history = new ShopHistory(data, new Random(seed));
        for (var step = 0; step < steps; step++)
        {
            var what = await history.StepAsync();
            // Kept after each step, or after several at once.
            if (step % 3 == 0) await AssertFiguresAsync(data, zone, string.Create(CultureInfo.InvariantCulture, $"step {step}: {what}"));
        }

        await AssertFiguresAsync(data, zone, "the end");
        Assert.Equal(0, await data.Get<DayKeeper>().RecalculateAsync(Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task SetBasedStatements_AreSeenToo(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, bob) = (await data.AddCustomerAsync(), await data.AddCustomerAsync("Bob"));
        await data.AddOrderAsync("A-1", ada.Id, 1_000, placedAt: Day(1));
        await data.AddOrderAsync("A-2", ada.Id, 2_000, placedAt: Day(2));
        await data.AddOrderAsync("B-1", bob.Id, 4_000, placedAt: Day(2));
        await data.AddOrderAsync("N-1", null, 8_000, placedAt: Day(2));
        await data.AddRefundAsync("R-1", ada.Id, 500, "A-1", Day(2));
        await data.Get<DayKeeper>().RunAsync(Token);
        Assert.Equal([(1, 1, 0, 1_000), (3, 1, 1, 13_500)], await SalesAsync(data));

        await data.WriteAsync(db => db.Orders.Where(o => o.ExternalId == "A-1").ExecuteDeleteAsync(Token));
        await data.WriteAsync(db => db.Orders.Where(o => o.ExternalId == "B-1")
            .ExecuteUpdateAsync(o => o.SetProperty(x => x.PlacedAt, Day(3)).SetProperty(x => x.BaseTotal, 4_100), Token));
        await data.WriteAsync(db => OrderStatistics.RefreshAsync(db, [ada.Id, bob.Id], Token));
        Assert.Equal([(1, 1, 0, 1_000), (3, 1, 1, 13_500)], await SalesAsync(data));
        await data.Get<DayKeeper>().RunAsync(Token);

        // What is now the first order of Ada lies on a day that nobody wrote to but by taking away the one before it.
        Assert.Equal([(2, 1, 1, 9_500), (1, 1, 0, 4_100)], await SalesAsync(data));
        Assert.Equal(0, await data.ReadAsync(db => db.StaleHours.CountAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task TransactionThatIsTakenBack_MarksNothing_AndOneBesideItIsNotLost(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddOrderAsync("A-1", null, 1_000, placedAt: Day(1));
        await data.Get<DayKeeper>().RunAsync(Token);

        await data.ReadAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Token);
            await db.Orders.ExecuteUpdateAsync(o => o.SetProperty(x => x.BaseTotal, 7), Token);
            // Where others may read and write beside it, they do not see it and do not wait for it.
            if (kind == DatabaseKind.Postgres)
            {
                await data.AddOrderAsync("A-2", null, 50, placedAt: Day(1));
                await data.Get<DayKeeper>().RunAsync(Token);
                Assert.Equal([(2, 0, 2, 1_050)], await SalesAsync(data));
                await transaction.CommitAsync(Token);
                await data.Get<DayKeeper>().RunAsync(Token);
                Assert.Equal([(2, 0, 2, 57)], await SalesAsync(data));
            }

            return 0;
        });
        if (kind == DatabaseKind.Sqlite) Assert.Equal(0, await data.ReadAsync(db => db.StaleHours.CountAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Shop_InAnotherZone_HasOtherDays(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddOrderAsync("A-1", null, 1_000, placedAt: new(2026, 3, 1, 23, 30, 0, TimeSpan.Zero));
        await data.Get<DayKeeper>().RunAsync(Token);
        await using var moved = TestServices.On(data.Database, data.Clock,
            services => services.Configure<ShopOptions>(o => o.TimeZone = "Asia/Tokyo"));

        await moved.Get<DayKeeper>().RunAsync(Token);

        Assert.Equal([new DateOnly(2026, 3, 2)], await data.ReadAsync(db => db.SalesDays.Select(d => d.Day).ToListAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Recalculation_FindsWhatIsWrong_AndMendsIt(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.AddOrderAsync("A-1", null, 1_000, placedAt: Day(1));
        await data.Get<DayKeeper>().RunAsync(Token);
        await data.WriteAsync(db => db.SalesDays.ExecuteUpdateAsync(d => d.SetProperty(x => x.BaseAmount, 1), Token));
        await data.WriteAsync(db =>
        {
            db.PointsDays.Add(new() { Day = new(2020, 1, 1), Issued = 5, Change = 5 });
            return Task.CompletedTask;
        });

        Assert.Equal(2, await data.Get<DayKeeper>().RecalculateAsync(Token));
        Assert.Equal([(1, 0, 1, 1_000)], await SalesAsync(data));
        Assert.False(await data.ReadAsync(db => db.PointsDays.AnyAsync(Token)));
        Assert.Equal(0, await data.Get<DayKeeper>().RecalculateAsync(Token));
    }

    [Fact]
    public async Task Triggers_ThatAreMissing_AreMadeAgain_AndEveryDayIsLookedAt()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await data.Get<DayKeeper>().RunAsync(Token);
        await data.WriteAsync(db => db.Database.ExecuteSqlRawAsync("drop trigger OrdersDayInsert", Token));
        await data.AddOrderAsync("A-1", null, 1_000, placedAt: Day(1));
        await data.Get<DayKeeper>().RunAsync(Token);
        Assert.Empty(await SalesAsync(data));

        await data.Get<Core.Platform.Data.IDatabaseProvider>().PrepareAsync(Token);
        await data.Get<DayKeeper>().RunAsync(Token);

        Assert.Equal([(1, 0, 1, 1_000)], await SalesAsync(data));
    }

    private static DateTimeOffset Day(int day) => new(2026, 2, day, 12, 0, 0, TimeSpan.Zero);

    private static Task<List<(int, int, int, long)>> SalesAsync(TestServices data) => data.ReadAsync(async db =>
        (await db.SalesDays.OrderBy(d => d.Day).ThenBy(d => d.Currency).ToListAsync(Token))
            .ConvertAll(d => (d.Orders, d.FirstOrders, d.AnonymousOrders, d.BaseAmount)));

    /// <summary>Adds everything up in memory, by the days of the shop's zone, and compares it with what is kept.</summary>
    private static async Task AssertFiguresAsync(TestServices data, string zone, string when)
    {
        await data.Get<DayKeeper>().RunAsync(Token);
        var (orders, refunds, entries) = await data.ReadAsync(async db => (await db.Orders.AsNoTracking().ToListAsync(Token),
            await db.Refunds.AsNoTracking().ToListAsync(Token), await db.LoyaltyEntries.AsNoTracking().ToListAsync(Token)));
        var shop = LocalZone.Of(zone);
        var paid = orders.Where(o => o.Status is not (OrderStatus.Pending or OrderStatus.Cancelled)).ToList();
        var first = paid.Where(o => o.CustomerId is not null).GroupBy(o => o.CustomerId)
            .Select(g => g.OrderBy(o => o.PlacedAt).ThenBy(o => o.Id).First().Id).ToHashSet();
        var sales = paid.Select(o => (Day: DayOf(o.PlacedAt), o.Currency, Orders: 1, First: first.Contains(o.Id) ? 1 : 0,
                OfNobody: o.CustomerId is null ? 1 : 0, Amount: o.Total, Base: o.BaseTotal))
            .Concat(refunds.Select(r => (Day: DayOf(r.RefundedAt), r.Currency, Orders: 0, First: 0, OfNobody: 0, Amount: -r.Amount,
                Base: -r.BaseAmount)))
            .GroupBy(m => (m.Day, m.Currency)).OrderBy(g => g.Key.Day).ThenBy(g => g.Key.Currency, StringComparer.Ordinal)
            .Select(g => (g.Key.Day, g.Key.Currency, g.Sum(m => m.Orders), g.Sum(m => m.First), g.Sum(m => m.OfNobody),
                g.Sum(m => m.Amount), g.Sum(m => m.Base))).ToList();
        var byId = entries.ToDictionary(e => e.Id);
        var points = entries.Select(e => (Day: DayOf(e.At), e.Points, Of: e.Kind == EntryKind.Reversed ? byId[e.ReversesId!.Value] : e))
            .GroupBy(e => e.Day).OrderBy(g => g.Key)
            .Select(g => (g.Key,
                g.Where(e => e.Of.Kind == EntryKind.Earned || (e.Of.Kind == EntryKind.Adjusted && e.Of.Points > 0)).Sum(e => e.Points),
                -g.Where(e => e.Of.Kind == EntryKind.Redeemed).Sum(e => e.Points),
                -g.Where(e => e.Of.Kind == EntryKind.Expired).Sum(e => e.Points), g.Sum(e => e.Points))).ToList();

        var keptSales = await data.ReadAsync(db => db.SalesDays.AsNoTracking().ToListAsync(Token));
        var keptPoints = await data.ReadAsync(db => db.PointsDays.AsNoTracking().OrderBy(d => d.Day).ToListAsync(Token));
        Assert.True(sales.SequenceEqual(keptSales.OrderBy(d => d.Day).ThenBy(d => d.Currency, StringComparer.Ordinal)
            .Select(d => (d.Day, d.Currency, d.Orders, d.FirstOrders, d.AnonymousOrders, d.Amount, d.BaseAmount))), $"{when}: sales");
        Assert.True(points.SequenceEqual(keptPoints.Select(d => (d.Day, d.Issued, d.Redeemed, d.Expired, d.Change))), $"{when}: points");

        DateOnly DayOf(DateTimeOffset at) => shop.DayOf(at);
    }
}
