using CrmPortal.Core.Analytics;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Imports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Analytics;

public sealed class RfmTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Scores_AreThoseOfPlainSql_AfterRefundsCancellationsAndTrash(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customers = await CustomersAsync(data, 40);
        var random = new Random(7);
        for (var i = 0; i < 120; i++)
        {
            await data.AddOrderAsync($"O-{i}", customers[random.Next(35)], 100 * random.Next(1, 60), random.Next(6) switch
            {
                0 => OrderStatus.Pending, 1 => OrderStatus.Cancelled, 2 => OrderStatus.Completed, _ => OrderStatus.Paid,
            }, data.Clock.GetUtcNow().AddDays(-random.Next(400)).AddHours(-3));
        }

        for (var i = 0; i < 12; i++) await data.AddRefundAsync($"R-{i}", customers[random.Next(35)], 50 * random.Next(1, 60));
        await data.WriteAsync(async db =>
            (await db.Customers.SingleAsync(c => c.Id == customers[3], Token)).MoveToTrash(data.Clock.GetUtcNow()));

        var scored = await RfmSql.AssertScoresAsync(data, kind, Token);

        Assert.InRange(scored, 25, 35);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task FewerThanFiveCustomersWithOrders_HaveNoScores(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customers = await CustomersAsync(data, 6);
        for (var i = 0; i < 5; i++) await data.AddOrderAsync($"O-{i}", customers[i], 1_000 * (i + 1));
        await using var system = data.AsSystem();
        var rfm = system.Get<RfmService>();
        Assert.Equal(5, (await rfm.CalculateAsync(null, false, Token)).Scored);
        Assert.Equal(RfmSegments.Of(1, 1, 5), (await rfm.OfCustomerAsync(customers[4], Token))!.Segment);

        // One of the five takes the order back: those who are left are too few, and what they had is history.
        await data.WriteAsync(db => db.Orders.Where(o => o.ExternalId == "O-0").ExecuteDeleteAsync(Token));
        await data.WriteAsync(db => OrderStatistics.RefreshAsync(db, [customers[0]], Token));
        Assert.Equal((0, 5), await Pair(rfm.CalculateAsync(null, true, Token)));

        Assert.Null(await rfm.OfCustomerAsync(customers[4], Token));
        Assert.Empty((await rfm.DistributionAsync(null, Token))!.Cells);
        Assert.Equal(5, await data.ReadAsync(db => db.CustomerScoreChanges.CountAsync(Token)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Calculation_LeavesRecentScoresAlone_UnlessAsked(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customers = await ShopAsync(data, 8);
        await using var system = data.AsSystem();
        var rfm = system.Get<RfmService>();
        Assert.Equal((8, 8), await Pair(rfm.CalculateAsync(null, false, Token)));

        // Somebody new has no scores yet, all others have some that are recent.
        var late = (await CustomersAsync(data, 1))[0];
        await data.AddOrderAsync("late", late, 99_000);
        Assert.Equal((1, 1), await Pair(rfm.CalculateAsync(null, false, Token)));
        Assert.Equal((0, 0), await Pair(rfm.CalculateAsync(null, false, Token)));
        Assert.Equal((0, 0), await Pair(rfm.CalculateAsync([customers[0], late], false, Token)));
        Assert.Equal(2, (await rfm.CalculateAsync([customers[0], late], true, Token)).Scored);
        Assert.Single(await rfm.RunsAsync(Token));

        data.Clock.Advance(RfmService.Recent + TimeSpan.FromMinutes(1));
        Assert.Equal(9, (await rfm.CalculateAsync(null, false, Token)).Scored);
        Assert.Equal(2, (await rfm.RunsAsync(Token)).Count);
        // Nobody whose scores are what they were is written.
        Assert.Equal((9, 0), await Pair(rfm.CalculateAsync(null, true, Token)));
        await Assert.ThrowsAsync<RuleViolationException>(() =>
            rfm.CalculateAsync([.. Enumerable.Range(1, RfmService.MostNamed + 1).Select(i => (long)i)], true, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Movement_BetweenAnyTwoCalculations_IsWhatTheSnapshotsSay(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customers = await CustomersAsync(data, 30);
        await using var system = data.AsSystem();
        var rfm = system.Get<RfmService>();
        var random = new Random(11);
        List<(long Run, Dictionary<long, RfmSegment> Segments)> snapshots = [];
        for (var round = 0; round < 7; round++)
        {
            for (var i = 0; i < 18; i++)
                await data.AddOrderAsync($"O-{round}-{i}", customers[random.Next(30)], random.Next(100, 9_000));
            if (round > 2)
            {
                // Somebody has no orders any more.
                var gone = customers[random.Next(30)];
                await data.WriteAsync(db => db.Orders.Where(o => o.CustomerId == gone).ExecuteDeleteAsync(Token));
                await data.WriteAsync(db => OrderStatistics.RefreshAsync(db, [gone], Token));
            }

            data.Clock.Advance(TimeSpan.FromDays(20));
            var run = (await rfm.CalculateAsync(null, true, Token)).RunId!.Value;
            snapshots.Add((run, await data.ReadAsync(db => db.CustomerScores.ToDictionaryAsync(s => s.CustomerId, s => s.Segment, Token))));
            // Between two of them some are scored by themselves, which moves nobody from one to the other.
            data.Clock.Advance(TimeSpan.FromDays(1));
        }

        foreach (var (a, from) in snapshots.Index())
        {
            foreach (var to in snapshots.Skip(a + 1))
            {
                var expected = customers.Select(c => (From: At(from.Segments, c), To: At(to.Segments, c))).Where(m => m != (null, null))
                    .GroupBy(m => m).ToDictionary(g => g.Key, g => g.Count());
                var moves = await rfm.MovesAsync(from.Run, to.Run, Token);
                Assert.Equal(expected.OrderBy(m => m.Key), moves.ToDictionary(m => (m.From, m.To), m => m.Customers).OrderBy(m => m.Key));
                foreach (var ((was, now), count) in expected)
                {
                    var movers = await rfm.MoversAsync(from.Run, to.Run, was, now, new(1, 100), Token);
                    Assert.Equal(customers.Where(c => (At(from.Segments, c), At(to.Segments, c)) == (was, now)),
                        movers.Items.Select(m => m.CustomerId));
                    Assert.Equal(count, movers.Items.Count);
                }
            }
        }

        await Assert.ThrowsAsync<RuleViolationException>(() => rfm.MovesAsync(snapshots[1].Run, snapshots[0].Run, Token));
        static RfmSegment? At(Dictionary<long, RfmSegment> segments, long customer) =>
            segments.TryGetValue(customer, out var segment) ? segment : null;
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Customer_ShowsScoresWithTheirDatedHistory_AndIsFoundByThem(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customers = await ShopAsync(data, 10);
        await using var system = data.AsSystem();
        var rfm = system.Get<RfmService>();
        var first = data.Clock.GetUtcNow();
        await rfm.CalculateAsync(null, true, Token);
        data.Clock.Advance(TimeSpan.FromDays(30));
        for (var i = 0; i < 9; i++) await data.AddOrderAsync($"again-{i}", customers[0], 90_000);
        var second = data.Clock.GetUtcNow();
        await rfm.CalculateAsync(null, true, Token);
        data.Clock.Advance(TimeSpan.FromDays(2));

        var shown = (await rfm.OfCustomerAsync(customers[0], Token))!;

        Assert.Equal((5, 5, 5, RfmSegment.Champion, 10, 2), (shown.Recency, shown.Frequency, shown.Monetary, shown.Segment,
            shown.Orders.Count, shown.DaysSinceLastOrder));
        Assert.Equal((Stored(second), Stored(second)), (shown.Since, shown.CalculatedAt));
        Assert.Equal([(Stored(first), Stored(second), RfmSegments.Of(1, 1, 1))], shown.History.Select(h => (h.From, h.Until, h.Segment)));
        foreach (var filter in new[] { "rfm_segment:any:champion", "recency_score:is:5;frequency_score:more:4;monetary_score:is:5" })
            Assert.Equal([customers[0]], (await ListAsync(filter)).Select(c => c.Id));
        Assert.Equal((10, 0), (await CountAsync("rfm_segment:present"), await CountAsync("rfm_segment:empty")));
        Assert.Equal(new RfmScores(5, 5, 5, RfmSegment.Champion), (await ListAsync("rfm_segment:any:champion"))[0].Scores);
        // Whoever is removed for good leaves no scores behind.
        await system.Get<CustomerTrash>().DeleteAsync(customers[0], Token);
        Assert.True(await system.Get<CustomerTrash>().PurgeAsync(customers[0], Token));
        Assert.Equal((0, 0), await data.ReadAsync(async db => (await db.CustomerScores.CountAsync(s => s.CustomerId == customers[0], Token),
            await db.CustomerScoreChanges.CountAsync(s => s.CustomerId == customers[0], Token))));

        async Task<IReadOnlyList<CustomerRow>> ListAsync(string filter) =>
            (await system.Get<CustomerFinder>().ListAsync(new(Filter: filter), new(), Token)).Items;

        async Task<int> CountAsync(string filter) => (await system.Get<CustomerFinder>().CountAsync(new(Filter: filter), null, Token)).Rows;
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Import_IsUndone_AlsoAfterItsCustomersWereScored(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var id = await manager.UploadTextAsync("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
            + string.Concat(Enumerable.Range(1, 6).Select(i => $"53636{i},A1,Mug,{i},12/{i + 20}/2010 8:26,2.50,1785{i},France\n")));
        await manager.CheckAsync(id);
        await manager.PublishAsync(id);
        await using var system = data.AsSystem();
        Assert.Equal((6, 6), await Pair(system.Get<RfmService>().CalculateAsync(null, true, Token)));
        data.Clock.Advance(TimeSpan.FromDays(1));
        await data.AddOrderAsync("later", null, 100);

        await manager.Get<UndoService>().UndoAsync((await manager.Imports.GetAsync(id, Token))!.ChangeSetId!.Value, false, Token);

        // Nobody has worked with them: what the program computed of them is nobody's work, and goes with them.
        Assert.Equal((0, 0), await data.ReadAsync(async db =>
            (await db.Customers.CountAsync(Token), await db.CustomerScores.CountAsync(Token))));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Window_LeavesOutWhatIsOlder_AndCalculationsAtOnceLeaveOneHistory(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customers = await ShopAsync(data, 12);
        await data.AddOrderAsync("old", customers[0], 500_000, placedAt: data.Clock.GetUtcNow().AddMonths(-13));
        await using var system = data.AsSystem();
        var rfm = system.Get<RfmService>();
        await rfm.CalculateAsync(null, true, Token);
        Assert.Equal(5, (await rfm.OfCustomerAsync(customers[0], Token))!.Monetary);
        await rfm.StartAsync(12, Token);
        Assert.Equal(12, (await rfm.StateAsync(Token)).WindowMonths);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var own = data.AsSystem();
            await own.Get<RfmService>().CalculateAsync(null, true, Token);
        }));

        Assert.Equal(1, (await rfm.OfCustomerAsync(customers[0], Token))!.Monetary);
        Assert.Equal(12, (await rfm.DistributionAsync(null, Token))!.Run.WindowMonths);
        // Whoever changed did so once: there is no second row of the same time, and none without an end that fits.
        var changes = await data.ReadAsync(db => db.CustomerScoreChanges.ToListAsync(Token));
        Assert.All(changes.GroupBy(c => c.CustomerId), g => Assert.Single(g));
        await Assert.ThrowsAsync<RuleViolationException>(() => rfm.StartAsync(0, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Calculation_NeedsItsPermission_AndLooksNeedTheirs(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var looks = await data.AsAsync(Permissions.SegmentsView);
        await using var other = await data.AsAsync(Permissions.CustomersView);

        await Assert.ThrowsAsync<AccessDeniedException>(() => looks.Get<RfmService>().CalculateAsync(null, true, Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => looks.Get<RfmService>().StartAsync(null, Token));
        Assert.Null(await looks.Get<RfmService>().DistributionAsync(null, Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => other.Get<RfmService>().DistributionAsync(null, Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => looks.Get<RfmService>().OfCustomerAsync(1, Token));
    }

    /// <summary>Customers with one order each, of whom a later one bought later and for more.</summary>
    private static async Task<List<long>> ShopAsync(TestServices data, int count)
    {
        var customers = await CustomersAsync(data, count);
        for (var i = 0; i < count; i++)
            await data.AddOrderAsync($"S-{i}", customers[i], 1_000 * (i + 1), placedAt: data.Clock.GetUtcNow().AddDays(i - count));
        return customers;
    }

    private static async Task<List<long>> CustomersAsync(TestServices data, int count)
    {
        var ids = new List<long>();
        for (var i = 0; i < count; i++) ids.Add((await data.AddCustomerAsync($"Customer {i}")).Id);
        return ids;
    }

    /// <summary>Databases keep microseconds.</summary>
    private static DateTimeOffset Stored(DateTimeOffset instant) => instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerMicrosecond));

    private static async Task<(int Scored, int Changed)> Pair(Task<RfmResult> calculation) => await calculation is var done
        ? (done.Scored, done.Changed) : default;
}
