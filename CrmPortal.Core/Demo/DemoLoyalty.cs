using System.Globalization;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Demo;

/// <summary>
/// The loyalty programme as it went on beside the orders: everybody who bought is a member, earns by the rules that book, gives back
/// what a refund takes, spends some of it on rewards, lets some expire, and climbs the ladder.
/// </summary>
internal sealed class DemoLoyalty(ulong seed, LoyaltyProgramme programme, ShopOptions shop, DateTimeOffset now, DemoStaff staff)
{
    private const string Letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    private const int CodeLetters = 10;
    private static readonly string[] Goodwill = ["Parcel came late", "Thank you for the photographs", "Cup was chipped",
        "Waited long on the phone"];

    private static readonly (long Points, string Reason, AdjustmentState State, string? Answer)[] Wishes =
    [
        (900, "Three parcels lost in December", AdjustmentState.Approved, null),
        (-650, "Points of an order that was never paid", AdjustmentState.Rejected, "The order was paid a week later."),
        (750, "Blanket arrived with a hole", AdjustmentState.Approved, null),
        (2_000, "Brought the whole choir along", AdjustmentState.Rejected, "We agreed on a voucher instead."),
        (600, "Card was not read at the till in May", AdjustmentState.Withdrawn, null),
        (800, "Christmas parcel came in January", AdjustmentState.Waiting, null),
        (1_200, "Till was out of order for a weekend", AdjustmentState.Waiting, null),
        (650, "Wrong teapot sent twice", AdjustmentState.Waiting, null),
        (550, "Missed the double points by an hour", AdjustmentState.Waiting, null),
        (2_500, "Helped at the summer fair", AdjustmentState.Waiting, null),
    ];

    private readonly LocalZone _zone = shop.Zone;
    private readonly DemoLedger _ledger = new();
    private readonly List<TierChange> _steps = [];
    private readonly List<Redeemed> _redeemed = [];
    private readonly List<(DemoCustomer Customer, AdjustmentRequest Row)> _requests = [];
    private readonly HashSet<string> _codes = [];
    private List<Reward> _rewards = [];

    private DateOnly Today => _zone.DayOf(now);

    public IReadOnlyList<TierChange> Steps => _steps;

    /// <summary>Goes through the past of each member.</summary>
    public async Task MakeAsync(IReadOnlyList<DemoCustomer> customers, DemoOrders orders, DemoWriter writer)
    {
        _rewards = await RewardsAsync(writer);
        var members = customers.Where(c => c.IsMember).ToList();
        await AskAsync(members, writer);
        var keys = await writer.KeysAsync<LoyaltyAccount>(members.Count);
        foreach (var member in members) new Past(this, member, orders, keys.Dequeue()).Live();
    }

    public async Task WriteAsync(DemoWriter writer)
    {
        await _ledger.WriteAsync(writer, programme.Id);
        await writer.MakeAsync(_steps.OrderBy(s => s.At).ThenBy(s => s.CustomerId).ToList(), Placed);
        await writer.WriteAsync<AdjustmentRequest>(_requests.ConvertAll(r => r.Row));
        foreach (var gone in _redeemed.Where(r => r.State != RedemptionState.Cancelled))
            if (gone.Reward.Stock is > 0) gone.Reward.Stock--;
        await writer.WriteAsync<Reward>(_rewards);
        await writer.MakeAsync(_redeemed.OrderBy(r => r.Booking.Id).ToList(), (r, id) => new RewardRedemption
        {
            Id = id, CustomerId = r.Customer.Id, RewardId = r.Reward.Id, BookingId = r.Booking.Id, Code = r.Code, State = r.State,
            At = r.Booking.At, ExpiresAt = r.ExpiresAt,
            EndedAt = r.EndedAt, EndedByName = r.EndedAt is null ? null : staff.Staff.Name, Version = 1,
        });
        var draft = new ProgrammeRules
        {
            Categories = new Dictionary<string, decimal> { ["Food"] = 2, ["Toys"] = 1.5m },
            Weekdays = new Dictionary<DayOfWeek, decimal> { [DayOfWeek.Tuesday] = 2 },
            BirthdayMonth = 2, SignUpBonus = 50, ReviewBonus = 10, ReferrerBonus = 100,
        };
        await writer.MakeAsync<LoyaltyProgramme>(
        [
            id => Version(id, ProgrammeState.Retired, "Opening year", new() { PointsPerUnit = 2, ExpiryDays = 180 }),
            id => Version(id, ProgrammeState.Draft, string.Create(CultureInfo.InvariantCulture, $"Spring {Today.AddMonths(6).Year}"),
                draft),
        ]);
    }

    private static TierChange Placed(TierChange s, long id) => new()
    {
        Id = id, CustomerId = s.CustomerId, From = s.From, To = s.To, Cause = s.Cause, Reason = s.Reason, At = s.At, Until = s.Until,
        ProgrammeId = s.ProgrammeId, ActorName = s.ActorName,
    };

    private LoyaltyProgramme Version(long id, ProgrammeState state, string name, ProgrammeRules rules) => new()
    {
        Id = id, State = state, Name = name, RulesJson = LoyaltyProgramme.Write(rules),
        CreatedAt = now.AddDays(state == ProgrammeState.Draft ? -9 : -900),
        CreatedByName = staff.Manager.Name, ActivatedAt = state == ProgrammeState.Draft ? null : now.AddDays(-890),
        ActivatedByName = state == ProgrammeState.Draft ? null : staff.Administrator.Name, Version = 1,
    };

    private static async Task<List<Reward>> RewardsAsync(DemoWriter writer)
    {
        (string Name, string Text, long Price, long? Stock, string? Tier, int? Days, bool IsArchived)[] all =
        [
            ("Cup of coffee", "In the shop, with a biscuit.", 150, null, null, 60, false),
            ("Gift wrapping", "For one parcel of any size.", 300, null, null, 90, false),
            ("Tote bag", "Linen, with the shop's bird on it.", 650, 120, null, 60, false),
            ("Scented candle", "Of this year's series.", 1_200, 40, null, 60, false),
            ("Teapot, cast iron", "For those who stay.", 2_500, 12, "silver", 30, false),
            ("Evening in the workshop", "For two, with supper.", 4_500, 6, "gold", null, false),
            ("Advent calendar", "Last year's.", 400, 0, null, 30, true),
        ];
        var keys = await writer.KeysAsync<Reward>(all.Length);
        return [.. all.Select(r => new Reward
        {
            Id = keys.Dequeue(), Name = r.Name, Description = r.Text, Price = r.Price, Stock = r.Stock, LowestTier = r.Tier,
            CodeDays = r.Days, IsArchived = r.IsArchived, Version = 1,
        })];
    }

    /// <summary>Adjustments above the limit of the person who asked: some decided, some waiting for a second person.</summary>
    private async Task AskAsync(List<DemoCustomer> members, DemoWriter writer)
    {
        var keys = await writer.KeysAsync<AdjustmentRequest>(Wishes.Length);
        // Regulars, from whom there is enough to be taken.
        var regulars = members.OrderByDescending(m => m.Orders.Count).ThenBy(m => m.Index).Skip(3).ToList();
        foreach (var (i, wish) in Wishes.Index())
        {
            if (i * 2 >= regulars.Count) return;
            var asked = now.AddDays(-3 * (Wishes.Length - i)).AddHours(-i);
            var (isDecided, isWaiting) = (wish.State is AdjustmentState.Approved or AdjustmentState.Rejected,
                wish.State == AdjustmentState.Waiting);
            var customer = regulars[i * 2];
            _requests.Add((customer, new()
            {
                Id = keys.Dequeue(), CustomerId = customer.Id, Points = wish.Points, Reason = wish.Reason, State = wish.State,
                AskedById = staff.Agent.Id, AskedByName = staff.Agent.Name,
                AskedAt = asked, DecidedById = isDecided ? staff.Manager.Id : isWaiting ? null : staff.Agent.Id,
                DecidedByName = isDecided ? staff.Manager.Name : isWaiting ? null : staff.Agent.Name,
                DecidedAt = isWaiting ? null : asked.AddHours(20), DecisionReason = wish.Answer, Version = 1,
            }));
        }
    }

    private string Code(ref SeedRandom random)
    {
        Span<char> code = stackalloc char[CodeLetters];
        while (true)
        {
            foreach (ref var letter in code) letter = Letters[random.Below(Letters.Length)];
            if (_codes.Add(new(code))) return new(code);
        }
    }

    private sealed record Redeemed(DemoCustomer Customer, Reward Reward, DemoLedger.Booking Booking, string Code, RedemptionState State,
        DateTimeOffset? ExpiresAt, DateTimeOffset? EndedAt);

    /// <summary>One member's past, event by event.</summary>
    private sealed class Past(DemoLoyalty all, DemoCustomer member, DemoOrders orders, long accountKey)
    {
        private readonly DemoLedger.Account _account = new(new()
        {
            Id = accountKey, CustomerId = member.Id, OpenedForId = member.Id, OpenedAt = member.Orders[0].PlacedAt.AddMinutes(1),
        });

        private SeedRandom _random = SeedRandom.For(all.SeedOf, SeedStream.DemoLoyalty, (ulong)member.Index);
        private long _spent;
        private TierHistory _past = TierHistory.None;

        private ProgrammeRules Rules => all.Programme.Rules;

        public void Live()
        {
            all._ledger.Accounts.Add(_account.Row);
            foreach (var (at, happens) in Events().OrderBy(e => e.At).ToList())
            {
                all._ledger.Expire(_account, at);
                happens(at);
            }

            all._ledger.Expire(_account, all.Now);
            // What the night would still do.
            Step(all.Now, all.Now, mayFall: true);
            member.Points = _account.Row.Balance;
        }

        private IEnumerable<(DateTimeOffset At, Action<DateTimeOffset> Happens)> Events()
        {
            foreach (var order in member.Orders) yield return (order.PlacedAt.AddMinutes(1), at => Earn(order, at));
            foreach (var refund in member.Refunds)
            {
                var at = NotLater(refund.RefundedAt.AddMinutes(1));
                yield return (at, t => GiveBack(refund, t));
                // Only the nightly review moves tiers down.
                yield return (NotLater(all._zone.StartOf(all._zone.DayOf(at).AddDays(1)).AddHours(2)),
                    t => Step(t, t, mayFall: true));
            }

            foreach (var (_, request) in all._requests.Where(r => r.Customer == member && r.Row.State == AdjustmentState.Approved))
                yield return (request.DecidedAt!.Value, at => Adjust(request.Points, request.Reason, at, all.Staff.Manager,
                    string.Create(CultureInfo.InvariantCulture, $"adjustment {request.Id}")));
            if (member.Index % 29 == 4)
                yield return (NotLater(member.Orders[^1].PlacedAt.AddDays(3)), at => Adjust(50 * (1 + _random.Below(5)),
                    Goodwill[_random.Below(Goodwill.Length)], at, all.Staff.Agent, null));
            if (member.Index % 151 == 33) yield return (NotLater(member.Orders[0].PlacedAt.AddDays(2)), Give);
        }

        private DateTimeOffset NotLater(DateTimeOffset at) => at < all.Now ? at : all.Now;

        private void Earn(Order order, DateTimeOffset at)
        {
            _spent += order.BaseTotal;
            var lines = orders.LinesOf[order.Id].Select(l => (l.Amount, orders.CategoryOf(l.ProductId)));
            var basis = OrderPoints.BasisOf(lines, order.PlacedAt, member.Tier, member.Person.DateOfBirth, all._zone);
            var points = PointsCalculator.Of(Rules, basis, all.Shop.Currency);
            if (points > 0)
            {
                var booking = all._ledger.Begin(at, DemoStaff.Shop, "Purchase", string.Create(CultureInfo.InvariantCulture,
                    $"order {order.Id} 0"), order.Id);
                var usable = Rules.PendingDays == 0 ? at : all._zone.StartOf(all._zone.DayOf(at).AddDays(Rules.PendingDays));
                _account.Earned[order.Id] = all._ledger.Add(_account, booking, EntryKind.Earned, points, usable,
                    PointsCalculator.ExpiryOf(Rules, at, all._zone));
            }

            Step(at, at, mayFall: false);
            if (_random.Chance(0.22)) Redeem(at);
        }

        private void GiveBack(Refund refund, DateTimeOffset at)
        {
            _spent -= refund.BaseAmount;
            var order = member.Orders.Find(o => "R-" + o.ExternalId == refund.ExternalId)!;
            if (!_account.Earned.TryGetValue(order.Id, out var earned)) return;
            var points = PointsCalculator.ClawBack(earned.Points, earned.Reversed, refund.Amount, order.Total);
            if (points == 0) return;
            var key = string.Create(CultureInfo.InvariantCulture, $"refund {refund.Id} {order.Id}");
            all._ledger.TakeBack(_account, all._ledger.Begin(at, DemoStaff.Shop, "Refund", key, order.Id, refund.Id), earned, points);
        }

        private void Adjust(long points, string reason, DateTimeOffset at, DemoUser by, string? key)
        {
            if (points < 0) all._ledger.Take(_account, all._ledger.Begin(at, by, reason, key), EntryKind.Adjusted, -points);
            else all._ledger.Add(_account, all._ledger.Begin(at, by, reason, key), EntryKind.Adjusted, points, at,
                PointsCalculator.ExpiryOf(Rules, at, all._zone));
        }

        /// <summary>Takes the dearest reward that the points are enough for, or a smaller one.</summary>
        private void Redeem(DateTimeOffset at)
        {
            var available = DemoLedger.Available(_account, at);
            var fitting = all._rewards.Where(r => r.Price <= available && r is { IsArchived: false, Stock: null or > 8 }
                && TierSteps.IndexOf(Rules, member.Tier) >= TierSteps.IndexOf(Rules, r.LowestTier)).ToList();
            if (fitting.Count == 0) return;
            var reward = fitting[Math.Max(0, fitting.Count - 1 - _random.Below(3))];
            var booking = all._ledger.Begin(at, all.Staff.Staff, reward.Name);
            all._ledger.Take(_account, booking, EntryKind.Redeemed, reward.Price);
            DateTimeOffset? expires = reward.CodeDays is { } days
                ? all._zone.StartOf(all._zone.DayOf(at).AddDays(days + 1)) : null;
            var ended = at.AddDays(_random.Below(25)).AddMinutes(20);
            var isCancelled = _random.Chance(0.04) && at.AddMinutes(3) < all.Now;
            var isUsed = !isCancelled && _random.Chance(0.85) && ended < all.Now;
            if (isCancelled)
            {
                ended = at.AddMinutes(3);
                var back = all._ledger.Begin(ended, all.Staff.Staff, $"Cancelled: {reward.Name}");
                all._ledger.GiveBack(_account, back, booking);
            }

            var state = isCancelled ? RedemptionState.Cancelled : isUsed ? RedemptionState.Used : RedemptionState.Issued;
            all._redeemed.Add(new(
                member, reward, booking, all.Code(ref _random), state, expires, state == RedemptionState.Issued ? null : ended));
        }

        private void Give(DateTimeOffset at)
        {
            var (to, reason) = member.Index % 2 == 0 ? ("gold", "Opened the shop with us") : ("platinum", "Lent us the first shelves");
            if (TierSteps.IndexOf(Rules, to) <= TierSteps.IndexOf(Rules, member.Tier)) return;
            DateTimeOffset? until = member.Index % 4 < 2 ? all._zone.StartOf(all.Today.AddDays(10 + (member.Index % 200))) : null;
            Write(to, TierCause.Manual, at, reason, until, all.Staff.Manager.Name);
            _past = _past with { Floor = to };
        }

        private void Step(DateTimeOffset at, DateTimeOffset day, bool mayFall)
        {
            var today = all._zone.DayOf(day);
            var place = new TierStatus(member.Tier, member.IsTierGiven, member.TierUntil);
            if (TierSteps.Due(Rules, place, Money.ToDecimal(_spent, all.Shop.Currency), _past, today, at) is not { } due) return;
            if (due.Cause == TierCause.Downgrade && !mayFall) return;
            Write(due.To, due.Cause, at, null, null, due.Cause == TierCause.Automatic ? DemoStaff.Shop.Name : "");
            if (due.Cause == TierCause.Downgrade) _past = _past with { LoweredAt = today };
        }

        private void Write(string to, TierCause cause, DateTimeOffset at, string? reason, DateTimeOffset? until, string actor)
        {
            all._steps.Add(new()
            {
                CustomerId = member.Id, From = member.Tier, To = to, Cause = cause, Reason = reason, At = at, Until = until,
                ProgrammeId = all.Programme.Id, ActorName = actor,
            });
            (member.Tier, member.TierUntil, member.IsTierGiven) = (to, until, cause == TierCause.Manual);
        }
    }

    private ulong SeedOf => seed;

    private LoyaltyProgramme Programme => programme;

    private ShopOptions Shop => shop;

    private DateTimeOffset Now => now;

    private DemoStaff Staff => staff;
}
