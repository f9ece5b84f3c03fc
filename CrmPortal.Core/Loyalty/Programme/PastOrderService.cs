using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Loyalty;

/// <summary>What became of past orders.</summary>
/// <param name="From">The first day of the shop whose orders were looked at.</param>
/// <param name="Orders">Orders that earned points.</param>
/// <param name="Customers">Whose orders these are.</param>
/// <param name="Points">What they earned, less what refunds reversed.</param>
/// <param name="Expired">Orders whose points would have expired by now; they earned nothing.</param>
/// <param name="IsStopped">Whether somebody stopped it; what was booked before stays.</param>
public sealed record PastOrderResult(DateTimeOffset At, DateOnly From, int Orders, int Customers, long Points, int Expired, bool IsStopped);

/// <summary>Where the booking of past orders stands.</summary>
/// <param name="Unbooked">Paid orders of customers that have earned nothing, counted up to <see
/// cref="PastOrderService.MostCounted"/>.</param>
/// <param name="Usual">The first day from which points would not have expired yet.</param>
public sealed record PastOrderState(long? JobId, int Unbooked, DateOnly Usual, PastOrderResult? Last);

/// <summary>Books points for orders that came without any, such as imported ones, by the programme in force.</summary>
public sealed class PastOrderService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, JobService jobs, RunningJobs board,
    TimeProvider clock, IOptions<ShopOptions> shop)
{
    public const int MostCounted = 100_000;
    private const string Setting = "loyalty.past-orders";

    /// <summary>Starts the booking; one that is at work is answered instead.</summary>
    /// <param name="from">The first day of the shop whose orders earn.</param>
    /// <returns>The job.</returns>
    /// <exception cref="RuleViolationException">The day is no day of the past.</exception>
    public async Task<long> StartAsync(DateOnly from, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ProgrammeEdit, cancellationToken);
        if (from > Today || from.Year < OrderRules.EarliestYear) throw new RuleViolationException("From",
            "The date of the order must be between 1970 and today.");
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await RunningAsync(db, cancellationToken) is { } running) return running;
        await KeepAsync(db, (await StoredAsync(db, cancellationToken) ?? new(from, null)) with { From = from }, cancellationToken);
        var job = jobs.Make(PastOrderJob.Name, 0, grant);
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        board.Wake();
        return job.Id;
    }

    /// <summary>How many orders have earned nothing, the booking at work, and what the last one did.</summary>
    public async Task<PastOrderState> StateAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var rules = (await ProgrammeStore.CurrentAsync(db, clock.GetUtcNow(), cancellationToken)).Rules;
        var unbooked = await Unbooked(db, DateTimeOffset.UnixEpoch).Take(MostCounted).CountAsync(cancellationToken);
        var usual = rules.Expiry == ExpiryKind.Never ? new DateOnly(OrderRules.EarliestYear, 1, 1) : Today.AddDays(-rules.ExpiryDays);
        return new(await RunningAsync(db, cancellationToken), unbooked, usual, (await StoredAsync(db, cancellationToken))?.Result);
    }

    /// <summary>Paid orders of customers for which nothing was booked. A till may have said what an order earns before it came.</summary>
    internal static IQueryable<Order> Unbooked(CrmDbContext db, DateTimeOffset from) => db.Orders.Where(o =>
        o.CustomerId != null && o.BaseTotal > 0 && Order.CountedStatuses.Contains(o.Status) && o.PlacedAt >= from
            && !db.Set<LoyaltyBooking>()
            .Any(b => b.OrderId == o.Id));

    internal static async Task<Stored?> StoredAsync(CrmDbContext db, CancellationToken cancellationToken) =>
        await db.Settings.AsNoTracking().Where(s => s.Name == Setting).Select(s => s.Value)
            .FirstOrDefaultAsync(cancellationToken) is { } json ? JsonSerializer.Deserialize<Stored>(json) : null;

    internal static async Task KeepAsync(CrmDbContext db, Stored stored, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.Serialize(stored);
        if (await db.Settings.FirstOrDefaultAsync(s => s.Name == Setting, cancellationToken) is { } row) row.Value = json;
        else db.Settings.Add(new Setting { Name = Setting, Value = json });
        await db.SaveChangesAsync(cancellationToken);
    }

    private DateOnly Today => shop.Value.Zone.DayOf(clock.GetUtcNow());

    private static Task<long?> RunningAsync(CrmDbContext db, CancellationToken cancellationToken) => db.Jobs
        .Where(j => j.Kind == PastOrderJob.Name && (j.State == JobState.Waiting || j.State == JobState.Running)).OrderBy(j => j.Id)
            .Select(j => (long?)j.Id).FirstOrDefaultAsync(cancellationToken);

    /// <summary>The stored settings: from which date orders earn, and the result of the last run.</summary>
    internal sealed record Stored(DateOnly From, PastOrderResult? Result);
}
