using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

public enum TagAction { Set, Add, Remove }

/// <summary>A tag with how many customers have it.</summary>
public sealed record TagDetails(long Id, string Name, string? Colour, int Customers);

/// <content>The list of tags itself: made, renamed, coloured, joined, removed.</content>
public sealed partial class TagService
{
    public const int MostListed = 1_000;

    /// <summary>The tags by name, each with how many customers have it.</summary>
    public async Task<IReadOnlyList<TagDetails>> ListAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Tags.OrderBy(t => t.NameKey).Take(MostListed)
            .Select(t => new TagDetails(t.Id, t.Name, t.Colour, db.Set<CustomerTag>().Count(c => c.TagId == t.Id)))
            .ToListAsync(cancellationToken);
    }

    public async Task<TagDetails?> GetAsync(long id, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Tags.Where(t => t.Id == id)
            .Select(t => new TagDetails(t.Id, t.Name, t.Colour, db.Set<CustomerTag>().Count(c => c.TagId == t.Id)))
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Makes a tag that nobody has yet.</summary>
    /// <exception cref="RuleViolationException">The name is wrong or taken, or there is no such colour.</exception>
    public async Task<TagDetails> CreateAsync(string? name, string? colour, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var (checkedName, checkedColour) = Check(name, colour);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("tag.create", Permissions.CustomersEdit);
        var tag = db.Tags.Add(new Tag { Name = checkedName, NameKey = checkedName.ToLowerInvariant(), Colour = checkedColour }).Entity;
        await SaveAsync(db, cancellationToken);
        return new(tag.Id, tag.Name, tag.Colour, 0);
    }

    /// <summary>Renames or colours a tag, for everybody who has it; null where there is none.</summary>
    /// <exception cref="RuleViolationException">The name is wrong or another tag's, or there is no such colour.</exception>
    public async Task<PartChangeResult<TagDetails>?> ChangeAsync(long id, string? name, string? colour, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.TagsEdit, cancellationToken);
        var (checkedName, checkedColour) = Check(name, colour);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("tag.change", Permissions.TagsEdit);
        var tag = await db.Tags.FirstOrDefaultAsync(t => t.Id == id, cancellationToken);
        if (tag is null) return null;
        (tag.Name, tag.NameKey, tag.Colour) = (checkedName, checkedName.ToLowerInvariant(), checkedColour);
        await SaveAsync(db, cancellationToken);
        return new(new(tag.Id, tag.Name, tag.Colour, await db.CustomerTags.CountAsync(c => c.TagId == id, cancellationToken)),
            db.LastChangeSetId);
    }

    /// <summary>Gives everybody who has a tag another one instead, and removes the first; batch by batch, and undone as one.</summary>
    /// <returns>The change set, or null where one of the two is not there.</returns>
    public Task<long?> MergeAsync(long id, long intoId, CancellationToken cancellationToken) =>
        RetireAsync(id, intoId, "tag.merge", cancellationToken);

    /// <summary>Takes a tag off everybody and removes it.</summary>
    public Task<long?> DeleteAsync(long id, CancellationToken cancellationToken) => RetireAsync(id, null, "tag.delete", cancellationToken);

    private async Task<long?> RetireAsync(long id, long? intoId, string kind, CancellationToken cancellationToken)
    {
        const int BatchSize = 500;
        await access.DemandAsync(Permissions.TagsEdit, cancellationToken);
        if (id == intoId) return null;
        long? changeSetId = null;
        while (true)
        {
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            if (changeSetId is { } running) db.ContinueChangeSet(running);
            else db.BeginChangeSet(kind, Permissions.TagsEdit);
            var tag = await db.Tags.FirstOrDefaultAsync(t => t.Id == id, cancellationToken);
            var into = intoId is null ? null : await db.Tags.FirstOrDefaultAsync(t => t.Id == intoId, cancellationToken);
            if (tag is null || (intoId is not null && into is null)) return changeSetId;
            var worn = await db.CustomerTags.Where(t => t.TagId == id).OrderBy(t => t.Id).Take(BatchSize).ToListAsync(cancellationToken);
            var owners = worn.Select(t => t.CustomerId).ToList();
            await provider.LockCustomersAsync(db, owners, cancellationToken);
            await db.Customers.Where(c => owners.Contains(c.Id)).LoadAsync(cancellationToken);
            var haveBoth = into is null ? [] : (await db.CustomerTags.Where(t => t.TagId == into.Id && owners.Contains(t.CustomerId))
                .Select(t => t.CustomerId).ToListAsync(cancellationToken)).ToHashSet();
            db.CustomerTags.RemoveRange(worn);
            if (into is not null)
                db.CustomerTags.AddRange(owners.Where(o => !haveBoth.Contains(o))
                .Select(o => new CustomerTag { CustomerId = o, TagId = into.Id }));
            var isLast = worn.Count < BatchSize;
            if (isLast) db.Tags.Remove(tag);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            changeSetId = db.LastChangeSetId;
            if (isLast) return changeSetId;
        }
    }

    private async Task SaveAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            throw new RuleViolationException("Name", "This tag already exists; merge the two instead.") { IsDuplicate = true };
        }
    }

    private static (string Name, string? Colour) Check(string? name, string? colour)
    {
        var errors = new List<FieldError>();
        var checkedName = CustomerRules.Tag(name, errors) ?? "";
        var checkedColour = string.IsNullOrWhiteSpace(colour) ? null : colour.Trim().ToLowerInvariant();
        if (checkedColour is not null && !TagColours.All.Contains(checkedColour))
            errors.Add(new("Colour", "There is no colour {0}.", checkedColour));
        return errors.Count > 0
            ? throw new RuleViolationException([.. errors.Select(e => e.Field == "Tags" ? e with { Field = "Name" } : e)])
            : (checkedName, checkedColour);
    }
}
