using System.Data.Common;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

/// <summary>
/// Writes the scores of a calculation: only those that are other than before, in transactions that are short enough to hold nobody up.
/// What held before becomes a row of its own. Calculations take turns batch by batch, so that two at once leave one history.
/// </summary>
internal sealed class RfmWriter(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, long runId)
{
    private const int BatchSize = 5_000;
    private const int Attempts = 3;
    private const string Turn = "analytics.rfm";

    /// <param name="scores">Everybody's, in the order of their keys.</param>
    /// <param name="wanted">Only these are written; null for all, which also takes the scores from those who have none any more.</param>
    /// <returns>How many customers have other scores now.</returns>
    public async Task<int> WriteAsync(IReadOnlyList<CustomerScore> scores, IReadOnlySet<long>? wanted, IProgress<JobProgress>? progress,
        CancellationToken cancellationToken)
    {
        var (changed, done) = (0, 0);
        if (wanted is not null)
        {
            var fresh = scores.Where(s => wanted.Contains(s.CustomerId)).ToDictionary(s => s.CustomerId);
            foreach (var ids in wanted.Order().Chunk(BatchSize))
            {
                changed += await WriteAsync(s => s.Where(x => ids.Contains(x.CustomerId)),
                    [.. ids.Where(fresh.ContainsKey).Select(id => fresh[id])], cancellationToken);
                progress?.Report(new("Scoring customers", done += ids.Length, wanted.Count));
            }

            return changed;
        }

        // A batch is a stretch of keys, to which those belong who have no scores any more; the last one has no end.
        var after = 0L;
        do
        {
            var batch = scores.Skip(done).Take(BatchSize).ToList();
            done += batch.Count;
            var (from, to) = (after, done == scores.Count ? long.MaxValue : batch[^1].CustomerId);
            changed += await WriteAsync(s => s.Where(x => x.CustomerId > from && x.CustomerId <= to), batch, cancellationToken);
            progress?.Report(new("Scoring customers", done, scores.Count));
            after = to;
        }
        while (done < scores.Count);
        return changed;
    }

    private async Task<int> WriteAsync(Func<IQueryable<CustomerScore>, IQueryable<CustomerScore>> those, List<CustomerScore> fresh,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        for (var attempt = 1; ; attempt++)
        {
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            if (Difference.Of(await those(db.CustomerScores.AsNoTracking()).ToListAsync(cancellationToken), fresh).IsNone) return 0;
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

    private async Task<int> WriteAsync(CrmDbContext db, Func<IQueryable<CustomerScore>, IQueryable<CustomerScore>> those,
        List<CustomerScore> fresh, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await provider.RaiseCounterAsync(db, Turn, 1, cancellationToken);
        var difference = Difference.Of(await those(db.CustomerScores.AsNoTracking()).ToListAsync(cancellationToken), fresh);
        var newcomers = difference.Added.ConvertAll(s => s.CustomerId);
        var there = newcomers.Count == 0 ? [] : (await db.Customers.Where(c => newcomers.Contains(c.Id)).Select(c => c.Id)
            .ToListAsync(cancellationToken)).ToHashSet();
        var superseded = difference.Superseded.ConvertAll(s => s.CustomerId);
        if (superseded.Count > 0)
            await db.CustomerScores.Where(s => superseded.Contains(s.CustomerId)).ExecuteDeleteAsync(cancellationToken);
        await provider.BulkWriteAsync(db, difference.Superseded.ConvertAll(s => new CustomerScoreChange
        {
            CustomerId = s.CustomerId, Recency = s.Recency, Frequency = s.Frequency, Monetary = s.Monetary, Segment = s.Segment,
            FromRunId = s.RunId, UntilRunId = runId,
        }), cancellationToken);
        List<CustomerScore> written = [.. difference.Changed.Concat(difference.Added.Where(s => there.Contains(s.CustomerId)))
            .Select(s => new CustomerScore
            {
                CustomerId = s.CustomerId, Recency = s.Recency, Frequency = s.Frequency, Monetary = s.Monetary, Segment = s.Segment,
                RunId = runId,
            })];
        await provider.BulkWriteAsync(db, written, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return written.Count + difference.Superseded.Count - difference.Changed.Count;
    }

    /// <summary>What is to be written.</summary>
    /// <param name="Superseded">What held until now and does not any more.</param>
    /// <param name="Changed">New scores of those who had some.</param>
    /// <param name="Added">Scores of those who had none.</param>
    private sealed record Difference(List<CustomerScore> Superseded, List<CustomerScore> Changed, List<CustomerScore> Added)
    {
        public bool IsNone => Superseded.Count + Added.Count == 0;

        public static Difference Of(List<CustomerScore> present, List<CustomerScore> fresh)
        {
            var before = present.ToDictionary(s => s.CustomerId);
            var difference = new Difference([], [], []);
            foreach (var score in fresh)
            {
                if (!before.Remove(score.CustomerId, out var old)) difference.Added.Add(score);
                else if (!HaveSame(old, score))
                {
                    difference.Superseded.Add(old);
                    difference.Changed.Add(score);
                }
            }

            difference.Superseded.AddRange(before.Values);
            return difference;
        }

        private static bool HaveSame(CustomerScore one, CustomerScore other) =>
            (one.Recency, one.Frequency, one.Monetary) == (other.Recency, other.Frequency, other.Monetary);
    }
}
