using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Segments;

/// <summary>In which segments a customer was stays with their own record; the one who stays after a merge is asked anew.</summary>
internal sealed class SegmentMemberPart : CustomerPart<SegmentMember>
{
    public override int Position => 234;

    public override bool IsComputed => true;

    public override async Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken)
    {
        var open = purge.Db.SegmentMembers.Where(m => purge.Ids.Contains(m.CustomerId) && m.Until == null);
        await purge.Db.Segments.Where(s => open.Any(m => m.SegmentId == s.Id)).ExecuteUpdateAsync(
            s => s.SetProperty(x => x.Customers, x => x.Customers - open.Count(m => m.SegmentId == x.Id)), cancellationToken);
        await base.PurgeAsync(purge, cancellationToken);
    }
}

/// <summary>What was said of the one who stays holds; what was said of the others moves where nothing was said of them.</summary>
internal sealed class GroupChoicePart : CustomerPart<GroupChoice>
{
    public override int Position => 235;

    public override Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) =>
        merge.UniqueAsync(merge.Db.GroupChoices, c => c.SegmentId, cancellationToken);

    public override async Task<IReadOnlyDictionary<long, string>> TitlesAsync(
        CrmDbContext db, IReadOnlyList<AuditEntry> rows, CancellationToken cancellationToken)
    {
        var groups = AuditKeys.Of(rows, nameof(GroupChoice.SegmentId));
        var ids = groups.Values.Distinct().ToList();
        var names = await db.Segments.Where(s => ids.Contains(s.Id)).ToDictionaryAsync(s => s.Id, s => s.Name, cancellationToken);
        return groups.Where(g => names.ContainsKey(g.Value)).ToDictionary(g => g.Key, g => names[g.Value]);
    }
}

/// <summary>Who tried the rules of a segment: a merged record tries nothing, and the one who stays has what they had.</summary>
internal sealed class SegmentTestPart : CustomerPart<SegmentTest>
{
    public override int Position => 236;

    public override bool IsComputed => true;

    public override Task<IReadOnlyList<IAudited>> RowsAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IAudited>>([]);
}
