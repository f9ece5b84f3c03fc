using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static CrmPortal.Tests.Loyalty.TestProgramme;

namespace CrmPortal.Tests.Loyalty;

/// <summary>What is owed: figures as a naive count gives them, breakage from the shop's own past, and what runs out when.</summary>
public sealed class LiabilityTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Metrics_OfRandomHistories_AreThoseOfANaiveCount(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var random = new Random(7);
        var customers = new List<long>();
        for (var i = 0; i < 12; i++) customers.Add((await data.AddCustomerAsync($"C{i}", "Doe")).Id);
        var bookings = new List<long>();
        for (var step = 0; step < 120; step++)
        {
            data.Clock.Advance(TimeSpan.FromDays(random.Next(12)));
            await using var system = data.AsSystem();
            var ledger = system.Get<LedgerService>();
            // Some customers are there at the beginning only, and are no longer active at the end.
            var id = customers[random.Next(step < 30 ? 12 : 7)];
            try
            {
                var booked = random.Next(6) switch
                {
                    0 or 1 => await ledger
                        .EarnAsync(new() { CustomerId = id, Points = random.Next(1, 900), ExpiryDays = random.Next(20, 400) }, null,
                        default),
                    2 => await ledger.RedeemAsync(new() { CustomerId = id, Points = random.Next(1, 300) }, null, default),
                    3 => (await ledger.AdjustAsync(new() { CustomerId = id, Points = random.Next(-200, 200) is var points && points == 0
                        ? 1 : points, Reason = "x" }, null, default))?.Booked,
                    4 when bookings.Count > 0 => await ledger.ReverseAsync(bookings[random.Next(bookings.Count)], "x", default),
                    _ => null,
                };
                if (booked is not null) bookings.Add(booked.BookingId);
                else await data.BuyAsync($"O{step}", id, random.Next(1, 3000));
            }
            catch (RuleViolationException)
            {
                // Too few points, or reversed before: nothing was booked.
            }
        }

        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var metrics = await manager.Get<LiabilityService>().MetricsAsync(default);

        var entries = await data.ReadAsync(db => db.LoyaltyEntries.AsNoTracking().Include(e => e.Account).Include(e => e.Reverses)
            .ToListAsync());
        var people = await data.ReadAsync(db => db.Customers.AsNoTracking().ToListAsync());
        var orders = await data.ReadAsync(db => db.Orders.AsNoTracking().ToListAsync());
        var since = new DateTimeOffset(data.Clock.GetUtcNow().Date.AddYears(-1), TimeSpan.Zero);
        var members = entries.Select(e => e.Account!.CustomerId!.Value).Distinct().ToList();
        var active = members.Where(m => entries.Any(e => e.Account!.CustomerId == m && e.At >= since)
            || orders.Any(o => o.CustomerId == m && o.PlacedAt >= since)).ToList();
        var issued = entries.Where(e => e.Points > 0 && e.Kind is EntryKind.Earned or EntryKind.Adjusted && e.Points > 0)
            .Sum(e => e.Points) + entries.Where(e => e.Kind == EntryKind.Reversed && e.Reverses!.Points > 0).Sum(e => e.Points);
        var redeemed = -entries.Where(e => e.Kind == EntryKind.Redeemed
            || (e.Kind == EntryKind.Reversed && e.Reverses!.Kind == EntryKind.Redeemed)).Sum(e => e.Points);
        Assert.Equal((members.Count, active.Count), (metrics.TotalMembers, metrics.ActiveMembers));
        Assert.InRange(active.Count, 1, members.Count - 1);
        Assert.Equal((issued, redeemed, -entries.Where(e => e.Kind == EntryKind.Expired).Sum(e => e.Points), entries.Sum(e => e.Points)),
            (metrics.Issued, metrics.Redeemed, metrics.Expired, metrics.Outstanding));
        Assert.Equal(Math.Round(100m * redeemed / issued, 1, MidpointRounding.AwayFromZero), metrics.RedemptionRate);
        foreach (var tier in new ProgrammeRules().Tiers)
            Assert.Equal(people.Count(p => active.Contains(p.Id) && (p.Tier ?? "bronze") == tier.Code), metrics.ActiveByTier[tier.Code]);
        Assert.True(redeemed > 0 && metrics.Expired > 0);
    }

    [Fact]
    public void Sale_WithPoints_DefersThePartOfThePoints()
    {
        // 2,000 points of 0.10 each, of which 85 % will be spent, are worth 170 beside a sale of 2,000.
        Assert.Equal(156.68m, LiabilityService.Deferred(2000, 2000, 0.10m, 0.85m, "EUR"));
        Assert.Equal(0, LiabilityService.Deferred(0, 0, 0.10m, 0.85m, "EUR"));
    }

    [Fact]
    public void Curve_IsPooledOverTheMonthsThatAreOldEnough_AndNeverFalls()
    {
        var curve = RedemptionCurve.Of([(100, [10, 20, 0]), (300, [90, 0]), (0, [5])]);

        Assert.Equal([0.25m, 0.30m, 0.30m], curve);
        // Less than a year tells nothing.
        Assert.Equal(1, RedemptionCurve.Expected(curve, 0));
        IReadOnlyList<decimal> year = [0.1m, 0.2m, 0.3m, 0.4m, 0.5m, 0.5m, 0.5m, 0.5m, 0.5m, 0.5m, 0.5m, 0.6m];
        Assert.Equal((0.6m - 0.1m) / 0.9m, RedemptionCurve.Expected(year, 0));
        Assert.Equal((0.6m - 0.5m) / 0.5m, RedemptionCurve.Expected(year, 6));
        Assert.Equal(0, RedemptionCurve.Expected(year, 30));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Liability_FollowsFromTheShopsOwnPast_AndExpiriesStandByMonth(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = (await data.AddCustomerAsync()).Id;
        // For fourteen months 100 points a month, of which 40 are spent two months later: the oldest lots go first.
        for (var month = 0; month < 14; month++)
        {
            data.Clock.Set(At("2025-01-05T12:00:00Z").AddMonths(month));
            await data.AddPointsAsync(customer, 100, days: 1000);
        }

        data.Clock.Set(At("2026-03-10T12:00:00Z"));
        await using (var system = data.AsSystem())
            await system.Get<LedgerService>().RedeemAsync(new() { CustomerId = customer, Points = 560 }, null, default);
        await data.AddPointsAsync(customer, 30, days: 20);
        await data.AddPointsAsync(customer, 70, days: 25);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        var liability = await manager.Get<LiabilityService>().LiabilityAsync(default);

        Assert.Equal((940L, 0.01m, 940L), (liability.Left, liability.PointValue, liability.Full));
        Assert.Equal(15, liability.Issued.Count);
        Assert.Equal((1500L, 560L, 940L), (liability.Issued.Sum(m => m.Issued), liability.Issued.Sum(m => m.Redeemed),
            liability.Issued.Sum(m => m.Left)));
        var oldest = liability.Issued.First(m => m.Issued > 0);
        Assert.Equal((new DateOnly(2025, 1, 1), 14, 100L, 100L, 0L),
            (oldest.Month, oldest.Age, oldest.Issued, oldest.Redeemed, oldest.Left));
        Assert.Equal(liability.Left, (long)Math.Round(liability.Issued.Sum(m => m.ExpectedRedeemed)) + liability.Breakage);
        Assert.Equal(30, liability.Expiring.Single(m => m.Month == new DateOnly(2026, 3, 1)).Points);
        Assert.Equal(70, liability.Expiring.Single(m => m.Month == new DateOnly(2026, 4, 1)).Points);
        Assert.Equal((840L, 0L), (liability.Expiring.Single(m => m is { Month: null, IsNever: false }).Points,
            liability.Expiring.Single(m => m.IsNever).Points));
        Assert.Equal(14, liability.Expiring.Count);

        foreach (var report in Enum.GetValues<LoyaltyReport>())
        {
            var table = await manager.Get<LiabilityService>().ExportAsync(report, "csv", "x", ExportAudience.Usual, default);
            var rows = 0;
            await foreach (var row in table.Rows)
            {
                Assert.Equal(table.Columns.Count, row.Length);
                rows++;
            }

            Assert.True(rows > 0);
        }
    }
}
