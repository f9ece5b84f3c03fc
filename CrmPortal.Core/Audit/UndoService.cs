using System.Text.Json;
using CrmPortal.Core.Access;
using CrmPortal.Core.Common;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CrmPortal.Core.Audit;

/// <summary>What undoing did.</summary>
/// <param name="Undone">Rows taken back.</param>
/// <param name="Kept">Rows and fields left as they are, because they were changed later or are gone.</param>
/// <param name="ChangeSetId">The undoing itself, which can be undone in turn.</param>
public sealed record UndoResult(int Undone, IReadOnlyList<FieldConflict> Kept, long? ChangeSetId);

/// <summary>Takes a change set back: fields get their old values, new rows go, removed rows come again.</summary>
public sealed class UndoService(IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, TimeProvider clock)
{
    private const int BatchSize = 500;
    private static readonly TimeSpan Limit = TimeSpan.FromDays(30);

    /// <summary>One's own work can be undone by whoever still may do it; that of others by those who may delete customers.</summary>
    public bool MayUndo(ChangeSet changeSet, Grant grant) =>
        changeSet.UndoneAt is null && changeSet.Permission is not null && clock.GetUtcNow() - changeSet.At <= Limit && grant.Has(changeSet.Permission)
        && (changeSet.ActorId == grant.Actor.UserId || grant.Has(Permissions.CustomersDelete));

    /// <summary>Undoes a change set.</summary>
    /// <param name="alsoChangedLater">Takes back fields that were changed again since; otherwise those keep their present value.</param>
    /// <exception cref="RuleViolation">There is nothing to undo, or it is too late, or a unique value has gone to another record.</exception>
    public async Task<UndoResult> UndoAsync(long changeSetId, bool alsoChangedLater, CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        var (undone, last) = (0, long.MaxValue);
        var kept = new List<FieldConflict>();
        long? undoId = null;
        while (true)
        {
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var changeSet = await db.ChangeSets.FirstOrDefaultAsync(c => c.Id == changeSetId, cancellationToken);
            if (changeSet is null || (undoId is null && !MayUndo(changeSet, grant))) throw new RuleViolation("", "This can no longer be undone.");
            if (undoId is { } running) db.ContinueChangeSet(running);
            else db.BeginChangeSet("undo", changeSet.Permission);
            var undoing = await db.StartChangeSetAsync(cancellationToken);
            undoing.UndoesId = changeSetId;
            changeSet.UndoneAt = clock.GetUtcNow();

            var entries = await db.AuditEntries.AsNoTracking().Where(e => e.ChangeSetId == changeSetId && e.Id < last)
                .OrderByDescending(e => e.Id).Take(BatchSize).ToListAsync(cancellationToken);
            await PreloadAsync(db, entries, cancellationToken);
            foreach (var entry in entries)
                if (await TakeBackAsync(db, entry, alsoChangedLater, kept, cancellationToken)) undone++;
            await SaveAsync(db, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            undoId = db.LastChangeSetId;
            if (entries.Count < BatchSize) return new(undone, kept, undoId);
            last = entries[^1].Id;
        }
    }

    /// <summary>The newest change sets of the acting user that he can undo, newest first.</summary>
    public async Task<IReadOnlyList<long>> LastOwnAsync(int count, CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var sets = await db.ChangeSets.AsNoTracking().Where(c => c.ActorId == grant.Actor.UserId && c.Permission != null && c.UndoneAt == null && c.UndoesId == null)
            .OrderByDescending(c => c.Id).Take(Math.Clamp(count, 1, 20)).ToListAsync(cancellationToken);
        return [.. sets.Where(s => MayUndo(s, grant)).Select(s => s.Id)];
    }

    private async Task<bool> TakeBackAsync(CrmDbContext db, AuditEntry entry, bool alsoChangedLater, List<FieldConflict> kept, CancellationToken cancellationToken)
    {
        if (db.Model.GetEntityTypes().FirstOrDefault(t => t.ClrType.Name == entry.EntityType) is not { } type) return false;
        var found = await db.FindAsync(type.ClrType, [entry.EntityId], cancellationToken);
        switch (entry.Action)
        {
            case AuditAction.Created when found is Customer customer:
                customer.MoveToTrash(clock.GetUtcNow());
                return true;
            case AuditAction.Created when found is Tag:
                // A word stays in the list of words; others may use it by now.
                return false;
            case AuditAction.Created when found is not null:
                db.Remove(found);
                return true;
            case AuditAction.Deleted when found is null && entry.Values is not null:
                Revive(db, type.ClrType, entry);
                return true;
            case AuditAction.Updated when found is not null && entry.Values is not null:
                return Revert(db.Entry(found), entry, alsoChangedLater, kept);
            case AuditAction.Updated or AuditAction.Deleted:
                kept.Add(new(entry.EntityType, null, null, null));
                return false;
            default:
                return false;
        }
    }

    private static bool Revert(EntityEntry row, AuditEntry entry, bool alsoChangedLater, List<FieldConflict> kept)
    {
        using var values = JsonDocument.Parse(entry.Values!);
        var any = false;
        foreach (var field in values.RootElement.EnumerateObject())
        {
            if (row.Metadata.FindProperty(field.Name) is not { } property) continue;
            var (before, after) = (Read(field.Value[0], property.ClrType), Read(field.Value[1], property.ClrType));
            var current = row.Property(field.Name).CurrentValue;
            var same = property.GetValueComparer();
            if (same.Equals(current, before)) continue;
            if (!same.Equals(current, after) && !alsoChangedLater)
            {
                kept.Add(new(field.Name, before?.ToString(), current?.ToString(), after?.ToString()));
                continue;
            }

            row.Property(field.Name).CurrentValue = before;
            any = true;
        }

        return any;
    }

    /// <summary>Makes a removed row again, with the key it had, so that what names it finds it.</summary>
    private static void Revive(CrmDbContext db, Type type, AuditEntry entry)
    {
        var row = db.Entry(Activator.CreateInstance(type)!);
        row.Property(nameof(IAudited.Id)).CurrentValue = entry.EntityId;
        using var values = JsonDocument.Parse(entry.Values!);
        foreach (var field in values.RootElement.EnumerateObject())
            if (row.Metadata.FindProperty(field.Name) is { } property) row.Property(field.Name).CurrentValue = Read(field.Value[0], property.ClrType);
        row.State = EntityState.Added;
    }

    private static object? Read(JsonElement value, Type type) => value.Deserialize(type, ChangeRecorder.Json);

    /// <summary>Reads the customers of a batch at once, so that undoing a bulk edit is not one query a row.</summary>
    private static async Task PreloadAsync(CrmDbContext db, List<AuditEntry> entries, CancellationToken cancellationToken)
    {
        var customers = entries.Where(e => e.EntityType == nameof(Customer)).Select(e => e.EntityId).Distinct().ToList();
        if (customers.Count > 0) await db.Customers.Where(c => customers.Contains(c.Id)).LoadAsync(cancellationToken);
        var tags = entries.Where(e => e.EntityType == nameof(CustomerTag)).Select(e => e.EntityId).Distinct().ToList();
        if (tags.Count > 0) await db.CustomerTags.Where(t => tags.Contains(t.Id)).LoadAsync(cancellationToken);
        var touched = entries.Where(e => e.CustomerId is not null).Select(e => e.CustomerId!.Value).Distinct().Except(customers).ToList();
        if (touched.Count > 0) await db.Customers.Where(c => touched.Contains(c.Id)).LoadAsync(cancellationToken);
    }

    private async Task SaveAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) is not null)
        {
            throw new RuleViolation("", "This cannot be undone: an e-mail, phone or name that it would bring back now belongs to another record.");
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new RuleViolation("", "Someone changed the same record at this moment; try again.");
        }
    }
}
