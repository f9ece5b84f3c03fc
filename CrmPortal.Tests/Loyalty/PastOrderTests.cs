using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Tests.Imports;
using CrmPortal.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Tests.Loyalty;

/// <summary>Points for orders that came without any.</summary>
public sealed class PastOrderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task PastOrders_EarnByTheProgramme_OnceEach_AndRunOutAsOfTheirDay(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await data.UseRulesAsync(r => r with { SignUpBonus = 10, Tiers =
            [r.Tiers[0], r.Tiers[1] with { Threshold = 350, Multiplier = 2 }, r.Tiers[2], r.Tiers[3]] });
        // Two years old; half a year old, in part refunded; a month old; and one that a till has booked by its number.
        await manager.ImportAsync("""
            order,date,sku,qty,price,email
            OLD,2024-03-13,TEE,1,100,a@example.org
            MID,2025-09-20,TEE,2,100,a@example.org
            CMID,2025-09-25,TEE,-1,100,a@example.org
            NEW,2026-02-10,TEE,1,50,a@example.org
            TILL,2026-02-11,TEE,1,50,b@example.org
            """);
        var a = await data.ReadAsync(db => db.Customers.Where(c => c.Email == "a@example.org").Select(c => c.Id).SingleAsync(Token));
        var b = await data.ReadAsync(db => db.Customers.Where(c => c.Email == "b@example.org").Select(c => c.Id).SingleAsync(Token));
        await using var system = data.AsSystem();
        await system.Get<LedgerService>().EarnAsync(new() { CustomerId = b, Points = 7, Order = "TILL" }, null, Token);
        Assert.Equal(3, (await manager.Get<PastOrderService>().StateAsync(Token)).Unbooked);

        var job = await manager.Get<PastOrderService>().StartAsync(new(2020, 1, 1), Token);
        Assert.Equal(job, await manager.Get<PastOrderService>().StartAsync(new(2020, 1, 1), Token));
        await data.Get<JobRunner>().RunWaitingAsync(Token);

        var state = await manager.Get<PastOrderService>().StateAsync(Token);
        Assert.Null(state.JobId);
        // 200 less the half that came back, 50 as of then, and the bonus of a new member; the oldest would have run out.
        var rows = await data.ReadAsync(db => db.LoyaltyEntries.Where(e => e.Account!.CustomerId == a && e.Kind == EntryKind.Earned
            && e.Booking!.OrderId != null).OrderBy(e => e.Id)
            .Select(e => new { e.Booking!.Order!.ExternalId, e.Points, Ends = db.Set<LoyaltyLot>().Where(l => l.EntryId == e.Id)
                .Select(l => l.ExpiresAt).First() }).ToListAsync(Token));
        Assert.Equal(["MID", "NEW"], rows.Select(r => r.ExternalId));
        Assert.Equal([200L, 50], rows.Select(r => r.Points));
        Assert.Equal(new DateOnly(2026, 9, 21), DateOnly.FromDateTime(rows[0].Ends!.Value.AddHours(2).UtcDateTime));
        Assert.Equal((160L, 17L), (await data.PointsAsync(a), await data.PointsAsync(b)));
        Assert.Equal((2, 1, 150L, 1, false), (state.Last!.Orders, state.Last.Customers, state.Last.Points, state.Last.Expired,
            state.Last.IsStopped));

        await manager.Get<PastOrderService>().StartAsync(new(2020, 1, 1), Token);
        await data.Get<JobRunner>().RunWaitingAsync(Token);
        Assert.Equal(160, await data.PointsAsync(a));
        Assert.Equal(0, (await manager.Get<PastOrderService>().StateAsync(Token)).Last!.Orders);
        Assert.Empty((await system.Get<LedgerReconciliation>().RunAsync(Token)).Faults);
        await data.AssertFiguresAsync();
    }

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Booking_ThatIsStopped_KeepsWhatItDid_AndSaysSo(DatabaseKind kind)
    {
        await using var data = await TestServices.CreateAsync(kind);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);
        await manager.ImportAsync("order,date,sku,qty,price,email\n" + string
            .Concat(Enumerable.Range(1, 5).Select(i => $"O-{i},2026-02-20,TEE,1,10,c{i}@example.org\n")));
        await manager.Get<PastOrderService>().StartAsync(new(2026, 1, 1), Token);
        using var stopping = new CancellationTokenSource();
        var handler = manager.Services.GetServices<IJobHandler>().OfType<PastOrderJob>().Single();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handler.RunAsync(0, new Stopping(stopping), stopping.Token));

        var last = (await manager.Get<PastOrderService>().StateAsync(Token)).Last!;
        Assert.Equal((2, 20L, true), (last.Orders, last.Points, last.IsStopped));
        await data.Get<JobRunner>().RunWaitingAsync(Token);
        Assert.Equal(5, await data.ReadAsync(db => db.LoyaltyBookings.CountAsync(b => b.Reason == "Purchase", Token)));
    }

    [Fact]
    public async Task Booking_IsForWhoMayChangeTheProgramme()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        await using var staff = await data.AsRoleAsync(RoleNames.Staff);
        await using var manager = await data.AsRoleAsync(RoleNames.Manager);

        await Assert.ThrowsAsync<AccessDeniedException>(() => staff.Get<PastOrderService>().StartAsync(new(2026, 1, 1), Token));
        await Assert.ThrowsAsync<AccessDeniedException>(() => staff.Get<PastOrderService>().StateAsync(Token));
        Assert.Equal("From", (await Assert.ThrowsAsync<RuleViolationException>(() => manager.Get<PastOrderService>()
            .StartAsync(new(2062, 1, 1), Token))).Errors.Single().Field);
    }

    /// <summary>Stops after the second customer.</summary>
    private sealed class Stopping(CancellationTokenSource source) : IProgress<JobProgress>
    {
        public void Report(JobProgress value)
        {
            if (value.Done == 2) source.Cancel();
        }
    }
}
