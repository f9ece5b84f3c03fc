using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Waiting;

namespace CrmPortal.Core.Customers.Documents;

/// <summary>Documents that nobody has looked at yet.</summary>
internal sealed class WaitingDocuments : IWaitingWork
{
    public string Kind => "documents";

    public string Permission => Permissions.DocumentsVerify;

    public IQueryable<long> Subjects(CrmDbContext db, Grant grant) => db.Documents
        .Where(d => d.Status == DocumentStatus.Pending && d.DeletedAt == null)
        .Join(db.Customers.Where(c => c.DeletedAt == null), d => d.CustomerId, c => c.Id, (d, _) => d.CustomerId);
}
