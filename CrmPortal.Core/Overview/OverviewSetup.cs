using CrmPortal.Core.Platform.Jobs;
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
        services.AddScoped<TrendsService>();
        services.AddScoped<HomeService>();
        services.AddScoped<CustomerSummaryService>();
        services.AddScoped<CustomerStatsService>();
        services.AddScoped<IJobHandler, CountJob>();
        services.AddScoped<IJobHandler, NightlyCountJob>();
    }
}
