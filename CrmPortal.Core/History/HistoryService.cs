using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.History;

/// <summary>One field of a recorded change; values are as stored, or null where there was none or it may not be seen.</summary>
public sealed record HistoryField(string Name, string? Before, string? After, bool IsMasked);

/// <summary>One row that a change set created, changed or removed.</summary>
public sealed record HistoryItem(string EntityType, AuditAction Action, IReadOnlyList<HistoryField> Fields)
{
    /// <summary>What people call the row, such as a tag's name or an order's number; null where the fields say it, or it may not be
    /// seen.</summary>
    public string? Title { get; init; }
}

/// <summary>What somebody did in one go.</summary>
public sealed record HistoryEntry(
    long ChangeSetId, string Kind, DateTimeOffset At, string ActorName, ActorOrigin Origin, bool IsUndone, bool MayUndo,
        IReadOnlyList<HistoryItem> Items)
{
    /// <summary>The change set that this one undoes.</summary>
    public long? UndoesId { get; init; }

    /// <summary>Whether it took something back and was itself undone: the entry that holds now says all.</summary>
    public bool IsFolded => UndoesId is not null && IsUndone;
}

/// <summary>One change of one field; values are as stored, or null where there was none or it may not be seen.</summary>
/// <param name="IsErased">Whether the values were removed from the history since.</param>
public sealed record FieldChange(long ChangeSetId, DateTimeOffset At, string ActorName, ActorOrigin Origin, string? Before, string? After,
    bool IsMasked, bool IsErased);

/// <summary>A customer's history, read from the audit rows.</summary>
public sealed class HistoryService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, UndoService undo)
{
    private const int MostFieldChanges = 100;

    /// <summary>How many rows of large change sets are read at once.</summary>
    private const int RowsAtOnce = 500;

    /// <summary>So many rows of change sets are read for a page; what a larger change set did is on the pages behind.</summary>
    private const int MostRows = 5_000;

    /// <summary>
    /// The newest change sets before <paramref name="before"/> (an audit row), each with all its rows, and the row to go on from, or null
    /// at the end.
    /// </summary>
    public async Task<(IReadOnlyList<HistoryEntry> Entries, long? Next)> ForCustomerAsync(long customerId, long? before, int size,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        if (size is < 1 or > PageRequest.LargestSize)
            throw new RuleViolationException("Limit", "The limit must be between 1 and {0}.", PageRequest.LargestSize);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var (sets, next) = await SetsAsync(db.AuditEntries.Where(e => e.CustomerId == customerId && e.Action != AuditAction.Viewed),
            before ?? long.MaxValue, size, cancellationToken);
        var titles = await TitlesAsync(db, sets, grant, cancellationToken);
        return ([.. sets.Select(set => Entry(set, grant, titles))], next);
    }

    /// <summary>The newest changes of one field of a customer's own row, the newest first.</summary>
    public async Task<IReadOnlyList<FieldChange>> OfFieldAsync(long customerId, string field, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var word = $" {field} ";
        var rows = await db.AuditEntries.AsNoTracking().Include(e => e.ChangeSet)
            .Where(e => e.EntityType == nameof(Customer) && e.EntityId == customerId
                && (e.Action == AuditAction.Created || e.Action == AuditAction.Updated) && (" " + e.Fields + " ").Contains(word))
            .OrderByDescending(e => e.Id).Take(MostFieldChanges).ToListAsync(cancellationToken);
        return [.. rows.Select(Change)];

        FieldChange Change(AuditEntry row)
        {
            var set = row.ChangeSet!;
            var isMasked = !grant.Has(Permissions.CustomersSensitive) && AuditNames.IsSensitive(nameof(Customer), field);
            if (row.Values is null || isMasked)
                return new(set.Id, set.At, set.ActorName, set.Origin, null, null, isMasked, row.Values is null);
            using var values = JsonDocument.Parse(row.Values);
            return values.RootElement.TryGetProperty(field, out var value)
                ? new(set.Id, set.At, set.ActorName, set.Origin, Show(value[0]), Show(value[1]), false, false)
                : new(set.Id, set.At, set.ActorName, set.Origin, null, null, false, true);
        }
    }

    /// <summary>
    /// The newest change sets before an audit row, without what a timeline shows by itself, each with its last row on the way back.
    /// </summary>
    internal async Task<IReadOnlyList<(HistoryEntry Entry, long LastRow)>> NewestAsync(long customerId, long before, int size,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var (sets, _) = await SetsAsync(db.AuditEntries.Where(e => e.CustomerId == customerId && e.Action != AuditAction.Viewed
            && !e.IsDetail), before, size, cancellationToken);
        var titles = await TitlesAsync(db, sets, grant, cancellationToken);
        return [.. sets.Select(set => (Entry(set, grant, titles), set.Min(r => r.Id)))];
    }

    /// <summary>
    /// Whole change sets, read from the end of an index: one statement where they are small; a large one is read on to its first row, so
    /// that no page ends inside it, unless it is so large that nobody would read it through.
    /// </summary>
    private static async Task<(List<List<AuditEntry>> Sets, long? Next)> SetsAsync(IQueryable<AuditEntry> stream, long before, int size,
        CancellationToken cancellationToken)
    {
        var sets = new List<List<AuditEntry>>();
        var read = 0;
        for (var take = size + 1; ; take = RowsAtOnce)
        {
            var rows = await stream.AsNoTracking().Include(e => e.ChangeSet).Where(e => e.Id < before).OrderByDescending(e => e.Id)
                .Take(take).ToListAsync(cancellationToken);
            foreach (var row in rows)
            {
                if (sets.FindLast(s => s[0].ChangeSetId == row.ChangeSetId) is { } set) set.Add(row);
                else if (sets.Count == size) return (sets, before);
                else sets.Add([row]);
                before = row.Id;
            }

            if (rows.Count < take) return (sets, null);
            if ((read += rows.Count) >= MostRows) return (sets, before);
        }
    }

    /// <summary>What people call the rows of these change sets, a statement for each kind.</summary>
    internal static async Task<Dictionary<(string Type, long Id), string>> TitlesAsync(
        CrmDbContext db, List<List<AuditEntry>> sets, Grant grant, CancellationToken cancellationToken)
    {
        var titles = new Dictionary<(string, long), string>();
        foreach (var kind in sets.SelectMany(s => s).GroupBy(r => r.EntityType).Where(k => AuditNames.MaySeeKind(k.Key, grant)))
        {
            if (CustomerParts.Find(kind.Key) is not { } part) continue;
            foreach (var (id, title) in await part.TitlesAsync(db, [.. kind], cancellationToken)) titles[(kind.Key, id)] = title;
        }

        return titles;
    }

    private HistoryEntry Entry(List<AuditEntry> rows, Grant grant, Dictionary<(string Type, long Id), string> titles)
    {
        var set = rows[0].ChangeSet!;
        return new(
            set.Id, set.Kind, set.At, set.ActorName, set.Origin, undo.IsUndone(set), !MassUndo.Kinds.Contains(set.Kind)
                && undo.MayUndo(set, grant),
            [.. rows.OrderBy(r => r.Id).Select(r => new HistoryItem(r.EntityType, r.Action,
                Fields(r, grant)) { Title = titles.GetValueOrDefault((r.EntityType, r.EntityId)) })])
        {
            UndoesId = set.UndoesId,
        };
    }

    /// <summary>The changed fields of a row; values that its reader may not see are masked.</summary>
    internal static IReadOnlyList<HistoryField> Fields(AuditEntry row, Grant grant)
    {
        if (row.Values is null)
            return [.. row.Fields.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(f => new HistoryField(f, null, null, true))];
        using var values = JsonDocument.Parse(row.Values);
        return [.. values.RootElement.EnumerateObject()
            .Where(p => !p.Name.EndsWith("Id", StringComparison.Ordinal) || p.Name == nameof(Customer.ExternalId)).Select(p =>
            !MaySee(row.EntityType, p.Name, grant) ? new HistoryField(p.Name, null, null, true) : new HistoryField(p.Name, Show(p.Value[0]),
                Show(p.Value[1]), false))];
    }

    /// <summary>Values that the history hides: encrypted ones, and notes, which may be private.</summary>
    internal static bool IsHidden(string entityType, string field) => field == nameof(CustomFieldValue.Secret)
        || (entityType == nameof(Note) && field == nameof(Note.Text));

    /// <summary>Whether a reader may see the values of a field: those of orders are for who may see orders, those of documents for who
    /// may see documents.</summary>
    internal static bool MaySee(string entityType, string field, Grant grant) =>
        !IsHidden(entityType, field) && (grant.Has(Permissions.CustomersSensitive) || !AuditNames.IsSensitive(entityType, field))
            && AuditNames.MaySeeKind(entityType, grant);

    internal static string? Show(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        // An address of an order, as one would write it.
        JsonValueKind.Object => string.Join(", ", value.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String)
            .Select(p => p.Value.GetString())),
        _ => value.GetRawText(),
    };
}
