using System.Reflection;
using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.History;

/// <content>Taking back merges, where rows go back to whom they came from.</content>
public sealed partial class UndoService
{
    private const string OwnerField = "CustomerId";

    private static readonly MethodInfo LoadMethod = ((Delegate)LoadAsync<Note>).Method.GetGenericMethodDefinition();

    /// <summary>A merge, or the taking back of one, which is a merge again when it is undone.</summary>
    private static async Task<bool> IsMergeAsync(CrmDbContext db, ChangeSet changeSet, CancellationToken cancellationToken)
    {
        for (var undone = changeSet; ;)
        {
            if (undone.Kind == MergeService.Kind) return true;
            if (undone.UndoesId is not { } id || await db.ChangeSets.AsNoTracking()
                .FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } before) return false;
            undone = before;
        }
    }

    /// <summary>Reads the rows that moved at once, and refuses where the survivor went into another customer since.</summary>
    /// <exception cref="RuleViolationException">There is a later merge, which must be undone first.</exception>
    private static async Task PrepareMergeAsync(CrmDbContext db, List<AuditEntry> entries, UndoOperation undo,
        CancellationToken cancellationToken)
    {
        var owners = Owners(entries);
        var there = await db.Customers.Where(c => owners.Contains(c.Id)).ToListAsync(cancellationToken);
        undo.Missing.UnionWith(owners.Except(there.Select(c => c.Id)));
        foreach (var entry in entries.Where(e => e.EntityType == nameof(Customer) && e.Values is not null
            && e.Fields.Contains(nameof(Customer.MergedIntoId), StringComparison.Ordinal)))
        {
            using var values = JsonDocument.Parse(entry.Values!);
            var merged = values.RootElement.GetProperty(nameof(Customer.MergedIntoId));
            var (before, after) = (Read(merged[0], typeof(long?)) as long?, Read(merged[1], typeof(long?)) as long?);
            var other = there.FirstOrDefault(c => c.Id == entry.EntityId);
            var survivor = there.FirstOrDefault(c => c.Id == (before ?? after));
            if (survivor?.MergedIntoId is not null || (other is not null && other.MergedIntoId != before && other.MergedIntoId != after))
                throw new RuleViolationException("", "The customer has been merged again since; undo that first.");
        }

        foreach (var kind in entries.GroupBy(e => e.EntityType))
        {
            if (AuditNames.Find(db.Model, kind.Key) is not { } type || type.ClrType == typeof(Customer)) continue;
            var ids = kind.Select(e => e.EntityId).Distinct().ToList();
            await (Task)LoadMethod.MakeGenericMethod(type.ClrType).Invoke(null, [db, ids, cancellationToken])!;
        }
    }

    /// <summary>Computes points and tiers again, and raises anyone who has reached more by what came meanwhile.</summary>
    private async Task SettleLoyaltyAsync(CrmDbContext db, List<long> owners, UndoOperation undo, CancellationToken cancellationToken)
    {
        await LoyaltyFigures.RefreshAsync(db, owners, cancellationToken);
        await new LoyaltySettlement(db, provider, undo.Grant.Actor, shop.Value, clock.GetUtcNow()).RaiseAsync(owners, cancellationToken);
    }

    private static Task LoadAsync<T>(CrmDbContext db, List<long> ids, CancellationToken cancellationToken)
        where T : class => db.Set<T>().Where(e => ids.Contains(EF.Property<long>(e, "Id"))).LoadAsync(cancellationToken);

    /// <summary>The customers that rows belong to, and those that they belonged to before they moved.</summary>
    private static List<long> Owners(IEnumerable<AuditEntry> entries)
    {
        var owners = new HashSet<long>();
        foreach (var entry in entries)
        {
            if (entry.CustomerId is { } owner) owners.Add(owner);
            if (entry.Values is null || !entry.Fields.Split(' ').Contains(OwnerField)) continue;
            using var values = JsonDocument.Parse(entry.Values);
            if (!values.RootElement.TryGetProperty(OwnerField, out var moved)) continue;
            foreach (var side in moved.EnumerateArray())
                if (side.ValueKind == JsonValueKind.Number) owners.Add(side.GetInt64());
        }

        return [.. owners];
    }

    /// <summary>Writes an audit row for unaudited changes, so that the undo can be undone.</summary>
    private static async Task<bool> RecordMoveAsync(CrmDbContext db, object row, AuditEntry entry, CancellationToken cancellationToken)
    {
        if (row is IAudited) return true;
        using var values = JsonDocument.Parse(entry.Values!);
        var turned = values.RootElement.EnumerateObject().ToDictionary(f => f.Name, f => new[] { f.Value[1].Clone(), f.Value[0].Clone() });
        db.AuditEntries.Add(new AuditEntry
        {
            ChangeSet = await db.StartChangeSetAsync(cancellationToken), EntityType = entry.EntityType, EntityId = entry.EntityId,
                CustomerId = turned.TryGetValue(OwnerField, out var owner) ? owner[1].GetInt64() : entry.CustomerId,
            Action = AuditAction.Updated, Fields = entry.Fields, Values = JsonSerializer.Serialize(turned, ChangeRecorder.Json),
        });
        return true;
    }
}
