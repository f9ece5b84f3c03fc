using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Webhooks;

/// <summary>No audit row holds a secret, so a new one stays; a webhook that comes back rests until it gets one.</summary>
internal sealed class WebhookUndo : UndoRule<Webhook>
{
    protected override UndoOutcome TakeBack(UndoStep step, Webhook? row) => step.Entry.Action == AuditAction.Updated
        && step.Entry.Fields.Split(' ').Contains(nameof(Webhook.SecretMadeAt)) ? UndoOutcome.Kept : UndoOutcome.Usual;
}
