using CrmPortal.Core.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Platform.Outbox;

/// <summary>What happens after a commit.</summary>
internal static class OutboxSetup
{
    public static void AddOutbox(this IServiceCollection services)
    {
        services.AddSingleton<OutboxSignal>();
        services.AddSingleton<OutboxDispatcher>();
        services.AddScoped<IJobHandler, OutboxCleanUp>();
    }
}
