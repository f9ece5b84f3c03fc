using System.Text.Json;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Demo;

/// <summary>
/// Who did what when, as the recorder would have written it: rows in the order of time, those of one piece of work under one
/// change set. It is not offered for undo, because no user did it.
/// </summary>
internal sealed class DemoHistory
{
    private readonly Dictionary<string, Work> _works = [];
    private readonly List<(Work Work, AuditEntry Entry)> _entries = [];

    /// <summary>Notes that a row was created.</summary>
    /// <param name="work">Rows with the same are one piece of work.</param>
    public void Created(string work, string kind, DateTimeOffset at, DemoUser by, string entityType, long id, long? customerId) =>
        Add(work, kind, at, by, new() { EntityType = entityType, EntityId = id, CustomerId = customerId, Action = AuditAction.Created });

    /// <summary>Notes that fields of a customer were changed.</summary>
    /// <param name="values">Field → before and after.</param>
    public void Changed(string kind, DateTimeOffset at, DemoUser by, long customerId, Dictionary<string, object?[]> values) =>
        Add($"{kind} {customerId}", kind, at, by, new()
    {
        EntityType = nameof(Customers.Customer), EntityId = customerId, CustomerId = customerId, Action = AuditAction.Updated,
        Fields = string.Join(' ', values.Keys), Values = JsonSerializer.Serialize(values, ChangeRecorder.Json),
    });

    public async Task WriteAsync(DemoWriter writer)
    {
        var works = _works.Values.OrderBy(w => w.At).ThenBy(w => w.Number).ToList();
        var keys = await writer.KeysAsync<ChangeSet>(works.Count);
        foreach (var work in works) work.Key = keys.Dequeue();
        await writer.WriteAsync<ChangeSet>(works.ConvertAll(w => new ChangeSet
        {
            Id = w.Key, Kind = w.Kind, At = w.At, ActorId = w.By.Id, ActorName = w.By.Name,
            Origin = w.By.Id is null ? ActorOrigin.System : ActorOrigin.Browser,
        }));
        await writer.MakeAsync(_entries.OrderBy(e => e.Work.Key).ToList(), (e, id) => Placed(e.Entry, id, e.Work.Key));
    }

    private void Add(string key, string kind, DateTimeOffset at, DemoUser by, AuditEntry entry)
    {
        if (!_works.TryGetValue(key, out var work)) _works[key] = work = new(_works.Count, kind, at, by);
        _entries.Add((work, entry));
    }

    private static AuditEntry Placed(AuditEntry e, long id, long changeSet) => new()
    {
        Id = id, ChangeSetId = changeSet, EntityType = e.EntityType, EntityId = e.EntityId, CustomerId = e.CustomerId, Action = e.Action,
        Fields = e.Fields, Values = e.Values,
    };

    private sealed record Work(int Number, string Kind, DateTimeOffset At, DemoUser By)
    {
        public long Key { get; set; }
    }
}
