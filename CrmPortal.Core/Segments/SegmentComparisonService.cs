using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Segments;

/// <summary>One of two segments or groups that are compared.</summary>
/// <param name="Filter">Its customers as the list of customers writes them.</param>
/// <param name="Only">Customers who are in this one and not in the other.</param>
/// <param name="Spent">In minor units of the base currency.</param>
/// <param name="EmailMarketing">Who allows advertising by e-mail.</param>
/// <param name="Tiers">How many have each tier; null stands for none.</param>
/// <param name="Scores">How many are in each segment of the scores.</param>
public sealed record ComparedSegment(long Id, SegmentKind Kind, string Name, string Filter, int Customers, int Only, int Orders, long Spent,
    int EmailMarketing, int SmsMarketing, IReadOnlyList<(string? Tier, int Customers)> Tiers,
    IReadOnlyDictionary<RfmSegment, int> Scores)
{
    public long? AverageOrder => Orders == 0 ? null : (long)Math.Round(Spent / (decimal)Orders, MidpointRounding.AwayFromZero);
}

/// <summary>Two segments or groups beside each other.</summary>
/// <param name="Both">Customers who are in both.</param>
public sealed record SegmentComparison(ComparedSegment First, ComparedSegment Second, int Both);

/// <summary>Compares the members of segments and groups, by their rows.</summary>
public sealed class SegmentComparisonService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, CustomerFinder finder)
{
    /// <summary>Two of them beside each other; null where one is not there, or the acting user may not ask by its rules.</summary>
    public async Task<SegmentComparison?> CompareAsync(long firstId, long secondId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await db.Segments.AsNoTracking().Where(s => s.Id == firstId || s.Id == secondId).ToListAsync(cancellationToken);
        var (one, other) = (found.Find(s => s.Id == firstId), found.Find(s => s.Id == secondId));
        if (one is null || other is null) return null;
        if ((await finder.MayAskAsync([one.Filter, other.Filter], cancellationToken)).Contains(false)) return null;
        var both = await Of(db, firstId).Where(c => c.Memberships.Any(m => m.SegmentId == secondId && m.Until == null))
            .CountAsync(cancellationToken);
        return new(await SideAsync(db, one, both, cancellationToken), await SideAsync(db, other, both, cancellationToken), both);
    }

    private static IQueryable<Customer> Of(CrmDbContext db, long id) =>
        db.Customers.Where(c => c.DeletedAt == null && c.Memberships.Any(m => m.SegmentId == id && m.Until == null));

    private static async Task<ComparedSegment> SideAsync(CrmDbContext db, Segment segment, int both, CancellationToken cancellationToken)
    {
        var members = Of(db, segment.Id);
        var sums = await members.GroupBy(_ => 1).Select(g => new
        {
            Customers = g.Count(), Orders = g.Sum(c => c.OrderCount), Spent = g.Sum(c => c.TotalSpent),
            Email = g.Sum(c => c.EmailMarketing ? 1 : 0), Sms = g.Sum(c => c.SmsMarketing ? 1 : 0),
        }).FirstOrDefaultAsync(cancellationToken);
        var tiers = await members.GroupBy(c => c.Tier).Select(g => new { Tier = g.Key, Customers = g.Count() })
            .OrderByDescending(t => t.Customers).Take(20).ToListAsync(cancellationToken);
        var scores = await members.Where(c => c.Score != null).GroupBy(c => c.Score!.Segment)
            .Select(g => new { Segment = g.Key, Customers = g.Count() }).ToDictionaryAsync(s => s.Segment, s => s.Customers,
                cancellationToken);
        var field = segment.Kind == SegmentKind.Group ? CustomerFilters.Group : CustomerFilters.Segment;
        var filter = new FilterCondition(field, FilterOperator.Any, [FilterContext.KeyOf(field, segment.Id)[(field.Length + 1)..]]);
        return new(segment.Id, segment.Kind, segment.Name, filter.ToString(), sums?.Customers ?? 0, (sums?.Customers ?? 0) - both,
            sums?.Orders ?? 0, sums?.Spent ?? 0, sums?.Email ?? 0, sums?.Sms ?? 0, [.. tiers.Select(t => (t.Tier, t.Customers))], scores);
    }
}
