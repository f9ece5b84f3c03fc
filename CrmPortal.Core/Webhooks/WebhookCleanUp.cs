using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Webhooks;

/// <summary>Removes deliveries of long ago, also those that still wait for a webhook that rests.</summary>
internal sealed class WebhookCleanUp(IDatabaseProvider provider, TimeProvider clock) : IScheduledJob
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public string Kind => "clean-up.webhooks";

    public string Cron => "50 3 * * *";

    public async Task RunAsync(long subjectId, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        var limit = clock.GetUtcNow() - Kept;
        await using var db = provider.CreateContext(null);
        await db.WebhookDeliveries.Where(d => d.CreatedAt < limit).ExecuteDeleteAsync(cancellationToken);
    }
}
