using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using static CrmPortal.Tests.Loyalty.TestProgramme;

namespace CrmPortal.Tests.Loyalty;

/// <summary>A what-if says what booking the same orders by that version says, and books nothing.</summary>
public sealed class WhatIfTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task WhatIf_OfADraft_EqualsBookingTheSameOrdersByIt(DatabaseKind kind)
    {
        Func<ProgrammeRules, ProgrammeRules> draft = r => r with
        {
            PointsPerUnit = 1.5m,
            Rounding = PointRounding.Nearest,
            MostPointsPerOrder = 2500,
            MostPointsPerMonth = 6000,
            Downgrade = DowngradePolicy.Never,
            Weekdays = new Dictionary<DayOfWeek, decimal> { [DayOfWeek.Tuesday] = 2, [DayOfWeek.Sunday] = 0.5m },
            Campaigns = [new("Spring", new(2026, 3, 20), new(2026, 4, 10)) { Multiplier = 1.2m, Bonus = 5 }],
            Tiers = [r.Tiers[0], r.Tiers[1] with { Threshold = 700, Multiplier = 1.1m },
                r.Tiers[2] with { Threshold = 2500, Multiplier = 1.3m }, r.Tiers[3] with { Threshold = 6000, Multiplier = 2 }],
        };
        // Booked by the draft's rules on one database, tried on another that has booked by the usual ones.
        await using var booked = await TestServices.CreateAsync(kind);
        await booked.UseRulesAsync(draft);
        await FillAsync(booked);
        await using var tried = await TestServices.CreateAsync(kind);
        await FillAsync(tried);
        var entries = await tried.ReadAsync(db => db.LoyaltyEntries.CountAsync());
        await using var manager = await tried.AsRoleAsync(RoleNames.Manager);
        var version = (await manager.Get<ProgrammeService>().SaveDraftAsync(null, "Draft", draft(new()), null, default))!.Part;

        var job = await manager.Get<WhatIfService>().StartAsync(version.Id, 4, default);
        Assert.Equal(job, await manager.Get<WhatIfService>().StartAsync(version.Id, 4, default));
        await tried.Get<JobRunner>().RunWaitingAsync(default);
        Assert.Equal((JobState.Done, null),
            await tried.ReadAsync(db => db.Jobs.Where(j => j.Id == job).Select(j => new ValueTuple<JobState, string?>(j.State, j.Fault))
            .SingleAsync()));
        var state = await manager.Get<WhatIfService>().StateAsync(version.Id, default);
        var result = state.Result!;

        Assert.Null(state.JobId);
        Assert.False(state.IsOutdated);
        Assert.Equal(await PointsAsync(booked), result.Draft.Points);
        Assert.Equal(await PointsAsync(tried), result.Active.Points);
        Assert.NotEqual(result.Draft.Points, result.Active.Points);
        Assert.Equal(Money.ToMinor(result.Draft.Points * 0.01m, "EUR"), result.Draft.FullCost);
        Assert.Equal((60, 6, result.Draft.Points, result.Active.Points),
            (result.Orders, result.Buyers, result.Months.Sum(m => m.Draft), result.Months.Sum(m => m.Active)));
        Assert.Equal(entries, await tried.ReadAsync(db => db.LoyaltyEntries.CountAsync()));

        var (before, after) = (await TiersAsync(tried), await TiersAsync(booked));
        Assert.Equal(before.Where(c => after[c.Key] != c.Value).Count(), result.Moves.Sum(m => m.Customers));
        Assert.NotEmpty(result.Moves);
        Assert.Equal(result.Moves.Sum(m => m.Customers), result.Customers.Count);
        Assert.All(result.Customers, c => Assert.StartsWith("Buyer", c.Name, StringComparison.Ordinal));

        var table = await manager.Get<WhatIfService>().ExportAsync(version.Id, "csv", "x", ExportAudience.Usual, default);
        var rows = new List<object?[]>();
        await foreach (var row in table.Rows) rows.Add([.. row]);
        Assert.Equal(4, rows.Count);

        await manager.Get<ProgrammeService>().SaveDraftAsync(version.Id, "Draft", draft(new()) with { PointsPerUnit = 2 }, null, default);
        Assert.True((await manager.Get<WhatIfService>().StateAsync(version.Id, default)).IsOutdated);
    }

    [Fact]
    public async Task WhatIf_TakesRefundsOffInProportion_AndRefusesWhatItCannotDo()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var customer = await data.AddCustomerAsync();
        await data.BuyAsync("A", customer.Id, 1000);
        await data.AddRefundAsync("R", customer.Id, 25_000, "A");
        var draft = (await manager.Get<ProgrammeService>()
            .SaveDraftAsync(null, "Double", new() { PointsPerUnit = 2 }, null, default))!.Part;

        await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<WhatIfService>().StartAsync(draft.Id, 0, default));
        await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<WhatIfService>().StartAsync(draft.Id, 37, default));
        Assert.Null(await manager.Get<WhatIfService>().StartAsync(999, 12, default));
        await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<WhatIfService>()
            .ExportAsync(draft.Id, "csv", "x", ExportAudience.Usual, default));
        await manager.Get<WhatIfService>().StartAsync(draft.Id, 1, default);
        await data.Get<JobRunner>().RunWaitingAsync(default);

        var result = (await manager.Get<WhatIfService>().StateAsync(draft.Id, default)).Result!;
        Assert.Equal((1500L, 750L, 1m), (result.Draft.Points, result.Active.Points, result.RedemptionRate));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite, TierBasis.Spend)]
    [InlineData(DatabaseKind.Sqlite, TierBasis.Points)]
    [InlineData(DatabaseKind.Postgres, TierBasis.Spend)]
    [InlineData(DatabaseKind.Postgres, TierBasis.Points)]
    public async Task WhatIf_OfTheRulesThatHeld_SaysWhatTheLedgerBooked_OverMonthsWithALimitAndRefunds(DatabaseKind kind, TierBasis basis)
    {
        Func<ProgrammeRules, ProgrammeRules> rules = r => r with
        {
            TierBasis = basis,
            MostPointsPerMonth = 1000,
            Tiers = [r.Tiers[0], r.Tiers[1] with { Threshold = 600, Multiplier = 1.5m },
                r.Tiers[2] with { Threshold = 1600, Multiplier = 2 }, r.Tiers[3] with { Threshold = 2600, Multiplier = 3 }],
        };
        await using var data = await TestServices.CreateAsync(kind);
        await data.UseRulesAsync(rules);
        var first = (await data.AddCustomerAsync("Buyer", "First")).Id;
        // What comes back makes room under the limit in the month in which it does: 900, back, and 500 again.
        await data.BuyAsync("F1", first, 900);
        data.Clock.Advance(TimeSpan.FromHours(1));
        await RefundAsync(data, "F1", first, 90_000);
        data.Clock.Advance(TimeSpan.FromHours(1));
        await data.BuyAsync("F2", first, 300);
        Assert.Equal(450, await data.PointsAsync(first));
        var random = new Random(23);
        var (people, open) = (new List<long> { first }, new List<(string Number, long Customer, long Left)>());
        for (var i = 0; i < 3; i++) people.Add((await data.AddCustomerAsync("Buyer", $"{i}")).Id);
        for (var i = 0; i < 90; i++)
        {
            data.Clock.Set(At(data.Clock.GetUtcNow().AddHours(random.Next(10, 50))
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)));
            if (open.Count > 3 && random.Next(3) == 0)
            {
                var at = random.Next(open.Count);
                var amount = random.Next(2) == 0 ? open[at].Left : random.NextInt64(1, open[at].Left + 1);
                await RefundAsync(data, open[at].Number, open[at].Customer, amount);
                if (amount == open[at].Left) open.RemoveAt(at);
                else open[at] = open[at] with { Left = open[at].Left - amount };
                continue;
            }

            var (customer, total) = (people[random.Next(people.Count)], random.Next(500, 50_000));
            await data.BuyAsync($"O{i}", customer, total / 100m);
            open.Add(($"O{i}", customer, total));
        }

        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var same = (await manager.Get<ProgrammeService>().SaveDraftAsync(null, "The same", rules(new()), null, default))!.Part;
        await manager.Get<WhatIfService>().StartAsync(same.Id, 6, default);
        await data.Get<JobRunner>().RunWaitingAsync(default);
        var result = (await manager.Get<WhatIfService>().StateAsync(same.Id, default)).Result!;

        var booked = await data.ReadAsync(db => db.LoyaltyEntries.Where(e => e.Kind == EntryKind.Earned || e.Kind == EntryKind.Reversed)
            .Select(e => new { e.Points, e.Booking!.Order!.PlacedAt }).ToListAsync());
        Assert.Contains(booked, b => b.Points < 0);
        foreach (var month in result.Months)
            Assert.Equal((month.Month, booked.Where(b => London.DayOf(b.PlacedAt) is var day && day.Year == month.Month.Year
                && day.Month == month.Month.Month).Sum(b => b.Points)), (month.Month, month.Active));
        Assert.Equal((booked.Sum(b => b.Points), result.Active.Points), (result.Active.Points, result.Draft.Points));
        Assert.Empty(result.Moves);
    }

    private static LocalZone London => LocalZone.Of("Europe/London");

    private static async Task RefundAsync(TestServices data, string order, long customer, long amount)
    {
        var refund = await data.AddRefundAsync($"R {order} {Guid.NewGuid():N}", customer, amount, order);
        await using var system = data.AsSystem();
        await using var db = system.OpenContext();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await new OrderPoints(db, data.Get<IDatabaseProvider>(), system.Actor, data.Get<IOptions<ShopOptions>>().Value,
            data.Clock.GetUtcNow()).ClawBackAsync(refund, default);
        await transaction.CommitAsync();
    }

    /// <summary>Sixty orders of six customers over three months, each booked on its day.</summary>
    private static async Task FillAsync(TestServices data)
    {
        var random = new Random(11);
        var customers = new List<long>();
        for (var i = 0; i < 6; i++) customers.Add((await data.AddCustomerAsync("Buyer", $"{i}")).Id);
        for (var i = 0; i < 60; i++)
        {
            data.Clock.Advance(TimeSpan.FromHours(random.Next(20, 50)));
            var customer = customers[Math.Min(random.Next(6), random.Next(6))];
            await data.BuyAsync($"O{i}", i < 6 ? customers[i] : customer, random.Next(500, 60_000) / 100m,
                At(data.Clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    private static Task<long> PointsAsync(TestServices data) =>
        data.ReadAsync(db => db.LoyaltyEntries.Where(e => e.Kind == EntryKind.Earned).SumAsync(e => e.Points));

    private static Task<Dictionary<string, string?>> TiersAsync(TestServices data) =>
        data.ReadAsync(db =>
            db.Customers.Where(c => db.Set<Order>().Any(o => o.CustomerId == c.Id && Order.CountedStatuses.Contains(o.Status)))
        .ToDictionaryAsync(c => c.DisplayName, c => c.Tier));
}
