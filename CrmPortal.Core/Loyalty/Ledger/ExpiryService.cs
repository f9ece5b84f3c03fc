using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <summary>How many points of how many lots expired.</summary>
public sealed record ExpiryResult(long Points, int Lots);

/// <summary>
/// Books points that expired. A lot that was emptied is no longer found, so it may run twice, on two nodes, be stopped at any time,
/// and catch up with weeks that were missed.
/// </summary>
public sealed class ExpiryService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    TimeProvider clock)
{
    /// <summary>Lots that are booked in one transaction: others' saves wait no longer than it takes.</summary>
    private const int BatchSize = 10_000;

    private const string Stage = "Points that ran out";

    /// <summary>Books what expired for one customer.</summary>
    /// <returns>Null where there is no such customer.</returns>
    public async Task<ExpiryResult?> RunAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ProgrammeEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("loyalty.expire");
        customerId = await MergedCustomers.LeadAsync(db, customerId, cancellationToken);
        if (!await db.Customers.AnyAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken)) return null;
        if (!await db.LoyaltyAccounts.AnyAsync(a => a.CustomerId == customerId, cancellationToken)) return new(0, 0);
        var book = await LedgerBook.OpenAsync(db, provider, customerId, grant.Actor, clock.GetUtcNow(), cancellationToken);
        var entries = db.ChangeTracker.Entries<LoyaltyBooking>().SelectMany(b => b.Entity.Entries).ToList();
        await book.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(-entries.Sum(e => e.Points), entries.Count);
    }

    /// <summary>Books what expired for everybody, set by set; what was booked stays when it is stopped.</summary>
    public async Task<ExpiryResult> RunAsync(IProgress<JobProgress>? progress, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ProgrammeEdit, cancellationToken);
        var now = clock.GetUtcNow();
        var (points, lots, total) = (0L, 0, 0L);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        // One connection for all sets, so that what one read is still at hand for the next.
        await db.Database.OpenConnectionAsync(cancellationToken);
        await provider.PrepareForBulkWriteAsync(db, cancellationToken);
        total = await db.LoyaltyLots.LongCountAsync(l => l.Remaining > 0 && l.ExpiresAt <= now, cancellationToken);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(new(Stage, lots, total));
            var batch = await BatchAsync(db, now, cancellationToken);
            if (batch.IsLast) return new(points, lots);
            (points, lots) = (points + batch.Points, lots + batch.Lots);
        }
    }

    private async Task<Batch> BatchAsync(CrmDbContext db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("loyalty.expire");
        // Points that belong to nobody any more have no customer's lock: of two runs at once, one waits here.
        await db.LoyaltyProgrammes.Where(p => p.State == ProgrammeState.Active)
            .ExecuteUpdateAsync(p => p.SetProperty(x => x.Version, x => x.Version), cancellationToken);
        var due = await db.LoyaltyLots.Where(l => l.Remaining > 0 && l.ExpiresAt <= now).OrderBy(l => l.ExpiresAt).ThenBy(l => l.AccountId)
            .Take(BatchSize)
            .Select(l => new { l.Id, l.AccountId, l.Account!.CustomerId }).ToListAsync(cancellationToken);
        if (due.Count == 0) return new(0, 0, IsLast: true);
        var owners = due.Select(l => l.CustomerId).OfType<long>().ToList();
        var customers = owners.Distinct().ToList();
        await provider.LockCustomersAsync(db, customers, cancellationToken);
        var booking = new LoyaltyBooking { At = now, Reason = LedgerBook.ExpiredReason, ActorName = "" };
        db.LoyaltyBookings.Add(booking);
        var changeSet = await db.StartChangeSetAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);

        // Nearly always each account and each customer occur once, and nothing has to be added up.
        var isOneEach = due.DistinctBy(l => l.AccountId).Count() == due.Count && customers.Count == owners.Count;
        var ids = string.Join(',', due.Select(l => l.Id.ToString(CultureInfo.InvariantCulture)));
        await db.Database.ExecuteSqlRawAsync(Sql(booking.Id, changeSet.Id, ids, isOneEach), cancellationToken);
        var booked = await db.LoyaltyEntries.Where(e => e.BookingId == booking.Id).GroupBy(e => 1)
            .Select(g => new { Points = -g.Sum(e => e.Points), Lots = g.Count() }).SingleOrDefaultAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        // Somebody may have spent the points between the look and the lock; then there is nothing in this set, and perhaps in the next.
        return new(booked?.Points ?? 0, booked?.Lots ?? 0, IsLast: false);
    }

    private readonly record struct Batch(long Points, int Lots, bool IsLast);

    /// <summary>One script for both databases; only whole numbers of ours are written into it.</summary>
    private static string Sql(long booking, long changeSet, string lots, bool isOneEach)
    {
        var after = isOneEach ? """a."Balance" - l."Remaining" """
            : """cast(a."Balance" - sum(l."Remaining") over (partition by l."AccountId" order by l."Id") as bigint)""";
        var (points, byAccount, byCustomer) = isOneEach ? ("""e."Points" """, "", "")
            : ("""cast(sum(e."Points") as bigint)""", """group by e."AccountId" """, """group by a."CustomerId" """);
        // Made once: the engine would otherwise go through the accounts and look each of them up among the entries.
        return string.Create(CultureInfo.InvariantCulture, $"""
            insert into "LoyaltyEntries" ("BookingId", "AccountId", "Kind", "Points", "BalanceAfter", "At", "ExpiredLotId")
            select b."Id", l."AccountId", 'Expired', -l."Remaining", {after}, b."At", l."Id"
            from "LoyaltyLots" l join "LoyaltyAccounts" a on a."Id" = l."AccountId" join "LoyaltyBookings" b on b."Id" = {booking}
            where l."Id" in ({lots}) and l."Remaining" > 0
            order by {(isOneEach ? "" : """l."AccountId", """)}l."Id";
            insert into "LoyaltyLotUses" ("LotId", "EntryId", "Points")
            select e."ExpiredLotId", e."Id", -e."Points" from "LoyaltyEntries" e where e."BookingId" = {booking};
            update "LoyaltyLots" set "Remaining" = 0
            where "Id" in (select e."ExpiredLotId" from "LoyaltyEntries" e where e."BookingId" = {booking});
            with s as materialized (
                select e."AccountId" as id, {points} as points from "LoyaltyEntries" e where e."BookingId" = {booking} {byAccount})
            update "LoyaltyAccounts" set "Balance" = "Balance" + s.points from s where s.id = "LoyaltyAccounts"."Id";
            with s as materialized (
                select a."CustomerId" as id, {points} as points from "LoyaltyEntries" e join "LoyaltyAccounts" a on a."Id" = e."AccountId"
                where e."BookingId" = {booking} and a."CustomerId" is not null {byCustomer})
            update "Customers" set "Points" = "Customers"."Points" + s.points from s where s.id = "Customers"."Id";
            update "LoyaltyBookings" set "ChangeSetId" = {changeSet} where "Id" = {booking}
            """);
    }
}

/// <summary>The nightly look for points that expired.</summary>
internal sealed class ExpiryJob(ExpiryService expiry) : IScheduledJob
{
    public const string Name = "loyalty.expire";

    public string Kind => Name;

    /// <summary>First of the night: tiers, reminders and the proof look at what is left.</summary>
    public string Cron => "0 1 * * *";

    public Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken) =>
        expiry.RunAsync(progress, cancellationToken);
}
