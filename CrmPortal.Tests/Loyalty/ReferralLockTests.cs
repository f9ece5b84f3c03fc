using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Tests.Loyalty;

/// <summary>Two customers who brought each other and order at the same time: each order locks both of them, in one order.</summary>
public sealed class ReferralLockTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Orders_AtOnce_OfTwoWhoBroughtEachOther_AreBothBooked(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await data.UseRulesAsync(r => r with { PointsPerUnit = 0, ReferrerBonus = 200 });
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var pairs = new List<(long First, long Second)>();
        for (var i = 0; i < 8; i++) pairs.Add(await PairAsync(data));

        var made = await Task.WhenAll(pairs.SelectMany(p => new[] { p.First, p.Second }).Select(id => OrderAsync(data, staff.Actor, id)));

        Assert.Equal(16, made.Length);
        foreach (var (first, second) in pairs) Assert.Equal((200, 200), (await data.PointsAsync(first), await data.PointsAsync(second)));
    }

    [Fact]
    public async Task Order_OfTheSecond_WaitsForTheFirst_BeforeItHoldsAnything()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Postgres);
        await data.UseRulesAsync(r => r with { PointsPerUnit = 0, ReferrerBonus = 200 });
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        var (first, second) = await PairAsync(data);
        var provider = data.Get<IDatabaseProvider>();
        await using var holder = provider.CreateContext(null);
        await using var transaction = await holder.Database.BeginTransactionAsync(Token);
        await provider.LockCustomersAsync(holder, [first], Token);

        var order = OrderAsync(data, staff.Actor, second);
        // Asked outside of the transaction, which would be shown the first answer again and again.
        await using var watcher = provider.CreateContext(null);
        while (!order.IsCompleted && !await IsSomebodyWaitingAsync(watcher)) await Task.Yield();
        if (order.IsFaulted) await order;
        Assert.False(order.IsCompleted);
        // Had the order taken the second before it waits for the first, the two would wait for each other now.
        await provider.LockCustomersAsync(holder, [second], Token);
        await transaction.CommitAsync(Token);

        Assert.True((await order).IsCreated);
        Assert.Equal(200, await data.PointsAsync(first));
    }

    private static Task<bool> IsSomebodyWaitingAsync(CrmDbContext db) => db.Database.SqlQuery<bool>(
        $"""
        select exists (
            select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as "Value"
        """).SingleAsync(Token);

    private static async Task<OrderChangeResult> OrderAsync(TestServices data, Actor actor, long customer)
    {
        await using var scope = data.As(actor);
        return await scope.Get<OrderService>().CreateAsync(OrderWriting.Order(10, status: OrderStatus.Paid, customerId: customer), Token);
    }

    /// <summary>Two customers each of whom stands as the one who brought the other, as two merges can leave them.</summary>
    private static async Task<(long First, long Second)> PairAsync(TestServices data)
    {
        var (first, second) = ((await data.AddCustomerAsync("First", "Friend")).Id, (await data.AddCustomerAsync("Second", "Friend")).Id);
        await data.WriteAsync(db =>
        {
            db.Relationships.Add(new() { CustomerId = first, OtherId = second, Kind = RelationshipKind.Referrer });
            db.Relationships.Add(new() { CustomerId = second, OtherId = first, Kind = RelationshipKind.Referrer });
            return Task.CompletedTask;
        });
        return (first, second);
    }
}
