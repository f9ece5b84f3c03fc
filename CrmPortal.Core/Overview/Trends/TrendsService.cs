using CrmPortal.Core.Analytics;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Overview;

/// <summary>
/// How the shop does over a time, and against the times before it: the same few statements however many orders there are.
/// </summary>
public sealed partial class TrendsService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, JobService jobs,
    RunningJobs running, ShopClock clock)
{
    /// <summary>Up to so many days a time is shown day by day.</summary>
    private const int MostDayPoints = 92;

    /// <param name="period">As <see cref="TrendPeriod.Of"/> makes it.</param>
    /// <exception cref="AccessDeniedException">The acting user may not see the figures of the shop.</exception>
    public async Task<ShopTrends> GetAsync(TrendPeriod period, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        var (now, today) = (clock.Now, clock.Today);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var isBehind = await db.StaleHours.AnyAsync(cancellationToken);
        // As far back as anything is compared with: a year, and the months before that by which a month is judged.
        var start = new[] { period.Before.From, period.Shown.From.AddYears(-1) }.Min();
        start = new DateOnly(start.Year, start.Month, 1);
        var days = (await db.SalesDays.Where(d => d.Day >= start && d.Day <= period.Shown.To).GroupBy(d => d.Day)
            .Select(g => new
            {
                g.Key, Revenue = g.Sum(d => d.BaseAmount), Orders = g.Sum(d => d.Orders), First = g.Sum(d => d.FirstOrders),
                OfNobody = g.Sum(d => d.AnonymousOrders),
            })
            .ToListAsync(cancellationToken)).ToDictionary(d => d.Key, d => new PeriodSales(d.Revenue, d.Orders, d.First, d.OfNobody));
        var first = await db.SalesDays.MinAsync(d => (DateOnly?)d.Day, cancellationToken) ?? today;
        var areMonths = period.Shown.Days > MostDayPoints;
        var over = Days(period.Shown).Where(d => d < today && d >= first).Select(d => (Day: d, Sales: days.GetValueOrDefault(d)))
            .Select(d => new DaySales(d.Day, d.Sales?.Revenue ?? 0, d.Sales?.Orders ?? 0)).ToList();
        return new(period, Sum(days, period.Shown), Sum(days, period.Before),
            period.YearBefore is { } year ? Sum(days, year) : null, Points(days, period.Shown, areMonths), areMonths,
            over.Count < 2 ? null : over.MaxBy(d => d.Revenue), over.Count < 2 ? null : over.MinBy(d => d.Revenue),
            [.. Unusual(days, period.Shown, first, today, areMonths).OrderByDescending(u => u.From)],
            await CountsAsync(db, cancellationToken), now, isBehind);
    }

    /// <summary>Starts to count what is counted at night in the background, or answers the job that is at it.</summary>
    public async Task<long> StartCountAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await CountingAsync(db, cancellationToken) is { } atWork) return atWork;
        var job = jobs.Make(CountJob.Name, 0, grant);
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        running.Wake();
        return job.Id;
    }

    /// <summary>Counts what pages show of all customers.</summary>
    public async Task CountAsync(IProgress<JobProgress>? progress, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await new ShopCounter(db, clock).WriteAsync(progress, cancellationToken);
    }

    /// <summary>The job that counts, or null.</summary>
    public async Task<long?> CountingAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await CountingAsync(db, cancellationToken);
    }

    private static Task<long?> CountingAsync(CrmDbContext db, CancellationToken cancellationToken) =>
        db.Jobs.Where(j => (j.Kind == CountJob.Name || j.Kind == NightlyCountJob.Name)
            && (j.State == JobState.Waiting || j.State == JobState.Running))
            .OrderBy(j => j.Id).Select(j => (long?)j.Id).FirstOrDefaultAsync(cancellationToken);

    private static IEnumerable<DateOnly> Days(DayRange range) => Enumerable.Range(0, range.Days).Select(range.From.AddDays);

    private static PeriodSales Sum(Dictionary<DateOnly, PeriodSales> days, DayRange range)
    {
        var those = Days(range).Select(d => days.GetValueOrDefault(d)).OfType<PeriodSales>().ToList();
        return new(those.Sum(d => d.Revenue), those.Sum(d => d.Orders), those.Sum(d => d.NewCustomers), those.Sum(d => d.Anonymous));
    }

    private static List<TrendPoint> Points(Dictionary<DateOnly, PeriodSales> days, DayRange range, bool areMonths)
    {
        var points = new List<TrendPoint>();
        for (var from = range.From; from <= range.To;)
        {
            var to = areMonths ? new DateOnly(from.Year, from.Month, 1).AddMonths(1).AddDays(-1) : from;
            if (to > range.To) to = range.To;
            var part = new DayRange(from, to);
            points.Add(new(from, to, Sum(days, part), Sum(days, new(from.AddYears(-1), to.AddYears(-1))).Revenue));
            from = to.AddDays(1);
        }

        return points;
    }

    private static IEnumerable<UnusualPoint> Unusual(Dictionary<DateOnly, PeriodSales> days, DayRange range, DateOnly first, DateOnly today,
        bool areMonths)
    {
        if (!areMonths) return UnusualPoints.OfDays(days.ToDictionary(d => d.Key, d => d.Value.Revenue), range, first, today);
        var months = days.GroupBy(d => new DateOnly(d.Key.Year, d.Key.Month, 1)).ToDictionary(g => g.Key, g => g.Sum(d => d.Value.Revenue));
        return UnusualPoints.OfMonths(months, range, new DateOnly(first.Year, first.Month, 1), today);
    }

    /// <summary>The counts of the last night, and those of about a month before.</summary>
    private static async Task<ShopCounts?> CountsAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        if (await db.ShopCounts.MaxAsync(c => (DateOnly?)c.Day, cancellationToken) is not { } day) return null;
        var ago = day.AddMonths(-1);
        var earlier = await db.ShopCounts.Where(c => c.Day <= ago).MaxAsync(c => (DateOnly?)c.Day, cancellationToken);
        var counts = await db.ShopCounts.AsNoTracking().Where(c => c.Day == day || c.Day == earlier).ToListAsync(cancellationToken);
        var now = counts.Where(c => c.Day == day).ToDictionary(c => c.Name);
        return new(day, now.Values.Max(c => c.At), now,
            earlier is null ? null : counts.Where(c => c.Day == earlier).ToDictionary(c => c.Name),
            [.. now.Values.Where(c => c.Name.StartsWith(ShopCount.TierPrefix, StringComparison.Ordinal))
                .Select(c => new TierCount(c.Name[ShopCount.TierPrefix.Length..], c.Customers, c.Amount)).OrderByDescending(t => t.Spent)]);
    }
}
