using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;

namespace CrmPortal.Core.SelfService;

/// <summary>Says in a customer's history, and to open pages, what became of the account: its own row is one of the shop.</summary>
internal static class AccountNote
{
    public static async Task AddAsync(CrmDbContext db, long customerId, CustomerAccountState before, CustomerAccountState after,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var changeSet = await db.StartChangeSetAsync(cancellationToken);
        db.AuditEntries.Add(new AuditEntry
        {
            ChangeSet = changeSet, EntityType = nameof(Customer), EntityId = customerId, CustomerId = customerId,
            Action = AuditAction.Updated, Fields = Customer.AccountField,
            Values = JsonSerializer.Serialize(new Dictionary<string, object?[]>
            {
                [Customer.AccountField] = [before.ToString(), after.ToString()],
            }, ChangeRecorder.Json),
        });
        db.OutboxEvents.Add(new OutboxEvent
        {
            Topic = "customer.updated", SubjectId = customerId, ChangeSet = changeSet, CreatedAt = clock.GetUtcNow(),
            Payload = JsonSerializer.Serialize(new EventPayload([Customer.AccountField], changeSet.ActorId, changeSet.ActorName),
                ChangeRecorder.Json),
        });
    }
}
