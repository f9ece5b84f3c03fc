using System.Globalization;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Worklist;

/// <summary>Whom to contact today, and why: made every night and on demand, worked off by whoever looks after customers.</summary>
public sealed partial class WorklistService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    JobService jobs, RunningJobs running, NoteService notes, IMarketingRest rest, ShopClock clock)
{
    /// <summary>What pages that show the list hear when something on it changed.</summary>
    public const string Topic = "worklist.changed";

    private const string Turn = "worklist";
    private const string MadeSetting = "worklist.made";

    /// <summary>Starts to make the list anew in the background, or answers the job that is at it.</summary>
    public async Task<long> StartAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await RunningAsync(db, cancellationToken) is { } atWork) return atWork;
        var job = jobs.Make(WorklistJob.Name, 0, grant);
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        running.Wake();
        return job.Id;
    }

    /// <summary>
    /// Makes the list anew: whoever has a reason comes or stays, whoever has none any more goes. What somebody has dealt with stays away
    /// until its day.
    /// </summary>
    /// <returns>How many entries are open.</returns>
    public async Task<int> RefreshAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var (candidates, gap) = await new WorklistFinder(db, clock).FindAsync(cancellationToken);
        var today = clock.Today;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.RaiseCounterAsync(db, Turn, 1, cancellationToken);
        var kept = await db.WorklistEntries.ToDictionaryAsync(e => e.CustomerId, cancellationToken);
        var ids = candidates.Select(c => c.CustomerId).ToList();
        // Somebody may have been removed for good since they were found.
        var there = (await db.Customers.Where(c => ids.Contains(c.Id)).Select(c => c.Id).ToListAsync(cancellationToken)).ToHashSet();
        var wanted = candidates.Where(c => there.Contains(c.CustomerId)
            && !(kept.TryGetValue(c.CustomerId, out var entry) && entry.QuietUntil > today)).Take(WorklistLimits.MostEntries).ToList();
        foreach (var candidate in wanted) Write(db, kept, candidate);
        var open = wanted.Select(c => c.CustomerId).ToHashSet();
        db.WorklistEntries.RemoveRange(kept.Values.Where(e => !(e.QuietUntil > today) && !open.Contains(e.CustomerId)));
        await NoteMadeAsync(db, gap, cancellationToken);
        Tell(db, 0);
        await db.SaveWithoutRecordAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return wanted.Count;
    }

    private void Write(CrmDbContext db, Dictionary<long, WorklistEntry> kept, WorklistCandidate candidate)
    {
        var reasons = WorklistEntry.Write(candidate.Reasons);
        if (!kept.TryGetValue(candidate.CustomerId, out var entry))
        {
            db.WorklistEntries.Add(new() { CustomerId = candidate.CustomerId, Value = candidate.Value, ReasonsJson = reasons,
                Since = clock.Now });
            return;
        }

        (entry.Value, entry.ReasonsJson) = (candidate.Value, reasons);
        if (entry.State == WorklistState.Open) return;
        (entry.State, entry.QuietUntil, entry.Since) = (WorklistState.Open, null, clock.Now);
        (entry.ClosedAt, entry.ClosedByName) = (null, null);
    }

    /// <summary>When it was made, and the gap that it was made by.</summary>
    private async Task NoteMadeAsync(CrmDbContext db, int? gap, CancellationToken cancellationToken)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{clock.Now:O};{gap}");
        if (await db.Settings.FirstOrDefaultAsync(s => s.Name == MadeSetting, cancellationToken) is { } setting) setting.Value = text;
        else db.Settings.Add(new Setting { Name = MadeSetting, Value = text });
    }

    private static async Task<(DateTimeOffset? At, int? Gap)> MadeAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var text = await db.Settings.Where(s => s.Name == MadeSetting).Select(s => s.Value).FirstOrDefaultAsync(cancellationToken);
        if (text?.Split(';') is not [var at, var gap]) return (null, null);
        return (DateTimeOffset.Parse(at, CultureInfo.InvariantCulture), int.TryParse(gap, CultureInfo.InvariantCulture, out var days)
            ? days : null);
    }

    private void Tell(CrmDbContext db, long entryId) => db.OutboxEvents.Add(new OutboxEvent
    {
        Topic = Topic, SubjectId = entryId, Payload = "{}", CreatedAt = clock.Now,
    });

    private static Task<long?> RunningAsync(CrmDbContext db, CancellationToken cancellationToken) =>
        db.Jobs.Where(j => (j.Kind == WorklistJob.Name || j.Kind == NightlyWorklistJob.Name)
            && (j.State == JobState.Waiting || j.State == JobState.Running))
            .OrderBy(j => j.Id).Select(j => (long?)j.Id).FirstOrDefaultAsync(cancellationToken);
}
