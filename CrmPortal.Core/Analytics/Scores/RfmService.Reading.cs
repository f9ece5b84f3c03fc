using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Analytics;

public sealed partial class RfmService
{
    /// <summary>So many of the newest calculations can be chosen.</summary>
    private const int MostRuns = 400;

    /// <summary>The calculations of everybody that came to their end, newest first.</summary>
    public async Task<IReadOnlyList<RfmRunDetails>> RunsAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await Details(Complete(db).OrderByDescending(r => r.Id).Take(MostRuns)).ToListAsync(cancellationToken);
    }

    /// <summary>How everybody is distributed by a calculation.</summary>
    /// <param name="runId">The newest where it is null.</param>
    /// <returns>Null where there is no such calculation, or none yet.</returns>
    public async Task<RfmDistribution?> DistributionAsync(long? runId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var runs = Complete(db);
        if (runId is { } wanted) runs = runs.Where(r => r.Id == wanted);
        var run = await Details(runs.OrderByDescending(r => r.Id).Take(1)).FirstOrDefaultAsync(cancellationToken);
        if (run is null) return null;
        var cells = await db.RfmRunCells.AsNoTracking().Where(c => c.RunId == run.Id).OrderByDescending(c => c.Recency)
            .ThenByDescending(c => c.Frequency).ThenByDescending(c => c.Monetary)
            .Select(c => new RfmCell(c.Recency, c.Frequency, c.Monetary, c.Customers, c.Orders, c.Spent)).ToListAsync(cancellationToken);
        return new(run, cells);
    }

    /// <summary>
    /// How many customers went from which segment to which between two calculations, those who stayed included. Customers who were removed
    /// for good are in neither.
    /// </summary>
    /// <exception cref="RuleViolationException">The second calculation is not later than the first one.</exception>
    public async Task<IReadOnlyList<RfmMove>> MovesAsync(long fromRunId, long toRunId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        DemandOrder(fromRunId, toRunId);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var moves = await RfmMoves.All(db, fromRunId, toRunId).GroupBy(m => new { m.From, m.To })
            .Select(g => new { g.Key.From, g.Key.To, Customers = g.Count() }).ToListAsync(cancellationToken);
        var stayed = await RfmMoves.Stayed(db, fromRunId, toRunId).GroupBy(m => m.Segment)
            .Select(g => new { Segment = g.Key, Customers = g.Count() }).ToListAsync(cancellationToken);
        return [.. moves.Select(m => new RfmMove(m.From, m.To, m.Customers))
            .Concat(stayed.Select(s => new RfmMove(s.Segment, s.Segment, s.Customers)))
            .GroupBy(m => (m.From, m.To)).Select(g => new RfmMove(g.Key.From, g.Key.To, g.Sum(m => m.Customers)))
            .OrderBy(m => m.From ?? RfmSegment.Lost + 1).ThenBy(m => m.To ?? RfmSegment.Lost + 1)];
    }

    /// <summary>One page of the customers who went from one segment to another between two calculations, by their keys.</summary>
    /// <param name="from">Null for those who had no scores before.</param>
    /// <param name="to">Null for those who have none afterwards.</param>
    /// <exception cref="RuleViolationException">The calculations or the page are wrong.</exception>
    public async Task<Page<RfmMover>> MoversAsync(long fromRunId, long toRunId, RfmSegment? from, RfmSegment? to, PageRequest page,
        CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        DemandOrder(fromRunId, toRunId);
        var (skip, take) = page.Validated();
        var maySee = grant.Has(Permissions.CustomersSensitive);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var movers = RfmMoves.All(db, fromRunId, toRunId).Where(m => m.From == from && m.To == to).Select(m => m.CustomerId);
        if (from is { } segment && from == to)
        {
            movers = movers.Concat(RfmMoves.Stayed(db, fromRunId, toRunId).Where(s => s.Segment == segment).Select(s => s.CustomerId));
        }

        var customers = await db.Customers.AsNoTracking().Where(c => c.DeletedAt == null && movers.Contains(c.Id)).OrderBy(c => c.Id)
            .Skip(skip).Take(take + 1).ToListAsync(cancellationToken);
        return new([.. customers.Take(take).Select(c => new RfmMover(c.Id, CustomerQueries.Shown(c, maySee), c.Number,
            new(c.OrderCount, c.TotalSpent, c.AverageOrder, c.FirstOrderAt, c.LastOrderAt)))], page.Number, page.Size,
            customers.Count > take);
    }

    /// <summary>The scores of a customer and what held before; null where there is no such customer or they have no scores.</summary>
    public async Task<CustomerRfm?> OfCustomerAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var customer = await db.Customers.AsNoTracking().Include(c => c.Score).FirstOrDefaultAsync(c => c.Id == customerId
            && c.DeletedAt == null, cancellationToken);
        if (customer?.Score is not { } score) return null;
        var past = await db.CustomerScoreChanges.AsNoTracking().Where(s => s.CustomerId == customerId).OrderByDescending(s => s.FromRunId)
            .Take(MostRuns).ToListAsync(cancellationToken);
        var named = past.SelectMany(p => new[] { p.FromRunId, p.UntilRunId }).Append(score.RunId).Distinct().ToList();
        var times = await db.RfmRuns.Where(r => named.Contains(r.Id)).ToDictionaryAsync(r => r.Id, r => r.EndedAt ?? r.StartedAt,
            cancellationToken);
        var newest = await Complete(db).MaxAsync(r => r.EndedAt, cancellationToken);
        var since = times[score.RunId];
        return new(customer.Id, customer.Number, CustomerQueries.Shown(customer, grant.Has(Permissions.CustomersSensitive)), score.Recency,
            score.Frequency, score.Monetary, score.Segment, new(customer.OrderCount, customer.TotalSpent, customer.AverageOrder,
                customer.FirstOrderAt, customer.LastOrderAt),
            customer.LastOrderAt is { } last ? clock.Today.DayNumber - clock.DayOf(last).DayNumber : null,
            newest > since ? newest.Value : since, since,
            [.. past.Select(p => new PastRfm(p.Recency, p.Frequency, p.Monetary, p.Segment, times[p.FromRunId], times[p.UntilRunId]))]);
    }

    private static IQueryable<RfmRun> Complete(CrmDbContext db) =>
        db.RfmRuns.AsNoTracking().Where(r => r.IsOfAll && r.EndedAt != null);

    private static IQueryable<RfmRunDetails> Details(IQueryable<RfmRun> runs) =>
        runs.Select(r => new RfmRunDetails(r.Id, r.EndedAt!.Value, r.AsOf, r.ByName, r.WindowMonths, r.Customers, r.Changed));

    private static void DemandOrder(long fromRunId, long toRunId)
    {
        if (fromRunId >= toRunId) throw new RuleViolationException("To", "The second calculation must be later than the first one.");
    }
}
