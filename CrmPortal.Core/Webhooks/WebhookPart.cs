using CrmPortal.Core.Customers;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Webhooks;

/// <summary>
/// What receivers were told about a customer. When they are removed for good it goes, with what was answered; that they are gone is an
/// event of its own, which comes after.
/// </summary>
internal sealed class WebhookDeliveryPart : CustomerPart<WebhookDelivery>
{
    public override int Position => 280;

    public override Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken) => purge.Db.WebhookDeliveries
        .Where(d => purge.Ids.Contains(d.CustomerId!.Value)).ExecuteDeleteAsync(cancellationToken);
}
