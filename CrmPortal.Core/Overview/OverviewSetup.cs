using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Overview;

/// <summary>The shop's figures by day, and what its people see first.</summary>
internal static class OverviewSetup
{
    public static void AddOverview(this IServiceCollection services)
    {
        services.AddSingleton<DayKeeper>();
        services.AddScoped<ShopOverviewService>();
        services.AddScoped<OwnWorkService>();
    }
}
