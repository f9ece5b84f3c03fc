using System.Globalization;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Loyalty;

/// <summary>
/// Books past orders customer by customer, each in a transaction of its own. What each order earns is played through on its day, with the
/// tier and the limit of that moment; its points expire as if they had been booked then. An order that has points, or gets some at this
/// moment, is passed over, so the job can be stopped, started again and run twice.
/// </summary>
internal sealed class PastOrderJob(
    IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, TimeProvider clock,
        IOptions<ShopOptions> shop) : IJobHandler
{
    public const string Name = "loyalty.past-orders";
    private const int BatchSize = 200;

    public string Kind => Name;

    public bool IsRepeatable => true;

    private LocalZone Zone => shop.Value.Zone;

    public async Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ProgrammeEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var from = (await PastOrderService.StoredAsync(db, cancellationToken)
            ?? throw new RuleViolationException("", "There is nothing to book.")).From;
        var start = Zone.StartOf(from);
        var total = new PastOrderResult(clock.GetUtcNow(), from, 0, 0, 0, 0, false);
        var (last, done) = (0L, 0);
        try
        {
            var all = await PastOrderService.Unbooked(db, start).Select(o => o.CustomerId).Distinct().CountAsync(cancellationToken);
            while (true)
            {
                var ids = await PastOrderService.Unbooked(db, start).Where(o => o.CustomerId > last).Select(o => o.CustomerId!.Value)
                    .Distinct().Order().Take(BatchSize).ToListAsync(cancellationToken);
                if (ids.Count == 0) break;
                foreach (var id in ids)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    total = Add(total, await BookAsync(id, start, grant.Actor, cancellationToken));
                    progress.Report(new("Booking past orders", ++done, all));
                }

                last = ids[^1];
            }
        }
        catch (OperationCanceledException)
        {
            await PastOrderService.KeepAsync(db, new(from, total with { IsStopped = true }), CancellationToken.None);
            throw;
        }

        await PastOrderService.KeepAsync(db, new(from, total), cancellationToken);
    }

    public Task EndedAsync(long subjectId, JobState state, string? fault, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<PastOrderResult> BookAsync(long customerId, DateTimeOffset start, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var result = new PastOrderResult(now, default, 0, 0, 0, 0, false);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Points are reversed by bookings and never by the general undo.
        db.BeginChangeSet("loyalty.past");
        await LoyaltySettlement.LockAsync(db, provider, [customerId], cancellationToken);
        await LinkAsync(db, customerId, cancellationToken);
        var open = (await PastOrderService.Unbooked(db, start).Where(o => o.CustomerId == customerId).Select(o => o.Id)
            .ToListAsync(cancellationToken)).ToHashSet();
        if (open.Count == 0 || (await ReplayedBuyer.ReadAsync(db, [customerId], null, shop.Value, cancellationToken)) is not [{ } buyer])
        {
            await transaction.CommitAsync(cancellationToken);
            return result;
        }

        var programme = await ProgrammeStore.CurrentAsync(db, now, cancellationToken);
        var replay = new OrderReplay(programme.Rules, shop.Value, Zone);
        var (_, earned, _) = replay.Run(buyer.Orders, buyer.Refunds, buyer.Born, Zone.DayOf(now));
        var before = await BalanceAsync(db, customerId, cancellationToken);
        var book = await LedgerBook.OpenAsync(db, provider, customerId, actor, now, cancellationToken);
        var booked = new List<ReplayedOrder>();
        foreach (var (at, order) in buyer.Orders.Index().Where(o => open.Contains(o.Item.Id) && earned[o.Index] > 0))
        {
            var expiry = PointsCalculator.ExpiryOf(programme.Rules, order.PlacedAt, Zone);
            if (expiry <= now)
            {
                result = result with { Expired = result.Expired + 1 };
                continue;
            }

            var key = string.Create(CultureInfo.InvariantCulture, $"order {order.Id} 0");
            var booking = book.Begin("Purchase", key, null, order.Id, programmeId: programme.Id, shares: replay.Shares(order));
            var usable = Zone.StartOf(Zone.DayOf(order.PlacedAt).AddDays(programme.Rules.PendingDays));
            book.Add(booking, EntryKind.Earned, earned[at], usable > now ? usable : now, expiry);
            booked.Add(order);
        }

        if (booked.Count == 0) return result;
        await book.SaveAsync(cancellationToken);
        var points = new OrderPoints(db, provider, actor, shop.Value, now);
        foreach (var order in booked.Where(o => o.Refunds.Count > 0)) await points.ClawBackAsync(order.Id, null, cancellationToken);
        var gained = await BalanceAsync(db, customerId, cancellationToken) - before;
        await new LoyaltySettlement(db, provider, actor, shop.Value, now).SettleAsync(customerId, programme, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return result with { Orders = booked.Count, Customers = 1, Points = gained };
    }

    /// <summary>What a till booked by an order's number belongs to the order.</summary>
    private static async Task LinkAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken)
    {
        var orders = await db.Orders.Where(o => o.CustomerId == customerId && o.ExternalId != null && Order.CountedStatuses
            .Contains(o.Status))
            .Join(db.LoyaltyBookings.Where(b => b.OrderId == null), o => "earn " + o.ExternalId, b => b.Key,
                (o, b) => new { Order = o.Id, Booking = b.Id }).ToListAsync(cancellationToken);
        foreach (var pair in orders)
            await db.LoyaltyBookings.Where(b => b.Id == pair.Booking && b.Entries.Any(e => e.Account!.CustomerId == customerId))
                .ExecuteUpdateAsync(b => b.SetProperty(x => x.OrderId, pair.Order), cancellationToken);
    }

    private static Task<long> BalanceAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        db.LoyaltyAccounts.AsNoTracking().Where(a => a.CustomerId == customerId).SumAsync(a => a.Balance, cancellationToken);

    private static PastOrderResult Add(PastOrderResult total, PastOrderResult one) => total with
    {
        Orders = total.Orders + one.Orders, Customers = total.Customers + one.Customers, Points = total.Points + one.Points,
            Expired = total.Expired + one.Expired,
    };
}
