using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

/// <summary>
/// Recency, frequency and monetary value: scores every customer who has orders by rank, keeps what held before, and shows how the
/// customers are distributed and how they moved.
/// </summary>
public sealed partial class RfmService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    JobService jobs, RunningJobs running, ShopClock clock)
{
    /// <summary>Scores that are no older than this are left alone, unless somebody asks for all of them anew.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromHours(24);

    /// <summary>So many customers can be named at most.</summary>
    public const int MostNamed = 1_000;

    /// <summary>The periods that are offered, in months; null is all time.</summary>
    public static readonly IReadOnlyList<int?> Windows = [null, 12, 24, 36];

    /// <summary>How far the score of a period looks back at most, in months.</summary>
    public const int LongestWindow = 120;

    /// <summary>Starts to score everybody anew in the background, or answers the job that is at it.</summary>
    /// <param name="windowMonths">Only so many months count, from now on also every night; null for all time.</param>
    /// <exception cref="RuleViolationException">There is no such period.</exception>
    public async Task<long> StartAsync(int? windowMonths, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.SegmentsEdit, cancellationToken);
        if (windowMonths is < 1 or > LongestWindow)
            throw new RuleViolationException("WindowMonths", "The period must be between 1 and {0} months.", LongestWindow);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await RunningAsync(db, cancellationToken) is { } atWork) return atWork;
        await RfmWindow.WriteAsync(db, windowMonths, cancellationToken);
        var job = jobs.Make(RfmJob.Name, 0, grant);
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        running.Wake();
        return job.Id;
    }

    /// <summary>The job that waits or works, or null; and the period that counts.</summary>
    public async Task<(long? JobId, int? WindowMonths)> StateAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return (await RunningAsync(db, cancellationToken), await RfmWindow.ReadAsync(db, cancellationToken));
    }

    /// <summary>Scores customers now.</summary>
    /// <param name="customerIds">Only these get new scores, ranked among everybody; null for all.</param>
    /// <param name="recalculate">Also those whose scores are <see cref="Recent"/>.</param>
    /// <exception cref="RuleViolationException">Too many customers are named.</exception>
    public async Task<RfmResult> CalculateAsync(IReadOnlyList<long>? customerIds, bool recalculate, CancellationToken cancellationToken,
        IProgress<JobProgress>? progress = null)
    {
        var grant = await access.DemandAsync(Permissions.SegmentsEdit, cancellationToken);
        if (customerIds?.Count > MostNamed)
            throw new RuleViolationException("CustomerIds", "At most {0} customers can be named at once.", MostNamed);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var window = await RfmWindow.ReadAsync(db, cancellationToken);
        progress?.Report(new("Reading orders", 0, 0));
        var figures = await RfmReader.ReadAsync(db, clock, window, clock.Today, cancellationToken);
        var scores = Scores(figures);
        var wanted = await WantedAsync(db, customerIds, recalculate, scores, cancellationToken);
        return wanted is { Count: 0 } ? new(null, 0, 0)
            : await WriteAsync(db, grant, clock.Today, clock.Now, window, figures, scores, wanted, progress, cancellationToken);
    }

    /// <summary>
    /// Scores everybody as they would have been scored at the end of a past day, by the orders and refunds of today: how a shop that has
    /// just come with its past orders gets its history. Days are to come in their order, all before the first usual calculation.
    /// </summary>
    internal async Task<RfmResult> CalculateAsAtAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.SegmentsEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var window = await RfmWindow.ReadAsync(db, cancellationToken);
        var figures = await RfmReader.ReadAsync(db, clock, window, day, cancellationToken);
        return await WriteAsync(db, grant, day, clock.EndOf(day), window, figures, Scores(figures), null, null, cancellationToken);
    }

    private async Task<RfmResult> WriteAsync(CrmDbContext db, Grant grant, DateOnly asOf, DateTimeOffset at, int? window,
        List<RfmFigures> figures, List<CustomerScore> scores, HashSet<long>? wanted, IProgress<JobProgress>? progress,
        CancellationToken cancellationToken)
    {
        var run = new RfmRun
        {
            StartedAt = at, AsOf = asOf, ById = grant.Actor.UserId, ByName = grant.Actor.Name, IsOfAll = wanted is null,
            WindowMonths = window, Customers = scores.Count,
        };
        db.RfmRuns.Add(run);
        await db.SaveWithoutRecordAsync(cancellationToken);
        run.Changed = await new CalculationWriter<CustomerScore>(dbFactory, provider, ScoreRows.Of(provider, run.Id))
            .WriteAsync(scores, wanted, progress, cancellationToken);
        run.EndedAt = asOf == clock.Today ? clock.Now : at;
        if (run.IsOfAll) db.RfmRunCells.AddRange(Cells(run.Id, figures, scores));
        await db.SaveWithoutRecordAsync(cancellationToken);
        return new(run.Id, wanted is null ? scores.Count : scores.Count(s => wanted.Contains(s.CustomerId)), run.Changed);
    }

    /// <summary>The scores of everybody who has orders, in the order of their keys; none where there are too few to rank.</summary>
    private static List<CustomerScore> Scores(List<RfmFigures> figures)
    {
        if (figures.Count < RfmScorer.FewestCustomers) return [];
        figures.Sort((left, right) => left.CustomerId.CompareTo(right.CustomerId));
        var (recency, frequency, monetary) = RfmScorer.Score(figures);
        var scores = new List<CustomerScore>(figures.Count);
        for (var i = 0; i < figures.Count; i++)
        {
            scores.Add(new()
            {
                CustomerId = figures[i].CustomerId, Recency = recency[i], Frequency = frequency[i], Monetary = monetary[i],
                Segment = RfmSegments.Of(recency[i], frequency[i], monetary[i]),
            });
        }

        return scores;
    }

    /// <summary>Whose scores are to be written; null for everybody's.</summary>
    private async Task<HashSet<long>?> WantedAsync(CrmDbContext db, IReadOnlyList<long>? customerIds, bool recalculate,
        List<CustomerScore> scores, CancellationToken cancellationToken)
    {
        if (customerIds is null && recalculate) return null;
        var since = clock.Now - Recent;
        var runs = await db.RfmRuns.Where(r => r.EndedAt > since).OrderByDescending(r => r.Id).Take(MostNamed)
            .Select(r => new { r.Id, r.IsOfAll }).ToListAsync(cancellationToken);
        var areAllRecent = runs.Any(r => r.IsOfAll);
        if (customerIds is null && !areAllRecent) return null;
        var named = customerIds?.ToHashSet();
        if (recalculate) return named;
        var runIds = runs.ConvertAll(r => r.Id);
        var recent = db.CustomerScores.Where(s => areAllRecent || runIds.Contains(s.RunId));
        if (named is not null) recent = recent.Where(s => named.Contains(s.CustomerId));
        var skipped = (await recent.Select(s => s.CustomerId).ToListAsync(cancellationToken)).ToHashSet();
        return named is null
            ? [.. scores.Select(s => s.CustomerId).Where(id => !skipped.Contains(id))]
            : [.. named.Where(id => !skipped.Contains(id))];
    }

    private static List<RfmRunCell> Cells(long runId, List<RfmFigures> figures, List<CustomerScore> scores) =>
        [.. scores.Select((s, i) => (Score: s, Figures: figures[i])).GroupBy(c => (c.Score.Recency, c.Score.Frequency, c.Score.Monetary))
            .Select(g => new RfmRunCell
            {
                RunId = runId, Recency = g.Key.Recency, Frequency = g.Key.Frequency, Monetary = g.Key.Monetary, Customers = g.Count(),
                Orders = g.Sum(c => (long)c.Figures.Orders), Spent = g.Sum(c => c.Figures.Spent),
            })];

    private static Task<long?> RunningAsync(CrmDbContext db, CancellationToken cancellationToken) =>
        db.Jobs.Where(j => (j.Kind == RfmJob.Name || j.Kind == NightlyRfmJob.Name)
            && (j.State == JobState.Waiting || j.State == JobState.Running))
            .OrderBy(j => j.Id).Select(j => (long?)j.Id).FirstOrDefaultAsync(cancellationToken);
}
