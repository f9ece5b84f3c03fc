using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CrmPortal.Core.Webhooks;

/// <summary>Programs of others that are told what happens.</summary>
internal static class WebhooksSetup
{
    public static void AddWebhooks(this IServiceCollection services)
    {
        services.TryAddSingleton<IHostNames, HostNames>();
        services.AddSingleton<WebhookClient>();
        services.AddSingleton<WebhookCourier>();
        services.AddSingleton<WebhookFilter>();
        services.AddSingleton<IOutboxSubscriber, WebhookFeed>();
        services.AddScoped<WebhookService>();
        services.AddScoped<WebhookLog>();
        services.AddScoped<IJobHandler, WebhookCleanUp>();
    }
}
