using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Mail;
using Microsoft.EntityFrameworkCore;

#pragma warning disable CA1304, CA1311, CA1862 // Becomes lower() of the database, which knows no culture.

namespace CrmPortal.Core.Customers;

/// <summary>Mails to a customer who is removed permanently, sent or not, and the marks of addresses that they came back from.</summary>
internal sealed class OutgoingMailPart : CustomerPart<OutgoingMail>
{
    public override int Position => 800;

    public override async Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken)
    {
        await purge.Db.OutgoingMails.Where(m => purge.Emails.Contains(m.To.ToLower())).ExecuteDeleteAsync(cancellationToken);
        await purge.Db.BouncedAddresses.Where(b => purge.Emails.Contains(b.Address)).ExecuteDeleteAsync(cancellationToken);
    }

    public override Task<IReadOnlyList<IAudited>> RowsAsync(CrmDbContext db, long customerId,
        CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IAudited>>([]);
}
