using System.Text.Json;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Customers;

/// <summary>
/// A change of a note is its author's alone to undo: whatever happened to a private one, and what it says and whether it is
/// private. What others may do with it, such as pinning, others may undo, and a merge carries it along.
/// </summary>
internal sealed class NoteUndo : UndoRule<Note>
{
    protected override UndoOutcome TakeBack(UndoStep step, Note? row) => IsAnothers(step, row) ? UndoOutcome.Kept : UndoOutcome.Usual;

    private static bool IsAnothers(UndoStep step, Note? note)
    {
        if (step.Entry.Fields == nameof(Note.CustomerId)) return false;
        using var values = JsonDocument.Parse(step.Entry.Values ?? "{}");
        var author = note is not null ? note.AuthorId : values.RootElement.TryGetProperty(nameof(Note.AuthorId), out var id)
            ? id[0].Deserialize<long?>(ChangeRecorder.Json) : null;
        if (author == step.Grant.Actor.UserId) return false;
        if (note?.IsPrivate ?? (values.RootElement.TryGetProperty(nameof(Note.IsPrivate), out var wasPrivate)
            && wasPrivate[0].ValueKind == JsonValueKind.True)) return true;
        return step.Entry.Action == AuditAction.Updated
            && (values.RootElement.TryGetProperty(nameof(Note.Text), out _)
            || values.RootElement.TryGetProperty(nameof(Note.IsPrivate), out _));
    }
}
