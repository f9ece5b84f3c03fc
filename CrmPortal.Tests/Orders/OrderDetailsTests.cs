using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Orders;

public sealed class OrderDetailsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Get_Order_HasItsLines_AndTheRefundsOfThem(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var ada = await data.AddCustomerAsync();
        var id = await data.AddOrderAsync("A-1", ada.Id, 12_50, lines: 2);
        await data.AddOrderAsync("A-2", ada.Id, 1_00);
        await data.AddRefundAsync("R-1", ada.Id, 12_50, "A-1");
        await data.AddRefundAsync("R-2", ada.Id, 1_00, "A-2");
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var order = (await staff.Get<OrderService>().GetAsync(id, Token))!;

        Assert.Equal(("A-1", 25_00L, ada.Id), (order.Name, order.Total, order.Customer!.Id));
        Assert.Equal([("P-1", "Mug", 1, 125_000L, 12_50L), ("P-1", "Mug", 1, 125_000L, 12_50L)],
            order.Lines.Select(l => (l.ProductCode, l.Name, l.Quantity, l.UnitPrice, l.Amount)));
        var refund = Assert.Single(order.Refunds);
        Assert.Equal(("R-1", 12_50L, "Broken", "A-1"), (refund.Name, refund.Amount, refund.Reason, refund.Lines.Single().Order!.Name));
        Assert.Null(await staff.Get<OrderService>().GetAsync(987_654, Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task OfCustomer_OrdersAndRefunds_AreOneStreamByTime_InPages(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var (ada, other) = (await data.AddCustomerAsync(), await data.AddCustomerAsync("Bob"));
        var now = data.Clock.GetUtcNow();
        await data.AddOrderAsync("A-1", ada.Id, 10_00, placedAt: now.AddDays(-9));
        await data.AddRefundAsync("R-1", ada.Id, 4_00, "A-1", now.AddDays(-7));
        await data.AddOrderAsync("A-2", ada.Id, 5_00, OrderStatus.Pending, now.AddDays(-8));
        await data.AddOrderAsync("B-1", other.Id, 5_00);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var page = await staff.Get<OrderService>().OfCustomerAsync(ada.Id, new(1, 2), Token);
        var rest = await staff.Get<OrderService>().OfCustomerAsync(ada.Id, new(2, 2), Token);

        Assert.Equal([("R-1", true, 4_00L), ("A-2", false, 5_00L)], page.Items.Select(p => (p.Name, p.IsRefund, p.Amount)));
        Assert.Equal("A-1", page.Items[0].Orders.Single().Name);
        Assert.Equal("Mug", page.Items[1].Lines.Single().Name);
        Assert.True(page.HasMore);
        Assert.Equal(("A-1", false), (rest.Items.Single().Name, rest.HasMore));
    }
}
