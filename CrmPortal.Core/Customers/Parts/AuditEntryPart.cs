using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>The history of a customer who is removed for good says that something happened, by whom and when, and no longer what.</summary>
internal sealed class AuditEntryPart : CustomerPart<AuditEntry>
{
    /// <summary>Last: other parts look former values up.</summary>
    public override int Position => 900;

    public override string KeptBecause => "Who did what and when must stay provable; the values are erased.";

    public override Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken) =>
        purge.Db.AuditEntries.Where(e => purge.Ids.Contains(e.CustomerId!.Value) && e.Action != AuditAction.Viewed && e.Values != null)
            .ExecuteUpdateAsync(e => e.SetProperty(a => a.Values, (string?)null), cancellationToken);

    public override Task<IReadOnlyList<IAudited>> RowsAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IAudited>>([]);
}
