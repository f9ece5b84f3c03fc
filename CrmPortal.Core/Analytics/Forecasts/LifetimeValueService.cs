using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Analytics;

/// <summary>
/// Lifetime value: calculates what every customer who has bought is expected to bring, by a model where the past is enough for one and by
/// the simple one where it is not, and shows it for all and for one.
/// </summary>
public sealed partial class LifetimeValueService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider,
    AccessControl access, JobService jobs, RunningJobs running, ShopClock clock, IOptions<ShopOptions> shop)
{
    /// <summary>Forecasts that are no older than this are left alone, unless somebody asks for all of them anew.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromHours(24);

    /// <summary>So many customers can be named at most.</summary>
    public const int MostNamed = 1_000;

    /// <summary>The months ahead that are offered.</summary>
    public static readonly IReadOnlyList<int> Horizons = [6, 12, 24, 36];

    private string Currency => shop.Value.Currency;

    /// <summary>Starts to calculate for everybody in the background, or answers the job that is at it.</summary>
    /// <param name="months">How far to look ahead, from now on also every night.</param>
    /// <exception cref="RuleViolationException">Nobody can look so far ahead.</exception>
    public async Task<long> StartAsync(int months, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.SegmentsEdit, cancellationToken);
        DemandMonths(months);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await RunningAsync(db, cancellationToken) is { } atWork) return atWork;
        await ForecastHorizon.WriteAsync(db, months, cancellationToken);
        var job = jobs.Make(ForecastJob.Name, 0, grant);
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        running.Wake();
        return job.Id;
    }

    /// <summary>The job that waits or works, or null; and how many months ahead the shop looks.</summary>
    public async Task<(long? JobId, int Months)> StateAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return (await RunningAsync(db, cancellationToken), await ForecastHorizon.ReadAsync(db, cancellationToken));
    }

    /// <summary>Calculates now.</summary>
    /// <param name="customerIds">Only these get a new forecast, by a model of everybody; null for all.</param>
    /// <param name="months">How far to look ahead; null for what the shop has chosen.</param>
    /// <param name="recalculate">Also those whose forecast is <see cref="Recent"/>.</param>
    /// <exception cref="RuleViolationException">Too many customers are named, or nobody can look so far ahead.</exception>
    public async Task<ForecastResult> CalculateAsync(IReadOnlyList<long>? customerIds, int? months, bool recalculate,
        CancellationToken cancellationToken, IProgress<JobProgress>? progress = null)
    {
        var grant = await access.DemandAsync(Permissions.SegmentsEdit, cancellationToken);
        if (customerIds?.Count > MostNamed)
            throw new RuleViolationException("CustomerIds", "At most {0} customers can be named at once.", MostNamed);
        if (months is { } asked) DemandMonths(asked);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var terms = new LifetimeValueTerms(months ?? await ForecastHorizon.ReadAsync(db, cancellationToken));
        var (asOf, now) = (clock.Today, clock.Now);
        var wanted = await WantedAsync(db, customerIds, terms.Months, recalculate, asOf, cancellationToken);
        if (wanted is { Count: 0 }) return new(null, 0, 0, terms.Months);
        progress?.Report(new("Reading orders", 0, 0));
        var input = await ForecastReader.ReadAsync(dbFactory, provider, clock, Currency, asOf, cancellationToken);
        progress?.Report(new("Fitting the model", 0, 0));
        var forecasts = Forecasts.Of(input, asOf, clock.EndOf(asOf), terms, Currency, cancellationToken);
        var backTest = wanted is null ? ForecastBackTests.Of(input.Days, asOf, cancellationToken) : null;
        var run = Run(grant.Actor, asOf, now, terms, forecasts, forecasts.Figures(Currency, backTest), wanted is null);
        db.ForecastRuns.Add(run);
        await db.SaveWithoutRecordAsync(cancellationToken);
        run.Changed = await new CalculationWriter<CustomerForecast>(dbFactory, provider, ForecastRows.Of(run.Id))
            .WriteAsync(forecasts.Customers, wanted, progress, cancellationToken);
        run.EndedAt = clock.Now;
        await db.SaveWithoutRecordAsync(cancellationToken);
        return new(run.Id, wanted is null ? forecasts.Customers.Count : forecasts.Customers.Count(f => wanted.Contains(f.CustomerId)),
            run.Changed, terms.Months);
    }

    private static ForecastRun Run(Actor actor, DateOnly asOf, DateTimeOffset now, LifetimeValueTerms terms, Forecasts forecasts,
        ForecastFigures figures, bool isOfAll)
    {
        var model = forecasts.Fit.Model;
        return new()
        {
            StartedAt = now, AsOf = asOf, ById = actor.UserId, ByName = actor.Name, IsOfAll = isOfAll, Months = terms.Months,
            MonthlyDiscount = terms.MonthlyDiscount, Kind = model?.Purchases.Kind, Obstacle = forecasts.Fit.Obstacle,
            R = model?.Purchases.Parameters.R, Alpha = model?.Purchases.Parameters.Alpha, A = model?.Purchases.Parameters.A,
            B = model?.Purchases.Parameters.B, P = model?.Spending.Parameters.P, Q = model?.Spending.Parameters.Q,
            Gamma = model?.Spending.Parameters.Gamma, Customers = forecasts.Customers.Count, TotalValue = figures.Value.Total,
            MedianValue = figures.Value.Median, FiguresJson = isOfAll ? ForecastRun.Write(figures) : null,
        };
    }

    /// <summary>Whose forecast is to be written; null for everybody's. A forecast of another number of months is never recent.</summary>
    private async Task<HashSet<long>?> WantedAsync(CrmDbContext db, IReadOnlyList<long>? customerIds, int months, bool recalculate,
        DateOnly asOf, CancellationToken cancellationToken)
    {
        if (customerIds is null && recalculate) return null;
        var named = customerIds?.ToHashSet();
        if (recalculate) return named;
        var since = clock.Now - Recent;
        var runs = await db.ForecastRuns.Where(r => r.EndedAt > since).OrderByDescending(r => r.Id).Take(MostNamed)
            .Select(r => new { r.Id, r.IsOfAll, r.Months }).ToListAsync(cancellationToken);
        var areAllRecent = runs.Find(r => r.IsOfAll)?.Months == months;
        if (named is null && !areAllRecent) return null;
        var runIds = runs.Where(r => r.Months == months).Select(r => r.Id).ToList();
        var recent = areAllRecent
            ? db.CustomerForecasts.Where(f => db.Set<ForecastRun>().Any(r => r.Id == f.RunId && r.Months == months))
            : db.CustomerForecasts.Where(f => runIds.Contains(f.RunId));
        if (named is not null)
        {
            var skipped = await recent.Where(f => named.Contains(f.CustomerId)).Select(f => f.CustomerId).ToListAsync(cancellationToken);
            named.ExceptWith(skipped);
            return named;
        }

        // Everybody who has bought and has no forecast yet, or one for another number of months.
        var end = clock.EndOf(asOf);
        return (await db.Customers.Where(c => c.DeletedAt == null && c.OrderCount > 0 && c.FirstOrderAt < end
            && !recent.Any(f => f.CustomerId == c.Id)).Select(c => c.Id).ToListAsync(cancellationToken)).ToHashSet();
    }

    private static void DemandMonths(int months)
    {
        if (months is < 1 or > LifetimeValueTerms.MostMonths)
            throw new RuleViolationException("PredictionMonths", "The months ahead must be between 1 and {0}.",
                LifetimeValueTerms.MostMonths);
    }

    private static Task<long?> RunningAsync(CrmDbContext db, CancellationToken cancellationToken) =>
        db.Jobs.Where(j => (j.Kind == ForecastJob.Name || j.Kind == NightlyForecastJob.Name)
            && (j.State == JobState.Waiting || j.State == JobState.Running))
            .OrderBy(j => j.Id).Select(j => (long?)j.Id).FirstOrDefaultAsync(cancellationToken);
}
