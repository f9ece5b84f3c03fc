using System.Text.Json;
using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Tickets;

/// <summary>
/// No audit row holds a password: a mailbox that comes back is switched off until somebody enters it, and a server that was left is not
/// given the password of the one that followed.
/// </summary>
internal sealed class MailboxUndo : UndoRule<IncomingMailbox>
{
    private static readonly string[] OfTheServer = [nameof(IncomingMailbox.Host), nameof(IncomingMailbox.Port),
        nameof(IncomingMailbox.UseTls), nameof(IncomingMailbox.UserName)];

    public override async Task<UndoOutcome> TakeBackAsync(UndoStep step, CancellationToken cancellationToken)
    {
        if (step.Entry.Action == AuditAction.Updated && step.Entry.Fields.Split(' ').Intersect(OfTheServer).Any()) return UndoOutcome.Kept;
        if (step is not { Entry: { Action: AuditAction.Deleted, Values: { } values }, Row: null }) return UndoOutcome.Usual;
        using var fields = JsonDocument.Parse(values);
        T Old<T>(string name) => fields.RootElement.GetProperty(name)[0].Deserialize<T>(ChangeRecorder.Json)!;

        var name = Old<string>(nameof(IncomingMailbox.Name));
        if (await step.Db.IncomingMailboxes.AnyAsync(m => m.Name == name, cancellationToken)) return UndoOutcome.Kept;
        step.Db.IncomingMailboxes.Add(new()
        {
            Id = step.Entry.EntityId, Name = name, Host = Old<string>(nameof(IncomingMailbox.Host)),
            Port = Old<int>(nameof(IncomingMailbox.Port)), UseTls = Old<bool>(nameof(IncomingMailbox.UseTls)),
            UserName = Old<string>(nameof(IncomingMailbox.UserName)), ProtectedPassword = "",
            Folder = Old<string>(nameof(IncomingMailbox.Folder)), After = Old<AfterTaking>(nameof(IncomingMailbox.After)),
            MoveTo = fields.RootElement.TryGetProperty(nameof(IncomingMailbox.MoveTo), out _)
                ? Old<string?>(nameof(IncomingMailbox.MoveTo)) : null,
            IsActive = false, Version = step.Entry.Id,
        });
        return UndoOutcome.TakenBack;
    }
}
