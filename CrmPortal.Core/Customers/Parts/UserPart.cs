using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

/// <summary>The account with which a customer signs in: it goes with the customer, and the survivor of a merge gets it.</summary>
internal sealed class UserPart : CustomerPart<User>
{
    public override int Position => 270;

    public override Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken) =>
        purge.Db.Users.Where(u => purge.Ids.Contains(u.CustomerId!.Value)).ExecuteDeleteAsync(cancellationToken);

    public override async Task MergeAsync(MergeMover merge, CancellationToken cancellationToken)
    {
        foreach (var user in await merge.Db.Users.Where(u => merge.OtherIds.Contains(u.CustomerId!.Value))
            .ToListAsync(cancellationToken)) user.CustomerId = merge.Survivor.Id;
    }

    public override Task<IReadOnlyList<IAudited>> RowsAsync(CrmDbContext db, long customerId,
        CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IAudited>>([]);
}
