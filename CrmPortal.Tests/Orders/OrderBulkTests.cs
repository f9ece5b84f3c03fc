using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Orders;

/// <summary>Moving many orders to another status, and taking it back as one.</summary>
public sealed class OrderBulkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task OrdersMarkedAsPaid_EarnTheirPoints_AndLoseThemWithTheUndo(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var (ada, grace) = (await data.AddCustomerAsync(), await data.AddCustomerAsync());
        var orders = staff.Get<OrderService>();
        long[] ids = [await AddAsync(ada.Id), await AddAsync(ada.Id), await AddAsync(grace.Id), await AddAsync(null),
            await AddAsync(grace.Id, OrderStatus.Shipped)];
        Assert.Equal((0, 50), (await data.PointsAsync(ada.Id), await data.PointsAsync(grace.Id)));

        var result = await staff.Get<OrderBulkService>().RunAsync(new([.. ids, 4711], null), OrderStatus.Paid, null, Token);

        Assert.Equal((4, 6, false), (result.Changed, result.Total, result.WasCancelled));
        Assert.Equal([OrderStatus.Paid, OrderStatus.Paid, OrderStatus.Paid, OrderStatus.Paid, OrderStatus.Shipped], await StatusesAsync());
        Assert.Equal((100, 100), (await data.PointsAsync(ada.Id), await data.PointsAsync(grace.Id)));
        Assert.Equal(4, await data.ReadAsync(db => db.AuditEntries.CountAsync(e => e.ChangeSetId == result.ChangeSetId
            && e.EntityType == nameof(Order) && e.Action == AuditAction.Updated && e.Fields == "Status", Token)));
        await data.AssertFiguresAsync();

        var undone = await staff.Get<UndoService>().UndoAsync(result.ChangeSetId!.Value, false, Token);
        Assert.Equal((4, 0), (undone.Undone, undone.Kept.Count));
        Assert.Equal(4, (await StatusesAsync()).Count(s => s == OrderStatus.Pending));
        Assert.Equal((0, 50), (await data.PointsAsync(ada.Id), await data.PointsAsync(grace.Id)));
        await data.AssertFiguresAsync();

        await staff.Get<UndoService>().UndoAsync(undone.ChangeSetId!.Value, false, Token);
        Assert.Equal(4, (await StatusesAsync()).Count(s => s == OrderStatus.Paid));
        Assert.Equal((100, 100), (await data.PointsAsync(ada.Id), await data.PointsAsync(grace.Id)));
        await data.AssertFiguresAsync();

        async Task<long> AddAsync(long? customer, OrderStatus status = OrderStatus.Pending) =>
            (await orders.CreateAsync(OrderWriting.Order(50, 1, status, customer), Token)).Order.Id;

        Task<List<OrderStatus>> StatusesAsync() => data.ReadAsync(db => db.Orders.Where(o => ids.Contains(o.Id)).OrderBy(o => o.Id)
            .Select(o => o.Status).ToListAsync(Token));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task OrdersCancelled_AndBroughtBack_HaveTheSamePointsWithTheDaysThatTheyHadLeft(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var ada = await data.AddCustomerAsync();
        var order = (await staff.Get<OrderService>().CreateAsync(OrderWriting.Order(50, 1, OrderStatus.Paid, ada.Id), Token)).Order;
        var before = await LotsAsync();
        data.Clock.Advance(TimeSpan.FromDays(10));

        var cancelled = await staff.Get<OrderBulkService>().RunAsync(new([order.Id], null), OrderStatus.Cancelled, null, Token);
        Assert.Equal(0, await data.PointsAsync(ada.Id));
        Assert.Empty(await LotsAsync());
        await staff.Get<UndoService>().UndoAsync(cancelled.ChangeSetId!.Value, false, Token);

        Assert.Equal(50, await data.PointsAsync(ada.Id));
        Assert.Equal(before, await LotsAsync());
        await data.AssertFiguresAsync();

        Task<List<(long, long, DateTimeOffset?)>> LotsAsync() => data.ReadAsync(async db => (await db.LoyaltyLots
            .Where(l => l.Remaining > 0).OrderBy(l => l.Id).ToListAsync(Token)).ConvertAll(l => (l.Id, l.Remaining, l.ExpiresAt)));
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task WhatWasDeliveredOrRefunded_IsNotCancelled_AndAPaymentStaysOnceMoneyWasGivenBack(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var ada = await data.AddCustomerAsync();
        var (orders, bulk) = (staff.Get<OrderService>(), staff.Get<OrderBulkService>());
        var first = (await orders.CreateAsync(OrderWriting.Order(50, 1, OrderStatus.Pending, ada.Id), Token)).Order;
        var second = (await orders.CreateAsync(OrderWriting.Order(70, 1, OrderStatus.Pending, ada.Id), Token)).Order;
        var delivered = (await orders.CreateAsync(OrderWriting.Order(20, 1, OrderStatus.Delivered, ada.Id), Token)).Order;
        var all = new OrderSelection([first.Id, second.Id, delivered.Id], null);
        var paid = await bulk.RunAsync(all, OrderStatus.Paid, null, Token);
        await orders.RefundAsync(first.Id, new() { Lines = [new() { LineId = first.Lines[0].Id, Amount = 1 }] }, Token);

        var cancelled = await bulk.RunAsync(all, OrderStatus.Cancelled, null, Token);
        Assert.Equal((1, 3), (cancelled.Changed, cancelled.Total));
        Assert.Equal((OrderStatus.Paid, OrderStatus.Cancelled), await StatusesAsync());
        var nothing = await bulk.RunAsync(all, OrderStatus.Cancelled, null, Token);
        Assert.Equal((0, null), (nothing.Changed, nothing.ChangeSetId));

        await staff.Get<UndoService>().UndoAsync(cancelled.ChangeSetId!.Value, false, Token);
        Assert.Equal((OrderStatus.Paid, OrderStatus.Paid), await StatusesAsync());
        var undone = await staff.Get<UndoService>().UndoAsync(paid.ChangeSetId!.Value, false, Token);
        Assert.Equal((1, 1), (undone.Undone, undone.Kept.Count));
        Assert.Equal((OrderStatus.Paid, OrderStatus.Pending), await StatusesAsync());
        Assert.Equal(69, await data.PointsAsync(ada.Id));
        await data.AssertFiguresAsync();

        async Task<(OrderStatus, OrderStatus)> StatusesAsync() => ((await orders.GetAsync(first.Id, Token))!.Status,
            (await orders.GetAsync(second.Id, Token))!.Status);
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Job_MovesAllThatMatch_GoesOnWhereItWasBrokenOff_AndIsUndoneAsOne(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var ada = await data.AddCustomerAsync();
        await data.WriteAsync(db =>
        {
            db.Orders.AddRange(Enumerable.Range(0, 120).Select(i => new Order
            {
                CustomerId = i % 2 == 0 ? ada.Id : null, Currency = "EUR", PlacedAt = data.Clock.GetUtcNow().AddMinutes(-i), Total = 1_00,
                BaseTotal = 1_00, Status = i < 110 ? OrderStatus.Paid : OrderStatus.Pending,
            }));
            return Task.CompletedTask;
        });
        var bulk = staff.Get<OrderBulkService>();
        var job = await bulk.StartAsync(new(null, new(Filter: "status:any:paid,cancelled")), OrderStatus.Shipped, Token);
        Assert.Equal(job, await bulk.RunningAsync(Token));
        var id = await data.ReadAsync(db => db.BulkEdits.Select(e => e.Id).SingleAsync(Token));
        using var ends = new CancellationTokenSource();
        await bulk.ContinueAsync(id, new Reports(p =>
        {
            if (p.Done == 50) ends.Cancel();
        }), ends.Token);
        Assert.Equal((50, 110, true), await ResultAsync());

        await data.Get<JobRunner>().RunWaitingAsync(Token);

        Assert.Equal((110, 110, false), await ResultAsync());
        Assert.Null(await bulk.RunningAsync(Token));
        var done = (await bulk.GetAsync(id, Token))!;
        Assert.Equal(OrderStatus.Shipped, done.Status);
        Assert.Equal(1, await data.ReadAsync(db => db.ChangeSets.CountAsync(c => c.Kind == "order.bulk", Token)));
        Assert.Null(await staff.Get<CustomerBulkService>().GetAsync(id, Token));
        var undone = await staff.Get<UndoService>().UndoAsync(done.Result.ChangeSetId!.Value, false, Token);
        Assert.Equal(110, undone.Undone);
        Assert.Equal(110, await data.ReadAsync(db => db.Orders.CountAsync(o => o.Status == OrderStatus.Paid, Token)));

        async Task<(int, int, bool)> ResultAsync() => (await bulk.GetAsync(id, Token))!.Result is var r
            ? (r.Changed, r.Total, r.WasCancelled) : default;
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task WhoMayNotChangeOrders_MovesNone_AndAJobIsItsOwnersAlone(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var agent = await data.AsRoleAsync(RoleNames.SupportAgent);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var id = await data.AddOrderAsync("A-1", null, 100);

        await Assert.ThrowsAsync<AccessDeniedException>(() => agent.Get<OrderBulkService>().RunAsync(new([id], null), OrderStatus.Shipped,
            null, Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => agent.Get<OrderBulkService>().StartAsync(new(null, new()),
            OrderStatus.Shipped, Token));
        await Assert.ThrowsAsync<RuleViolationException>(() => staff.Get<OrderBulkService>()
            .StartAsync(new([.. Enumerable.Range(1, 10_001).Select(i => (long)i)], null), OrderStatus.Shipped, Token));
        await staff.Get<OrderBulkService>().StartAsync(new(null, new()), OrderStatus.Shipped, Token);
        var edit = await data.ReadAsync(db => db.BulkEdits.Select(e => e.Id).SingleAsync(Token));
        Assert.Null(await agent.Get<OrderBulkService>().GetAsync(edit, Token));
        Assert.Null(await agent.Get<OrderBulkService>().RunningAsync(Token));
    }

    private sealed class Reports(Action<BulkProgress> report) : IProgress<BulkProgress>
    {
        public void Report(BulkProgress value) => report(value);
    }
}
