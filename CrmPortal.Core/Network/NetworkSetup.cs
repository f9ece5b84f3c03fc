using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Network;

/// <summary>Shops that sell access to a network.</summary>
internal sealed class NetworkSetup : IKindSetup
{
    public void Add(IServiceCollection services)
    {
        services.AddScoped<TariffService>();
        services.AddScoped<ConnectionService>();
        services.AddScoped<NetworkAccessService>();
        services.AddScoped<NetworkFiguresService>();
        services.AddScoped<IJobHandler, NetworkCleanUp>();
    }
}
