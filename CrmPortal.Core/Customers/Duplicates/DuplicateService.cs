using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Customers.Duplicates;

/// <summary>Finds customers who may be the same person, and remembers what was decided about them.</summary>
public sealed partial class DuplicateService(
    IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, AuditLog audit, JobService jobs,
        RunningJobs running, TimeProvider clock, IOptions<ShopOptions> shop)
{
    private const string ScanSetting = "duplicates.scan";
    private const int WritesAtOnce = 1_000;

    /// <summary>Starts a comparison of all customers, or answers the one that is at work.</summary>
    public async Task<long> StartScanAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersMerge, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await RunningAsync(db, cancellationToken) is { } atWork) return atWork;
        var job = jobs.Make(DuplicateScanJob.Name, 0, grant);
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        running.Wake();
        return job.Id;
    }

    /// <summary>The comparison that waits or runs, or null; and how the last one ended.</summary>
    public async Task<(long? JobId, DuplicateScan? Last)> ScanStateAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersMerge, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var last = await db.Settings.Where(s => s.Name == ScanSetting).Select(s => s.Value).FirstOrDefaultAsync(cancellationToken);
        return (await RunningAsync(db, cancellationToken), last is null ? null : JsonSerializer.Deserialize<DuplicateScan>(last));
    }

    /// <summary>
    /// Compares all customers and writes the pairs: new ones come, those still open get their present score, those that no longer hold
    /// go. What was decided stays decided.
    /// </summary>
    internal async Task ScanAsync(IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersMerge, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var finder = new DuplicateFinder(db);
        var found = await finder.FindAsync(new Relay(progress), cancellationToken);
        progress.Report(new("Writing the pairs", 0, found.Count));

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var known = await db.DuplicatePairs.ToDictionaryAsync(p => (p.FirstId, p.SecondId), cancellationToken);
        var open = new HashSet<long>();
        var fresh = new List<FoundPair>();
        foreach (var pair in found)
        {
            if (!known.TryGetValue((pair.FirstId, pair.SecondId), out var row))
            {
                fresh.Add(pair);
                continue;
            }

            // Two who were merged and taken apart again may be found again; "not the same" holds for ever.
            if (row.State == DuplicateState.NotDuplicate) continue;
            open.Add(row.Id);
            row.State = DuplicateState.Open;
            row.Score = pair.Score.Value;
            row.Reasons = JsonSerializer.Serialize(pair.Score.Reasons, ChangeRecorder.Json);
        }

        db.DuplicatePairs.RemoveRange(known.Values.Where(p => p.State == DuplicateState.Open && !open.Contains(p.Id)));
        // What a comparison finds is nobody's work, so it is in no history.
        await db.SaveWithoutRecordAsync(cancellationToken);
        foreach (var chunk in fresh.Chunk(WritesAtOnce))
        {
            var pairs = await StillThereAsync(db, chunk, cancellationToken);
            var keys = await provider.ReserveKeysAsync<DuplicatePair>(db, pairs.Count, cancellationToken);
            await provider.BulkWriteAsync(db, [.. pairs.Select((p, i) => new DuplicatePair
            {
                Id = keys[i], FirstId = p.FirstId, SecondId = p.SecondId, Score = p.Score.Value,
                    Reasons = JsonSerializer.Serialize(p.Score.Reasons, ChangeRecorder.Json), FoundAt = clock.GetUtcNow(),
            })], cancellationToken);
        }

        var text = JsonSerializer.Serialize(new DuplicateScan(clock.GetUtcNow(), open.Count + fresh.Count, finder.LargeBlocks));
        if (await db.Settings.Where(s => s.Name == ScanSetting)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.Value, text), cancellationToken) == 0)
        {
            db.Settings.Add(new Setting { Name = ScanSetting, Value = text });
            await db.SaveWithoutRecordAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Those of the pairs whose customers have not gone while all were compared; they cannot go now until the pairs are written.
    /// </summary>
    private async Task<List<FoundPair>> StillThereAsync(CrmDbContext db, FoundPair[] pairs, CancellationToken cancellationToken)
    {
        var ids = pairs.SelectMany(p => new[] { p.FirstId, p.SecondId }).Distinct().ToList();
        await provider.LockCustomersAsync(db, ids, cancellationToken);
        var there = (await db.Customers.Where(c => ids.Contains(c.Id) && c.DeletedAt == null).Select(c => c.Id)
            .ToListAsync(cancellationToken)).ToHashSet();
        return [.. pairs.Where(p => there.Contains(p.FirstId) && there.Contains(p.SecondId))];
    }

    /// <summary>One page of the pairs that are open, the surest first.</summary>
    public async Task<Page<DuplicatePairDetails>> ListAsync(PageRequest page, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersMerge, cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var pairs = await Open(db).OrderByDescending(p => p.Score).ThenByDescending(p => p.Id).Skip(skip).Take(take + 1).AsNoTracking()
            .ToListAsync(cancellationToken);
        var shown = pairs.Take(take).ToList();
        var sides = await SidesAsync(db, [.. shown.SelectMany(p => new[] { p.FirstId, p.SecondId }).Distinct()],
            grant.Has(Permissions.CustomersSensitive), cancellationToken);
        return new([.. shown.Select(p => new DuplicatePairDetails(p.Id, p.Score, ReasonsOf(p), sides[p.FirstId], sides[p.SecondId]))],
            page.Number, page.Size, pairs.Count > take);
    }

    /// <summary>How many pairs wait for a decision.</summary>
    public async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersMerge, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await Open(db).CountAsync(cancellationToken);
    }

    /// <summary>Marks two customers as not duplicates, permanently; returns the change set for undo.</summary>
    public async Task<long?> DismissAsync(long pairId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersMerge, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var pair = await db.DuplicatePairs.FirstOrDefaultAsync(p => p.Id == pairId && p.State == DuplicateState.Open, cancellationToken);
        if (pair is null) return null;
        db.BeginChangeSet("duplicates.dismiss", Permissions.CustomersMerge);
        pair.State = DuplicateState.NotDuplicate;
        pair.DecidedByName = grant.Actor.Name;
        pair.DecidedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        return db.LastChangeSetId;
    }

    internal static IQueryable<DuplicatePair> Open(CrmDbContext db) =>
        db.DuplicatePairs.Where(p => p.State == DuplicateState.Open && p.First!.DeletedAt == null && p.Second!.DeletedAt == null);

    private static async Task<long?> RunningAsync(CrmDbContext db, CancellationToken cancellationToken) =>
        await db.Jobs.Where(j => j.Kind == DuplicateScanJob.Name && (j.State == JobState.Waiting || j.State == JobState.Running))
            .Select(j => (long?)j.Id).FirstOrDefaultAsync(cancellationToken);

    private static List<DuplicateReason> ReasonsOf(DuplicatePair pair) => JsonSerializer.Deserialize<List<DuplicateReason>>(pair.Reasons,
        ChangeRecorder.Json) ?? [];

    internal static async Task<Dictionary<long, DuplicateSide>> SidesAsync(CrmDbContext db, List<long> ids, bool maySeeSensitive,
        CancellationToken cancellationToken)
    {
        var customers = await db.Customers.AsNoTracking().Include(c => c.Addresses).Include(c => c.ContactPoints)
            .Where(c => ids.Contains(c.Id)).ToListAsync(cancellationToken);
        return customers.ToDictionary(c => c.Id, c =>
        {
            var details = CustomerQueries.Details(c, maySeeSensitive);
            return new DuplicateSide(c.Id, c.Number, details.DisplayName, Joined(details.Email, details, ContactKind.Email),
                Joined(details.Phone, details, ContactKind.Phone), details.DateOfBirth, AddressLine(details), details.Orders, c.CreatedAt,
                c.LastInteractionAt);
        });
    }

    private static string? Joined(string? primary, CustomerDetails details, ContactKind kind) =>
        string.Join(", ", details.ContactPoints.Where(p => p.Kind == kind).Select(p => p.Value).Prepend(primary).OfType<string>()
            .Distinct()) is { Length: > 0 } all ? all : null;

    private static string? AddressLine(CustomerDetails details) =>
        details.Addresses is [var first, ..]
            ? string.Join(", ", new[] { first.Line1, $"{first.PostalCode} {first.City}".Trim(), first.Country }.Where(p => p.Length > 0))
            : null;

    private sealed class Relay(IProgress<JobProgress> progress) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value) => progress.Report(new("Comparing the customers", value.Done, value.Total));
    }
}
