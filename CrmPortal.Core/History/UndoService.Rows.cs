using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace CrmPortal.Core.History;

/// <content>Taking one row back, by the rule of its kind or in the usual way.</content>
public sealed partial class UndoService
{
    private async Task<bool> TakeBackAsync(CrmDbContext db, AuditEntry entry, UndoOperation undo, CancellationToken cancellationToken)
    {
        if (AuditNames.Find(db.Model, entry.EntityType) is not { } type) return false;
        var found = entry.EntityType switch
        {
            nameof(Customer) => db.Customers.Local.FindEntry(entry.EntityId)?.Entity,
            nameof(CustomerTag) => db.CustomerTags.Local.FindEntry(entry.EntityId)?.Entity,
            _ => await db.FindAsync(type.ClrType, [entry.EntityId], cancellationToken),
        };
        var rule = UndoRules.Find(entry.EntityType);
        switch (rule is null ? UndoOutcome.Usual
            : await rule.TakeBackAsync(new(db, entry, found, undo.Grant, clock.GetUtcNow()), cancellationToken))
        {
            case UndoOutcome.TakenBack:
                return true;
            case UndoOutcome.LeftAlone:
                return false;
            case UndoOutcome.Kept:
                return undo.Keep(entry.EntityType);
            case UndoOutcome.PutOff:
                undo.PutOff.Add((entry.EntityType, entry.EntityId));
                return false;
        }

        switch (entry.Action)
        {
            case AuditAction.Deleted when found is not null:
                // It is back already.
                return false;
            case AuditAction.Created when found is not null:
                db.Remove(found);
                return true;
            case AuditAction.Deleted when found is null && entry.Values is not null:
                return Revive(db, type.ClrType, rule, entry, undo);
            case AuditAction.Updated when found is not null && entry.Values is not null:
                return Revert(db.Entry(found), rule, entry, undo) && await RecordMoveAsync(db, found, entry, cancellationToken);
            case AuditAction.Updated or AuditAction.Deleted:
                return undo.Keep(entry.EntityType);
            default:
                return false;
        }
    }

    private static bool Revert(EntityEntry row, IUndoRule? rule, AuditEntry entry, UndoOperation undo)
    {
        var reverted = RevertFields(new(row.Metadata, row.Entity, p => row.Property(p).CurrentValue,
            (p, value) => row.Property(p).CurrentValue = value), rule, entry, undo);
        rule?.Follow(row, reverted);
        return reverted.Count > 0;
    }

    /// <summary>A row as it is now, tracked or not.</summary>
    private readonly record struct Present(IEntityType Type, object Entity, Func<IProperty, object?> Read,
        Action<IProperty, object?> Write);

    /// <summary>Gives fields their old values.</summary>
    /// <returns>The fields that got one.</returns>
    private static HashSet<string> RevertFields(Present row, IUndoRule? rule, AuditEntry entry, UndoOperation undo)
    {
        using var values = JsonDocument.Parse(entry.Values!);
        var guard = rule?.Guard(row.Entity, values.RootElement, undo.Grant);
        var reverted = new HashSet<string>();
        foreach (var field in values.RootElement.EnumerateObject())
        {
            if (row.Type.FindProperty(field.Name) is not { } property) continue;
            var (before, after) = (Read(field.Value[0], property.ClrType), Read(field.Value[1], property.ClrType));
            var current = row.Read(property);
            var same = property.GetValueComparer();
            if (same.Equals(current, before)) continue;
            // Customers who were permanently removed since get nothing back.
            if (field.Name is OwnerField or nameof(Relationship.OtherId) && before is long owner && undo.Missing.Contains(owner))
            {
                undo.Keep(entry.EntityType);
                continue;
            }

            if (guard?.Invoke(field.Name, before) == true || (!same.Equals(current, after) && !undo.AlsoChangedLater))
            {
                undo.Keep(entry.EntityType, field.Name, before, current, after);
                continue;
            }

            row.Write(property, before);
            reverted.Add(field.Name);
        }

        return reverted;
    }

    /// <summary>Makes a removed row again, with the key it had, so that what names it finds it.</summary>
    private static bool Revive(CrmDbContext db, Type type, IUndoRule? rule, AuditEntry entry, UndoOperation undo)
    {
        var entity = Activator.CreateInstance(type)!;
        using var values = JsonDocument.Parse(entry.Values!);
        // What it depends on was removed since.
        if (PrincipalsOf(values.RootElement).Any(undo.Gone.Contains)) return undo.Keep(entry.EntityType);

        var row = db.Entry(entity);
        row.Property(nameof(IAudited.Id)).CurrentValue = entry.EntityId;
        foreach (var field in values.RootElement.EnumerateObject())
            if (row.Metadata.FindProperty(field.Name) is { } property)
                row.Property(field.Name).CurrentValue = Read(field.Value[0], property.ClrType);
        if (rule?.IsReplaced(db, entity) == true) return undo.Keep(entry.EntityType);
        // Anyone who still holds the row as it was before it went saves against another version.
        if (entity is IVersioned versioned) versioned.Version = entry.Id;
        row.State = EntityState.Added;
        return true;
    }

    private static object? Read(JsonElement value, Type type) => value.Deserialize(type, ChangeRecorder.Json);
}
