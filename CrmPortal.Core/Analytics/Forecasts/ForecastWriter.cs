using System.Data.Common;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

/// <summary>
/// Writes the forecasts of a calculation: only those that are other than before, in transactions that are short enough to hold nobody up.
/// Calculations take turns batch by batch, so that two at once do not write the same row.
/// </summary>
internal sealed class ForecastWriter(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, long runId)
{
    private const int BatchSize = 5_000;
    private const int Attempts = 3;
    private const string Turn = "analytics.clv";
    private const string Step = "Forecasting customers";

    /// <param name="forecasts">Everybody's, in the order of their keys.</param>
    /// <param name="wanted">Only these are written; null for all, which also takes the forecast from those who have none any more.</param>
    /// <returns>How many customers have another forecast now.</returns>
    public async Task<int> WriteAsync(List<CustomerForecast> forecasts, IReadOnlySet<long>? wanted, IProgress<JobProgress>? progress,
        CancellationToken cancellationToken)
    {
        var (changed, done) = (0, 0);
        if (wanted is not null)
        {
            var fresh = forecasts.Where(f => wanted.Contains(f.CustomerId)).ToDictionary(f => f.CustomerId);
            foreach (var ids in wanted.Order().Chunk(BatchSize))
            {
                changed += await WriteAsync(f => f.Where(x => ids.Contains(x.CustomerId)),
                    [.. ids.Where(fresh.ContainsKey).Select(id => fresh[id])], cancellationToken);
                progress?.Report(new(Step, done += ids.Length, wanted.Count));
            }

            return changed;
        }

        // A batch is a stretch of keys, to which those belong who have no forecast any more; the last one has no end.
        var after = 0L;
        do
        {
            var batch = forecasts.GetRange(done, Math.Min(BatchSize, forecasts.Count - done));
            done += batch.Count;
            var (from, to) = (after, done == forecasts.Count ? long.MaxValue : batch[^1].CustomerId);
            changed += await WriteAsync(f => f.Where(x => x.CustomerId > from && x.CustomerId <= to), batch, cancellationToken);
            progress?.Report(new(Step, done, forecasts.Count));
            after = to;
        }
        while (done < forecasts.Count);
        return changed;
    }

    private async Task<int> WriteAsync(Func<IQueryable<CustomerForecast>, IQueryable<CustomerForecast>> those,
        List<CustomerForecast> fresh, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        for (var attempt = 1; ; attempt++)
        {
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            if (await DifferenceAsync(db, those, fresh, cancellationToken) is { Gone.Count: 0, Fresh.Count: 0 }) return 0;
            try
            {
                return await WriteAsync(db, those, fresh, cancellationToken);
            }
            catch (DbException) when (attempt < Attempts && !cancellationToken.IsCancellationRequested)
            {
                // Somebody was removed for good in this moment; they are not there the next time.
            }
        }
    }

    private async Task<int> WriteAsync(CrmDbContext db, Func<IQueryable<CustomerForecast>, IQueryable<CustomerForecast>> those,
        List<CustomerForecast> fresh, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.RaiseCounterAsync(db, Turn, 1, cancellationToken);
        var difference = await DifferenceAsync(db, those, fresh, cancellationToken);
        var added = difference.Fresh.Where(f => !difference.Gone.Contains(f.CustomerId)).Select(f => f.CustomerId).ToList();
        var there = added.Count == 0 ? [] : (await db.Customers.Where(c => added.Contains(c.Id)).Select(c => c.Id)
            .ToListAsync(cancellationToken)).ToHashSet();
        var gone = difference.Gone.ToList();
        if (gone.Count > 0) await db.CustomerForecasts.Where(f => gone.Contains(f.CustomerId)).ExecuteDeleteAsync(cancellationToken);
        List<CustomerForecast> written = [.. difference.Fresh
            .Where(f => there.Contains(f.CustomerId) || difference.Gone.Contains(f.CustomerId)).Select(f => new CustomerForecast
            {
                CustomerId = f.CustomerId, Value = f.Value, ExpectedOrders = f.ExpectedOrders, Alive = f.Alive,
                SimpleValue = f.SimpleValue, AtRisk = f.AtRisk, RunId = runId,
            })];
        await provider.BulkWriteAsync(db, written, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return gone.Union(written.Select(f => f.CustomerId)).Count();
    }

    /// <summary>Whose rows go, replaced or not, and which ones come.</summary>
    private static async Task<(HashSet<long> Gone, List<CustomerForecast> Fresh)> DifferenceAsync(CrmDbContext db,
        Func<IQueryable<CustomerForecast>, IQueryable<CustomerForecast>> those, List<CustomerForecast> fresh,
        CancellationToken cancellationToken)
    {
        var before = await those(db.CustomerForecasts.AsNoTracking()).ToDictionaryAsync(f => f.CustomerId, cancellationToken);
        var changed = new List<CustomerForecast>();
        foreach (var forecast in fresh)
        {
            if (before.TryGetValue(forecast.CustomerId, out var old) && HaveSame(old, forecast)) before.Remove(forecast.CustomerId);
            else changed.Add(forecast);
        }

        return ([.. before.Keys], changed);
    }

    private static bool HaveSame(CustomerForecast one, CustomerForecast other) =>
        (one.Value, one.ExpectedOrders, one.Alive, one.SimpleValue, one.AtRisk)
        == (other.Value, other.ExpectedOrders, other.Alive, other.SimpleValue, other.AtRisk);
}
