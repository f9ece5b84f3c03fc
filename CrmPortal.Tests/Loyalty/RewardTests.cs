using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static CrmPortal.Tests.Loyalty.TestProgramme;

namespace CrmPortal.Tests.Loyalty;

/// <summary>Rewards: points for a code, never more than there are, and back to where the points came from.</summary>
public sealed class RewardTests
{
    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task LastPiece_WantedByMany_GoesToOne(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var reward = await AddAsync(data, new() { Name = "Mug", Price = 100, Stock = 1 });
        var customers = new List<long>();
        for (var i = 0; i < 12; i++)
        {
            customers.Add((await data.AddCustomerAsync($"C{i}", "Doe")).Id);
            await data.AddPointsAsync(customers[i], 100);
        }

        var answers = await Task.WhenAll(customers.Select(id => Task.Run(async () =>
        {
            await using var scope = data.AsSystem();
            try
            {
                return (await scope.Get<RewardService>().RedeemAsync(id, reward.Id, default))!.Code;
            }
            catch (RuleViolationException violation)
            {
                return violation.Message;
            }
        })));

        Assert.Equal(11, answers.Count(a => a == "This reward is out of stock."));
        Assert.Matches("^[2-9A-HJKMNP-Z]{10}$", answers.Single(a => a != "This reward is out of stock."));
        Assert.Equal(0, await data.ReadAsync(db => db.Rewards.Select(r => r.Stock).SingleAsync()));
        Assert.Equal(1100, await data.ReadAsync(db => db.Customers.SumAsync(c => c.Points)));
        Assert.Equal(1100, await data.ReadAsync(db => db.LoyaltyLots.SumAsync(l => l.Remaining)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Cancelling_GivesThePointsBackToTheirLots_AndThePieceToTheStock(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var rewards = staff.Get<RewardService>();
        var reward = await AddAsync(data, new() { Name = "Mug", Price = 150, Stock = 3 });
        var customer = await data.AddCustomerAsync();
        await data.AddPointsAsync(customer.Id, 100, days: 90);
        await data.AddPointsAsync(customer.Id, 100, days: 30);

        var redemption = (await rewards.RedeemAsync(customer.Id, reward.Id, default))!;
        Assert.Equal([50L, 0], await LotsAsync());
        Assert.Equal((150L, "Ada Lovelace", 2L), (redemption.Points, redemption.CustomerName, await StockAsync()));
        var cancelled = (await rewards.CancelAsync(redemption.Id, default))!;

        Assert.Equal((RedemptionState.Cancelled, staff.Actor.Name, 3L), (cancelled.State, cancelled.EndedByName, await StockAsync()));
        Assert.Equal([100L, 100], await LotsAsync());
        Assert.Equal(200, await data.ReadAsync(db => db.Customers.Select(c => c.Points).SingleAsync()));
        Assert.Contains("cancelled",
            (await Assert.ThrowsAsync<RuleViolationException>(() => rewards.CancelAsync(redemption.Id, default))).Message,
            StringComparison.Ordinal);
        await Assert.ThrowsAsync<RuleViolationException>(() => rewards.UseAsync(redemption.Id, default));
        Assert.Equal(3, await StockAsync());

        // Points of a lot that has run out in the meantime run out with the cancelling.
        var second = (await rewards.RedeemAsync(customer.Id, reward.Id, default))!;
        data.Clock.Advance(TimeSpan.FromDays(31));
        await using var later = await data.AsRoleAsync(RoleNames.Staff);
        await later.Get<RewardService>().CancelAsync(second.Id, default);
        Assert.Equal([100L, 0], await LotsAsync());

        Task<List<long>> LotsAsync() => data.ReadAsync(db => db.LoyaltyLots.OrderBy(l => l.Id).Select(l => l.Remaining).ToListAsync());
        Task<long> StockAsync() => data.ReadAsync(db => db.Rewards.Select(r => r.Stock!.Value).SingleAsync());
    }

    [Fact]
    public async Task Reward_ThatCannotBeHad_IsRefusedWithASentence_AndTheOfferSaysTheSame()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var customer = await data.AddCustomerAsync();
        await data.AddPointsAsync(customer.Id, 100);
        var usual = new RewardInput { Name = "Mug", Price = 100 };
        var cases = new Dictionary<long, string>
        {
            [(await AddAsync(data, usual with { Price = 101 })).Id] = "Insufficient loyalty points",
            [(await AddAsync(data, usual with { From = new(2026, 3, 11) })).Id] = "This reward is available from 2026-03-11.",
            [(await AddAsync(data, usual with { Until = new(2026, 3, 9) })).Id] = "This reward no longer exists.",
            [(await AddAsync(data, usual with { LowestTier = "silver" })).Id] =
                "This reward is for customers of the tier Silver and above.",
            [(await AddAsync(data, usual with { Stock = 0 })).Id] = "This reward is out of stock.",
        };

        foreach (var (id, sentence) in cases)
            Assert.Equal(sentence,
            (await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<RewardService>()
            .RedeemAsync(customer.Id, id, default))).Message);
        var offers = (await staff.Get<RewardService>().OffersAsync(customer.Id, default))!;
        Assert.Equal(cases.OrderBy(c => c.Key), offers.ToDictionary(o => o.Reward.Id, o => new RuleViolationException([o.Refusal!]).Message)
            .OrderBy(c => c.Key));
        var archived = await AddAsync(data, usual);
        await manager.Get<RewardService>().ArchiveAsync(archived.Id, true, default);
        await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<RewardService>().RedeemAsync(customer.Id, archived.Id, default));
        Assert.Null(await staff.Get<RewardService>().RedeemAsync(customer.Id, 999, default));
        Assert.Null(await staff.Get<RewardService>().RedeemAsync(999, archived.Id, default));
        Assert.Equal(100, await data.ReadAsync(db => db.Customers.Select(c => c.Points).SingleAsync()));
        Assert.Equal(["CodeDays", "LowestTier", "Name", "Price", "Stock", "Until"],
            (await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<RewardService>()
                .SaveAsync(null, new() { Stock = -1, From = new(2026, 2, 2), Until = new(2026, 2, 1), LowestTier = "iron", CodeDays = 0 },
                null, default))).Errors.Select(e => e.Field).Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Code_IsFoundHoweverItIsSaid_AndIsGoodOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var rewards = staff.Get<RewardService>();
        var reward = await AddAsync(data, new() { Name = "Mug", Price = 10, CodeDays = 5 });
        var customer = await data.AddCustomerAsync();
        await data.AddPointsAsync(customer.Id, 100);
        var first = (await rewards.RedeemAsync(customer.Id, reward.Id, default))!;
        var second = (await rewards.RedeemAsync(customer.Id, reward.Id, default))!;

        var said = $"{first.Code[..5].ToLowerInvariant()} {first.Code[5..]}";
        Assert.Equal(first.Id, Assert.Single((await rewards.RedemptionsAsync(new(said), new(), default)).Items).Id);
        Assert.Equal([second.Id, first.Id], (await rewards.RedemptionsAsync(new(CustomerId: customer.Id), new(), default)).Items
            .Select(r => r.Id));
        Assert.Equal(RedemptionState.Used, (await rewards.UseAsync(first.Id, default))!.State);
        await Assert.ThrowsAsync<RuleViolationException>(() => rewards.UseAsync(first.Id, default));
        await Assert.ThrowsAsync<RuleViolationException>(() => rewards.CancelAsync(first.Id, default));
        Assert.Equal(At("2026-03-16T00:00:00Z"), second.ExpiresAt);
        data.Clock.Set(At("2026-03-16T00:00:00Z"));
        await using var later = await data.AsRoleAsync(RoleNames.Staff);
        Assert.Contains("expired",
            (await Assert.ThrowsAsync<RuleViolationException>(() => later.Get<RewardService>().UseAsync(second.Id, default))).Message,
            StringComparison.Ordinal);
    }

    private static async Task<RewardDetails> AddAsync(TestServices data, RewardInput input)
    {
        await using var system = data.AsSystem();
        return (await system.Get<RewardService>().SaveAsync(null, input, null, default))!.Part;
    }
}
