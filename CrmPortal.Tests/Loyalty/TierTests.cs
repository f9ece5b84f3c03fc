using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Notifications;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CrmPortal.Tests.Loyalty.TestProgramme;

namespace CrmPortal.Tests.Loyalty;

/// <summary>Steps on the ladder: up with the purchase, down at night, by hand with an end, each dated and said why.</summary>
public sealed class TierTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Purchase_ThatReachesATier_RaisesAtOnce_AndARefundLowersOnlyAtNight(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Manager);
        var customer = await data.AddCustomerAsync();

        await data.BuyAsync("A", customer.Id, 999.99m);
        Assert.Equal("bronze", await data.TierAsync(customer.Id));
        await data.BuyAsync("B", customer.Id, 0.01m);
        var standing = (await staff.Get<TierService>().StandingAsync(customer.Id, default))!;
        Assert.Equal(("silver", 1000m, "gold", 4000m, false),
            (standing.Tier!.Code, standing.Amount, standing.Next!.Code, standing.Remaining, standing.IsGiven));

        await data.AddRefundAsync("R", customer.Id, 1, "B");
        Assert.Equal("silver", await data.TierAsync(customer.Id));
        Assert.Equal((1, 0, 1), await ReviewAsync(data));
        Assert.Equal((1, 0, 0), await ReviewAsync(data));
        Assert.Equal([" bronze Automatic", "bronze silver Automatic", "silver bronze Downgrade"], await data.StepsAsync(customer.Id));
        var rows = await data.ReadAsync(db => db.TierChanges.OrderBy(t => t.Id).ToListAsync());
        var programme = await data.ReadAsync(db => db.LoyaltyProgrammes.Select(p => p.Id).SingleAsync());
        Assert.All(rows, r => Assert.Equal((programme, "tests"), (r.ProgrammeId, r.ActorName)));
    }

    [Theory]
    // Half an hour before midnight in London is the new year in Paris, and still the old one half a day later in New York.
    [InlineData("Europe/London", "2025-12-31T23:30:00Z", 0)]
    [InlineData("Europe/Paris", "2025-12-31T23:30:00Z", 1000)]
    [InlineData("America/New_York", "2026-01-01T04:30:00Z", 0)]
    [InlineData("America/New_York", "2026-01-01T05:30:00Z", 1000)]
    public async Task CalendarYear_BeginsInTheShopsZone(string zone, string at, int expected)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite, s => s.Configure<ShopOptions>(o => o.TimeZone = zone));
        await data.UseRulesAsync(r => r with { TierWindow = TierWindow.CalendarYear });
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var customer = await data.AddCustomerAsync();
        await data.BuyAsync("A", customer.Id, 1000, At(at));

        Assert.Equal(expected, (await staff.Get<TierService>().StandingAsync(customer.Id, default))!.Amount);
    }

    [Theory]
    [InlineData("2026-03-10T23:59:00Z", 1000)]
    [InlineData("2026-03-11T00:01:00Z", 0)]
    public async Task RollingYear_EndsWithTheSameDayAYearLater(string now, int expected)
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await data.UseRulesAsync(r => r with { TierWindow = TierWindow.RollingYear });
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var customer = await data.AddCustomerAsync();
        await data.BuyAsync("A", customer.Id, 1000, At("2025-03-11T09:00:00Z"));
        data.Clock.Set(At(now));
        await using var later = await data.AsRoleAsync(RoleNames.Staff);

        Assert.Equal(expected, (await later.Get<TierService>().StandingAsync(customer.Id, default))!.Amount);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Points_AsBasis_CountWhatWasEarned_OnTheDayItWas(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.UseRulesAsync(r => r with { TierBasis = TierBasis.Points, TierWindow = TierWindow.RollingYear });
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var customer = await data.AddCustomerAsync();
        var ledger = manager.Get<LedgerService>();
        var early = await ledger.EarnAsync(new() { CustomerId = customer.Id, Points = 700 }, null, default);
        data.Clock.Advance(TimeSpan.FromDays(5));
        await using var later = await data.AsRoleAsync(RoleNames.Manager);
        await later.Get<LedgerService>().EarnAsync(new() { CustomerId = customer.Id, Points = 300 }, null, default);
        Assert.Equal("silver", await data.TierAsync(customer.Id));
        await later.Get<LedgerService>().RedeemAsync(new() { CustomerId = customer.Id, Points = 900 }, null, default);
        Assert.Equal(1000, (await later.Get<TierService>().StandingAsync(customer.Id, default))!.Amount);

        await later.Get<LedgerService>().ReverseAsync(early!.BookingId, "Wrong", default);
        Assert.Equal(300, (await later.Get<TierService>().StandingAsync(customer.Id, default))!.Amount);
        // What was taken back leaves the window with what it was taken back of.
        data.Clock.Set(At("2027-03-12T12:00:00Z"));
        await using var nextYear = await data.AsRoleAsync(RoleNames.Manager);
        Assert.Equal(300, (await nextYear.Get<TierService>().StandingAsync(customer.Id, default))!.Amount);
    }

    [Theory]
    [InlineData(DowngradePolicy.Never, TierWindow.Lifetime, "platinum", 0, null, null)]
    [InlineData(DowngradePolicy.ByBalance, TierWindow.Lifetime, "platinum", 1500, null, "silver")]
    [InlineData(DowngradePolicy.OneStep, TierWindow.Lifetime, "platinum", 1500, null, "gold")]
    [InlineData(DowngradePolicy.OneStep, TierWindow.RollingYear, "gold", 0, "2025-03-11", null)]
    [InlineData(DowngradePolicy.OneStep, TierWindow.RollingYear, "gold", 0, "2025-03-10", "silver")]
    [InlineData(DowngradePolicy.OneStep, TierWindow.CalendarYear, "gold", 0, "2025-12-31", "silver")]
    [InlineData(DowngradePolicy.OneStep, TierWindow.CalendarYear, "gold", 0, "2026-01-01", null)]
    [InlineData(DowngradePolicy.Never, TierWindow.Lifetime, "silver", 5000, null, "gold")]
    [InlineData(DowngradePolicy.OneStep, TierWindow.Lifetime, null, 0, null, "bronze")]
    [InlineData(DowngradePolicy.OneStep, TierWindow.Lifetime, "abolished", 1200, null, "silver")]
    public void Policy_SaysWhichStepIsDue(DowngradePolicy policy, TierWindow window, string? tier, int amount, string? lowered,
        string? expected)
    {
        var rules = new ProgrammeRules { Downgrade = policy, TierWindow = window };
        var past = new TierHistory(null, lowered is null
            ? null : DateOnly.Parse(lowered, System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(expected, TierSteps.Due(rules, new(tier, false, null), amount, past, new(2026, 3, 10),
            At("2026-03-10T12:00:00Z"))?.To);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task GivenTier_HoldsUntilItsEnd_ThenTheReachedOne(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var customer = await data.AddCustomerAsync();
        await using (var agent = await data.AsRoleAsync(RoleNames.SupportAgent))
        {
            var tiers = agent.Get<TierService>();
            Assert.Equal("Reason",
                Assert.Single(
                (await Assert
                .ThrowsAsync<RuleViolationException>(() => tiers.GiveAsync(customer.Id, new() { Tier = "gold" }, default))).Errors).Field);
            Assert.Equal("Tier",
                Assert.Single(
                (await Assert.ThrowsAsync<RuleViolationException>(() => tiers.GiveAsync(customer.Id, new() { Tier = "iron", Reason = "x" },
                default))).Errors).Field);
            Assert.Equal("Until",
                Assert.Single(
                (await Assert
                .ThrowsAsync<RuleViolationException>(() =>
                tiers.GiveAsync(customer.Id, new() { Tier = "gold", Reason = "x", Until = new(2026, 3, 9) }, default))).Errors).Field);
            var standing = (await tiers.GiveAsync(customer.Id, new() { Tier = "gold", Reason = "Long wait", Until = new(2026, 3, 12) },
                default))!;
            Assert.Equal(("gold", true, At("2026-03-13T00:00:00Z"), "platinum"),
                (standing.Tier!.Code, standing.IsGiven, standing.Until, standing.Next!.Code));
            Assert.Equal("gold", (await tiers.AutoAsync(customer.Id, default))!.Tier!.Code);
            Assert.Equal("Long wait", Assert.Single(await tiers.ChangesAsync(customer.Id, default)).Reason);
        }

        await data.ReviewTiersAsync();
        data.Clock.Set(At("2026-03-12T23:59:00Z"));
        await data.ReviewTiersAsync();
        Assert.Equal("gold", await data.TierAsync(customer.Id));
        data.Clock.Set(At("2026-03-13T02:00:00Z"));
        await data.ReviewTiersAsync();
        Assert.Equal([" gold Manual", "gold bronze ManualEnded"], await data.StepsAsync(customer.Id));
        Assert.Equal((false, null),
            await data.ReadAsync(db => db.Customers.Select(c => new ValueTuple<bool, DateTimeOffset?>(c.IsTierGiven, c.TierUntil))
            .SingleAsync()));
    }

    [Fact]
    public async Task GivenTier_IsTheFloor_ForWhoReachedMoreAndLostIt()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await data.UseRulesAsync(r => r with { Downgrade = DowngradePolicy.ByBalance });
        var customer = await data.AddCustomerAsync();
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await agent.Get<TierService>().GiveAsync(customer.Id, new() { Tier = "silver", Reason = "Friend of the house" }, default);
        await data.BuyAsync("A", customer.Id, 6000);
        Assert.Equal("gold", await data.TierAsync(customer.Id));
        await data.AddRefundAsync("R", customer.Id, 600_000, "A");

        await data.ReviewTiersAsync();

        Assert.Equal("silver", await data.TierAsync(customer.Id));
        await agent.Get<TierService>().GiveAsync(customer.Id, new() { Tier = "gold", Reason = "Again" }, default);
        Assert.Equal("bronze", (await agent.Get<TierService>().TakeAsync(customer.Id, "Enough", default))!.Tier!.Code);
        await Assert.ThrowsAsync<RuleViolationException>(() => agent.Get<TierService>().TakeAsync(customer.Id, "Twice", default));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Warning_BeforeTheYearEnds_ComesOnce_ToTheAgentAndToWhoWantsIt(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.UseRulesAsync(r => r with { TierWindow = TierWindow.CalendarYear });
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var reader = await data.AddReaderAsync(MessageKind.Service);
        var silent = await data.AddCustomerAsync("Silent", "Bob", "bob@example.com");
        var low = await data.AddCustomerAsync("Low", "Carl");
        await agent.Customers.UpdateAsync(silent.Id, new() { PreferredAgentId = agent.UserId }, null, null, default);
        data.Clock.Set(At("2026-11-20T12:00:00Z"));
        foreach (var id in new[] { reader.Id, silent.Id }) await data.BuyAsync($"A{id}", id, 1200);
        await data.BuyAsync("L", low.Id, 10);

        Assert.Equal(0, (await data.ReviewTiersAsync()).Warned);
        data.Clock.Set(At("2026-12-02T02:00:00Z"));
        Assert.Equal(2, (await data.ReviewTiersAsync()).Warned);
        data.Clock.Set(At("2026-12-03T02:00:00Z"));
        Assert.Equal(0, (await data.ReviewTiersAsync()).Warned);

        Assert.Equal(["Ada Lovelace: Silver to Bronze on 2027-01-01"], data.Letters.Loyalty);
        Assert.Equal("ada@example.com", Assert.Single(await data.ReadAsync(db => db.OutgoingMails.Select(m => m.To).ToListAsync())));
        var told = Assert.Single(await data.ReadAsync(db => db.Notifications.ToListAsync()));
        Assert.Equal((NotificationKind.TierEnds, agent.UserId, silent.Id), (told.Kind, told.UserId, told.CustomerId));
        data.Clock.Set(At("2027-01-01T02:00:00Z"));
        Assert.Equal(2, (await data.ReviewTiersAsync()).Lowered);
        Assert.Equal("bronze", await data.TierAsync(reader.Id));
    }

    [Fact]
    public async Task Warning_OfARollingYear_NamesTheDay_OnWhichThePurchaseLeaves()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await data.UseRulesAsync(r => r with { TierWindow = TierWindow.RollingYear });
        var reader = await data.AddReaderAsync(MessageKind.Service);
        await data.BuyAsync("old", reader.Id, 300, At("2025-03-15T09:00:00Z"));
        await data.BuyAsync("big", reader.Id, 600, At("2025-03-20T09:00:00Z"));
        await data.BuyAsync("new", reader.Id, 700, At("2025-09-01T09:00:00Z"));
        Assert.Equal("silver", await data.TierAsync(reader.Id));

        await data.ReviewTiersAsync();
        Assert.Equal(["Ada Lovelace: Silver to Bronze on 2026-03-20"], data.Letters.Loyalty);
        data.Clock.Set(At("2026-03-19T23:00:00Z"));
        await data.ReviewTiersAsync();
        Assert.Equal("silver", await data.TierAsync(reader.Id));
        data.Clock.Set(At("2026-03-20T00:30:00Z"));
        await data.ReviewTiersAsync();
        Assert.Equal("bronze", await data.TierAsync(reader.Id));
        Assert.Single(data.Letters.Loyalty);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task List_OfCustomers_IsFilteredAndSortedByTierAndPoints(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var none = await data.AddCustomerAsync("No", "Member");
        var gold = await data.AddCustomerAsync("Gold", "Member");
        var bronze = await data.AddCustomerAsync("Bronze", "Member");
        await data.BuyAsync("A", gold.Id, 5000);
        await data.BuyAsync("B", bronze.Id, 20);

        Assert.Equal([gold.Id], await IdsAsync(new(Filter: "tier:any:gold,platinum")));
        Assert.Equal([bronze.Id, none.Id], await IdsAsync(new(Filter: "tier:none:gold")));
        Assert.Equal([bronze.Id, gold.Id], await IdsAsync(new(Filter: "points:more:0")));
        Assert.Equal([gold.Id, bronze.Id, none.Id], await IdsAsync(new(Sort: CustomerSort.Points)));
        Assert.Equal([bronze.Id, gold.Id, none.Id], await IdsAsync(new(Sort: CustomerSort.Tier, Descending: false)));
        Assert.Equal([gold.Id, bronze.Id, none.Id], await IdsAsync(new(Sort: CustomerSort.Tier)));

        async Task<List<long>> IdsAsync(CustomerQuery query) =>
            [.. (await staff.Finder.ListAsync(query, new(), default)).Items.Select(r => r.Id)];
    }

    private static async Task<(int Members, int Raised, int Lowered)> ReviewAsync(TestServices data)
    {
        var result = await data.ReviewTiersAsync();
        return (result.Members, result.Raised, result.Lowered);
    }
}
