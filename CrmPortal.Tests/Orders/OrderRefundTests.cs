using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Orders;

public sealed class OrderRefundTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Refunds_InParts_AddUpToTheOrder_InItsCurrency_InTheBaseCurrency_AndInPoints(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var orders = staff.Get<OrderService>();
        var order = (await orders.CreateAsync(new()
        {
            Status = OrderStatus.Pending, CustomerId = ada.Id, Currency = "USD", Rate = 0.917m,
                Lines = new([OrderWriting.Line(33.3333m, 3) with { Discount = 0.01m }, OrderWriting.Line(7.77m, 1, "TEA-1")]),
        }, Token)).Order;
        Assert.Equal(0, await data.PointsAsync(ada.Id));
        order = (await orders.SetStatusAsync(order.Id, OrderStatus.Paid, null, Token))!.Order;
        var earned = await data.PointsAsync(ada.Id);
        // 107.76 USD are 98.82 EUR.
        Assert.Equal((107_76L, 98_82L, 98L), (order.Total, order.BaseTotal, earned));

        for (var i = 0; i < 3; i++)
        {
            order = (await orders
                .RefundAsync(order.Id,
                new() { IsReturn = true, Reason = "Broken", Lines = [new() { LineId = order.Lines[0].Id, Quantity = 1 }] }, Token))!.Order;
            var part = await data.PointsAsync(ada.Id);
            Assert.Equal(earned - (long)Math.Round((decimal)earned * order.Refunded / order.Total, MidpointRounding.AwayFromZero), part);
        }

        Assert.Equal((0, 0L, 99_99L), (order.Lines[0].QuantityLeft, order.Lines[0].AmountLeft, order.Refunded));
        var last = (await orders.RefundAsync(order.Id, new(), Token))!;
        Assert.Equal((7_77L, 0L), (last.Refund.Amount, last.Order.Refundable));
        Assert.Equal(order.Lines[1].Id, last.Refund.Lines.Single().OrderLineId);
        Assert.Equal(0, await data.PointsAsync(ada.Id));
        var customer = await data.ReadAsync(db => db.Customers.SingleAsync(c => c.Id == ada.Id, Token));
        Assert.Equal((1, 0L), (customer.OrderCount, customer.TotalSpent));
        await Assert.ThrowsAsync<RuleViolationException>(() => orders.RefundAsync(order.Id, new(), Token));
        await data.AssertFiguresAsync();
    }

    [Fact]
    public async Task Refund_OfMoreThanIsLeft_NamesTheField()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var orders = staff.Get<OrderService>();
        var order = (await orders.CreateAsync(OrderWriting.Order(10, 3, OrderStatus.Paid), Token)).Order;
        var line = order.Lines[0].Id;
        await orders.RefundAsync(order.Id, new() { Lines = [new() { LineId = line, Quantity = 2 }] }, Token);
        // Money without goods lowers what is left of the line, and never its pieces.
        order = (await orders.RefundAsync(order.Id, new() { Lines = [new() { LineId = line, Amount = 4 }] }, Token))!.Order;
        Assert.Equal((1, 6_00L), (order.Lines[0].QuantityLeft, order.Lines[0].AmountLeft));

        Assert.Equal(["Lines[0].Quantity"], await WrongAsync(new RefundLineInput { LineId = line, Quantity = 2 }));
        Assert.Equal(["Lines[0].Amount"], await WrongAsync(new RefundLineInput { LineId = line, Quantity = 1, Amount = 6.01m }));
        Assert.Equal(["Lines[0].Amount"], await WrongAsync(new RefundLineInput { LineId = line, Quantity = 1, Amount = -1 }));
        Assert.Equal(["Lines[0].Quantity"], await WrongAsync(new RefundLineInput { LineId = line }));
        Assert.Equal(["Lines[0].LineId"], await WrongAsync(new RefundLineInput { LineId = 4711, Quantity = 1 }));
        Assert.Equal(["Lines"],
            await WrongAsync(new RefundLineInput { LineId = line, Quantity = 1 }, new RefundLineInput { LineId = line, Quantity = 1 }));
        Assert.Equal(["Lines"], await WrongAsync());
        Assert.Equal(6_00,
            (await orders.RefundAsync(order.Id, new() { Lines = [new() { LineId = line, Quantity = 1 }] }, Token))!.Refund.Amount);

        async Task<IEnumerable<string>> WrongAsync(params RefundLineInput[] lines) =>
            (await Assert.ThrowsAsync<RuleViolationException>(() => orders.RefundAsync(order.Id, new() { Lines = lines }, Token))).Errors
                .Select(e => e.Field);
    }

    [Fact]
    public async Task Refund_ThatNamedNoLine_TakesFromTheLinesWithItsProduct()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var id = await data.AddOrderAsync("A-1", null, 10_00, lines: 2);
        await data.AddRefundAsync("R-1", null, 10_00, "A-1");
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var order = (await staff.Get<OrderService>().GetAsync(id, Token))!;

        Assert.Equal([(0, 0L), (1, 10_00L)], order.Lines.Select(l => (l.QuantityLeft, l.AmountLeft)));
        Assert.Equal(10_00, (await staff.Get<OrderService>().RefundAsync(id, new(), Token))!.Refund.Amount);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Refunds_AtOnce_NeverGiveBackMoreThanWasPaid(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        foreach (var customerId in new long?[] { ada.Id, null })
        {
            var order = (await staff.Get<OrderService>().CreateAsync(OrderWriting.Order(10, 5, OrderStatus.Paid, customerId), Token)).Order;
            var hands = new List<TestScope>();
            for (var i = 0; i < 8; i++) hands.Add(await data.AsRoleAsync(RoleNames.Staff));

            var done = await Task.WhenAll(hands.Select(h => Task.Run(() => RefundOneAsync(h, order), Token)));

            Assert.Equal(5, done.Count(d => d));
            Assert.Equal(50_00, await data.ReadAsync(db => db.RefundLines.Where(l => l.OrderId == order.Id)
                .SumAsync(l => l.Amount, Token)));
            foreach (var hand in hands) await hand.DisposeAsync();
        }

        Assert.Equal(0, await data.PointsAsync(ada.Id));
        await data.AssertFiguresAsync();

        static async Task<bool> RefundOneAsync(TestScope hand, OrderDetails order)
        {
            try
            {
                return await hand.Get<OrderService>()
                    .RefundAsync(order.Id, new() { Lines = [new() { LineId = order.Lines[0].Id, Quantity = 1 }] }, Token) is not null;
            }
            catch (RuleViolationException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Refund_WithTheSameExternalId_IsOne_AndOfAnotherOrderRefused()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var orders = staff.Get<OrderService>();
        var order = (await orders.CreateAsync(OrderWriting.Order(10, 2, OrderStatus.Paid), Token)).Order;
        var other = (await orders.CreateAsync(OrderWriting.Order(10, 2, OrderStatus.Paid), Token)).Order;
        var body = new RefundInput { ExternalId = "R-1", Lines = [new() { LineId = order.Lines[0].Id, Quantity = 1 }] };

        var first = (await orders.RefundAsync(order.Id, body, Token))!;
        var second = (await orders.RefundAsync(order.Id, body, Token))!;

        Assert.Equal((false, true, first.Refund.Id, 10_00L), (first.IsRepeat, second.IsRepeat, second.Refund.Id, second.Order.Refunded));
        // What is answered of the order changed once.
        Assert.Equal((order.Version + 1, order.Version + 1), (first.Order.Version, second.Order.Version));
        Assert.True((await Assert
            .ThrowsAsync<RuleViolationException>(() => orders.RefundAsync(other.Id, body with { Lines = null }, Token))).IsDuplicate);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Cancel_TakesThePointsBack_AndIsRefusedOnceSomethingWasRefunded(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync();
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var orders = staff.Get<OrderService>();
        var order = (await orders.CreateAsync(OrderWriting.Order(10, 5, OrderStatus.Paid, ada.Id), Token)).Order;
        var kept = (await orders.CreateAsync(OrderWriting.Order(10, 2, OrderStatus.Paid, ada.Id), Token)).Order;
        Assert.Equal(70, await data.PointsAsync(ada.Id));

        Assert.Empty(order.Refunds);
        await orders.SetStatusAsync(order.Id, OrderStatus.Shipped, null, Token);
        Assert.Equal(70, await data.PointsAsync(ada.Id));
        await orders.SetStatusAsync(order.Id, OrderStatus.Cancelled, null, Token);
        Assert.Equal(20, await data.PointsAsync(ada.Id));

        await orders.RefundAsync(kept.Id, new(), Token);
        Assert.Equal("Status",
            (await Assert
            .ThrowsAsync<RuleViolationException>(() => orders.SetStatusAsync(kept.Id, OrderStatus.Cancelled, null, Token))).Errors
            .Single().Field);
        await orders.SetStatusAsync(kept.Id, OrderStatus.Shipped, null, Token);
        Assert.Equal(0, await data.PointsAsync(ada.Id));
        await Assert.ThrowsAsync<RuleViolationException>(() => orders.RefundAsync(order.Id, new(), Token));
        await data.AssertFiguresAsync();
    }
}
