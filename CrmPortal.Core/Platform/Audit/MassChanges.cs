using System.Data.Common;
using System.Runtime.CompilerServices;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace CrmPortal.Core.Platform.Audit;

/// <summary>
/// Changes of many rows past the change tracker, whose work on a row takes many times that of the database. Rows are read without tracking
/// and watched; the next save of the context compares their audited fields with what they were, and writes them with versions, audit rows
/// and events by statements for many rows each. Fields from which save steps derive others, and values that only one row may have, are for
/// the usual way.
/// </summary>
internal sealed class MassChanges(CrmDbContext db)
{
    private readonly List<WatchedRow> _watched = [];
    private readonly Dictionary<Type, Kind> _kinds = [];

    /// <summary>Whether there is anything for a save to write.</summary>
    public bool HasChanges => _kinds.Values.Any(k => k.Count > 0) || _watched.Exists(w => w.IsChanged);

    /// <summary>Remembers a row as it is now.</summary>
    public WatchedRow Watch<T>(T row)
        where T : class, IAudited
    {
        var watched = new WatchedRow(row, Of<T>().Looked);
        _watched.Add(watched);
        return watched;
    }

    /// <summary>
    /// A part of a record changed that is shown with it: the record's version is raised, so that ETags and open pages notice. For records
    /// that are not watched.
    /// </summary>
    public void Touch<T>(long id, long version)
        where T : class, IAudited, IVersioned => Of<T>().Touched.Add((id, version));

    /// <summary>A new row, made when its key is known.</summary>
    public void Add<T>(Func<long, T> make)
        where T : class, IAudited => Of<T>().Makers.Add(make);

    /// <summary>A row that comes again under the key it had.</summary>
    public void Add<T>(T row)
        where T : class, IAudited => Of<T>().Added.Add(row);

    public void Remove<T>(T row)
        where T : class, IAudited => Of<T>().Removed.Add(row);

    /// <summary>What is to be said of the changes; new rows get their keys.</summary>
    public async Task<IReadOnlyList<PendingRow>> CollectAsync(IDatabaseProvider provider, CancellationToken cancellationToken)
    {
        foreach (var kind in _kinds.Values) await kind.MakeAsync(db, provider, cancellationToken);
        return
        [
            .. _watched.Where(w => w.Changes.Count > 0).Select(w => new PendingRow(w.Kind.Type, w.Row, AuditAction.Updated,
                w.Changes.ToDictionary(c => c.Property.Name, c => new[] { c.Before, c.After }))),
            .. _kinds.Values.SelectMany(k => k.Deleted),
            .. _kinds.Values.SelectMany(k => k.Created),
        ];
    }

    /// <summary>Writes the rows in the running transaction: first what goes, whose place others may take.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="DbUpdateConcurrencyException">Somebody else changed or removed one of them.</exception>
    /// <exception cref="DbUpdateException">The database refused them.</exception>
    public async Task<int> WriteAsync(IDatabaseProvider provider, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            var written = 0;
            foreach (var kind in _kinds.Values) written += await kind.DeleteAsync(db, cancellationToken);
            foreach (var kind in _kinds.Values)
                written += await UpdateAsync(provider, kind.Looked.Type, [], kind.Touched.ConvertAll(t => new Update(t.Id, t.Version, [])),
                    now, cancellationToken);
            foreach (var alike in _watched.Where(w => w.IsChanged).GroupBy(w => (w.Kind.Type, w.ChangedFields)))
                written += await UpdateAsync(provider, alike.Key.Type, [.. alike.First().Changes.Select(c => c.Property.Name)],
                    [.. alike.Select(w => new Update(w.Row.Id, (w.Row as IVersioned)?.Version, w.Changes))], now, cancellationToken);
            foreach (var kind in _kinds.Values) written += await kind.InsertAsync(db, provider, cancellationToken);
            return written;
        }
        catch (DbException failure)
        {
            throw new DbUpdateException("Many rows could not be saved at once.", failure);
        }
        finally
        {
            _watched.Clear();
            _kinds.Clear();
        }
    }

    /// <summary>Gives rows new values in the fields that all of them change, and raises their versions.</summary>
    private async Task<int> UpdateAsync(IDatabaseProvider provider, IEntityType type, List<string> fields, List<Update> rows,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (rows.Count == 0) return 0;
        var columns = BulkColumns.Of(type);
        var version = typeof(IVersioned).IsAssignableFrom(type.ClrType) ? columns[nameof(IVersioned.Version)] : null;
        var timestamp = typeof(ITimestamped).IsAssignableFrom(type.ClrType) ? columns[nameof(ITimestamped.UpdatedAt)] : null;
        List<BulkColumn> where = [columns[nameof(IAudited.Id)], .. version is null ? Array.Empty<BulkColumn>() : [version]];
        List<BulkColumn> set = [.. fields.Select(f => columns[f])];
        if (timestamp is not null) set.Add(timestamp);
        if (version is not null) set.Add(version);
        var saved = timestamp?.Stored(now);
        var there = await provider.BulkUpdateAsync(db, new(columns.Table, where, set, rows.ConvertAll(Values)), cancellationToken);
        return there == rows.Count ? there : throw Gone();

        object?[] Values(Update row)
        {
            var values = new List<object?>(where.Count + set.Count) { row.Id };
            if (version is not null) values.Add(row.Version);
            for (var i = 0; i < row.Changes.Count; i++) values.Add(set[i].Stored(row.Changes[i].After));
            if (timestamp is not null) values.Add(saved);
            if (version is not null) values.Add(row.Version + 1);
            return [.. values];
        }
    }

    private Kind<T> Of<T>()
        where T : class, IAudited
    {
        if (_kinds.TryGetValue(typeof(T), out var known)) return (Kind<T>)known;
        var kind = new Kind<T>(BulkColumns.TypeOf<T>(db));
        _kinds.Add(typeof(T), kind);
        return kind;
    }

    private static DbUpdateConcurrencyException Gone() => new("Somebody else changed one of these rows at the same moment.");

    private readonly record struct Update(long Id, long? Version, IReadOnlyList<FieldChange> Changes);

    private abstract class Kind(IEntityType type)
    {
        public List<(long Id, long Version)> Touched { get; } = [];

        public LookedAt Looked { get; } = LookedAt.Of(type);

        public abstract int Count { get; }

        public abstract IEnumerable<PendingRow> Created { get; }

        public abstract IEnumerable<PendingRow> Deleted { get; }

        public abstract Task MakeAsync(CrmDbContext db, IDatabaseProvider provider, CancellationToken cancellationToken);

        public abstract Task<int> DeleteAsync(CrmDbContext db, CancellationToken cancellationToken);

        public abstract Task<int> InsertAsync(CrmDbContext db, IDatabaseProvider provider, CancellationToken cancellationToken);
    }

    private sealed class Kind<T>(IEntityType type) : Kind(type)
        where T : class, IAudited
    {
        public List<Func<long, T>> Makers { get; } = [];

        public List<T> Added { get; } = [];

        public List<T> Removed { get; } = [];

        public override int Count => Touched.Count + Makers.Count + Added.Count + Removed.Count;

        public override IEnumerable<PendingRow> Created => Added.Select(row => new PendingRow(Looked.Type, row, AuditAction.Created,
            Looked.Values(row).ToDictionary(v => v.Property.Name, v => new[] { null, v.Value })));

        public override IEnumerable<PendingRow> Deleted => Removed.Select(row => new PendingRow(Looked.Type, row, AuditAction.Deleted,
            Looked.Values(row).ToDictionary(v => v.Property.Name, v => new[] { v.Value, null })));

        public override async Task MakeAsync(CrmDbContext db, IDatabaseProvider provider, CancellationToken cancellationToken)
        {
            if (Makers.Count == 0) return;
            var keys = await provider.ReserveKeysAsync<T>(db, Makers.Count, cancellationToken);
            Added.AddRange(Makers.Select((make, i) => make(keys[i])));
            Makers.Clear();
        }

        public override async Task<int> DeleteAsync(CrmDbContext db, CancellationToken cancellationToken)
        {
            if (Removed.Count == 0) return 0;
            var ids = Removed.ConvertAll(r => r.Id);
            var gone = await db.Set<T>().Where(r => ids.Contains(EF.Property<long>(r, nameof(IAudited.Id))))
                .ExecuteDeleteAsync(cancellationToken);
            return gone == ids.Count ? gone : throw Gone();
        }

        public override async Task<int> InsertAsync(CrmDbContext db, IDatabaseProvider provider, CancellationToken cancellationToken)
        {
            await provider.BulkWriteAsync(db, Added, cancellationToken);
            return Added.Count;
        }
    }
}

/// <summary>A row that is read without tracking, with what it was.</summary>
internal sealed class WatchedRow
{
    private readonly object?[] _before;
    private IReadOnlyList<FieldChange>? _changes;

    public WatchedRow(IAudited row, LookedAt kind)
    {
        (Row, Kind) = (row, kind);
        _before = new object?[kind.Audited.Count];
        for (var i = 0; i < _before.Length; i++) _before[i] = kind.Audited[i].Read(row);
    }

    public IAudited Row { get; }

    public LookedAt Kind { get; }

    /// <summary>Whether the row is written. Asked when it has got what it gets.</summary>
    public bool IsChanged => Changes.Count > 0;

    /// <summary>The audited fields that are other than they were.</summary>
    public IReadOnlyList<FieldChange> Changes => _changes ??= Compare();

    /// <summary>The names of the changed fields, by which rows are told apart that change alike.</summary>
    public string ChangedFields => string.Join(' ', Changes.Select(c => c.Property.Name));

    private List<FieldChange> Compare()
    {
        var changes = new List<FieldChange>();
        for (var i = 0; i < _before.Length; i++)
        {
            var field = Kind.Audited[i];
            var after = ChangeRecorder.Rounded(field.Read(Row));
            if (!field.Same.Equals(_before[i], after)) changes.Add(new(field.Property, _before[i], after));
        }

        return changes;
    }
}

/// <summary>A field with its value before and after.</summary>
internal readonly record struct FieldChange(IProperty Property, object? Before, object? After);

/// <summary>
/// The audited fields of a kind of rows, with the way to their values: asked for each row, it takes longer than the look.
/// </summary>
internal sealed class LookedAt
{
    private static readonly ConditionalWeakTable<IEntityType, LookedAt> Known = [];

    private LookedAt(IEntityType type)
    {
        Type = type;
        Audited = [.. type.GetProperties().Where(ChangeRecorder.IsAudited).Select(p => new Field(p))];
    }

    public IEntityType Type { get; }

    public IReadOnlyList<Field> Audited { get; }

    public static LookedAt Of(IEntityType type) => Known.GetValue(type, static t => new(t));

    /// <summary>The values of a row that are not empty, which is what there is to say of one that is new or gone.</summary>
    public IEnumerable<(IProperty Property, object? Value)> Values(object row) =>
        Audited.Select(f => (f.Property, Value: ChangeRecorder.Rounded(f.Read(row)))).Where(v => v.Value is not null);

    internal sealed class Field(IProperty property)
    {
        private readonly IClrPropertyGetter _getter = property.GetGetter();

        public IProperty Property { get; } = property;

        public ValueComparer Same { get; } = property.GetValueComparer();

        public object? Read(object row) => _getter.GetClrValue(row);
    }
}
