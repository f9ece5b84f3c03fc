using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Platform.Live;

/// <summary>What open pages hear of each other and of changes.</summary>
internal static class LiveSetup
{
    public static void AddLive(this IServiceCollection services)
    {
        services.AddSingleton(s => s.GetRequiredService<IDatabaseProvider>().CreateChannel());
        services.AddSingleton<LiveUpdates>();
        services.AddSingleton<IOutboxSubscriber>(s => s.GetRequiredService<LiveUpdates>());
        services.AddSingleton<Presence>();
    }
}
