using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CrmPortal.Core.Platform.Outbox;

/// <summary>Tells the dispatcher that there may be new events: after the commit, never before.</summary>
internal sealed class OutboxCommitInterceptor(OutboxSignal signal) : DbTransactionInterceptor
{
    public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => signal.Set();

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData,
        CancellationToken cancellationToken = default)
    {
        signal.Set();
        return Task.CompletedTask;
    }
}
