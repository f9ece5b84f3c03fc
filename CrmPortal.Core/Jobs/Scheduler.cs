using CrmPortal.Core.Access;
using CrmPortal.Core.Common;
using CrmPortal.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Jobs;

/// <summary>Work that comes every night.</summary>
/// <param name="Kind">Of the job's handler.</param>
/// <param name="Hour">Of the shop's day.</param>
public sealed record NightlyWork(string Kind, int Hour)
{
    /// <summary>Everything that comes by itself: what runs out first, then tiers, then the proof; mails when people are awake.</summary>
    public static IReadOnlyList<NightlyWork> All { get; } =
    [
        new(Loyalty.ExpiryJob.Name, 1),
        new(Loyalty.TierReview.Name, 2),
        new(Loyalty.ProofJob.Name, 4),
        new(Loyalty.PointReminders.Name, 9),
    ];

    /// <summary>The next time after an instant; an hour that the clock skips is taken after the gap, and one that it repeats is the first.</summary>
    public DateTimeOffset After(DateTimeOffset instant, LocalZone zone)
    {
        for (var day = zone.DayOf(instant); ; day = day.AddDays(1))
        {
            var due = zone.InstantOf(day.ToDateTime(new TimeOnly(Hour, 0)));
            if (due > instant) return due;
        }
    }
}

/// <summary>
/// Starts what comes every night. Each kind has a row with its next time: whichever node moves the time on makes the job, so it is
/// made once; nights that were missed are made up for by one run.
/// </summary>
public sealed class Scheduler(IServiceScopeFactory scopes, IDatabaseProvider provider, JobBoard board, TimeProvider clock, IOptions<ShopOptions> shop)
{
    /// <summary>Marks the statement that looks for due work, which comes every minute.</summary>
    public const string LookingTag = "Looks for nightly work";

    /// <summary>Starts what is due.</summary>
    /// <returns>How many jobs were made.</returns>
    public async Task<int> TickAsync(CancellationToken cancellationToken)
    {
        var zone = shop.Value.Zone;
        var now = clock.GetUtcNow();
        await using var scope = scopes.CreateAsyncScope();
        var known = scope.ServiceProvider.GetServices<IJobHandler>().Select(h => h.Kind).ToHashSet();
        await using var db = provider.CreateContext(null);
        var rows = await db.Schedules.AsNoTracking().TagWith(LookingTag).ToDictionaryAsync(s => s.Kind, cancellationToken);
        var made = 0;
        foreach (var work in NightlyWork.All.Where(w => known.Contains(w.Kind)))
        {
            if (!rows.TryGetValue(work.Kind, out var row)) await AddAsync(new Schedule { Kind = work.Kind, NextAt = work.After(now, zone) }, cancellationToken);
            else if (row.NextAt <= now && await StartAsync(row, work.After(now, zone), now, cancellationToken)) made++;
        }

        if (made > 0) board.Wake();
        return made;
    }

    private async Task AddAsync(Schedule row, CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        db.Schedules.Add(row);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            // Another node added it at the same moment. Where it is not there, the fault is another.
            db.ChangeTracker.Clear();
            if (!await db.Schedules.AnyAsync(s => s.Kind == row.Kind, cancellationToken)) throw;
        }
    }

    private async Task<bool> StartAsync(Schedule row, DateTimeOffset next, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = provider.CreateContext(null);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Only one node's update finds the time as it was read.
        var moved = await db.Schedules.Where(s => s.Kind == row.Kind && s.NextAt == row.NextAt)
            .ExecuteUpdateAsync(s => s.SetProperty(x => x.NextAt, next).SetProperty(x => x.LastAt, now), cancellationToken);
        if (moved == 0) return false;
        // A run that is still at work does tonight's work too.
        var isRunning = await db.Jobs.AnyAsync(j => j.Kind == row.Kind && (j.State == JobState.Waiting || j.State == JobState.Running), cancellationToken);
        if (!isRunning)
        {
            var job = new Job { Kind = row.Kind, OwnerName = Actor.System("Schedule").Name, CreatedAt = now };
            db.Jobs.Add(job);
            await db.SaveChangesAsync(cancellationToken);
            await db.Schedules.Where(s => s.Kind == row.Kind).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastJobId, job.Id), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return !isRunning;
    }
}
