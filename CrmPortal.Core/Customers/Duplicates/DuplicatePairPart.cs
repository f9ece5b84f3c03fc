using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Duplicates;

internal sealed class DuplicatePairPart : CustomerPart<DuplicatePair>
{
    public override int Position => 210;

    public override Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken) =>
        purge.Db.DuplicatePairs.Where(p => purge.Ids.Contains(p.FirstId) || purge.Ids.Contains(p.SecondId))
            .ExecuteDeleteAsync(cancellationToken);

    public override async Task MergeAsync(MergeMover merge, CancellationToken cancellationToken)
    {
        var survivor = merge.Survivor.Id;
        List<long> all = [survivor, .. merge.OtherIds];
        var pairs = await merge.Db.DuplicatePairs.Where(p => all.Contains(p.FirstId) || all.Contains(p.SecondId))
            .ToListAsync(cancellationToken);
        var known = pairs.Select(p => (p.FirstId, p.SecondId)).ToHashSet();
        foreach (var pair in pairs)
        {
            if (all.Contains(pair.FirstId) && all.Contains(pair.SecondId))
            {
                (pair.State, pair.DecidedByName, pair.DecidedAt) = (DuplicateState.Merged, merge.Actor.Name, merge.Now);
                continue;
            }

            // Whoever was found not to be one of them is not the survivor either.
            var third = all.Contains(pair.FirstId) ? pair.SecondId : pair.FirstId;
            var key = (Math.Min(third, survivor), Math.Max(third, survivor));
            if (pair.State != DuplicateState.NotDuplicate || !known.Add(key)) continue;
            merge.Db.DuplicatePairs.Add(new DuplicatePair
            {
                FirstId = key.Item1, SecondId = key.Item2, Score = pair.Score, Reasons = pair.Reasons, State = DuplicateState.NotDuplicate,
                FoundAt = pair.FoundAt, DecidedByName = pair.DecidedByName, DecidedAt = pair.DecidedAt,
            });
        }
    }

    public override Task<IReadOnlyList<IAudited>> RowsAsync(CrmDbContext db, long customerId,
        CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IAudited>>([]);
}
