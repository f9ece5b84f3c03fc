using System.ComponentModel;
using CrmPortal.Core.History;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Features.Customers;

/// <summary>A part of the history.</summary>
/// <param name="Next">The value of before for the next part; null at the end.</param>
internal sealed record HistoryAnswer(IReadOnlyList<ChangeAnswer> Items, long? Next);

/// <summary>A change: everything that was saved together.</summary>
/// <param name="Kind">Such as customer.edit.</param>
/// <param name="MayUndo">Whether you can take it back now.</param>
/// <param name="UndoesId">The change that this one took back.</param>
internal sealed record ChangeAnswer(long Id, string Kind, DateTimeOffset At, string By, ActorOrigin Origin, bool IsUndone, bool MayUndo,
    long? UndoesId, IReadOnlyList<ChangedRowAnswer> Rows)
{
    public static ChangeAnswer Of(HistoryEntry entry) => new(entry.ChangeSetId, entry.Kind, entry.At, entry.ActorName, entry.Origin,
        entry.IsUndone, entry.MayUndo, entry.UndoesId, [.. entry.Items.Select(ChangedRowAnswer.Of)]);
}

/// <summary>A row of a change.</summary>
/// <param name="Record">The kind of record, such as Address.</param>
/// <param name="Title">What people call the row.</param>
internal sealed record ChangedRowAnswer(string Record, AuditAction Action, string? Title, IReadOnlyList<ChangedFieldAnswer> Fields)
{
    public static ChangedRowAnswer Of(HistoryItem item) => new(item.EntityType, item.Action, item.Title,
        [.. item.Fields.Select(f => new ChangedFieldAnswer(f.Name, f.Before, f.After, f.IsMasked))]);
}

/// <summary>A field before and after; both are null where they may not be seen.</summary>
internal sealed record ChangedFieldAnswer(string Name, string? Before, string? After, bool IsMasked);

/// <summary>A change of one field.</summary>
internal sealed record FieldChangeAnswer(long ChangeId, DateTimeOffset At, string By, ActorOrigin Origin, string? Before, string? After,
    bool IsMasked)
{
    public static FieldChangeAnswer Of(FieldChange change) => new(change.ChangeSetId, change.At, change.ActorName, change.Origin,
        change.Before, change.After, change.IsMasked);
}

/// <summary>A customer on a past day.</summary>
/// <param name="WasThere">False where the record was made later.</param>
/// <param name="IsIncomplete">Whether so much happened since that not all of it was walked back.</param>
/// <param name="HasErased">Whether values on the way were erased, so that something may be missing.</param>
internal sealed record AsAtAnswer(long Id, string Name, DateTimeOffset At, bool WasThere, bool IsIncomplete, bool HasErased,
    IReadOnlyList<AsAtField> Profile, IReadOnlyList<AsAtPartAnswer> Parts)
{
    public static AsAtAnswer Of(AsAtDetails past) => new(past.Id, past.DisplayName, past.At, past.WasThere, past.IsIncomplete,
        past.HasErased, past.Profile, [.. past.Parts.Select(p => new AsAtPartAnswer(p.EntityType, p.Id, p.Title, p.Change, p.Fields))]);
}

/// <summary>What belonged to them then or belongs to them now.</summary>
internal sealed record AsAtPartAnswer(string Record, long Id, string? Title, AsAtChange Change, IReadOnlyList<AsAtField> Fields);

/// <summary>How a change is taken back.</summary>
internal sealed record UndoBody
{
    [Description("Whether fields that were changed again since get their old value too; otherwise they keep the present one.")]
    public bool AlsoChangedLater { get; init; }
}

/// <summary>What was taken back.</summary>
/// <param name="Undone">How many rows.</param>
/// <param name="Kept">What stayed as it is, since it was changed later or is gone.</param>
/// <param name="ChangeSetId">The undoing, which can be undone.</param>
internal sealed record UndoAnswer(int Undone, IReadOnlyList<KeptAnswer> Kept, long? ChangeSetId)
{
    private const int MostShown = 100;

    public static UndoAnswer Of(UndoResult result) => new(result.Undone,
        [.. result.Kept.Take(MostShown).Select(k => new KeptAnswer(k.Field, k.Theirs))], result.ChangeSetId);
}

/// <summary>A field, or a row, that stayed.</summary>
internal sealed record KeptAnswer(string Field, string? Value);

/// <summary>What the API's description shows of the history.</summary>
internal static class HistoryExamples
{
    public const string History = """
        { "items": [ { "id": 4711, "kind": "customer.edit", "at": "2026-01-31T09:30:00Z", "by": "Ada Manager", "origin": "browser",
            "is_undone": false, "may_undo": true, "undoes_id": null, "rows": [ { "record": "Customer", "action": "updated", "title": null,
              "fields": [ { "name": "FamilyName", "before": "Doe", "after": "Roe", "is_masked": false } ] } ] } ], "next": 90211 }
        """;

    public const string Field = """
        [ { "change_id": 4711, "at": "2026-01-31T09:30:00Z", "by": "Ada Manager", "origin": "browser", "before": "Doe", "after": "Roe",
            "is_masked": false } ]
        """;

    public const string AsAt = """
        { "id": 12, "name": "John Roe", "at": "2026-01-30T23:59:59Z", "was_there": true, "is_incomplete": false, "has_erased": false,
          "profile": [ { "name": "FamilyName", "then": "Doe", "now": "Roe", "differs": true, "is_masked": false } ], "parts": [] }
        """;
}
