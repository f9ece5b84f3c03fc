using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.History;

/// <summary>
/// Finds rows of the audit log. Each question goes along the index that says most: of one record, of one person, of rare deeds, of kinds
/// that belong to the shop itself, and otherwise along the log. Whatever else was asked is looked for in at most
/// <see cref="Window"/> rows at a time, so that no question costs more in a log of millions of rows.
/// </summary>
internal static class AuditLogQueries
{
    /// <summary>How many rows are looked through at once.</summary>
    public const int Window = 20_000;

    private const int MostSets = 200;

    /// <summary>A change set is numbered in the order of the log, but a moment after its time was taken.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromHours(1);

    /// <summary>The keys of the rows, newest first; the place to go on from; and how far back they were looked for.</summary>
    public sealed record Found(IReadOnlyList<Key> Keys, AuditPlace? Next, DateTimeOffset? LookedBackTo);

    public sealed record Key(long Id, long ChangeSetId);

    private sealed class Candidate
    {
        public long Id { get; init; }
        public long ChangeSetId { get; init; }
        public required string EntityType { get; init; }
        public AuditAction Action { get; init; }
        public DateTimeOffset At { get; init; }
        public long? ActorId { get; init; }
    }

    private sealed record Bounds(DateTimeOffset? From, DateTimeOffset? Until, long FirstSet, long LastSet)
    {
        public bool Any => From is not null || Until is not null;
    }

    public static async Task<Found> FindAsync(CrmDbContext db, AuditQuery query, LocalZone zone, AuditPlace after, int size,
        CancellationToken cancellationToken)
    {
        var bounds = await BoundsAsync(db, query, zone, cancellationToken);
        if (query.ActorId is { } actor && query.RecordId is null)
            return await OfPersonAsync(db, query, bounds, actor, after, size, cancellationToken);
        var (rows, isAlongSets) = Driver(db, query, bounds, after);
        var candidates = Candidates(rows);
        var isWhole = !bounds.Any && query.ActorId is null && IsSaidByDriver(query);
        var wanted = isWhole ? candidates : Filter(candidates.Take(Window), query, bounds);
        var found = await Ordered(wanted, isAlongSets).Take(size + 1).ToListAsync(cancellationToken);
        if (found.Count > size) return new(Keys(found.Take(size)), Place(found[size - 1]), null);
        if (isWhole) return new(Keys(found), null, null);
        // Fewer than wanted: either the log ends here, or so did the looking.
        var last = await candidates.Skip(Window - 1).FirstOrDefaultAsync(cancellationToken);
        return new(Keys(found), last is null ? null : Place(last), last?.At);
    }

    /// <summary>Whether the index that is gone along answers the whole question.</summary>
    private static bool IsSaidByDriver(AuditQuery query) => (query.Kind, query.RecordId, query.Action) switch
    {
        (null, _, null) => true,
        ({ }, { }, null) => true,
        (null, _, { } action) => IsRare(action),
        ({ } kind, null, null) => AuditNames.IsOfTheShop(kind),
        _ => false,
    };

    private static bool IsRare(AuditAction action) => action is not (AuditAction.Viewed or AuditAction.Created or AuditAction.Updated);

    /// <summary>The rows in their order, and whether that is the order of change sets.</summary>
    private static (IQueryable<AuditEntry> Rows, bool IsAlongSets) Driver(CrmDbContext db, AuditQuery query, Bounds bounds,
        AuditPlace after)
    {
        var (set, id) = (after.ChangeSetId, after.EntryId);
        switch (query)
        {
            case { Kind: { } kind, RecordId: { } record }:
                return (db.AuditEntries.Where(e => e.EntityType == kind && e.EntityId == record && e.Id < id)
                    .OrderByDescending(e => e.Id), false);
            case { Action: { } action } when IsRare(action):
                return (db.AuditEntries.Where(e => e.Action != AuditAction.Viewed && e.Action != AuditAction.Created
                    && e.Action != AuditAction.Updated && e.Action == action && e.Id < id).OrderByDescending(e => e.Id), false);
            case { Kind: { } kind } when AuditNames.IsOfTheShop(kind):
                return (db.AuditEntries.Where(e => e.CustomerId == null && e.EntityType == kind && e.Id < id)
                    .OrderByDescending(e => e.Id), false);
            default:
                var last = Math.Min(set, bounds.LastSet);
                return (db.AuditEntries.Where(e => e.ChangeSetId <= last && e.ChangeSetId >= bounds.FirstSet
                    && (e.ChangeSetId < set || e.Id < id)).OrderByDescending(e => e.ChangeSetId).ThenByDescending(e => e.Id), true);
        }
    }

    /// <summary>
    /// What one person did: their change sets, newest first, and of as many as fit into one look the rows. How many rows a set has is told
    /// from its first and its last one, since an import of a million rows is one set.
    /// </summary>
    private static async Task<Found> OfPersonAsync(CrmDbContext db, AuditQuery query, Bounds bounds, long actor, AuditPlace after, int size,
        CancellationToken cancellationToken)
    {
        var last = Math.Min(after.ChangeSetId, bounds.LastSet);
        var sets = await db.ChangeSets.Where(c => c.ActorId == actor && c.Id <= last && c.Id >= bounds.FirstSet)
            .OrderByDescending(c => c.Id).Take(MostSets).Select(c => new
            {
                c.Id, c.At, First = db.AuditEntries.Where(e => e.ChangeSetId == c.Id).Min(e => (long?)e.Id),
                Last = db.AuditEntries.Where(e => e.ChangeSetId == c.Id).Max(e => (long?)e.Id),
            }).ToListAsync(cancellationToken);
        var most = query.Kind is null && query.Action is null && !bounds.Any ? size + 1 : Window;
        var (looked, rows, ids) = (0, 0L, new List<long>());
        foreach (var set in sets)
        {
            var shown = set.Id == after.ChangeSetId ? after.EntryId - 1 : long.MaxValue;
            var span = set is { First: { } begin, Last: { } end } ? Math.Min(end, shown) - begin + 1 : 0;
            if (span > 0 && ids.Count > 0 && rows + span > Window) break;
            looked++;
            if (span <= 0) continue;
            ids.Add(set.Id);
            rows += span;
            if (rows >= most) break;
        }

        if (looked == 0) return new([], null, null);
        var (oldest, oldestFirst, at) = (sets[looked - 1].Id, sets[looked - 1].First ?? 0, sets[looked - 1].At);
        var only = ids.FirstOrDefault();
        var (afterSet, afterId) = (after.ChangeSetId, after.EntryId);
        var entries = ids.Count <= 1 ? db.AuditEntries.Where(e => e.ChangeSetId == only) : db.AuditEntries.Where(e =>
            ids.Contains(e.ChangeSetId));
        var candidates = Candidates(entries.Where(e => e.ChangeSetId < afterSet || e.Id < afterId).OrderByDescending(e => e.ChangeSetId)
            .ThenByDescending(e => e.Id));
        var found = await Ordered(Filter(candidates.Take(Window), query, bounds), true).Take(size + 1).ToListAsync(cancellationToken);
        if (found.Count > size) return new(Keys(found.Take(size)), Place(found[size - 1]), null);
        if (rows > Window && await candidates.Skip(Window - 1).FirstOrDefaultAsync(cancellationToken) is { } end2)
            return new(Keys(found), Place(end2), end2.At);
        // Whatever of the oldest set was not shown did not match.
        return looked < sets.Count || sets.Count == MostSets
            ? new(Keys(found), new(oldest, oldestFirst), at) : new(Keys(found), null, null);
    }

    private static IQueryable<Candidate> Candidates(IQueryable<AuditEntry> rows) =>
        rows.Select(e => new Candidate
        {
            Id = e.Id, ChangeSetId = e.ChangeSetId, EntityType = e.EntityType, Action = e.Action, At = e.ChangeSet!.At,
            ActorId = e.ChangeSet.ActorId,
        });

    private static IQueryable<Candidate> Filter(IQueryable<Candidate> rows, AuditQuery query, Bounds bounds)
    {
        if (query.Kind is { } kind) rows = rows.Where(e => e.EntityType == kind);
        if (query.Action is { } action) rows = rows.Where(e => e.Action == action);
        if (query.ActorId is { } actor) rows = rows.Where(e => e.ActorId == actor);
        if (bounds.From is { } from) rows = rows.Where(e => e.At >= from);
        if (bounds.Until is { } until) rows = rows.Where(e => e.At < until);
        return rows;
    }

    private static IQueryable<Candidate> Ordered(IQueryable<Candidate> rows, bool isAlongSets) => isAlongSets
        ? rows.OrderByDescending(e => e.ChangeSetId).ThenByDescending(e => e.Id) : rows.OrderByDescending(e => e.Id);

    private static IReadOnlyList<Key> Keys(IEnumerable<Candidate> rows) => [.. rows.Select(r => new Key(r.Id, r.ChangeSetId))];

    private static AuditPlace Place(Candidate row) => new(row.ChangeSetId, row.Id);

    /// <summary>The days as instants, and between which change sets they lie.</summary>
    private static async Task<Bounds> BoundsAsync(CrmDbContext db, AuditQuery query, LocalZone zone, CancellationToken cancellationToken)
    {
        DateTimeOffset? from = query.From is { } first ? zone.StartOf(first) : null;
        DateTimeOffset? until = query.Until is { } last ? zone.StartOf(last.AddDays(1)) : null;
        var (firstSet, lastSet) = (0L, long.MaxValue);
        if (from is { } begin)
        {
            var at = begin - Slack;
            firstSet = await db.ChangeSets.Where(c => c.At >= at).OrderBy(c => c.At).Select(c => (long?)c.Id)
                .FirstOrDefaultAsync(cancellationToken) ?? long.MaxValue;
        }

        if (until is { } end)
        {
            var at = end + Slack;
            lastSet = await db.ChangeSets.Where(c => c.At < at).OrderByDescending(c => c.At).Select(c => (long?)c.Id)
                .FirstOrDefaultAsync(cancellationToken) ?? 0;
        }

        return new(from, until, firstSet, lastSet);
    }
}
