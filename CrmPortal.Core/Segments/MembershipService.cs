using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Segments;

/// <summary>Who is in a segment or a group, who came and who left, by the rows. Whoever may not ask by the rules is told nobody.</summary>
public sealed class MembershipService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, CustomerFinder finder)
{
    public const int EventsOfAPage = 25;
    private const int MostOfACustomer = 200;

    /// <summary>The members at this moment, the newest customers first; null where there is no such segment or group.</summary>
    /// <exception cref="RuleViolationException">The page is wrong.</exception>
    public async Task<Page<MemberDetails>?> MembersAsync(long segmentId, PageRequest page, CancellationToken cancellationToken)
    {
        var (db, maySee) = await OpenAsync(segmentId, cancellationToken);
        if (db is null) return null;
        await using var _ = db;
        var (skip, take) = page.Validated();
        var rows = await db.SegmentMembers.AsNoTracking().Where(m => m.SegmentId == segmentId && m.Until == null)
            .OrderByDescending(m => m.CustomerId).Skip(skip).Take(take + 1).ToListAsync(cancellationToken);
        var hasMore = rows.Count > take;
        var shown = rows.Take(take).ToList();
        var ids = shown.ConvertAll(m => m.CustomerId);
        var customers = await CustomersAsync(db, ids, cancellationToken);
        var said = (await db.GroupChoices.Where(c => c.SegmentId == segmentId && c.IsIn && ids.Contains(c.CustomerId))
            .Select(c => c.CustomerId).ToListAsync(cancellationToken)).ToHashSet();
        return new([.. shown.Where(m => customers.ContainsKey(m.CustomerId)).Select(m =>
        {
            var c = customers[m.CustomerId];
            return new MemberDetails(c.Id, c.Number, CustomerQueries.Shown(c, maySee), m.Since, m.Cause, m.ByName, said.Contains(c.Id),
                new(c.OrderCount, c.TotalSpent, c.AverageOrder, c.FirstOrderAt, c.LastOrderAt));
        })], page.Number, page.Size, hasMore);
    }

    /// <summary>How many members there are at this moment, for a list of them; null where there is no such segment or group.</summary>
    public async Task<int?> CountAsync(long segmentId, CancellationToken cancellationToken)
    {
        var (db, _) = await OpenAsync(segmentId, cancellationToken);
        if (db is null) return null;
        await using var __ = db;
        return await db.SegmentMembers.CountAsync(m => m.SegmentId == segmentId && m.Until == null, cancellationToken);
    }

    /// <summary>Who came and who left, the last ones first.</summary>
    /// <param name="after">Where the page before ended; null for the first one.</param>
    /// <returns>One event more than a page has, where there are more; null where there is no such segment or group.</returns>
    public async Task<IReadOnlyList<MembershipEvent>?> HistoryAsync(long segmentId, MembershipPlace? after,
        CancellationToken cancellationToken)
    {
        var (db, maySee) = await OpenAsync(segmentId, cancellationToken);
        if (db is null) return null;
        await using var _ = db;
        var rows = db.SegmentMembers.AsNoTracking().Where(m => m.SegmentId == segmentId);
        var (came, left) = (rows, rows.Where(m => m.Until != null));
        if (after is { } place)
        {
            // Of one instant, those who left stand before those who came.
            var cameFrom = place.Came ? place.RowId : long.MaxValue;
            var leftFrom = place.Came ? 0 : place.RowId;
            came = came.Where(m => m.Since < place.At || (m.Since == place.At && m.Id < cameFrom));
            left = left.Where(m => m.Until < place.At || (m.Until == place.At && m.Id < leftFrom));
        }

        var events = (await came.OrderByDescending(m => m.Since).ThenByDescending(m => m.Id).Take(EventsOfAPage + 1)
            .ToListAsync(cancellationToken)).Select(m => (Row: m, At: m.Since, Came: true)).ToList();
        events.AddRange((await left.OrderByDescending(m => m.Until).ThenByDescending(m => m.Id).Take(EventsOfAPage + 1)
            .ToListAsync(cancellationToken)).Select(m => (Row: m, At: m.Until!.Value, Came: false)));
        var shown = events.OrderByDescending(e => e.At).ThenBy(e => e.Came).ThenByDescending(e => e.Row.Id).Take(EventsOfAPage + 1)
            .ToList();
        var customers = await CustomersAsync(db, [.. shown.Select(e => e.Row.CustomerId).Distinct()], cancellationToken);
        return [.. shown.Select(e => new MembershipEvent(e.Row.Id, e.Row.CustomerId,
            CustomerQueries.Shown(customers[e.Row.CustomerId], maySee), e.Came, e.At, e.Came ? e.Row.Cause : e.Row.EndCause!.Value,
            e.Came ? e.Row.ByName : e.Row.EndByName))];
    }

    /// <summary>
    /// In which segments and groups a customer is and was, the last ones first; of groups alone where only those are wanted. Null where
    /// there is no such customer.
    /// </summary>
    public async Task<IReadOnlyList<CustomerMembership>?> OfCustomerAsync(long customerId, bool onlyPresentGroups,
        CancellationToken cancellationToken)
    {
        await DemandAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (!await db.Customers.AnyAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken)) return null;
        var rows = db.SegmentMembers.Where(m => m.CustomerId == customerId && (!onlyPresentGroups || m.Until == null));
        var found = await rows.Join(db.Segments.Where(s => !onlyPresentGroups || s.Kind == SegmentKind.Group), m => m.SegmentId, s => s.Id,
            (m, s) => new { m, s }).AsNoTracking().OrderByDescending(x => x.m.Since).ThenByDescending(x => x.m.Id).Take(MostOfACustomer)
            .ToListAsync(cancellationToken);
        var filters = found.Select(x => x.s.Filter).Where(f => f.Length > 0).Distinct().ToList();
        var refused = filters.Count == 0 ? [] : filters.Zip(await finder.MayAskAsync(filters, cancellationToken)).Where(f => !f.Second)
            .Select(f => f.First).ToHashSet();
        return [.. found.Where(x => !refused.Contains(x.s.Filter)).Select(x => new CustomerMembership(x.s.Id, x.s.Kind, x.s.Name,
            x.s.Kind == SegmentKind.Group ? new(x.s.DiscountPercent, x.s.PrioritySupport, x.s.FreeShipping) : null, x.m.Since, x.m.Until,
            x.m.Cause, x.m.ByName, x.m.EndCause, x.m.EndByName))];
    }

    /// <summary>Members are customers: both must be seen.</summary>
    private async Task<Grant> DemandAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        return grant.Has(Permissions.CustomersView) ? grant : await access.DemandAsync(Permissions.CustomersView, cancellationToken);
    }

    private static Task<Dictionary<long, Customer>> CustomersAsync(CrmDbContext db, List<long> ids, CancellationToken cancellationToken) =>
        db.Customers.AsNoTracking().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);

    private async Task<(CrmDbContext? Db, bool MaySeeSensitive)> OpenAsync(long segmentId, CancellationToken cancellationToken)
    {
        var grant = await DemandAsync(cancellationToken);
        var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var filter = await db.Segments.Where(s => s.Id == segmentId).Select(s => s.Filter).FirstOrDefaultAsync(cancellationToken);
        if (filter is not null && (filter.Length == 0 || (await finder.MayAskAsync([filter], cancellationToken))[0]))
            return (db, grant.Has(Permissions.CustomersSensitive));
        await db.DisposeAsync();
        return (null, false);
    }
}
