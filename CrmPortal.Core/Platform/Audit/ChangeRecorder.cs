using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace CrmPortal.Core.Platform.Audit;

/// <summary>
/// Turns what a save is about to change into versions, audit rows and outbox events. History, undo, restore, live updates
/// and webhooks are views of these rows.
/// </summary>
internal sealed class ChangeRecorder(SaveEnvironment environment)
{
    private static readonly ConditionalWeakTable<IEntityType, Properties> Known = [];

    public static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    private string _kind = "save";
    private string? _permission;
    private long? _continued;
    private ChangeSet? _changeSet;

    public long? LastChangeSetId => _changeSet is { Id: > 0 } ? _changeSet.Id : _continued;

    /// <summary>The instant at which rows are saved.</summary>
    public DateTimeOffset Now => (DateTimeOffset)Rounded(environment.Clock.GetUtcNow())!;

    public void Begin(string kind, string? permission)
    {
        _kind = kind;
        _permission = permission;
        _continued = null;
        _changeSet = null;
    }

    public void Continue(long changeSetId)
    {
        _continued = changeSetId;
        _changeSet = null;
    }

    public async Task<ChangeSet> StartAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        if (_changeSet is not null) return _changeSet;
        if (_continued is { } id) return _changeSet = await db.ChangeSets.SingleAsync(c => c.Id == id, cancellationToken);
        var actor = environment.CurrentUser.Actor;
        _changeSet = new ChangeSet
        {
            Kind = _kind,
            Permission = _permission,
            At = environment.Clock.GetUtcNow(),
            ActorId = actor.UserId,
            ActorName = actor.Name,
            Origin = actor.Origin,
            IpAddress = actor.IpAddress,
            CorrelationId = Activity.Current?.TraceId.ToString(),
        };
        // Known ahead where asking costs hardly anything: rows that name it are then written once.
        if (db.Provider is { IsInProcess: true } provider && db.Database.CurrentTransaction is not null)
            _changeSet.Id = (await provider.ReserveKeysAsync<ChangeSet>(db, 1, cancellationToken))[0];
        db.ChangeSets.Add(_changeSet);
        return _changeSet;
    }

    /// <summary>Completes derived fields, raises versions, and notes the values before the save overwrites them.</summary>
    public async Task<PendingChanges> CollectAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        db.ChangeTracker.DetectChanges();
        // Each look at a row would compare it again; it is compared here, before and after what is derived.
        var isDetecting = db.ChangeTracker.AutoDetectChangesEnabled;
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            return await CollectDetectedAsync(db, cancellationToken);
        }
        finally
        {
            db.ChangeTracker.AutoDetectChangesEnabled = isDetecting;
        }
    }

    private async Task<PendingChanges> CollectDetectedAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        foreach (var step in SaveSteps.All) await step.DeriveAsync(db, environment, cancellationToken);
        var now = Now;
        var rows = new List<PendingRow>();
        foreach (var entry in db.ChangeTracker.Entries()
            .Where(e => e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted))
        {
            // Set through the entry, which notes that it is changed: looking for it would compare every row once more.
            if (entry.Entity is ITimestamped && entry.State != EntityState.Deleted)
                entry.Property(nameof(ITimestamped.UpdatedAt)).CurrentValue = now;
            if (entry.Entity is IVersioned versioned && entry.State == EntityState.Modified)
                entry.Property(nameof(IVersioned.Version)).CurrentValue = versioned.Version + 1;
            RoundInstants(entry);
            if (entry.Entity is not IAudited) continue;
            var fields = ChangedFields(entry);
            if (entry.State != EntityState.Modified || fields.Count > 0)
                rows.Add(new(entry.Metadata, entry.Entity, ActionOf(entry.State), fields));
        }

        return new(rows);
    }

    /// <summary>Adds the audit rows and events; new rows have their keys by now.</summary>
    public async Task AddRowsAsync(CrmDbContext db, PendingChanges changes, CancellationToken cancellationToken)
    {
        if (changes.Rows.Count == 0) return;
        var changeSet = await StartAsync(db, cancellationToken);
        foreach (var row in changes.Rows)
        {
            var entry = Entry(row);
            entry.ChangeSet = changeSet;
            db.AuditEntries.Add(entry);
        }

        var now = environment.Clock.GetUtcNow();
        foreach (var subject in Subjects(changes))
        {
            var happened = Event(subject, changeSet, now);
            happened.ChangeSet = changeSet;
            db.OutboxEvents.Add(happened);
        }
    }

    /// <summary>The same past the change tracker: the change set and the rows themselves are saved by now.</summary>
    public async Task WriteRowsAsync(CrmDbContext db, IDatabaseProvider provider, PendingChanges changes,
        CancellationToken cancellationToken)
    {
        if (changes.Rows.Count == 0) return;
        var changeSet = await StartAsync(db, cancellationToken);
        var now = environment.Clock.GetUtcNow();
        await WriteAsync(db, provider, changeSet, changes.Rows.ConvertAll(Entry),
            [.. Subjects(changes).Select(subject => Event(subject, changeSet, now))], cancellationToken);
    }

    /// <summary>Writes audit rows and events past the change tracker, under a change set that is saved by now.</summary>
    public static async Task WriteAsync(CrmDbContext db, IDatabaseProvider provider, ChangeSet changeSet, IReadOnlyList<AuditEntry> entries,
        IReadOnlyList<OutboxEvent> events, CancellationToken cancellationToken)
    {
        var keys = await provider.ReserveKeysAsync<AuditEntry>(db, entries.Count, cancellationToken);
        for (var i = 0; i < entries.Count; i++) (entries[i].Id, entries[i].ChangeSetId) = (keys[i], changeSet.Id);
        await provider.BulkWriteAsync(db, entries, cancellationToken);
        keys = await provider.ReserveKeysAsync<OutboxEvent>(db, events.Count, cancellationToken);
        for (var i = 0; i < events.Count; i++) (events[i].Id, events[i].ChangeSetId) = (keys[i], changeSet.Id);
        await provider.BulkWriteAsync(db, events, cancellationToken);
    }

    private static AuditEntry Entry(PendingRow row)
    {
        var entity = (IAudited)row.Entity;
        return new()
        {
            EntityType = AuditNames.Of(row.Type.ClrType),
            EntityId = entity.Id,
            CustomerId = (entity as ICustomerOwned)?.CustomerId ?? (entity as ICustomerLinked)?.CustomerId,
            Action = row.Action,
            Fields = string.Join(' ', row.Fields.Keys),
            Values = row.Fields.Count == 0 ? null : JsonSerializer.Serialize(row.Fields, Json),
        };
    }

    /// <summary>What happened, by the record it happened to; a part of a customer happens to them.</summary>
    private static IEnumerable<IGrouping<(string Name, long Id), PendingRow>> Subjects(PendingChanges changes) =>
        changes.Rows.GroupBy(r => r.Entity is ICustomerOwned owned
            ? ("customer", owned.CustomerId)
            : (AuditNames.Of(r.Type.ClrType).ToLowerInvariant(), ((IAudited)r.Entity).Id));

    private static OutboxEvent Event(IGrouping<(string Name, long Id), PendingRow> subject, ChangeSet changeSet, DateTimeOffset now)
    {
        var own = subject.FirstOrDefault(r => r.Entity is not ICustomerOwned
            || AuditNames.Of(r.Type.ClrType) == AuditNames.Customer);
        var action = (own?.Action ?? AuditAction.Updated).ToString().ToLowerInvariant();
        var fields = subject.SelectMany(r => r == own ? r.Fields.Keys.AsEnumerable() : [AuditNames.Of(r.Type.ClrType)])
            .Distinct();
        return new()
        {
            Topic = $"{subject.Key.Name}.{action}",
            SubjectId = subject.Key.Id,
            Payload = JsonSerializer.Serialize(new EventPayload([.. fields], changeSet.ActorId, changeSet.ActorName), Json),
            CreatedAt = now,
        };
    }

    /// <summary>
    /// Instants get the precision that the databases keep, so that a row in memory equals the row read back: undo compares
    /// the recorded value with the present one.
    /// </summary>
    private static void RoundInstants(EntityEntry entry)
    {
        if (entry.State == EntityState.Deleted) return;
        foreach (var property in Kinds(entry).Instants.Select(entry.Property))
        {
            if (property.CurrentValue is DateTimeOffset instant && instant.Ticks % TimeSpan.TicksPerMicrosecond != 0)
                property.CurrentValue = Rounded(instant);
        }
    }

    /// <summary>A value with the precision of the databases.</summary>
    internal static object? Rounded(object? value) => value is DateTimeOffset instant
        && instant.Ticks % TimeSpan.TicksPerMicrosecond is not 0 and var rest ? instant.AddTicks(-rest) : value;

    private static Dictionary<string, object?[]> ChangedFields(EntityEntry entry)
    {
        var fields = new Dictionary<string, object?[]>();
        foreach (var property in Kinds(entry).Audited.Select(entry.Property))
        {
            if (entry.State == EntityState.Modified && !property.IsModified) continue;
            var (before, after) = entry.State switch
            {
                EntityState.Added => (null, property.CurrentValue),
                EntityState.Deleted => (property.OriginalValue, null),
                _ => (property.OriginalValue, property.CurrentValue),
            };
            if (property.Metadata.GetValueComparer().Equals(before, after)) continue;
            fields[property.Metadata.Name] = [before, after];
        }

        return fields;
    }

    /// <summary>Which properties of an entity are looked at: asking each again, for each row, takes longer than the look.</summary>
    private static Properties Kinds(EntityEntry entry) => Known.GetValue(entry.Metadata, static type => new(
        [.. type.GetProperties().Where(IsAudited)],
        [.. type.GetProperties().Where(p => p.ClrType == typeof(DateTimeOffset) || p.ClrType == typeof(DateTimeOffset?))]));

    private sealed record Properties(IReadOnlyList<IProperty> Audited, IReadOnlyList<IProperty> Instants);

    internal static bool IsAudited(IProperty property) =>
        !property.IsPrimaryKey() && property.Name != nameof(IVersioned.Version)
        && property.PropertyInfo?.IsDefined(typeof(NotAuditedAttribute), false) == false;

    private static AuditAction ActionOf(EntityState state) => state switch
    {
        EntityState.Added => AuditAction.Created,
        EntityState.Deleted => AuditAction.Deleted,
        _ => AuditAction.Updated,
    };
}

internal sealed record PendingRow(IEntityType Type, object Entity, AuditAction Action, Dictionary<string, object?[]> Fields);

internal sealed record PendingChanges(List<PendingRow> Rows)
{
    public bool HasNewRows => Rows.Any(r => r.Action == AuditAction.Created);

    /// <summary>What a save is about: the new record that depends on no other new one, or else the first that was changed.</summary>
    public PendingRow? Subject()
    {
        var created = Rows.FindAll(r => r.Action == AuditAction.Created);
        if (created.Count == 0) return Rows.Count > 0 ? Rows[0] : null;
        var kinds = created.Select(r => r.Type).ToHashSet();
        return created.Find(r => !DependsOn(r.Type, kinds)) ?? created[0];
    }

    private static bool DependsOn(IEntityType type, HashSet<IEntityType> kinds) =>
        type.GetForeignKeys().Any(f => f.PrincipalEntityType != type && kinds.Contains(f.PrincipalEntityType));
}

/// <summary>What an outbox event tells: which fields, by whom; no personal values.</summary>
public sealed record EventPayload(IReadOnlyList<string> Fields, long? ActorId, string ActorName);
