using CrmPortal.Core.Customers.Duplicates;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers;

internal sealed class NotePart : CustomerPart<Note>
{
    public override int Position => 60;

    public override Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) =>
        merge.AllAsync(merge.Db.Notes.Where(n => merge.OtherIds.Contains(n.CustomerId)), n => n.CustomerId = merge.Survivor.Id,
            cancellationToken);
}
