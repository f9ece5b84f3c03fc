using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Customers.Notifications;

internal sealed class CustomerFollowerPart : CustomerPart<CustomerFollower>
{
    public override int Position => 190;

    public override async Task MergeAsync(MergeMover merge, CancellationToken cancellationToken)
    {
        var survivor = merge.Survivor.Id;
        var following = (await merge.Db.CustomerFollowers.Where(f => f.CustomerId == survivor).Select(f => f.UserId)
            .ToListAsync(cancellationToken)).ToHashSet();
        var (moved, equal) = (0, 0);
        foreach (var follower in await merge.Db.CustomerFollowers.Where(f => merge.OtherIds.Contains(f.CustomerId)).OrderBy(f => f.Id)
            .ToListAsync(cancellationToken))
        {
            if (!following.Add(follower.UserId))
            {
                equal++;
                continue;
            }

            await merge.RecordAsync(nameof(CustomerFollower), follower.Id, follower.CustomerId, cancellationToken);
            follower.CustomerId = survivor;
            moved++;
        }

        merge.Count(nameof(CustomerFollower), moved, equal);
    }
}

internal sealed class NotificationPart : CustomerPart<Notification>
{
    public override int Position => 200;

    public override Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken) =>
        purge.Db.Notifications.Where(n => purge.Ids.Contains(n.CustomerId!.Value)).ExecuteDeleteAsync(cancellationToken);

    public override async Task MergeAsync(MergeMover merge, CancellationToken cancellationToken)
    {
        foreach (var notification in await merge.Db.Notifications.Where(n => merge.OtherIds.Contains(n.CustomerId!.Value))
            .ToListAsync(cancellationToken))
        {
            await merge.RecordAsync(nameof(Notification), notification.Id, notification.CustomerId!.Value, cancellationToken);
            notification.CustomerId = merge.Survivor.Id;
        }
    }
}
