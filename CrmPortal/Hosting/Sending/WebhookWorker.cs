using CrmPortal.Core.Webhooks;

namespace CrmPortal.Hosting;

/// <summary>Tells other programs what happened, on each node.</summary>
internal sealed class WebhookWorker(WebhookCourier courier) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => courier.RunAsync(stoppingToken);
}
