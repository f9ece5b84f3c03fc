using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Timeline;

/// <summary>All that happened to a customer, or to an order, in one stream.</summary>
internal static class TimelineSetup
{
    public static void AddTimeline(this IServiceCollection services)
    {
        services.AddScoped<TimelineService>();
        services.AddScoped<OrderTimelineService>();
    }
}
