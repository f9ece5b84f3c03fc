using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Segments;

/// <summary>Groups of customers with perks: made, changed and removed, and whom people add and keep out by hand.</summary>
public sealed partial class GroupService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access,
    CustomerFinder finder, SegmentKeeper keeper, ShopClock clock)
{
    private const decimal Hundred = 100;

    /// <summary>The groups by name; for a customer those that they are in, without rules and numbers.</summary>
    public async Task<IReadOnlyList<GroupDetails>> ListAsync(CancellationToken cancellationToken)
    {
        var owner = await OwnerAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var groups = await Details(Visible(db, owner).OrderBy(s => s.NameKey).Take(SegmentService.MostSegments))
            .ToListAsync(cancellationToken);
        return owner is null ? groups : groups.ConvertAll(ForMembers);
    }

    /// <summary>A group; null where there is none, or the customer who asks is not in it.</summary>
    public async Task<GroupDetails?> GetAsync(long id, CancellationToken cancellationToken)
    {
        var owner = await OwnerAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var group = await Details(Visible(db, owner).Where(s => s.Id == id)).FirstOrDefaultAsync(cancellationToken);
        return owner is null || group is null ? group : ForMembers(group);
    }

    /// <summary>The customer who asks for their own groups; null for staff.</summary>
    private async Task<long?> OwnerAsync(CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        if (!grant.Has(Permissions.SegmentsView) && grant.OwnCustomerId is { } own) return own;
        await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        return null;
    }

    private static IQueryable<Segment> Visible(CrmDbContext db, long? owner) => owner is not { } customer ? Groups(db)
        : Groups(db).Where(s => db.Set<SegmentMember>().Any(m => m.SegmentId == s.Id && m.CustomerId == customer && m.Until == null));

    /// <summary>Why they are in it, and who else is, is not for them.</summary>
    private static GroupDetails ForMembers(GroupDetails group) => group with { Filter = "", CreatedByName = "", Customers = 0 };

    /// <summary>Adds a group, or changes one. Who is in it follows within moments.</summary>
    /// <param name="id">The group, or null for a new one.</param>
    /// <param name="version">Where set, any change in between is a conflict.</param>
    /// <returns>Null where there is no such group.</returns>
    /// <exception cref="RuleViolationException">Something is wrong; each error names its field.</exception>
    /// <exception cref="ConcurrencyConflictException">Someone else changed it.</exception>
    public async Task<PartChangeResult<GroupDetails>?> SaveAsync(long? id, GroupInput input, long? version,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.GroupsEdit, cancellationToken);
        var errors = new List<FieldError>();
        var name = TextRules.Required(nameof(input.Name), input.Name, Segment.NameLength, "Name the group.", errors);
        var description = TextRules.Text(nameof(input.Description), input.Description, Segment.DescriptionLength, errors).Value;
        var filter = SegmentRules.Checked(input.Filter, isRequired: false, errors);
        if (input.DiscountPercent is < 0 or > Hundred || decimal.Round(input.DiscountPercent, 2) != input.DiscountPercent)
            errors.Add(new(nameof(input.DiscountPercent), "The discount must be between 0 and 100 with at most two decimals."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        // Finds a field that there is not, or that may not be asked about.
        if (filter.Length > 0) await finder.FittingAsync([], filter, cancellationToken);

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("group.save", Permissions.GroupsEdit);
        var group = id is null ? null : await Groups(db).FirstOrDefaultAsync(s => s.Id == id, cancellationToken);
        if (id is not null && group is null) return null;
        if (group is not null && version is { } seen && seen != group.Version)
            throw new ConcurrencyConflictException([], group.Version, null, null);
        await SegmentRules.DemandSoundAsync(db, id ?? 0, SegmentKind.Group, name, filter, cancellationToken);
        if (group is null)
        {
            if (await db.Segments.CountAsync(cancellationToken) >= SegmentService.MostSegments)
                throw new RuleViolationException(nameof(input.Name), "There can be at most {0} segments and groups.",
                    SegmentService.MostSegments);
            group = db.Segments.Add(new Segment
            {
                Kind = SegmentKind.Group, Name = name, NameKey = name, Filter = filter, CreatedAt = clock.Now,
                CreatedByName = grant.Actor.Name, Customers = 0,
            }).Entity;
        }

        (group.Name, group.NameKey, group.Description, group.Filter) = (name, name.ToLowerInvariant(), description, filter);
        (group.DiscountPercent, group.PrioritySupport, group.FreeShipping) =
            (input.DiscountPercent, input.PrioritySupport, input.FreeShipping);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            throw new RuleViolationException(nameof(input.Name), "There is a segment or group of this name already.")
            {
                IsDuplicate = true,
            };
        }

        return new(await Details(db.Segments.AsNoTracking().Where(s => s.Id == group.Id)).FirstAsync(cancellationToken),
            db.LastChangeSetId);
    }

    /// <summary>Removes a group, with what was said of it by hand; no customer is touched.</summary>
    /// <returns>The change set for undo, or null where there is no such group.</returns>
    /// <exception cref="RuleViolationException">Others are made of it.</exception>
    public async Task<long?> DeleteAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.GroupsEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("group.delete", Permissions.GroupsEdit);
        if (await Groups(db).FirstOrDefaultAsync(s => s.Id == id, cancellationToken) is not { } group) return null;
        await SegmentRules.DemandUnusedAsync(db, group, cancellationToken);
        // They come back with it where the removal is undone.
        db.GroupChoices.RemoveRange(await db.GroupChoices.Where(c => c.SegmentId == id).ToListAsync(cancellationToken));
        db.Segments.Remove(group);
        await db.SaveChangesAsync(cancellationToken);
        return db.LastChangeSetId;
    }

    /// <summary>The members of a group together; null where there is no such group, and for customers.</summary>
    public async Task<GroupStatistics?> StatisticsAsync(long id, CancellationToken cancellationToken)
    {
        if (await OwnerAsync(cancellationToken) is not null) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var month = clock.StartOf(clock.ThisMonth);
        var (customers, choices) = (db.Customers, db.GroupChoices.Where(c => c.SegmentId == id));
        var open = db.SegmentMembers.Where(m => m.SegmentId == id && m.Until == null);
        return await Groups(db).Where(g => g.Id == id).Select(_ => new GroupStatistics(
            open.Count(),
            open.Join(customers, m => m.CustomerId, c => c.Id, (_, c) => c.TotalSpent).Sum(),
            open.Join(customers, m => m.CustomerId, c => c.Id, (_, c) => c.OrderCount).Sum(),
            open.Count(m => m.Since >= month),
            choices.Count(c => c.IsIn),
            choices.Count(c => !c.IsIn))).FirstOrDefaultAsync(cancellationToken);
    }

    private static IQueryable<Segment> Groups(CrmDbContext db) => db.Segments.Where(s => s.Kind == SegmentKind.Group);

    private static IQueryable<GroupDetails> Details(IQueryable<Segment> groups) => groups.Select(s => new GroupDetails(s.Id, s.Name,
        s.Description, s.Filter, new GroupPerks(s.DiscountPercent, s.PrioritySupport, s.FreeShipping), s.CreatedAt, s.CreatedByName,
        s.Customers ?? 0, s.CountedAt, s.Version));
}
