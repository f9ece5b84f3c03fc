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
        await using var history = new History(data, new Random(seed));
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

    /// <summary>Things that happen to orders and points, in an order that a seed decides.</summary>
    private sealed class History(TestServices data, Random random) : IAsyncDisposable
    {
        private static readonly string[] Currencies = ["EUR", "EUR", "USD", "JPY"];
        private readonly TestScope _system = data.AsSystem();
        private readonly List<long> _bookings = [];
        private readonly List<long> _changeSets = [];
        private int _number;

        public async Task<string> StepAsync()
        {
            var step = random.Next(24);
            try
            {
                await (step switch
                {
                    < 6 => OrderAsync(),
                    6 or 7 => ChangeAsync(),
                    8 => OfAnyOrderAsync(id => _system.Get<OrderService>().RefundAsync(id, new(), Token)),
                    9 => OfAnyOrderAsync(async id => await _system.Get<OrderService>().MatchAsync(id,
                        random.Next(3) == 0 ? null : await CustomerAsync(), null, Token)),
                    10 or 11 => OfAnyOrderAsync(id => _system.Get<OrderService>()
                        .SetStatusAsync(id, (OrderStatus)random.Next(6), null, Token)),
                    12 => ImportAsync(),
                    13 => UndoAsync(),
                    14 => MergeAsync(),
                    15 => RemoveAsync(),
                    16 or 17 => BookAsync(),
                    18 => SpendAsync(),
                    19 => ReverseAsync(),
                    20 => _system.Get<ExpiryService>().RunAsync(null, Token),
                    21 => data.WriteAsync(db => db.Orders.Where(o => o.Id % 5 == 0)
                        .ExecuteUpdateAsync(o => o.SetProperty(x => x.Total, x => x.Total + 1), Token)),
                    _ => Task.Run(() => data.Clock.Advance(TimeSpan.FromHours(random.Next(1, 60)))),
                });
            }
            catch (RuleViolationException)
            {
                // Refused: a status that does not follow, points that are not there; nothing happened.
            }

            return step.ToString(CultureInfo.InvariantCulture);
        }

        public ValueTask DisposeAsync() => _system.DisposeAsync();

        private async Task OrderAsync()
        {
            var currency = Currencies[random.Next(Currencies.Length)];
            await _system.Get<OrderService>().CreateAsync(new()
            {
                ExternalId = $"O-{++_number:D5}x", Status = random.Next(4) == 0 ? OrderStatus.Pending : OrderStatus.Paid,
                PlacedAt = Instant(), Currency = currency, Rate = currency == "EUR" ? default(Optional<decimal?>) : new(0.5m),
                CustomerId = new(random.Next(4) == 0 ? null : await CustomerAsync()),
                Lines = new([OrderWriting.Line(random.Next(1, 90), random.Next(1, 3))]),
            }, Token);
        }

        private Task ChangeAsync() => OfAnyOrderAsync(id =>
            _system.Get<OrderService>().UpdateAsync(id, new() { PlacedAt = Instant() }, null, Token));

        private async Task ImportAsync()
        {
            var day = DateOnly.FromDateTime(data.Clock.GetUtcNow().UtcDateTime).AddDays(-random.Next(40));
            var imported = await _system.UploadTextAsync("order,date,sku,qty,price,customerid,status\n" + string.Concat(
                Enumerable.Range(0, 4).Select(i => string.Create(CultureInfo.InvariantCulture,
                    $"I-{++_number},{day.AddDays(-i):yyyy-MM-dd},A,1,{random.Next(1, 50)},{random.Next(5)},paid\n"))));
            await _system.CheckAsync(imported);
            await _system.PublishAsync(imported);
            if ((await _system.Imports.GetAsync(imported, Token))!.ChangeSetId is { } set) _changeSets.Add(set);
        }

        private async Task UndoAsync()
        {
            // An import or a merge of before, or just any last change.
            var last = await data.ReadAsync(db => db.ChangeSets.OrderByDescending(s => s.Id).Select(s => s.Id).Take(6).ToListAsync(Token));
            var sets = _changeSets.Concat(last).ToList();
            if (sets.Count == 0) return;
            await _system.Get<UndoService>().UndoAsync(sets[random.Next(sets.Count)], true, Token);
        }

        private async Task MergeAsync()
        {
            var ids = await LivingAsync();
            if (ids.Count < 4) return;
            var chosen = ids.OrderBy(_ => random.Next()).Take(2).ToList();
            _changeSets.Add((await _system.Get<MergeService>().MergeAsync(new(chosen[0], chosen), Token)).ChangeSetId);
        }

        private async Task RemoveAsync()
        {
            var id = await CustomerAsync();
            if ((await LivingAsync()).Count < 4) return;
            await _system.Trash.DeleteAsync(id, Token);
            if (random.Next(2) == 0) await _system.Trash.PurgeAsync(id, Token);
        }

        private async Task BookAsync()
        {
            var id = await CustomerAsync();
            if (random.Next(2) == 0)
                Note(await _system.Get<LedgerService>().EarnAsync(new() { CustomerId = id, Points = random.Next(1, 300),
                    ExpiryDays = random.Next(1, 30) }, null, Token));
            else
                Note((await _system.Get<LedgerService>().AdjustAsync(new() { CustomerId = id, Points = random.Next(-50, 150),
                    Reason = "Goodwill" }, null, Token))?.Booked);
        }

        private async Task SpendAsync() => Note(await _system.Get<LedgerService>().RedeemAsync(new() { CustomerId = await CustomerAsync(),
            Points = random.Next(1, 60) }, null, Token));

        private async Task ReverseAsync()
        {
            if (_bookings.Count == 0) return;
            await _system.Get<LedgerService>().ReverseAsync(_bookings[random.Next(_bookings.Count)], "A mistake", Token);
        }

        private void Note(BookingResult? booked)
        {
            if (booked is not null) _bookings.Add(booked.BookingId);
        }

        private async Task OfAnyOrderAsync(Func<long, Task> change)
        {
            var ids = await data.ReadAsync(db => db.Orders.OrderBy(o => o.Id).Select(o => o.Id).ToListAsync(Token));
            if (ids.Count > 0) await change(ids[random.Next(ids.Count)]);
        }

        private async Task<long> CustomerAsync()
        {
            var ids = await LivingAsync();
            return ids.Count < 3 || random.Next(9) == 0 ? (await data.AddCustomerAsync("Person", $"P{++_number}")).Id
                : ids[random.Next(ids.Count)];
        }

        private Task<List<long>> LivingAsync() => data.ReadAsync(db => db.Customers.Where(c => c.DeletedAt == null).OrderBy(c => c.Id)
            .Select(c => c.Id).ToListAsync(Token));

        /// <summary>Some time in the last weeks, often at the turn of an hour or a day, and the same for several orders.</summary>
        private DateTimeOffset Instant()
        {
            var hour = data.Clock.GetUtcNow().UtcDateTime.Date.AddHours(-random.Next(24 * 20));
            return new(hour.AddMinutes(random.Next(4) * 30).AddMicroseconds(random.Next(3) - 1), TimeSpan.Zero);
        }
    }
}
