using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Orders;

/// <summary>Taking a step of an order back, and finding orders by more than their number.</summary>
public sealed class OrderStepTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task StepThatIsTakenBack_GivesTheStatusBack_WithItsPointsAndFigures(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var ada = await data.AddCustomerAsync();
        var orders = staff.Get<OrderService>();
        var order = (await orders.CreateAsync(OrderWriting.Order(50, 2, OrderStatus.Pending, ada.Id), Token)).Order;
        Assert.Equal("There is no status change of this order to undo.", (await Assert
            .ThrowsAsync<RuleViolationException>(() => orders.TakeBackStepAsync(order.Id, order.Version, Token))).Message);

        order = (await orders.SetStatusAsync(order.Id, OrderStatus.Paid, null, Token))!.Order;
        Assert.Equal(100, await data.PointsAsync(ada.Id));
        var back = (await orders.TakeBackStepAsync(order.Id, order.Version, Token))!.Order;
        Assert.Equal((OrderStatus.Pending, 0L), (back.Status, await data.PointsAsync(ada.Id)));

        order = (await orders.SetStatusAsync(order.Id, OrderStatus.Paid, null, Token))!.Order;
        var cancelled = (await orders.SetStatusAsync(order.Id, OrderStatus.Cancelled, null, Token))!.Order;
        Assert.Equal(0, await data.PointsAsync(ada.Id));
        Assert.Equal(OrderStatus.Paid, (await orders.TakeBackStepAsync(order.Id, cancelled.Version, Token))!.Order.Status);
        Assert.Equal(100, await data.PointsAsync(ada.Id));
        Assert.Equal((1, 100_00L), await data.ReadAsync(db => db.Customers.Where(c => c.Id == ada.Id)
            .Select(c => new ValueTuple<int, long>(c.OrderCount, c.TotalSpent)).SingleAsync(Token)));
        await data.AssertFiguresAsync();
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task StepIsNotTakenBack_OnceSomethingElseHappened(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        var orders = staff.Get<OrderService>();
        var order = (await orders.CreateAsync(OrderWriting.Order(50), Token)).Order;
        var paid = (await orders.SetStatusAsync(order.Id, OrderStatus.Paid, null, Token))!.Order;
        await Assert.ThrowsAsync<AccessDeniedException>(() => agent.Get<OrderService>().TakeBackStepAsync(order.Id, paid.Version, Token));
        var refunded = (await orders.RefundAsync(order.Id, new() { Lines = [new() { LineId = order.Lines[0].Id, Amount = 1 }] },
            Token))!.Order;

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => orders.TakeBackStepAsync(order.Id, paid.Version, Token));
        Assert.Equal("Part of this order was refunded; its payment cannot be undone.",
            (await Assert.ThrowsAsync<RuleViolationException>(() => orders.TakeBackStepAsync(order.Id, refunded.Version, Token))).Message);
        Assert.Null(await orders.TakeBackStepAsync(4711, 0, Token));
        var changed = (await orders.UpdateAsync(order.Id, new() { Channel = "phone" }, null, Token))!.Order;
        Assert.Equal("There is no status change of this order to undo.", (await Assert
            .ThrowsAsync<RuleViolationException>(() => orders.TakeBackStepAsync(order.Id, changed.Version, Token))).Message);
        Assert.Equal(OrderStatus.Paid, (await orders.GetAsync(order.Id, Token))!.Status);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Search_FindsOrdersByCustomerAndByProduct_AsFarAsOneMaySee(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var oliver = await data.AddCustomerAsync("Oliver", "Evans", "oliver.evans13@example.org");
        var orders = manager.Get<OrderService>();
        await orders.CreateAsync(OrderWriting.Order(5, 1, OrderStatus.Pending, oliver.Id) with { ExternalId = "D-100740" }, Token);
        await orders.CreateAsync(new() { ExternalId = "D-100741", Lines =
            new([OrderWriting.Line(9, 1, "ESP-01") with { Name = "Espresso beans" }]) }, Token);

        Assert.Equal(["D-100740"], await NamesAsync(manager, "Oliver"));
        Assert.Equal(["D-100740"], await NamesAsync(manager, "oliver.evans13"));
        Assert.Equal(["D-100740"], await NamesAsync(manager, oliver.Number));
        Assert.Equal(["D-100741"], await NamesAsync(manager, "espresso"));
        Assert.Equal(["D-100741"], await NamesAsync(manager, "esp-01"));
        Assert.Equal(2, (await NamesAsync(manager, "D-10074")).Count);
        // Whoever sees e-mails masked finds by a complete one, and that is logged.
        Assert.Empty(await NamesAsync(staff, "oliver.evans13"));
        Assert.Equal(["D-100740"], await NamesAsync(staff, "Oliver.Evans13@example.org"));
        Assert.True(await data.ReadAsync(db => db.AuditEntries.AnyAsync(e => e.Action == AuditAction.Revealed && e.CustomerId == oliver.Id,
            Token)));
        Assert.Equal(1, (await manager.Get<OrderService>().CountAsync(new("Oliver"), null, Token)).Rows);

        Assert.Equal(["D-100740"], (await orders.FindByNumberAsync("d-100740", 4, Token))
            .Concat(await orders.FindByNumberAsync("D-100740", 4, Token)).Select(o => o.Name).Distinct());
        Assert.Empty(await orders.FindByNumberAsync("Oliver", 4, Token));

        static async Task<List<string>> NamesAsync(TestScope scope, string typed) =>
            [.. (await scope.Get<OrderService>().ListAsync(new(typed), new(), Token)).Items.Select(o => o.Name)];
    }
}
