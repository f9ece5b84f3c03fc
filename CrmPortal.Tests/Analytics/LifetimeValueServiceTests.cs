using System.Globalization;
using CrmPortal.Core.Analytics;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Imports;
using CrmPortal.Tests.Performance;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Analytics;

/// <summary>Lifetime value of the customers of a database: by the model, by the simple one, written, kept and read.</summary>
public sealed class LifetimeValueServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Forecasts_AreThoseOfTheModel_OnThePurchaseDaysOfPaidOrders(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var today = Today(data);
        var days = await data.AddPurchasesAsync(ForecastShop.Random(3, 260, today));
        // A second order of a day is no second purchase; what is not paid is none; who is in the trash teaches nothing.
        var (twice, trashed) = (days[0], days[^1].CustomerId);
        await data.AddOrderAsync("again", twice.CustomerId, 1_234, placedAt: new(twice.Day, new(15, 0), TimeSpan.Zero));
        await data.AddOrderAsync("waiting", twice.CustomerId, 99_999, OrderStatus.Pending);
        await data.AddOrderAsync("cancelled", twice.CustomerId, 99_999, OrderStatus.Cancelled);
        await data.WriteAsync(async db =>
            (await db.Customers.SingleAsync(c => c.Id == trashed, Token)).MoveToTrash(data.Clock.GetUtcNow()));
        days = [.. days.Where(d => d.CustomerId != trashed), twice with { Value = 12.34 }];
        await using var system = data.AsSystem();
        var values = system.Get<LifetimeValueService>();

        var result = await values.CalculateAsync(null, null, true, Token);

        var expected = PurchaseHistories.Of([.. days], today);
        var model = LifetimeValueFit.To([.. expected.Select(e => e.History)], Token).Model!;
        Assert.Equal((259, 259, 12), (result.Calculated, result.Changed, result.Months));
        var found = await data.ForecastsAsync();
        Assert.Equal(expected.Select(e => e.CustomerId), found.Select(f => f.CustomerId));
        foreach (var (forecast, (_, history)) in found.Zip(expected))
        {
            var value = model.Of(history, new(12));
            Assert.Equal(value.ExpectedValue * 100, forecast.Value, 0.51);
            Assert.Equal(value.ExpectedOrders, forecast.ExpectedOrders, 1e-4);
            Assert.Equal(value.ProbabilityAlive, forecast.Alive!.Value, 1e-4);
            Assert.Equal(value.ProbabilityAlive < 0.5, forecast.AtRisk is not null);
            if (forecast.AtRisk is { } risk)
                Assert.Equal(value.ExpectedValue * 100 * (1 - value.ProbabilityAlive) / value.ProbabilityAlive, risk, 0.51);
        }

        // The back-test is that of the same days, and nothing of it is reckoned anew.
        var analysis = (await values.AnalysisAsync(5, Token))!;
        var test = analysis.Figures.BackTest!;
        var direct = BackTest.Of([.. days], test.Until, today, PurchaseModelKind.ModifiedBetaGeometric, Token);
        Assert.Equal(today, test.End);
        Assert.Equal((direct.Fit.Customers, direct.Fit.Obstacle), (test.Customers, test.Obstacle));
        Assert.Equal(direct.Purchases!.Actual, test.Purchases!.Actual);
        Assert.Equal(direct.Purchases.Model.Predicted, test.Purchases.Model.Predicted, 1e-6);
        Assert.Equal(direct.Groups.Select(g => g.Customers), test.Groups.Select(g => g.Customers));
        Assert.Equal(found.OrderByDescending(f => f.Value).ThenBy(f => f.CustomerId).Take(5).Select(f => f.CustomerId),
            analysis.Top.Select(t => t.CustomerId));
        Assert.Equal(found.Where(f => f.AtRisk != null).OrderByDescending(f => f.AtRisk).ThenBy(f => f.CustomerId).Take(4)
            .Select(f => f.CustomerId), (await values.SleepingAsync(4, Token)).Select(s => s.CustomerId));
        Assert.Equal((found.Count(f => f.AtRisk != null), found.Sum(f => f.AtRisk ?? 0)),
            (analysis.Figures.Sleeping, analysis.Figures.AtRisk));

        // One customer has limits too, which are the same whenever they are asked for.
        var one = (await values.OfCustomerAsync(twice.CustomerId, Token))!;
        var own = expected.Single(e => e.CustomerId == twice.CustomerId).History;
        var interval = model.IntervalOf(own, new(12));
        Assert.Equal(own, one.History);
        Assert.Equal(interval.LowOrders, one.Interval!.LowOrders, 1e-6);
        Assert.Equal(interval.HighValue * 100, one.Interval.HighValue, 0.51);
        Assert.Equal(one, await values.OfCustomerAsync(twice.CustomerId, Token));
    }

    [Fact]
    public async Task Cdnow_AsOrdersOfADatabase_HasItsPrintedParameters()
    {
        var days = Cdnow.Days().Where(d => d.Day <= Cdnow.Until).ToList();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        data.Clock.Set(new(Cdnow.Until, new(20, 0), TimeSpan.Zero));
        await data.AddPurchasesAsync(days);
        await using var system = data.AsSystem();

        await system.Get<LifetimeValueService>().CalculateAsync(null, null, true, Token);

        var run = await data.ReadAsync(db => db.ForecastRuns.SingleAsync(Token));
        Assert.Equal((2_357, PurchaseModelKind.ModifiedBetaGeometric, null), (run.Customers, run.Kind, run.Obstacle));
        Assert.Equal([0.524843, 6.183086, 0.891359, 1.614002, 6.249573, 3.744225, 15.443519],
            new[] { run.R, run.Alpha, run.A, run.B, run.P, run.Q, run.Gamma }.Select(v => v!.Value), Near);
        static bool Near(double expected, double actual) => Math.Abs(expected - actual) < 2e-4 * Math.Max(1, expected);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task FewCustomers_HaveTheSimpleModel_AndItIsSaidWhy(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customers = await CustomersAsync(data, 3);
        var now = data.Clock.GetUtcNow();
        // Months are counted up to the end of the day.
        var end = data.Get<ShopClock>().EndOf(data.Get<ShopClock>().Today);
        await data.AddOrderAsync("a", customers[0], 10_000, placedAt: end.AddDays(-304.375));
        for (var i = 0; i < 11; i++) await data.AddOrderAsync($"a-{i}", customers[0], 10_000, placedAt: now.AddDays(-i - 1));
        await data.AddOrderAsync("b", customers[1], 5_000);
        await data.AddRefundAsync("r", customers[1], 6_000);
        await using var system = data.AsSystem();
        var values = system.Get<LifetimeValueService>();

        await values.CalculateAsync(null, null, true, Token);
        data.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, (await values.CalculateAsync(null, null, true, Token)).Changed);

        var found = await data.ForecastsAsync();
        // 12 orders in ten months are 14.4 in twelve; who sent back more than they bought is worth less than nothing.
        Assert.Equal([(customers[0], 144_000, 144_000, 14.4, null), (customers[1], -12_000, -12_000, 12, null)],
            found.Select(f => (f.CustomerId, f.Value, f.SimpleValue, f.ExpectedOrders, f.Alive)));
        var analysis = (await values.AnalysisAsync(10, Token))!;
        Assert.Equal("Fewer than 100 customers have bought so far, so the simple model is used.", analysis.Run.Reason);
        Assert.Null(analysis.Run.Model);
        var spread = analysis.Figures.Value;
        Assert.Equal((132_000, 66_000, 66_000), (spread.Total, spread.Average, spread.Median));
        Assert.Empty(await values.SleepingAsync(10, Token));
        var one = (await values.OfCustomerAsync(customers[0], Token))!;
        Assert.Equal((null, null, 1440m, 1.2m), (one.Interval, one.History, one.Simple.Value, one.Simple.PurchaseFrequency));
        Assert.Null(await values.OfCustomerAsync(customers[2], Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Calculation_LeavesRecentForecastsAlone_UnlessAskedOrForOtherMonths(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customers = await ShopAsync(data, 6);
        await using var system = data.AsSystem();
        var values = system.Get<LifetimeValueService>();
        Assert.Equal((6, 6), Pair(await values.CalculateAsync(null, null, false, Token)));

        var late = (await CustomersAsync(data, 1))[0];
        await data.AddOrderAsync("late", late, 99_000);
        Assert.Equal((1, 1), Pair(await values.CalculateAsync(null, null, false, Token)));
        Assert.Equal(new(null, 0, 0, 12), await values.CalculateAsync(null, null, false, Token));
        Assert.Equal(0, (await values.CalculateAsync([customers[0], late], null, false, Token)).Calculated);
        Assert.Equal((2, 0), Pair(await values.CalculateAsync([customers[0], late], null, true, Token)));

        // Other months are another question: first of one customer, then of all.
        Assert.Equal((1, 1), Pair(await values.CalculateAsync([late], 24, false, Token)));
        Assert.Equal(24, (await values.OfCustomerAsync(late, Token))!.Run.Months);
        Assert.Equal((1, 1), Pair(await values.CalculateAsync(null, 12, false, Token)));
        Assert.Equal((7, 7), Pair(await values.CalculateAsync(null, 24, false, Token)));
        Assert.Equal((7, 7), Pair(await values.CalculateAsync(null, 12, false, Token)));

        // An hour later nobody of these is another one: the shortest past is a month long.
        data.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal((7, 0), Pair(await values.CalculateAsync(null, null, true, Token)));
        data.Clock.Advance(LifetimeValueService.Recent + TimeSpan.FromMinutes(1));
        Assert.Equal(7, (await values.CalculateAsync(null, null, false, Token)).Calculated);

        await Assert.ThrowsAsync<RuleViolationException>(() => values.CalculateAsync(null, 61, true, Token));
        await Assert.ThrowsAsync<RuleViolationException>(() => values.StartAsync(0, Token));
        await Assert.ThrowsAsync<RuleViolationException>(() =>
            values.CalculateAsync([.. Enumerable.Range(1, LifetimeValueService.MostNamed + 1).Select(i => (long)i)], null, true, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Analysis_IsThatOfPlainSql_AndListsNobodyFromTheTrash(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customers = await CustomersAsync(data, 40);
        // A twelfth of each value, so that some are exactly on the edges of the ranges.
        foreach (var (i, customer) in customers.Index())
            await data.AddOrderAsync($"O-{i}", customer, i switch { 0 => 100_000 / 12 * 12, 1 => 500_000, _ => i * i * 300 });
        await using var system = data.AsSystem();
        var values = system.Get<LifetimeValueService>();
        await values.CalculateAsync(null, null, true, Token);
        var richest = (await values.AnalysisAsync(1, Token))!.Top[0].CustomerId;
        await system.Get<CustomerTrash>().DeleteAsync(richest, Token);

        var analysis = (await values.AnalysisAsync(LifetimeValueService.MostListed, Token))!;

        var ranges = await data.ReadAsync(db => db.Database.SqlQueryRaw<Range>("""
            with r as (select "Value" as v, case when "Value" < 100000 then 0
                when "Value" < 500000 then 1000 when "Value" < 1000000 then 5000
                when "Value" < 2500000 then 10000 when "Value" < 5000000 then 25000 else 50000 end as f from "CustomerForecasts")
            select f as "From", count(*) as "Customers", cast(sum(v) as bigint) as "Total" from r group by f order by f
            """).ToListAsync(Token));
        Assert.Equal(ranges, analysis.Figures.Value.Ranges.Where(r => r.Customers > 0)
            .Select(r => new Range { From = (int)r.From, Customers = r.Customers, Total = r.Total }));
        Assert.True(ranges.Count >= 4);
        Assert.Equal([1_000, 5_000, 10_000, 25_000, 50_000, null], analysis.Figures.Value.Ranges.Select(r => r.Until));
        var forecasts = await data.ForecastsAsync();
        Assert.Equal(forecasts.Sum(f => f.Value), analysis.Figures.Value.Total);
        var sorted = forecasts.Select(f => f.Value).Order().ToList();
        Assert.Equal((sorted[19] + sorted[20]) / 2d, analysis.Figures.Value.Median, 0.51);
        Assert.Equal(forecasts.Where(f => f.CustomerId != richest).OrderByDescending(f => f.Value).ThenBy(f => f.CustomerId)
            .Select(f => f.CustomerId), analysis.Top.Select(t => t.CustomerId));
        // The next calculation takes what those in the trash had.
        await values.CalculateAsync(null, null, true, Token);
        Assert.DoesNotContain(await data.ForecastsAsync(), f => f.CustomerId == richest);
        foreach (var limit in new[] { 0, LifetimeValueService.MostListed + 1 })
            await Assert.ThrowsAsync<RuleViolationException>(() => values.SimpleAnalysisAsync(limit, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_IsFoundByTheForecast_AndLeavesNoneBehind(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var days = await data.AddPurchasesAsync(ForecastShop.Random(5, 200, Today(data)));
        await using var system = data.AsSystem();
        await system.Get<LifetimeValueService>().CalculateAsync(null, null, true, Token);
        var forecasts = await data.ForecastsAsync();
        var limit = forecasts.OrderByDescending(f => f.Value).ElementAt(10).Value;
        Assert.All(forecasts, f => Assert.NotNull(f.Alive));

        foreach (var (filter, expected) in new (string, Func<CustomerForecast, bool>)[]
        {
            (string.Create(CultureInfo.InvariantCulture, $"expected_value:more:{limit / 100m}"), f => f.Value > limit),
            ("alive:less:0.25", f => f.Alive < 0.25), ("alive:between:0.25,0.75", f => f.Alive is >= 0.25 and <= 0.75),
            ("expected_value:present", _ => true),
        })
            Assert.Equal(forecasts.Count(expected), (await system.Finder.CountAsync(new(Filter: filter), null, Token)).Rows);

        var row = (await system.Finder.ListAsync(new(), new(1, 1), Token)).Items[0];
        var shown = forecasts.Single(f => f.CustomerId == row.Id);
        Assert.Equal((shown.Value, shown.Alive), (row.ExpectedValue, row.Alive));
        var gone = days[0].CustomerId;
        await system.Trash.DeleteAsync(gone, Token);
        Assert.True(await system.Trash.PurgeAsync(gone, Token));
        Assert.Equal(199, (await data.ForecastsAsync()).Count);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Import_IsUndone_AlsoAfterItsCustomersHaveForecasts(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var id = await manager.UploadTextAsync("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
            + string.Concat(Enumerable.Range(1, 3).Select(i => $"53636{i},A1,Mug,{i},12/{i + 20}/2010 8:26,2.50,1785{i},France\n")));
        await manager.CheckAsync(id);
        await manager.PublishAsync(id);
        await using var system = data.AsSystem();
        Assert.Equal((3, 3), Pair(await system.Get<LifetimeValueService>().CalculateAsync(null, null, true, Token)));

        await manager.Get<UndoService>().UndoAsync((await manager.Imports.GetAsync(id, Token))!.ChangeSetId!.Value, false, Token);

        Assert.Empty(await data.ForecastsAsync());
        Assert.Equal(0, await data.ReadAsync(db => db.Customers.CountAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task CalculationsAtOnce_LeaveOneForecastForEach(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await ShopAsync(data, 20);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            await using var own = data.AsSystem();
            await own.Get<LifetimeValueService>().CalculateAsync(null, i % 2 == 0 ? 12 : 24, true, Token);
        }));

        var found = await data.ForecastsAsync();
        Assert.Equal(20, found.Count);
        var months = await data.ReadAsync(db => db.ForecastRuns.ToDictionaryAsync(r => r.Id, r => r.Months, Token));
        Assert.All(found, f => Assert.Equal(f.ExpectedOrders, months[f.RunId], 1e-9));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Calculation_NeedsItsPermission_AndLooksNeedTheirs(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customers = await ShopAsync(data, 3);
        await using (var system = data.AsSystem()) await system.Get<LifetimeValueService>().CalculateAsync(null, null, true, Token);
        await using var looks = await data.AsAsync(Permissions.SegmentsView);
        await using var other = await data.AsAsync(Permissions.CustomersView);
        var (figures, customer) = (looks.Get<LifetimeValueService>(), other.Get<LifetimeValueService>());

        await Assert.ThrowsAsync<AccessDeniedException>(() => figures.CalculateAsync(null, null, true, Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => figures.StartAsync(12, Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => figures.OfCustomerAsync(customers[0], Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => customer.AnalysisAsync(10, Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => customer.SleepingAsync(10, Token));
        // Figures of all say nothing of anybody; names are for those who may see customers.
        var analysis = (await figures.AnalysisAsync(10, Token))!;
        Assert.Equal((3, 0), (analysis.Run.Customers, analysis.Top.Count));
        Assert.NotNull(await customer.OfCustomerAsync(customers[0], Token));
    }

    [Fact]
    public async Task Lists_AreReadFromTheFrontOfAnIndex()
    {
        var plans = new PlanRecorder();
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.AddSingleton<IInterceptor>(plans));
        await ShopAsync(data, 3);
        await using var system = data.AsSystem();
        var values = system.Get<LifetimeValueService>();
        await values.CalculateAsync(null, null, true, Token);
        foreach (var (read, index) in new (Func<Task>, string)[]
        {
            (() => values.AnalysisAsync(10, Token), "IX_CustomerForecasts_Value_CustomerId"),
            (() => values.SimpleAnalysisAsync(10, Token), "IX_CustomerForecasts_SimpleValue_CustomerId"),
            (() => values.SleepingAsync(10, Token), "IX_CustomerForecasts_AtRisk_CustomerId"),
        })
        {
            plans.Clear();
            await read();
            var plan = Assert.Single(plans.Plans, p => p.Contains("\"CustomerForecasts\"", StringComparison.Ordinal));
            Assert.Contains(index, plan);
            Assert.DoesNotContain("TEMP B-TREE", plan);
        }
    }

    private static DateOnly Today(TestServices data) => LocalZone.Of("Europe/London").DayOf(data.Clock.GetUtcNow());

    /// <summary>Customers with one order each of this month, so that each of them orders once a month by the simple model.</summary>
    private static async Task<List<long>> ShopAsync(TestServices data, int count)
    {
        var customers = await CustomersAsync(data, count);
        for (var i = 0; i < count; i++)
            await data.AddOrderAsync($"S-{i}", customers[i], 1_000 * (i + 1), placedAt: data.Clock.GetUtcNow().AddDays(-20));
        return customers;
    }

    private static async Task<List<long>> CustomersAsync(TestServices data, int count)
    {
        var ids = new List<long>();
        for (var i = 0; i < count; i++) ids.Add((await data.AddCustomerAsync($"Customer {i}")).Id);
        return ids;
    }

    private static (int Calculated, int Changed) Pair(ForecastResult result) => (result.Calculated, result.Changed);

    internal sealed record Range
    {
        public int From { get; init; }
        public int Customers { get; init; }
        public long Total { get; init; }
    }
}
