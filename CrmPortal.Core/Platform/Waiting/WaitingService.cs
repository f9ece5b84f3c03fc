using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Waiting;

/// <summary>What waits for the acting user.</summary>
public sealed class WaitingService(IEnumerable<IWaitingWork> kinds, IDbContextFactory<CrmDbContext> dbFactory, AccessControl access)
{
    public const int MostCounted = 100;

    /// <summary>The kinds of which something waits, and that the acting user may do.</summary>
    public async Task<IReadOnlyList<WaitingCount>> ListAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var waiting = new List<WaitingCount>();
        foreach (var kind in kinds.Where(k => grant.Has(k.Permission)))
        {
            var found = await kind.Subjects(db, grant).Take(MostCounted).GroupBy(_ => 1)
                .Select(g => new { Count = g.Count(), First = g.Min() }).SingleOrDefaultAsync(cancellationToken);
            if (found is not null) waiting.Add(new(kind.Kind, found.Count, found.First) { Filter = kind.Filter(grant) });
        }

        return waiting;
    }
}
