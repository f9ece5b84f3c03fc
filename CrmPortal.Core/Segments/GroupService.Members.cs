using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Segments;

/// <content>What is said by hand of a customer and a group. Rules do not overrule it.</content>
public sealed partial class GroupService
{
    private const int MostChoices = 100_000;
    private const int ShownChoices = 100;

    /// <summary>Says that a customer is in a group.</summary>
    /// <returns>The change set for undo, null in it where that was said already; null where there is no such group or customer.</returns>
    /// <exception cref="RuleViolationException">There are too many.</exception>
    public async Task<PartChangeResult<bool>?> AddAsync(long groupId, long customerId, CancellationToken cancellationToken) =>
        await SayAsync(groupId, customerId, true, "group.add", cancellationToken);

    /// <summary>Takes a customer out of a group: where its rules would have them in it, they are kept out.</summary>
    /// <returns>Whether they were in it, or null where there is no such group or customer.</returns>
    /// <exception cref="RuleViolationException">There are too many.</exception>
    public async Task<PartChangeResult<bool>?> RemoveAsync(long groupId, long customerId, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.GroupsEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var hasRules = await Groups(db).Where(g => g.Id == groupId).Select(g => (bool?)(g.Filter != ""))
            .FirstOrDefaultAsync(cancellationToken);
        return hasRules switch
        {
            null => null,
            true => await SayAsync(groupId, customerId, false, "group.remove", cancellationToken),
            false => await SayAsync(groupId, customerId, null, "group.remove", cancellationToken),
        };
    }

    /// <summary>Takes back what was said of a customer and a group, so that the rules decide again.</summary>
    /// <returns>Null where there is no such group or customer.</returns>
    public Task<PartChangeResult<bool>?> ForgetAsync(long groupId, long customerId, CancellationToken cancellationToken) =>
        SayAsync(groupId, customerId, null, "group.forget", cancellationToken);

    /// <summary>Who is kept out by hand, the last ones first; null where there is no such group.</summary>
    public async Task<IReadOnlyList<KeptOutDetails>?> KeptOutAsync(long groupId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.SegmentsView, cancellationToken);
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (!await Groups(db).AnyAsync(g => g.Id == groupId, cancellationToken)) return null;
        var found = await db.GroupChoices.Where(c => c.SegmentId == groupId && !c.IsIn)
            .Join(db.Customers.Where(c => c.DeletedAt == null), c => c.CustomerId, c => c.Id,
                (choice, customer) => new { choice, customer })
            .OrderByDescending(x => x.choice.Id).Take(ShownChoices).AsNoTracking().ToListAsync(cancellationToken);
        return found.ConvertAll(x => new KeptOutDetails(x.customer.Id,
            CustomerQueries.Shown(x.customer, grant.Has(Permissions.CustomersSensitive)), x.choice.At, x.choice.ByName));
    }

    /// <param name="isIn">Null to say nothing any more.</param>
    private async Task<PartChangeResult<bool>?> SayAsync(long groupId, long customerId, bool? isIn, string work,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.GroupsEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (!await Groups(db).AnyAsync(g => g.Id == groupId, cancellationToken)
            || !await db.Customers.AnyAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken)) return null;
        db.BeginChangeSet(work, Permissions.GroupsEdit);
        var said = await db.GroupChoices.FirstOrDefaultAsync(c => c.SegmentId == groupId && c.CustomerId == customerId, cancellationToken);
        var was = await db.SegmentMembers.AnyAsync(m => m.SegmentId == groupId && m.CustomerId == customerId && m.Until == null,
            cancellationToken);
        if (isIn is not { } wanted)
        {
            if (said is null) return new(was, null);
            db.GroupChoices.Remove(said);
        }
        else if (said is null)
        {
            if (await db.GroupChoices.CountAsync(c => c.SegmentId == groupId, cancellationToken) >= MostChoices)
                throw new RuleViolationException("CustomerId", "At most {0} customers can be added or kept out by hand.", MostChoices);
            db.GroupChoices.Add(new()
            {
                SegmentId = groupId, CustomerId = customerId, IsIn = wanted, At = clock.Now, ByName = grant.Actor.Name,
            });
        }
        else if (said.IsIn == wanted)
        {
            return new(was, null);
        }
        else
        {
            (said.IsIn, said.At, said.ByName) = (wanted, clock.Now, grant.Actor.Name);
        }

        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            // Somebody said something of them in this moment, and the last word holds.
            return await SayAsync(groupId, customerId, isIn, work, cancellationToken);
        }

        await keeper.KeepAsync([customerId], grant.Actor.Name, cancellationToken);
        return new(was, db.LastChangeSetId);
    }
}
