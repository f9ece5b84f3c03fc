using CrmPortal.Core.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Analytics;

/// <summary>Scores, forecasts and figures from which managers decide.</summary>
internal static class AnalyticsSetup
{
    public static void AddAnalytics(this IServiceCollection services)
    {
        services.AddScoped<RfmService>();
        services.AddScoped<IJobHandler, RfmJob>();
        services.AddScoped<IJobHandler, NightlyRfmJob>();
        services.AddScoped<LifetimeValueService>();
        services.AddScoped<IJobHandler, ForecastJob>();
        services.AddScoped<IJobHandler, NightlyForecastJob>();
        services.AddSingleton<CohortKeeper>();
        services.AddScoped<RetentionService>();
    }
}
