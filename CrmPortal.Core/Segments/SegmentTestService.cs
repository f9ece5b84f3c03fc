using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Segments;

/// <summary>A test of a segment with its state.</summary>
/// <param name="MustBeIn">What was said: in it, or not.</param>
/// <param name="IsIn">What the rules say now.</param>
public sealed record SegmentTestState(long CustomerId, string Name, bool MustBeIn, bool IsIn)
{
    public bool IsBroken => MustBeIn != IsIn;
}

/// <summary>Customers of whom it is known where they belong: by them the rules of a segment are tried before they are saved.</summary>
public sealed class SegmentTestService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    CustomerFinder finder)
{
    /// <summary>The tests of a segment, broken ones first, by rules that may not be saved yet.</summary>
    /// <param name="filter">The rules.</param>
    /// <exception cref="RuleViolationException">The rules are wrong, or ask for what the acting user may not ask.</exception>
    public async Task<IReadOnlyList<SegmentTestState>> TryAsync(long segmentId, string? filter, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var tests = await db.SegmentTests.Where(t => t.SegmentId == segmentId)
            .Join(db.Customers.Where(c => c.DeletedAt == null), t => t.CustomerId, c => c.Id, (test, customer) => new { test, customer })
            .AsNoTracking().OrderBy(x => x.test.Id).Take(SegmentTest.Most).ToListAsync(cancellationToken);
        if (tests.Count == 0) return [];
        var fitting = string.IsNullOrWhiteSpace(filter) ? []
            : (await finder.FittingAsync(tests.ConvertAll(t => t.customer.Id), filter, cancellationToken)).ToHashSet();
        return [.. tests.Select(t => new SegmentTestState(t.customer.Id,
            CustomerQueries.Shown(t.customer, grant.Has(Permissions.CustomersSensitive)), t.test.IsIn, fitting.Contains(t.customer.Id)))
            .OrderByDescending(t => t.IsBroken)];
    }

    /// <summary>Says of a customer where they belong; what was said before gives way.</summary>
    /// <returns>The change set for undo, null in it where that was said already; null where there is no such segment or customer.</returns>
    /// <exception cref="RuleViolationException">There are too many.</exception>
    public async Task<PartChangeResult<bool>?> SayAsync(long segmentId, long customerId, bool isIn, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (!await db.Segments.AnyAsync(s => s.Id == segmentId && s.Kind == SegmentKind.Segment, cancellationToken)
            || !await db.Customers.AnyAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken)) return null;
        db.BeginChangeSet("segment.test", Permissions.SegmentsEdit);
        var test = await db.SegmentTests.FirstOrDefaultAsync(t => t.SegmentId == segmentId && t.CustomerId == customerId,
            cancellationToken);
        if (test is not null && test.IsIn == isIn) return new(true, null);
        if (test is null)
        {
            if (await db.SegmentTests.CountAsync(t => t.SegmentId == segmentId, cancellationToken) >= SegmentTest.Most)
                throw new RuleViolationException("CustomerId", "At most {0} customers can test a segment.", SegmentTest.Most);
            db.SegmentTests.Add(new() { SegmentId = segmentId, CustomerId = customerId, IsIn = isIn });
        }
        else
        {
            test.IsIn = isIn;
        }

        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            // Somebody said it of them in this moment, and the last word holds.
            return await SayAsync(segmentId, customerId, isIn, cancellationToken);
        }

        return new(true, db.LastChangeSetId);
    }

    /// <summary>Takes a test back.</summary>
    /// <returns>The change set for undo, or null where there is no such test.</returns>
    public async Task<long?> RemoveAsync(long segmentId, long customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("segment.test", Permissions.SegmentsEdit);
        if (await db.SegmentTests.FirstOrDefaultAsync(t => t.SegmentId == segmentId && t.CustomerId == customerId, cancellationToken)
            is not { } test) return null;
        db.SegmentTests.Remove(test);
        await db.SaveChangesAsync(cancellationToken);
        return db.LastChangeSetId;
    }
}

/// <summary>A test that would come again gives way to one that was made since.</summary>
internal sealed class SegmentTestUndo : Platform.Audit.UndoRule<SegmentTest>
{
    public override bool IsReplaced(CrmDbContext db, object row) => row is SegmentTest test
        && db.SegmentTests.Any(t => t.SegmentId == test.SegmentId && t.CustomerId == test.CustomerId && t.Id != test.Id);
}
