using System.Globalization;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.History;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Loyalty;

/// <summary>Random histories of everything that may happen to points, each step compared with the simplest model there is.</summary>
public sealed class LedgerOracleTests
{
    private const int Customers = 6;

    [Theory]
    [InlineData(DatabaseKind.Sqlite, 1, 3_000, false)]
    [InlineData(DatabaseKind.Sqlite, 2, 3_000, true)]
    [InlineData(DatabaseKind.Sqlite, 3, 3_000, false)]
    [InlineData(DatabaseKind.Postgres, 5, 500, false)]
    [InlineData(DatabaseKind.Postgres, 6, 500, true)]
    public async Task History_OfManySteps_IsThatOfTheModel(DatabaseKind kind, int seed, int steps, bool allowsDebt)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var rules = new ProgrammeRules { AllowsDebt = allowsDebt, PendingDays = allowsDebt ? 3 : 0, ExpiryDays = 40 };
        await data.WriteAsync(db =>
        {
            db.LoyaltyProgrammes
                .Add(new() { State = ProgrammeState.Active, Name = "Test", RulesJson = LoyaltyProgramme.Write(rules),
                CreatedAt = data.Clock.GetUtcNow() });
            return Task.CompletedTask;
        });
        await using var history = new History(data, rules, new Random(seed));
        await history.BeginAsync();
        for (var step = 0; step < steps; step++)
        {
            var what = await history.StepAsync();
            // After each step those whom it was about, and everybody now and then.
            await history.CompareAsync(string.Create(CultureInfo.InvariantCulture, $"step {step}: {what}"), ofAll: step % 50 == 49);
            if (step % 500 == 499) await history.ProveAsync();
        }

        await history.ProveAsync();
    }

    private sealed class History(TestServices data, ProgrammeRules rules, Random random) : IAsyncDisposable
    {
        private static readonly LocalZone Zone = new ShopOptions().Zone;
        private readonly PointsModel _model = new(rules.AllowsDebt);
        private readonly TestScope _system = data.AsSystem();
        private readonly List<long> _customers = [];
        private readonly List<(long Order, long Total, long Refunded, PointsModel.Gift Gift)> _orders = [];
        private readonly List<
            (long Booking, List<(PointsModel.Account, PointsModel.Lot, long)> Taken, PointsModel.Account Account)> _spent = [];
        private readonly List<(long Survivor, long Other, long ChangeSet, DateTimeOffset At, List<PointsModel.Account> Moved)> _merges = [];
        private readonly HashSet<long> _touched = [];
        private long _product;

        private DateTimeOffset Now => data.Clock.GetUtcNow();

        public async Task BeginAsync()
        {
            for (var i = 0; i < Customers; i++)
                _customers.Add((await data.AddCustomerAsync("Person", i.ToString(CultureInfo.InvariantCulture))).Id);
            var product = new Product { Code = "P", Name = "Tea" };
            await data.WriteAsync(db =>
            {
                db.Products.Add(product);
                return Task.CompletedTask;
            });
            _product = product.Id;
        }

        public async Task<string> StepAsync()
        {
            _model.Now = Now;
            var customer = Living()[random.Next(Living().Count)];
            _touched.Clear();
            _touched.Add(customer);
            switch (random.Next(100))
            {
                case < 22: return await EarnAsync(customer);
                case < 42: return await RedeemAsync(customer);
                case < 52: return await AdjustAsync(customer);
                case < 64: return await OrderAsync(customer);
                case < 76 when _orders.Count > 0: return await RefundAsync();
                case < 82 when _spent.Count > 0: return await ReverseAsync();
                case < 86: return await ExpireAsync(customer);
                case < 90 when Living().Count > 2: return await MergeAsync();
                case < 94 when _merges.Count > 0: return await UnmergeAsync();
                default:
                    var days = random.Next(1, 12);
                    data.Clock.Advance(TimeSpan.FromDays(days));
                    _model.Now = Now;
                    return string.Create(CultureInfo.InvariantCulture, $"{days} days pass");
            }
        }

        public async Task CompareAsync(string step, bool ofAll)
        {
            foreach (var customer in Living().Where(c => ofAll || _touched.Contains(c)))
            {
                var balance = (await _system.Get<LedgerService>().BalanceAsync(customer, default))!;
                Assert.True((_model.Balance(customer) - _model.Pending(customer) - _model.Due(customer),
                    _model.Pending(customer)) == (balance.Current, balance.Pending),
                    $"{step}: customer {customer}: {balance}, the model has {_model.Balance(customer)} with {_model.Pending(customer)} pending and {_model.Due(customer)} due");
                var lots = await data.ReadAsync(db => db.LoyaltyLots.Where(l => l.Account!.CustomerId == customer && l.Remaining > 0)
                    .OrderBy(l => l.Id).Select(l => new { l.ExpiresAt, l.Remaining }).ToListAsync());
                Assert.True(_model.Lots(customer).SequenceEqual(lots.Select(l => (l.ExpiresAt, l.Remaining))),
                    $"{step}: customer {customer}: the lots differ");
            }
        }

        public async Task ProveAsync()
        {
            Assert.Empty((await _system.Get<LedgerReconciliation>().RunAsync(default)).Faults);
            var wrong = await data
                .ReadAsync(db => db.LoyaltyEntries.CountAsync(e => e.BalanceAfter != db.Set<LoyaltyEntry>()
                    .Where(o => o.AccountId == e.AccountId
                && o.Id <= e.Id).Sum(o => o.Points)));
            Assert.Equal(0, wrong);
        }

        private async Task<string> EarnAsync(long customer)
        {
            var (points, days) = (random.Next(1, 300), random.Next(1, 60));
            await _system.Get<LedgerService>().EarnAsync(new() { CustomerId = customer, Points = points, ExpiryDays = days }, null,
                default);
            _model.Add(customer, points, Usable(), PointsCalculator.ExpiryOf(rules, Now, Zone, days));
            return $"{customer} earns {points}";
        }

        private async Task<string> RedeemAsync(long customer)
        {
            // Often just what there is, or one too many.
            var points = random.Next(4) switch { 0 => _model.Spendable(customer) + 1, 1 => Math.Max(1, _model.Spendable(customer)),
                _ => random.Next(1, 200) };
            var isGood = _model.Take(customer, points, out var taken);
            if (!isGood)
            {
                await Assert.ThrowsAsync<RuleViolationException>(() => _system.Get<LedgerService>()
                    .RedeemAsync(new() { CustomerId = customer, Points = points }, null, default));
                // Nothing came of it, not even the expiry: it is booked with the next that succeeds.
                return $"{customer} cannot redeem {points}";
            }

            var booked = await _system.Get<LedgerService>().RedeemAsync(new() { CustomerId = customer, Points = points }, Guid.NewGuid()
                .ToString(), default);
            _spent.Add((booked!.BookingId, taken, taken[0].Account));
            return $"{customer} redeems {points}";
        }

        private async Task<string> AdjustAsync(long customer)
        {
            var points = random.Next(-150, 150);
            if (points == 0) points = 1;
            if (points > 0)
            {
                await _system.Get<LedgerService>().AdjustAsync(new() { CustomerId = customer, Points = points, Reason = "Goodwill" }, null,
                    default);
                _model.Add(customer, points, Now, PointsCalculator.ExpiryOf(rules, Now, Zone));
            }
            else if (_model.Take(customer, -points, out _))
            {
                await _system.Get<LedgerService>().AdjustAsync(new() { CustomerId = customer, Points = points, Reason = "Correction" },
                    null, default);
            }
            else
            {
                await Assert.ThrowsAsync<RuleViolationException>(() => _system.Get<LedgerService>()
                    .AdjustAsync(new() { CustomerId = customer, Points = points, Reason = "Correction" }, null, default));
            }

            return $"{customer} is adjusted by {points}";
        }

        private async Task<string> OrderAsync(long customer)
        {
            var total = random.Next(1, 400) * 100L;
            var order = new Order { CustomerId = customer, Status = OrderStatus.Paid, PlacedAt = Now, Currency = new ShopOptions().Currency,
                Total = total, BaseTotal = total };
            order.Lines.Add(new() { ProductId = _product, Quantity = 1, UnitPrice = total * 100, Amount = total });
            await WithPointsAsync(async (db, points) =>
            {
                db.Orders.Add(order);
                await db.SaveChangesAsync();
                await points.SettleAsync(order.Id, default);
                // An order that is settled again earns nothing more.
                await points.SettleAsync(order.Id, default);
            });
            _orders.Add((order.Id, total, 0, _model.Add(customer, total / 100, Usable(), PointsCalculator.ExpiryOf(rules, Now, Zone))));
            return $"{customer} orders for {total}";
        }

        private async Task<string> RefundAsync()
        {
            var at = random.Next(_orders.Count);
            var (id, total, refunded, gift) = _orders[at];
            if (total == refunded) return "nothing is left to refund";
            var amount = random.Next(3) == 0 ? total - refunded : random.NextInt64(1, total - refunded + 1);
            var owner = await data.ReadAsync(db => db.Orders.Where(o => o.Id == id).Select(o => o.CustomerId!.Value).SingleAsync());
            _touched.Add(owner);
            var refund = new Refund { CustomerId = owner, RefundedAt = Now, Currency = new ShopOptions().Currency, Amount = amount,
                BaseAmount = amount };
            refund.Lines.Add(new() { OrderId = id, ProductId = _product, Quantity = 1, UnitPrice = amount * 100, Amount = amount });
            await WithPointsAsync(async (db, points) =>
            {
                db.Refunds.Add(refund);
                await db.SaveChangesAsync();
                await points.ClawBackAsync(refund.Id, default);
            });
            // In proportion to everything that came back so far, half a point away from zero.
            var back = (long)Math.Round((decimal)gift.Points * (refunded + amount) / total, MidpointRounding.AwayFromZero) - gift.Back;
            if (gift.Back < gift.Points) _model.TakeBack(owner, gift, Math.Min(back, gift.Points - gift.Back));
            _orders[at] = (id, total, refunded + amount, gift);
            return $"{owner} gets {amount} of {total} back";
        }

        private async Task<string> ReverseAsync()
        {
            var at = random.Next(_spent.Count);
            var (booking, taken, account) = _spent[at];
            _spent.RemoveAt(at);
            var owner = await data.ReadAsync(db => db.LoyaltyEntries.Where(e => e.BookingId == booking && e.Kind == EntryKind.Redeemed)
                .Select(e => e.Account!.CustomerId!.Value).Distinct().ToListAsync());
            // Merged and taken apart again since: the parts belong to two people, and neither can take back for the other.
            if (owner.Count > 1 || !Living().Contains(owner[0])) return "parts of the booking belong to others by now";
            Assert.NotNull(account);
            _touched.Add(owner[0]);
            await _system.Get<LedgerService>().ReverseAsync(booking, "Mistake", default);
            _model.GiveBack(owner[0], taken);
            await Assert.ThrowsAsync<RuleViolationException>(() => _system.Get<LedgerService>()
                .RedeemAsync(new() { CustomerId = owner[0], Points = 0 }, null, default));
            return $"{owner[0]} gets {taken.Sum(t => t.Item3)} back";
        }

        private async Task<string> ExpireAsync(long customer)
        {
            if (random.Next(2) == 0)
            {
                await _system.Get<ExpiryService>().RunAsync(customer, default);
                _model.Expire(customer);
                return $"what {customer} has runs out";
            }

            await _system.Get<ExpiryService>().RunAsync(null, default);
            foreach (var each in _customers) _model.Expire(each);
            _touched.UnionWith(_customers);
            return "what everybody has runs out";
        }

        private async Task<string> MergeAsync()
        {
            var living = Living();
            var survivor = living[random.Next(living.Count)];
            var other = living.Where(c => c != survivor).ElementAt(random.Next(living.Count - 1));
            _touched.Add(survivor);
            var merged = await _system.Get<MergeService>().MergeAsync(new(survivor, [survivor, other]), default);
            _merges.Add((survivor, other, merged.ChangeSetId, Now, _model.Merge(survivor, other)));
            if (Living().Count < 4)
                _customers.Add((await data.AddCustomerAsync("Another", _customers.Count.ToString(CultureInfo.InvariantCulture))).Id);
            return $"{other} goes into {survivor}";
        }

        private async Task<string> UnmergeAsync()
        {
            // The last is taken back first, as the program demands where they hang together.
            var (survivor, other, changeSet, at, moved) = _merges[^1];
            if (Now - at >= TimeSpan.FromDays(30)) return "it is too late to take the merge back";
            _merges.RemoveAt(_merges.Count - 1);
            await _system.Get<UndoService>().UndoAsync(changeSet, false, default);
            _model.Unmerge(survivor, other, moved);
            _touched.UnionWith([survivor, other]);
            return $"{other} leaves {survivor}";
        }

        private async Task WithPointsAsync(Func<CrmDbContext, OrderPoints, Task> work)
        {
            await using var db = await _system.Get<IDbContextFactory<CrmDbContext>>().CreateDbContextAsync();
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.BeginChangeSet("order.test");
            await work(db, new(db, data.Get<IDatabaseProvider>(), Actor.System("tests"), new(), Now));
            await transaction.CommitAsync();
        }

        private DateTimeOffset Usable() => rules.PendingDays == 0 ? Now : Zone.StartOf(Zone.DayOf(Now).AddDays(rules.PendingDays));

        private List<long> Living() => [.. _customers.Where(c => _merges.All(m => m.Other != c))];

        public ValueTask DisposeAsync() => _system.DisposeAsync();
    }
}
