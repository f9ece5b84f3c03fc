using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Timeline;

/// <summary>All that happened to a customer, in one stream.</summary>
internal static class TimelineSetup
{
    public static void AddTimeline(this IServiceCollection services)
    {
        services.AddScoped<TimelineService>();
    }
}
