using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.History;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using static CrmPortal.Tests.Loyalty.TestProgramme;

namespace CrmPortal.Tests.Loyalty;

/// <summary>Points where something else is under way: orders that a till names too, merges, undoing, the trash.</summary>
public sealed class LedgerBesideOthersTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseKind.Sqlite, true)]
    [InlineData(DatabaseKind.Sqlite, false)]
    [InlineData(DatabaseKind.Postgres, true)]
    [InlineData(DatabaseKind.Postgres, false)]
    public async Task Order_ThatTheTillNamesToo_EarnsOnce_AndItsRefundTakesItBack(DatabaseKind kind, bool isOrderFirst)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync();
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var order = OrderWriting.Order(100, status: OrderStatus.Paid, customerId: ada.Id) with { ExternalId = "12345" };

        if (isOrderFirst) await manager.Get<OrderService>().UpsertAsync(order, Token);
        await EarnAsync();
        var id = (await manager.Get<OrderService>().UpsertAsync(order, Token)).Order.Id;
        await manager.Get<OrderService>().SetStatusAsync(id, OrderStatus.Shipped, null, Token);
        await EarnAsync();

        Assert.Equal(100, await data.PointsAsync(ada.Id));
        await manager.Get<OrderService>().RefundAsync(id, new(), Token);
        Assert.Equal(0, await data.PointsAsync(ada.Id));

        async Task EarnAsync() => await manager.Get<LedgerService>()
            .EarnAsync(new() { CustomerId = ada.Id, Points = 100, Order = "12345" }, null, Token);
    }

    [Fact]
    public async Task Points_OfTheTill_StayWhileItsOrderWaitsToBePaid()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var ada = await data.AddCustomerAsync();
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.Get<LedgerService>().EarnAsync(new() { CustomerId = ada.Id, Points = 100, Order = "12345" }, null, Token);

        var id = (await manager.Get<OrderService>().UpsertAsync(OrderWriting.Order(100, customerId: ada.Id) with { ExternalId = "12345" },
            Token)).Order.Id;
        Assert.Equal(100, await data.PointsAsync(ada.Id));
        await manager.Get<OrderService>().SetStatusAsync(id, OrderStatus.Paid, null, Token);
        Assert.Equal(100, await data.PointsAsync(ada.Id));
        await manager.Get<OrderService>().SetStatusAsync(id, OrderStatus.Cancelled, null, Token);

        Assert.Equal(0, await data.PointsAsync(ada.Id));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Reward_ForThePointsOfTwo_IsCancelled_AfterTheirMergeWasTakenBack(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        var reward = (await system.Get<RewardService>().SaveAsync(null, new() { Name = "Kettle", Price = 250 }, null, Token))!.Part;
        var (ada, bob) = (await data.AddCustomerAsync(), await data.AddCustomerAsync("Bob"));
        await data.AddPointsAsync(ada.Id, 200);
        await data.AddPointsAsync(bob.Id, 100);
        var merged = await system.Get<MergeService>().MergeAsync(new(bob.Id, [bob.Id, ada.Id]), Token);
        var redemption = (await system.Get<RewardService>().RedeemAsync(bob.Id, reward.Id, Token))!;
        await system.Get<UndoService>().UndoAsync(merged.ChangeSetId, false, Token);

        await system.Get<RewardService>().CancelAsync(redemption.Id, Token);

        Assert.Equal((200L, 100L), (await data.PointsAsync(ada.Id), await data.PointsAsync(bob.Id)));
        Assert.Empty((await system.Get<LedgerReconciliation>().RunAsync(Token)).Faults);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Merge_WithOneWhoWasGivenATierForGood_KeepsItAsGiven(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var system = data.AsSystem();
        var (ada, bob) = (await data.AddCustomerAsync(), await data.AddCustomerAsync("Bob"));
        await data.AddPointsAsync(bob.Id, 100);
        await system.Get<TierService>().GiveAsync(ada.Id, new() { Tier = "platinum", Reason = "Patron" }, Token);

        await system.Get<MergeService>().MergeAsync(new(bob.Id, [bob.Id, ada.Id]), Token);
        await data.ReviewTiersAsync();

        var standing = (await system.Get<TierService>().StandingAsync(bob.Id, Token))!;
        Assert.Equal(("platinum", true, (DateTimeOffset?)null), (standing.Tier!.Code, standing.IsGiven, standing.Until));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfADraftThatIsInForceByNow_LeavesIt(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var programmes = manager.Get<ProgrammeService>();
        var made = (await programmes.SaveDraftAsync(null, "Winter", new(), null, Token))!;
        var changed = (await programmes.SaveDraftAsync(made.Part.Id, "Winter", new() { PointsPerUnit = 3 }, null, Token))!;
        await programmes.ActivateAsync(made.Part.Id, Token);

        foreach (var changeSet in new[] { changed.ChangeSetId!.Value, made.ChangeSetId!.Value })
            Assert.Equal((0, 1), await manager.Get<UndoService>().UndoAsync(changeSet, true, Token) is var result
                ? (result.Undone, result.Kept.Count) : default);

        Assert.Equal((made.Part.Id, 3m), await programmes.CurrentAsync(Token) is var current
            ? (current.Id, current.Rules.PointsPerUnit) : default);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Undo_OfAReward_ForWhichACodeWasGiven_TakesItOutOfTheOffers(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var ada = await data.AddCustomerAsync();
        await data.AddPointsAsync(ada.Id, 300);
        var made = (await manager.Get<RewardService>().SaveAsync(null, new() { Name = "Mug", Price = 100 }, null, Token))!;
        var code = (await manager.Get<RewardService>().RedeemAsync(ada.Id, made.Part.Id, Token))!;

        await manager.Get<UndoService>().UndoAsync(made.ChangeSetId!.Value, false, Token);

        Assert.Empty((await manager.Get<RewardService>().OffersAsync(ada.Id, Token))!);
        Assert.Equal(RedemptionState.Cancelled, (await manager.Get<RewardService>().CancelAsync(code.Id, Token))!.State);
    }

    [Fact]
    public async Task Reversal_AboveTheLimitOfTheRole_IsRefused()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var ada = await data.AddCustomerAsync();
        await data.AddPointsAsync(ada.Id, 900);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var (small, large) = (await RedeemAsync(400), await RedeemAsync(500));

        await agent.Get<LedgerService>().ReverseAsync(small, "Wrong customer", Token);
        await agent.Get<LedgerService>().ReverseAsync(large, "Wrong customer", Token);
        var above = await RedeemAsync(501);
        var refused = await Assert.ThrowsAsync<RuleViolationException>(() => agent.Get<LedgerService>()
            .ReverseAsync(above, "Wrong customer", Token));

        Assert.Equal("You can reverse bookings of up to 500 points; ask someone with a higher limit.", refused.Message);
        Assert.Equal(399, await data.PointsAsync(ada.Id));

        async Task<long> RedeemAsync(long points)
        {
            await using var system = data.AsSystem();
            return (await system.Get<LedgerService>().RedeemAsync(new() { CustomerId = ada.Id, Points = points }, null, Token))!.BookingId;
        }
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Points_OfNobody_RunOutOnce_ThoughTwoLookAtOnce(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync();
        for (var i = 0; i < 5; i++) await data.AddPointsAsync(ada.Id, 100, days: 10);
        // As it is after somebody was removed for good.
        await data.WriteAsync(async db =>
        {
            await db.LoyaltyAccounts.ExecuteUpdateAsync(a => a.SetProperty(x => x.CustomerId, (long?)null), Token);
            await db.Customers.ExecuteUpdateAsync(c => c.SetProperty(x => x.Points, 0), Token);
        });
        data.Clock.Advance(TimeSpan.FromDays(20));

        var ends = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await using var scope = data.AsSystem();
            return await scope.Get<ExpiryService>().RunAsync(null, Token);
        })));

        Assert.Equal(500, ends.Sum(e => e.Points));
        await using var system = data.AsSystem();
        Assert.Empty((await system.Get<LedgerReconciliation>().RunAsync(Token)).Faults);
    }

    [Fact]
    public async Task Customer_InTheTrash_HasNoBalance()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var ada = await data.AddCustomerAsync();
        await data.AddPointsAsync(ada.Id, 100);
        await using var system = data.AsSystem();
        await system.Get<Core.Customers.CustomerTrash>().DeleteAsync(ada.Id, Token);

        Assert.Null(await system.Get<LedgerService>().BalanceAsync(ada.Id, Token));
    }

    [Fact]
    public async Task Entries_OfDaysAtTheEndsOfTheCalendar_AreThoseOfAllTime()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var ada = await data.AddCustomerAsync();
        await data.AddPointsAsync(ada.Id, 100);
        await using var system = data.AsSystem();

        Assert.Equal(1, await system.Get<LedgerService>().CountAsync(ada.Id, new(null, DateOnly.MinValue, DateOnly.MaxValue), Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Liability_OfAYoungShop_ExpectsAllToBeSpent_AndTheLastDayOfAMonthIsItsOwn(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        data.Clock.Set(At("2025-01-10T12:00:00Z"));
        await data.UseRulesAsync(r => r with { Expiry = ExpiryKind.EndOfMonth, ExpiryDays = 60 });
        var ada = await data.AddCustomerAsync();
        await using var system = data.AsSystem();
        await system.Get<LedgerService>().AdjustAsync(new() { CustomerId = ada.Id, Points = 1000, Reason = "Welcome" }, null, Token);
        await system.Get<LedgerService>().RedeemAsync(new() { CustomerId = ada.Id, Points = 100 }, null, Token);
        data.Clock.Set(At("2025-02-20T12:00:00Z"));

        var liability = await system.Get<LiabilityService>().LiabilityAsync(Token);

        Assert.Equal((900L, 0L, 1m), (liability.Left, liability.Breakage, liability.ExpectedRate));
        // They last to the end of March.
        Assert.Equal([(new DateOnly(2025, 3, 1), 900L)], liability.Expiring.Where(e => e.Points > 0)
            .Select(e => (e.Month!.Value, e.Points)));
    }
}
