using System.Globalization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Segments;

/// <summary>Segments by rules: kept under a name, looked at while they are being written, and explained for a customer.</summary>
public sealed partial class SegmentService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    CustomerFinder finder, SegmentKeeper keeper, TimeProvider clock)
{
    public const int MostSegments = 500;

    /// <summary>The segments by name.</summary>
    public async Task<IReadOnlyList<SegmentDetails>> ListAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await Details(Segments(db).OrderBy(s => s.NameKey).Take(MostSegments)).ToListAsync(cancellationToken);
    }

    /// <summary>The names of all segments and all groups by their keys, as filters write these; sorted by name.</summary>
    public async Task<SegmentNames> NamesAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var all = await db.Segments.OrderBy(s => s.NameKey).Select(s => new { s.Id, s.Kind, s.Name }).ToListAsync(cancellationToken);
        return new(Named(SegmentKind.Segment), Named(SegmentKind.Group));

        Dictionary<string, string> Named(SegmentKind kind) => all.Where(s => s.Kind == kind)
            .ToDictionary(s => s.Id.ToString(CultureInfo.InvariantCulture), s => s.Name);
    }

    /// <summary>A segment; null where there is none.</summary>
    public async Task<SegmentDetails?> GetAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await Details(Segments(db).Where(s => s.Id == id)).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Adds a segment, or changes one; it is counted on the way.</summary>
    /// <param name="id">The segment, or null for a new one.</param>
    /// <param name="version">Where set, any change in between is a conflict.</param>
    /// <returns>Null where there is no such segment.</returns>
    /// <exception cref="RuleViolationException">Something is wrong; each error names its field.</exception>
    /// <exception cref="ConcurrencyConflictException">Someone else changed it.</exception>
    public async Task<PartChangeResult<SegmentDetails>?> SaveAsync(long? id, SegmentInput input, long? version,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.SegmentsEdit, cancellationToken);
        var errors = new List<FieldError>();
        var name = TextRules.Required(nameof(input.Name), input.Name, Segment.NameLength, "Name the segment.", errors);
        var description = TextRules.Text(nameof(input.Description), input.Description, Segment.DescriptionLength, errors).Value;
        var filter = SegmentRules.Checked(input.Filter, isRequired: true, errors);
        if (errors.Count > 0) throw new RuleViolationException(errors);
        // The count is also what finds a field that there is not, or that may not be asked about.
        var count = (await finder.CountAsync(new(Filter: filter), null, cancellationToken)).Rows;

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("segment.save", Permissions.SegmentsEdit);
        var segment = id is null ? null : await Segments(db).FirstOrDefaultAsync(s => s.Id == id, cancellationToken);
        if (id is not null && segment is null) return null;
        if (segment is not null && version is { } seen && seen != segment.Version)
            throw new ConcurrencyConflictException([], segment.Version, null, null);
        await SegmentRules.DemandSoundAsync(db, id ?? 0, SegmentKind.Segment, name, filter, cancellationToken);
        if (segment is null)
        {
            if (await db.Segments.CountAsync(cancellationToken) >= MostSegments)
                throw new RuleViolationException(nameof(input.Name), "There can be at most {0} segments.", MostSegments);
            segment = db.Segments.Add(new Segment
            {
                Name = name, NameKey = name, Filter = filter, CreatedAt = clock.GetUtcNow(), CreatedByName = grant.Actor.Name,
            }).Entity;
        }

        (segment.Name, segment.NameKey, segment.Description, segment.Filter) = (name, name.ToLowerInvariant(), description, filter);
        (segment.Customers, segment.CountedAt) = (count, clock.GetUtcNow());
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            throw new RuleViolationException(nameof(input.Name), "There is a segment of this name already.") { IsDuplicate = true };
        }

        return new(await Details(db.Segments.AsNoTracking().Where(s => s.Id == segment.Id)).FirstAsync(cancellationToken),
            db.LastChangeSetId);
    }

    /// <summary>Removes a segment; no customer is touched.</summary>
    /// <returns>The change set for undo, or null where there is no such segment.</returns>
    /// <exception cref="RuleViolationException">Others are made of it.</exception>
    public async Task<long?> DeleteAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("segment.delete", Permissions.SegmentsEdit);
        if (await Segments(db).FirstOrDefaultAsync(s => s.Id == id, cancellationToken) is not { } segment) return null;
        await SegmentRules.DemandUnusedAsync(db, segment, cancellationToken);
        // Its tests come back with it where the removal is undone.
        db.SegmentTests.RemoveRange(await db.SegmentTests.Where(t => t.SegmentId == id).ToListAsync(cancellationToken));
        db.Segments.Remove(segment);
        await db.SaveChangesAsync(cancellationToken);
        return db.LastChangeSetId;
    }

    /// <summary>Asks every segment and group about everybody.</summary>
    internal async Task CountAllAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.SegmentsEdit, cancellationToken);
        await keeper.RefreshAllAsync(cancellationToken);
    }

    private static IQueryable<Segment> Segments(CrmDbContext db) => db.Segments.Where(s => s.Kind == SegmentKind.Segment);

    private static IQueryable<SegmentDetails> Details(IQueryable<Segment> segments) => segments.Select(s => new SegmentDetails(s.Id, s.Name,
        s.Description, s.Filter, s.CreatedAt, s.CreatedByName, s.Customers, s.CountedAt, s.Version));
}
