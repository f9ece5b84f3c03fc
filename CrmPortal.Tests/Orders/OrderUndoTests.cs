using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Loyalty;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Orders;

/// <summary>Refunds and cancellations that were entered by mistake are taken back, with the very points that they took.</summary>
public sealed class OrderUndoTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task RefundThatIsTakenBack_IsGone_AndItsPointsAndFiguresAreThereAgain(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var ada = await data.AddCustomerAsync();
        var orders = staff.Get<OrderService>();
        var order = (await orders.CreateAsync(OrderWriting.Order(33, 3, OrderStatus.Paid, ada.Id), Token)).Order;
        var line = order.Lines[0].Id;
        var expiry = await ExpiryAsync(data);
        var first = (await orders.RefundAsync(order.Id, new() { Lines = [new() { LineId = line, Quantity = 1 }] }, Token))!;
        data.Clock.Advance(TimeSpan.FromHours(1));
        var second = (await orders.RefundAsync(order.Id, new() { Reason = "Broken", Lines = [new() { LineId = line, Amount = 7.5m }] },
            Token))!;
        var left = await data.PointsAsync(ada.Id);
        await Assert.ThrowsAsync<AccessDeniedException>(() =>
            agent.Get<OrderService>().TakeBackRefundAsync(order.Id, first.Refund.Id, second.Order.Version, Token));
        await Assert.ThrowsAsync<ConcurrencyConflictException>(() =>
            orders.TakeBackRefundAsync(order.Id, first.Refund.Id, first.Order.Version, Token));

        // The earlier one of the two: what the later one takes stays taken.
        var back = (await orders.TakeBackRefundAsync(order.Id, first.Refund.Id, second.Order.Version, Token))!.Order;
        Assert.Equal((7_50L, second.Refund.Id), (back.Refunded, Assert.Single(back.Refunds).Id));
        Assert.Equal(99 - 8, await data.PointsAsync(ada.Id));
        Assert.True(left < 91);
        back = (await orders.TakeBackRefundAsync(order.Id, second.Refund.Id, back.Version, Token))!.Order;
        Assert.Equal((0L, 99_00L), (back.Refunded, back.Refundable));
        Assert.Equal(99, await data.PointsAsync(ada.Id));
        Assert.Equal(expiry, await ExpiryAsync(data));
        Assert.Null(await orders.TakeBackRefundAsync(order.Id, second.Refund.Id, back.Version, Token));

        // Once more, under a number that was never used before.
        await orders.RefundAsync(order.Id, new(), Token);
        Assert.Equal(0, await data.PointsAsync(ada.Id));
        await data.AssertFiguresAsync();
        await AssertLedgerAsync(data);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task PointsThatWereSpentSince_AreNeitherLostNorDoubled_WhenARefundIsTakenBack(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var ada = await data.AddCustomerAsync();
        var orders = manager.Get<OrderService>();
        var order = (await orders.CreateAsync(OrderWriting.Order(100, 1, OrderStatus.Paid, ada.Id), Token)).Order;
        await manager.Get<LedgerService>().RedeemAsync(new() { CustomerId = ada.Id, Points = 60, Reason = "A mug" }, null, Token);

        var refunded = (await orders.RefundAsync(order.Id, new(), Token))!;
        var after = await data.PointsAsync(ada.Id);
        Assert.True(after is 0 or -60);
        await orders.TakeBackRefundAsync(order.Id, refunded.Refund.Id, refunded.Order.Version, Token);

        Assert.Equal(40, await data.PointsAsync(ada.Id));
        Assert.Equal(0, await data.ReadAsync(db => db.LoyaltyAccounts.SumAsync(a => a.Debt, Token)));
        await AssertLedgerAsync(data);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task CancelledOrder_ThatIsTakenBack_HasTheVeryPointsThatItHad(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var ada = await data.AddCustomerAsync();
        var orders = staff.Get<OrderService>();
        var order = (await orders.CreateAsync(OrderWriting.Order(50, 2, OrderStatus.Paid, ada.Id), Token)).Order;
        var expiry = await ExpiryAsync(data);
        data.Clock.Advance(TimeSpan.FromHours(1));
        var cancelled = (await orders.SetStatusAsync(order.Id, OrderStatus.Cancelled, order.Version, Token))!.Order;
        Assert.Equal(0, await data.PointsAsync(ada.Id));

        var back = (await orders.TakeBackStepAsync(order.Id, cancelled.Version, Token))!.Order;

        Assert.Equal((OrderStatus.Paid, 100L), (back.Status, await data.PointsAsync(ada.Id)));
        Assert.Equal(expiry, await ExpiryAsync(data));
        Assert.Equal(1, await data.ReadAsync(db => db.LoyaltyEntries.CountAsync(e => e.Kind == EntryKind.Earned, Token)));
        // A refund takes from the points that came back as from any.
        await orders.RefundAsync(order.Id, new() { Lines = [new() { LineId = order.Lines[0].Id, Quantity = 1 }] }, Token);
        Assert.Equal(50, await data.PointsAsync(ada.Id));
        await data.AssertFiguresAsync();
        await AssertLedgerAsync(data);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Refund_OfAnOrderThatWentToSomebodyElse_GivesItsPointsBackToThem(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var ada = await data.AddCustomerAsync();
        var bob = await data.AddCustomerAsync("Bob", "Byte", "bob@example.org");
        var orders = staff.Get<OrderService>();
        var order = (await orders.CreateAsync(OrderWriting.Order(100, 1, OrderStatus.Paid, ada.Id), Token)).Order;
        var refund = (await orders.RefundAsync(order.Id, new() { Lines = [new() { LineId = order.Lines[0].Id, Amount = 30 }] }, Token))!
            .Refund;
        var moved = (await orders.MatchAsync(order.Id, bob.Id, null, Token))!.Order;
        Assert.Equal((0L, 70L), (await data.PointsAsync(ada.Id), await data.PointsAsync(bob.Id)));

        await orders.TakeBackRefundAsync(order.Id, refund.Id, moved.Version, Token);

        Assert.Equal((0L, 100L), (await data.PointsAsync(ada.Id), await data.PointsAsync(bob.Id)));
        await data.AssertFiguresAsync();
        await AssertLedgerAsync(data);
    }

    [Fact]
    public async Task Refund_OfSeveralOrders_IsNotTakenBackByOneOfThem()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var id = await data.AddOrderAsync("A-1", null, 10_00, lines: 2);
        var refundId = await data.AddRefundAsync("R-1", null, 10_00, "A-1");
        await data.WriteAsync(async db =>
        {
            var other = await db.RefundLines.SingleAsync(l => l.RefundId == refundId, Token);
            db.RefundLines.Add(new() { RefundId = refundId, ProductId = other.ProductId, Quantity = 1, Amount = 1 });
        });
        var orders = staff.Get<OrderService>();
        var order = (await orders.GetAsync(id, Token))!;

        Assert.Equal("This refund includes products of other orders; it cannot be undone here.", (await Assert
            .ThrowsAsync<RuleViolationException>(() => orders.TakeBackRefundAsync(id, order.Refunds[0].Id, order.Version, Token))).Message);
        Assert.Null(await orders.TakeBackRefundAsync(4711, order.Refunds[0].Id, 0, Token));
        Assert.Equal(1, await data.ReadAsync(db => db.Refunds.CountAsync(Token)));
    }

    private static Task<DateTimeOffset?> ExpiryAsync(TestServices data) => data.ReadAsync(db =>
        db.LoyaltyLots.Where(l => l.Remaining > 0).Select(l => l.ExpiresAt).SingleAsync(Token));

    private static async Task AssertLedgerAsync(TestServices data)
    {
        await using var system = data.AsSystem();
        Assert.Empty((await system.Get<LedgerReconciliation>().RunAsync(Token)).Faults);
    }
}
