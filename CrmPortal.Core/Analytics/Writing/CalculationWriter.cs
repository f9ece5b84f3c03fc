using System.Data.Common;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

/// <summary>What a calculation writes of each customer: one row, which stays as long as calculations find the same.</summary>
/// <param name="Turn">The counter by which calculations of this kind take turns, so that two at once do not write the same row.</param>
/// <param name="Step">What is said while it is written.</param>
/// <param name="CustomerOf">Whose row it is.</param>
/// <param name="HaveSame">Whether two rows of a customer say the same.</param>
/// <param name="Written">The row as it is written, with the number of the calculation.</param>
internal sealed record CalculatedRows<TRow>(string Turn, string Step, Func<TRow, long> CustomerOf, Func<TRow, TRow, bool> HaveSame,
    Func<TRow, TRow> Written)
    where TRow : class
{
    /// <summary>Keeps what held until now and does not any more; null where nobody asks for it later.</summary>
    public Func<CrmDbContext, IReadOnlyList<TRow>, CancellationToken, Task>? KeepAsync { get; init; }
}

/// <summary>
/// Writes what a calculation found: only rows that are other than before, in transactions that end when somebody else wants to write.
/// </summary>
internal sealed class CalculationWriter<TRow>(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider,
    CalculatedRows<TRow> kind)
    where TRow : class
{
    /// <summary>Rows that are compared at a time, which holds nobody up.</summary>
    private const int StretchSize = 5_000;

    private const int Attempts = 3;
    private const string Customer = nameof(CustomerScore.CustomerId);

    /// <summary>The counter after our last step, which tells whether another calculation has written since; null where one has.</summary>
    private long? _turn;

    /// <param name="found">Everybody's, in the order of their keys.</param>
    /// <param name="wanted">Only these are written; null for all, which also takes the rows from those who have none any more.</param>
    /// <returns>How many customers have another row now, or none any more.</returns>
    public async Task<int> WriteAsync(IReadOnlyList<TRow> found, IReadOnlySet<long>? wanted, IProgress<JobProgress>? progress,
        CancellationToken cancellationToken)
    {
        var (changed, done) = (0, 0);
        if (wanted is not null)
        {
            var fresh = found.Where(r => wanted.Contains(kind.CustomerOf(r))).ToDictionary(kind.CustomerOf);
            foreach (var ids in wanted.Order().Chunk(StretchSize))
            {
                changed += await WriteAsync(r => r.Where(x => ids.Contains(EF.Property<long>(x, Customer))),
                    [.. ids.Where(fresh.ContainsKey).Select(id => fresh[id])], cancellationToken);
                progress?.Report(new(kind.Step, done += ids.Length, wanted.Count));
            }

            return changed;
        }

        // A stretch of keys is of those too who have no row any more; the last one has no end.
        var after = 0L;
        do
        {
            List<TRow> stretch = [.. found.Skip(done).Take(StretchSize)];
            done += stretch.Count;
            var (from, to) = (after, done == found.Count ? long.MaxValue : kind.CustomerOf(stretch[^1]));
            changed += await WriteAsync(
                r => r.Where(x => EF.Property<long>(x, Customer) > from && EF.Property<long>(x, Customer) <= to), stretch,
                cancellationToken);
            progress?.Report(new(kind.Step, done, found.Count));
            after = to;
        }
        while (done < found.Count);
        return changed;
    }

    private async Task<int> WriteAsync(Func<IQueryable<TRow>, IQueryable<TRow>> those, List<TRow> fresh,
        CancellationToken cancellationToken)
    {
        Difference difference;
        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
        {
            difference = await DifferenceAsync(db, those, fresh, cancellationToken);
            if (difference.Customers.Count == 0) return 0;
            // Compared again once it is known whether somebody else writes: in between nothing can have happened unseen.
            _turn = await provider.RaiseCounterAsync(db, kind.Turn, 1, cancellationToken);
            difference = await DifferenceAsync(db, those, fresh, cancellationToken);
        }

        var (changed, done) = (0, 0);
        while (done < difference.Customers.Count)
        {
            var (wrote, took) = await WriteSomeAsync(difference, done, fresh, cancellationToken);
            (changed, done) = (changed + wrote, done + took);
            await provider.LetOthersInAsync(cancellationToken);
        }

        return changed;
    }

    private async Task<(int Changed, int Done)> WriteSomeAsync(Difference difference, int from, List<TRow> fresh,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
                return await WriteOnceAsync(db, difference, from, fresh, cancellationToken);
            }
            catch (DbException) when (attempt < Attempts && !cancellationToken.IsCancellationRequested)
            {
                // Somebody was removed for good in this moment; they are not there the next time.
                _turn = null;
            }
        }
    }

    /// <summary>Writes in one transaction what is left of a stretch, or as much as could be written until somebody waited.</summary>
    private async Task<(int Changed, int Done)> WriteOnceAsync(CrmDbContext db, Difference difference, int from, List<TRow> fresh,
        CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var turn = await provider.RaiseCounterAsync(db, kind.Turn, 1, cancellationToken);
        // Otherwise another calculation has been here since they were compared.
        var isAsCompared = turn == _turn + 1;
        var (changed, done) = (0, from);
        do
        {
            var ids = difference.Customers.GetRange(done, Math.Min(MassWriting.StepSize, difference.Customers.Count - done));
            changed += await WriteStepAsync(db, isAsCompared ? difference.Of(ids) : await CompareAsync(ids), cancellationToken);
            done += ids.Count;
        }
        while (done < difference.Customers.Count && !provider.IsSomebodyWaiting);
        await transaction.CommitAsync(cancellationToken);
        _turn = isAsCompared ? turn : null;
        return (changed, done - from);

        Task<Difference> CompareAsync(List<long> ids) => DifferenceAsync(db,
            r => r.Where(x => ids.Contains(EF.Property<long>(x, Customer))),
            fresh.FindAll(r => ids.BinarySearch(kind.CustomerOf(r)) >= 0), cancellationToken);
    }

    private async Task<int> WriteStepAsync(CrmDbContext db, Difference difference, CancellationToken cancellationToken)
    {
        var before = difference.Gone.Keys.ToList();
        var added = difference.Written.Keys.Where(id => !difference.Gone.ContainsKey(id)).ToList();
        var there = added.Count == 0 ? [] : (await db.Customers.Where(c => added.Contains(c.Id)).Select(c => c.Id)
            .ToListAsync(cancellationToken)).ToHashSet();
        List<TRow> written = [.. difference.Written.Where(r => difference.Gone.ContainsKey(r.Key) || there.Contains(r.Key))
            .Select(r => kind.Written(r.Value))];
        if (before.Count > 0)
            await db.Set<TRow>().Where(r => before.Contains(EF.Property<long>(r, Customer))).ExecuteDeleteAsync(cancellationToken);
        if (kind.KeepAsync is not null) await kind.KeepAsync(db, [.. difference.Gone.Values], cancellationToken);
        await provider.BulkWriteAsync(db, written, cancellationToken);
        return before.Union(written.Select(kind.CustomerOf)).Count();
    }

    private async Task<Difference> DifferenceAsync(CrmDbContext db, Func<IQueryable<TRow>, IQueryable<TRow>> those, List<TRow> fresh,
        CancellationToken cancellationToken)
    {
        var before = (await those(db.Set<TRow>().AsNoTracking()).ToListAsync(cancellationToken)).ToDictionary(kind.CustomerOf);
        var written = new Dictionary<long, TRow>();
        foreach (var row in fresh)
        {
            var id = kind.CustomerOf(row);
            if (before.TryGetValue(id, out var old) && kind.HaveSame(old, row)) before.Remove(id);
            else written.Add(id, row);
        }

        return new(before, written);
    }

    /// <summary>Rows by customer: those that go, replaced or not, and those that come.</summary>
    private sealed record Difference(Dictionary<long, TRow> Gone, Dictionary<long, TRow> Written)
    {
        public List<long> Customers => field ??= [.. Gone.Keys.Union(Written.Keys).Order()];

        public Difference Of(List<long> ids) => new(Those(Gone, ids), Those(Written, ids));

        private static Dictionary<long, TRow> Those(Dictionary<long, TRow> rows, List<long> ids) =>
            ids.Where(rows.ContainsKey).ToDictionary(id => id, id => rows[id]);
    }
}
