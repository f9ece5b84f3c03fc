using CrmPortal.Core.Analytics;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Overview;

/// <summary>How the shop does over a time. It is the tenth of March 2026.</summary>
public sealed class TrendsTests
{
    private static readonly DateOnly Today = new(2026, 3, 10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Period_ThatRuns_IsComparedWithAsManyDays()
    {
        var month = TrendPeriod.Of(PeriodKind.Month, null, null, null, Today);
        Assert.Equal((Range(3, 1, 3, 10), Range(3, 1, 3, 31), Range(2, 1, 2, 10)), (month.Shown, month.Whole, month.Before));
        Assert.Equal(new DayRange(new(2025, 3, 1), new(2025, 3, 10)), month.YearBefore);

        var february = TrendPeriod.Of(PeriodKind.Month, new(2026, 2, 14), null, null, Today);
        Assert.Equal((Range(2, 1, 2, 28), Range(1, 1, 1, 31), false), (february.Shown, february.Before, february.IsRunning));

        // The days before the end of March are more than February has.
        var march = TrendPeriod.Of(PeriodKind.Month, null, null, null, new(2026, 3, 30));
        Assert.Equal(Range(2, 1, 2, 28), march.Before);

        var quarter = TrendPeriod.Of(PeriodKind.Quarter, null, null, null, Today);
        Assert.Equal((Range(1, 1, 3, 10), new DayRange(new(2025, 10, 1), new(2025, 12, 8))), (quarter.Shown, quarter.Before));

        var year = TrendPeriod.Of(PeriodKind.Year, null, null, null, Today);
        Assert.Equal((Range(1, 1, 3, 10), new DayRange(new(2025, 1, 1), new(2025, 3, 10)), null),
            (year.Shown, year.Before, year.YearBefore));

        var last = TrendPeriod.Of(PeriodKind.LastYear, null, null, null, Today);
        Assert.Equal((new DayRange(new(2025, 3, 11), Today), 365), (last.Shown, last.Shown.Days));

        var own = TrendPeriod.Of(PeriodKind.Own, null, new(2026, 2, 1), new(2026, 2, 7), Today);
        Assert.Equal((Range(2, 1, 2, 7), new DayRange(new(2026, 1, 25), new(2026, 1, 31))), (own.Shown, own.Before));
    }

    [Theory]
    [InlineData("2026-02-07", "2026-02-01")]
    [InlineData("2015-01-01", "2026-02-01")]
    [InlineData("1900-01-01", "1900-02-01")]
    [InlineData(null, "2026-02-01")]
    public void OwnPeriod_OfImpossibleDays_IsRefused(string? from, string to) =>
        Assert.Throws<RuleViolationException>(() => TrendPeriod.Of(PeriodKind.Own, null, from is null ? null : Day(from), Day(to), Today));

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Figures_AreThoseOfTheDays_BesideTheTimesBefore(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, bob) = (await data.AddCustomerAsync(), await data.AddCustomerAsync("Bob"));
        await data.AddOrderAsync("A-1", ada.Id, 1_000, placedAt: At("2025-03-05"));
        await data.AddOrderAsync("A-2", ada.Id, 2_000, placedAt: At("2026-02-05"));
        await data.AddOrderAsync("A-3", ada.Id, 4_000, placedAt: At("2026-03-05"));
        await data.AddOrderAsync("B-1", bob.Id, 8_000, placedAt: At("2026-03-06"));
        await data.AddOrderAsync("N-1", null, 16_000, placedAt: At("2026-03-10"));
        await data.AddRefundAsync("R-1", ada.Id, 500, "A-3", At("2026-03-07"));
        await data.Get<DayKeeper>().RunAsync(Token);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        var trends = await manager.Get<TrendsService>().GetAsync(TrendPeriod.Of(PeriodKind.Month, null, null, null, Today), Token);

        Assert.Equal((new PeriodSales(27_500, 3, 1, 1), new PeriodSales(2_000, 1, 0, 0), new PeriodSales(1_000, 1, 1, 0)),
            (trends.Now, trends.Before, trends.YearBefore));
        Assert.Equal((10, false, 4_000, 1_000), (trends.Points.Count, trends.AreMonths, trends.Points[4].Sales.Revenue,
            trends.Points[4].YearBefore));
        // Today is not over.
        Assert.Equal((new DateOnly(2026, 3, 6), new DateOnly(2026, 3, 7)), (trends.Best!.Day, trends.Worst!.Day));
        Assert.Null(trends.Counts);
        var year = await manager.Get<TrendsService>().GetAsync(TrendPeriod.Of(PeriodKind.LastYear, null, null, null, Today), Token);
        Assert.True(year.AreMonths);
        Assert.Equal((29_500, 29_500), (year.Now.Revenue, year.Points.Sum(p => p.Sales.Revenue)));

        var ranked = await manager.Get<TrendsService>().RankAsync(trends.Period.Shown, Token);
        Assert.Equal(["Bob Lovelace", "Ada Lovelace"], ranked.Customers.Select(c => c.Name));
        Assert.Equal([12_000L], ranked.Tiers.Select(t => t.Revenue));
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await Assert.ThrowsAsync<AccessDeniedException>(() => staff.Get<TrendsService>().RankAsync(trends.Period.Shown, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task DayUnlikeTheSameWeekdaysBefore_IsMarked_WithTheMedianAndItsSpread(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.WriteAsync(db =>
        {
            for (var day = new DateOnly(2025, 11, 1); day < Today; day = day.AddDays(1))
            {
                // Around 1,000 with a little to and fro; the fifth of March is far above it.
                var amount = day == new DateOnly(2026, 3, 5) ? 9_000 : 1_000 + (day.DayNumber / 7 % 3 * 10);
                db.SalesDays.Add(new() { Day = day, Currency = "EUR", Orders = 1, BaseAmount = amount, Amount = amount });
            }

            return Task.CompletedTask;
        });
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        var trends = await manager.Get<TrendsService>().GetAsync(TrendPeriod.Of(PeriodKind.Month, null, null, null, Today), Token);

        var unusual = Assert.Single(trends.Unusual);
        Assert.Equal((new DateOnly(2026, 3, 5), 9_000, 1_010, 10, 12, true),
            (unusual.From, unusual.Revenue, unusual.Median, unusual.Spread, unusual.Compared, unusual.IsHigh));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Counts_AreThoseOfTheCustomers_AndStayUntilTheNextNight(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, bob) = (await data.AddCustomerAsync(email: "ada@example.com"), await data.AddCustomerAsync("Bob"));
        await data.AddCustomerAsync("Cy", email: "cy@example.com");
        // Every ten days, and then nothing for more than three times that.
        foreach (var (i, day) in new[] { "2025-12-01", "2025-12-11", "2025-12-21" }.Index())
            await data.AddOrderAsync($"A-{i}", ada.Id, 1_000, placedAt: At(day));
        // Once, but less than a year ago.
        await data.AddOrderAsync("B-1", bob.Id, 1_000, placedAt: At("2025-06-01"));
        await data.WriteAsync(async db =>
        {
            (await db.Customers.SingleAsync(c => c.Id == bob.Id, Token)).SetVip(true, "Good", null, data.Clock.GetUtcNow());
            (await db.Customers.SingleAsync(c => c.Id == ada.Id, Token)).EmailMarketing = true;
        });
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var job = await manager.Get<TrendsService>().StartCountAsync(Token);
        Assert.Equal(job, await manager.Get<TrendsService>().StartCountAsync(Token));
        await data.Get<JobRunner>().RunWaitingAsync(Token);

        var counts = (await manager.Get<TrendsService>().GetAsync(TrendPeriod.Of(PeriodKind.Month, null, null, null, Today), Token))
            .Counts!;

        Assert.Equal((3, 3, 1, 2, 1, 2, 1, 1), (counts[ShopCount.All], counts[ShopCount.Active], counts[ShopCount.Vip],
            counts[ShopCount.Buyers], counts[ShopCount.Repeaters], counts[ShopCount.Email], counts[ShopCount.EmailMarketing],
            counts[ShopCount.Churned]));
        Assert.Equal(0.5, counts.Share(ShopCount.EmailMarketing, ShopCount.Email));
        Assert.Null(counts.Earlier);
        data.Clock.Advance(TimeSpan.FromDays(40));
        await using var later = await data.AsRoleAsync(RoleNames.Manager);
        await later.Get<TrendsService>().CountAsync(null, Token);
        counts = (await later.Get<TrendsService>().GetAsync(TrendPeriod.Of(PeriodKind.Month, null, null, null, Today.AddDays(40)), Token))
            .Counts!;
        Assert.Equal((Today.AddDays(40), Today), (counts.Day, counts.Earlier!.Values.First().Day));
    }

    private static DayRange Range(int fromMonth, int fromDay, int toMonth, int toDay) =>
        new(new(2026, fromMonth, fromDay), new(2026, toMonth, toDay));

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static DateTimeOffset At(string day) => new(Day(day), new(12, 0), TimeSpan.Zero);
}
