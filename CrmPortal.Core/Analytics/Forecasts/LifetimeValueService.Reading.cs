using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

public sealed partial class LifetimeValueService
{
    /// <summary>So many customers can be listed at most.</summary>
    public const int MostListed = 100;

    /// <summary>
    /// What the last calculation of everybody says, and the customers who are worth most; these only for those who may see customers.
    /// </summary>
    /// <param name="limit">So many of them.</param>
    /// <returns>Null where there was no calculation yet.</returns>
    /// <exception cref="RuleViolationException">The limit is not between 1 and <see cref="MostListed"/>.</exception>
    public Task<ForecastAnalysis?> AnalysisAsync(int limit, CancellationToken cancellationToken) =>
        AnalysisAsync(limit, forecasts => forecasts.OrderByDescending(f => f.Forecast.Value), cancellationToken);

    /// <summary>The same with the customers who are worth most by the simple model.</summary>
    /// <inheritdoc cref="AnalysisAsync(int, CancellationToken)"/>
    public Task<ForecastAnalysis?> SimpleAnalysisAsync(int limit, CancellationToken cancellationToken) =>
        AnalysisAsync(limit, forecasts => forecasts.OrderByDescending(f => f.Forecast.SimpleValue), cancellationToken);

    /// <summary>
    /// Customers who more probably have left than not, those first about whom most is to be lost; nobody for those who may not see
    /// customers.
    /// </summary>
    /// <param name="limit">So many of them.</param>
    /// <exception cref="RuleViolationException">The limit is not between 1 and <see cref="MostListed"/>.</exception>
    public async Task<IReadOnlyList<ForecastRow>> SleepingAsync(int limit, CancellationToken cancellationToken)
    {
        var grant = await DemandLookAsync(limit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await RowsAsync(Rows(db).Where(f => f.Forecast.AtRisk != null).OrderByDescending(f => f.Forecast.AtRisk), limit, grant,
            cancellationToken);
    }

    /// <summary>
    /// What one customer is expected to bring, with its limits and the simple model beside it; null where there is no such customer or
    /// they have no forecast.
    /// </summary>
    public async Task<CustomerForecastDetails?> OfCustomerAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var customer = await db.Customers.AsNoTracking().Include(c => c.Forecast).FirstOrDefaultAsync(c => c.Id == customerId
            && c.DeletedAt == null, cancellationToken);
        if (customer?.Forecast is not { } forecast) return null;
        var run = await db.ForecastRuns.AsNoTracking().FirstAsync(r => r.Id == forecast.RunId, cancellationToken);
        // Later calculations of everybody that found the same did not write it again.
        var newest = await Complete(db).Where(r => r.Id > run.Id && r.Months == run.Months).OrderByDescending(r => r.Id)
            .Select(r => new { r.AsOf, r.StartedAt, r.EndedAt }).FirstOrDefaultAsync(cancellationToken);
        var history = run.Model is null ? null
            : await ForecastReader.HistoryAsync(db, clock, Currency, customerId, run.AsOf, cancellationToken);
        return new(customer.Id, customer.Number, CustomerQueries.Shown(customer, grant.Has(Permissions.CustomersSensitive)),
            forecast.Value, forecast.ExpectedOrders, forecast.Alive, history is { } known ? Interval(run, known) : null, history,
            SimpleLifetimeValue.Of(customer.OrderCount, Money.ToDecimal(customer.TotalSpent, Currency), customer.FirstOrderAt,
                clock.EndOf(newest?.AsOf ?? run.AsOf), run.Months),
            Details(run), newest?.EndedAt ?? run.EndedAt ?? run.StartedAt);
    }

    private async Task<ForecastAnalysis?> AnalysisAsync(int limit, Func<IQueryable<Found>, IOrderedQueryable<Found>> order,
        CancellationToken cancellationToken)
    {
        var grant = await DemandLookAsync(limit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var run = await Complete(db).OrderByDescending(r => r.Id).FirstOrDefaultAsync(cancellationToken);
        return run?.Figures is not { } figures ? null
            : new(Details(run), figures, await RowsAsync(order(Rows(db)), limit, grant, cancellationToken));
    }

    private async Task<Grant> DemandLookAsync(int limit, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        if (limit is < 1 or > MostListed) throw new RuleViolationException("Limit", "The limit must be between 1 and {0}.", MostListed);
        return grant;
    }

    /// <summary>From the forecasts to the customers, as the order is that of an index of the forecasts.</summary>
    private static IQueryable<Found> Rows(CrmDbContext db) => db.CustomerForecasts.Join(db.Customers.Where(c => c.DeletedAt == null),
        f => f.CustomerId, c => c.Id, (f, c) => new Found { Forecast = f, Customer = c }).AsNoTracking();

    private static async Task<IReadOnlyList<ForecastRow>> RowsAsync(IOrderedQueryable<Found> found, int limit, Grant grant,
        CancellationToken cancellationToken)
    {
        if (!grant.Has(Permissions.CustomersView)) return [];
        var maySee = grant.Has(Permissions.CustomersSensitive);
        var rows = await found.ThenBy(f => f.Forecast.CustomerId).Take(limit).ToListAsync(cancellationToken);
        return rows.ConvertAll(r => new ForecastRow(r.Customer.Id, r.Customer.Number, CustomerQueries.Shown(r.Customer, maySee),
            r.Forecast.Value, r.Forecast.ExpectedOrders, r.Forecast.Alive, r.Forecast.SimpleValue, r.Forecast.AtRisk,
            new(r.Customer.OrderCount, r.Customer.TotalSpent, r.Customer.AverageOrder, r.Customer.FirstOrderAt, r.Customer.LastOrderAt)));
    }

    private ForecastInterval? Interval(ForecastRun run, PurchaseHistory history)
    {
        if (run.Model?.IntervalOf(history, new(run.Months, run.MonthlyDiscount)) is not { } found) return null;
        return new(found.LowOrders, found.HighOrders, Forecasts.Minor(found.LowValue, Currency),
            Forecasts.Minor(found.HighValue, Currency));
    }

    private static IQueryable<ForecastRun> Complete(CrmDbContext db) =>
        db.ForecastRuns.AsNoTracking().Where(r => r.IsOfAll && r.EndedAt != null);

    private static ForecastRunDetails Details(ForecastRun run) => new(run.Id, run.EndedAt ?? run.StartedAt, run.AsOf, run.ByName,
        run.Months, run.MonthlyDiscount, run.Model, LifetimeValueFit.ReasonOf(run.Obstacle), run.Customers, run.TotalValue,
        run.MedianValue);

    private sealed class Found
    {
        public required CustomerForecast Forecast { get; init; }
        public required Customer Customer { get; init; }
    }
}
