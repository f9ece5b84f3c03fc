using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Timeline;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Timeline;

/// <summary>What became of an order, newest first, with who did it.</summary>
public sealed class OrderTimelineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Order_TellsEveryStep_WithWhoTookIt_AndPagesWithoutLossOrRepeat(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        var ada = await data.AddCustomerAsync();
        var (orders, next) = (staff.Get<OrderService>(), TimeSpan.FromMinutes(10));
        var order = (await orders.CreateAsync(OrderWriting.Order(10, 2), Token)).Order;
        data.Clock.Advance(next);
        await orders.UpdateAsync(order.Id, new() { Channel = "phone",
            Lines = new([OrderWriting.Line(10, 3), OrderWriting.Line(4, 1, "TEA-1") with { Name = "Green tea" }]) }, null, Token);
        data.Clock.Advance(next);
        await orders.SetStatusAsync(order.Id, OrderStatus.Paid, null, Token);
        data.Clock.Advance(next);
        await orders.MatchAsync(order.Id, ada.Id, null, Token);
        data.Clock.Advance(next);
        var refund = (await manager.Get<OrderService>().RefundAsync(order.Id, new() { Reason = "Broken" }, Token))!;
        data.Clock.Advance(next);
        await orders.TakeBackRefundAsync(order.Id, refund.Refund.Id, refund.Order.Version, Token);

        var service = staff.Get<OrderTimelineService>();
        var all = (await service.ReadAsync(order.Id, null, 50, Token)).Entries;

        Assert.Equal(all.OrderByDescending(e => e.At), all);
        Assert.True(Assert.Single(all, e => e.Refund is not null).Refund is { IsTakenBack: true, Amount: 34_00, Reason: "Broken" });
        Assert.Equal(3, all.Count(e => e.Points is not null));
        Assert.Equal(0, all.Sum(e => e.Points?.Points ?? 0) - 34);
        var handover = Assert.Single(all, e => e.Handover is not null).Handover!;
        Assert.Equal((null, ada.Id), (handover.Before, handover.After!.Id));
        Assert.Equal(new OrderStep(OrderStatus.Pending, OrderStatus.Paid), Assert.Single(all, e => e.Step is not null).Step);
        var edit = Assert.Single(all, e => e.Items.Any(i => i.EntityType == nameof(OrderLine)));
        Assert.Contains(edit.Items, i => i.Title == "Green tea");
        Assert.Contains(edit.Items.SelectMany(i => i.Fields), f => f is { Name: "Channel", After: "phone" });
        Assert.Equal(OrderMomentKind.Placed, all[^1].Kind);
        Assert.Single(all, e => e.Kind == OrderMomentKind.Placed || e.IsCreation);
        Assert.All(all, e => Assert.NotEqual("", e.ActorName));

        var paged = new List<OrderMoment>();
        for (string? place = null; ;)
        {
            var page = await service.ReadAsync(order.Id, place, 2, Token);
            paged.AddRange(page.Entries);
            if ((place = page.Next) is null) break;
        }

        Assert.Equal(all.Select(e => (e.Kind, e.Id)), paged.Where(e => !e.IsCreation).Select(e => (e.Kind, e.Id)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Order_ThatCameByAFile_SaysWhenItWasPlaced_AndWhoMaySee(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        var id = await data.AddOrderAsync("A-1", null, 10_00);
        await data.AddRefundAsync("R-1", null, 4_00, "A-1");
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);

        var entries = (await staff.Get<OrderTimelineService>().ReadAsync(id, null, 20, Token)).Entries;

        Assert.Contains(entries, e => e.Kind == OrderMomentKind.Placed);
        Assert.Contains(entries, e => e.Refund is { Name: "R-1", Amount: 4_00, IsTakenBack: false });
        Assert.Empty((await staff.Get<OrderTimelineService>().ReadAsync(4711, null, 20, Token)).Entries);
        await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<OrderTimelineService>().ReadAsync(id, "x", 20, Token));
        await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<OrderTimelineService>().ReadAsync(id, null, 0, Token));
        await using var nobody = data.AsNobody();
        await Assert.ThrowsAsync<SignedOutException>(() => nobody.Get<OrderTimelineService>().ReadAsync(id, null, 20, Token));
    }
}
