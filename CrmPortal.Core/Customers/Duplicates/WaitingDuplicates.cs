using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Waiting;

namespace CrmPortal.Core.Customers.Duplicates;

/// <summary>Pairs of customers who may be the same person.</summary>
internal sealed class WaitingDuplicates : IWaitingWork
{
    public string Kind => "duplicates";

    public string Permission => Permissions.CustomersMerge;

    public IQueryable<long> Subjects(CrmDbContext db, Grant grant) => DuplicateService.Open(db).Select(p => p.FirstId);
}
